"""Chance that comes out the same on every machine, for kernels that run side by side."""

import numpy as np

from routing.compiled import compiled
from routing.problem import Integers


def dice(seed: int) -> Integers:
    """A state of its own for each seed. Shape [1]."""
    return np.random.default_rng(seed).integers(1, np.iinfo(np.int64).max, size=1, dtype=np.int64)


@compiled
def chance(state: Integers) -> float:
    """From 0 to below 1, uniform: the xorshift of Marsaglia (doi:10.18637/jss.v008.i14) on 63 bits."""
    x = state[0]
    x ^= (x << 13) & 0x7FFFFFFFFFFFFFFF
    x ^= x >> 7
    x ^= (x << 17) & 0x7FFFFFFFFFFFFFFF
    state[0] = x
    return float(x >> 10) * (1.0 / 9007199254740992.0)


@compiled
def below(state: Integers, limit: int) -> int:
    """A whole number from 0 to below `limit`."""
    return int(chance(state) * limit)
