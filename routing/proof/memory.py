"""Which stops a walk remembers where: near ones at first, and then those it was caught coming back to."""

import numpy as np

from routing.problem import Bools
from routing.proof.graph import Graph
from routing.proof.labels import Bits, Memory

_MOST_BITS = 64


def nearest(graph: Graph, number: int) -> Bools:
    """[N, N] over blocks: does a walk at the first remember the second; itself and the nearest others."""
    blocks = int(graph.block.max()) + 1
    apart = np.full((blocks, blocks), np.iinfo(np.int64).max)
    walk = graph.leg.astype(np.int64) - graph.service[None, :]
    np.minimum.at(apart, (graph.block[:, None], graph.block[None, :]), walk)
    np.fill_diagonal(apart, -1)
    order = np.argsort(apart, axis=1, kind="stable")[:, : number + 1]
    remembers = np.zeros((blocks, blocks), dtype=np.bool_)
    remembers[np.arange(blocks)[:, None], order] = True
    return remembers


def memory(remembers: Bools) -> Memory:
    """Bits such that no block remembers two of the same; a block for which there is none left is remembered nowhere."""
    blocks = len(remembers)
    used = [0] * blocks
    bit = np.zeros(blocks, dtype=np.uint64)
    known = remembers.copy()
    for block in np.argsort(-remembers.sum(axis=0), kind="stable").tolist():
        where = np.flatnonzero(remembers[:, block]).tolist()
        taken = 0
        for one in where:
            taken |= used[one]
        free = ~taken & (taken + 1)
        if free >= 1 << _MOST_BITS:
            known[:, block] = False
            continue
        bit[block] = free
        for one in where:
            used[one] |= free
    return Memory(bit=bit, tested=np.where(known, bit[None, :], np.uint64(0)), kept=_kept(known, bit))


def _kept(known: Bools, bit: Bits) -> Bits:
    kept = np.zeros(known.shape, dtype=np.uint64)
    for block in range(len(bit)):
        where = np.flatnonzero(known[:, block])
        kept[np.ix_(where, where)] |= bit[block]
    return kept


def forbid(remembers: Bools, walk: list[int]) -> bool:
    """Remember every block that this walk comes back to, all the way between; False if it comes back to none."""
    last: dict[int, int] = {}
    found = False
    for place, block in enumerate(walk):
        if block in last:
            found = True
            remembers[walk[last[block] : place], block] = True
        last[block] = place
    return found
