"""The search for one team's good loops: take some stops out, put better ones in, over and over.

Ruin and recreate (Schrimpf et al. 2000, doi:10.1006/jcph.1999.6413) for one loop: a string of neighbouring stops or
random ones are taken out, then blocks are inserted by gain over extra seconds, with a random exponent and noise, so
that no two repairs are alike. Gains are what the caller says a block is worth to this team, often its weight less
its price in the master problem.
"""

import numpy as np

from routing.greedy import best_insertion
from routing.problem import Floats
from routing.sequence import TOLERANCE_S, Indices, TeamView, walk_s

_LONGEST_STRING = 6
_NOISE = 0.15


def better_loops(
    team: TeamView, start: tuple[int, ...], gains: Floats, *, moves: int, rng: np.random.Generator
) -> list[tuple[int, ...]]:
    """The loops seen in `moves` repairs from `start`, those of greatest gain first. gains [B]; start must fit."""
    candidates = team.blocks[gains[team.blocks] > 0]
    current = tuple(block for block in start if gains[block] > 0)
    worth = float(gains[list(current)].sum())
    seen = {current: worth} if _fits(team, current) else {}
    for _ in range(moves):
        loop = _rebuilt(team, _ruined(current, rng), candidates, gains, rng)
        if not _fits(team, loop):
            continue
        gain = float(gains[list(loop)].sum())
        seen[loop] = gain
        if gain >= worth * (1.0 - 0.03 * rng.random()):
            current, worth = loop, gain
    return sorted((loop for loop in seen if loop), key=lambda loop: -seen[loop])


def _fits(team: TeamView, loop: tuple[int, ...]) -> bool:
    """Whether a loop that stops were taken from can still be walked.

    With fewer stops it takes no longer, unless a leg is now out of reach: the first one may be too far from the door,
    or two neighbours from each other.
    """
    return walk_s(team, loop) <= team.limit_s + TOLERANCE_S


def _ruined(loop: tuple[int, ...], rng: np.random.Generator) -> tuple[int, ...]:
    """The loop without a string of stops (half the time) or without random ones."""
    if not loop:
        return loop
    size = int(rng.integers(1, min(_LONGEST_STRING, len(loop)) + 1))
    if rng.random() < 0.5:
        first = int(rng.integers(0, len(loop) - size + 1))
        return loop[:first] + loop[first + size :]
    out = set(rng.choice(len(loop), size, replace=False).tolist())
    return tuple(block for place, block in enumerate(loop) if place not in out)


def _rebuilt(
    team: TeamView, loop: tuple[int, ...], candidates: Indices, gains: Floats, rng: np.random.Generator
) -> tuple[int, ...]:
    """The loop filled up by noisy gain per extra second."""
    power = rng.uniform(0.4, 1.4)
    on_loop = set(loop)
    left = np.array([block for block in candidates.tolist() if block not in on_loop], dtype=np.int64)
    prizes = gains[left] * np.exp(_NOISE * rng.standard_normal(len(left)))
    while True:
        insertion, fitting = best_insertion(team, loop, left, prizes, lambda gain, extra: gain / extra**power)
        if insertion is None:
            return loop
        loop = (*loop[: insertion.gap], insertion.block, *loop[insertion.gap :])
        fitting = fitting[left[fitting] != insertion.block]
        left, prizes = left[fitting], prizes[fitting]
