"""The cheapest remedies for what was left out: extra teams that would cover most of it for their minutes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from routing.problem import Floats, Problem
from routing.why.one_team import OneLoop, best_for_one
from routing.why.visits import Sequences, visits_of
from routing.why.walker import Walker, bands

MINUTES = (30, 45, 60)
MOST_REMEDIES = 3
_SEEDS = 300
_DOORS = 16
_ROUNDS = 20
_SEED = 0


@dataclass(frozen=True)
class Remedy:
    """One more team: `minutes` of time from `start_s` on, its door at an end of block `near`.

    covers: the left-out blocks of its loop, in order. weight: what they earn. duration_s: of the loop.
    """

    minutes: int
    start_s: float
    near: int
    covers: tuple[int, ...]
    weight: float
    duration_s: float


class _Offer(NamedTuple):
    minutes: int
    near: int
    loop: OneLoop

    def rank(self) -> tuple[float, float]:
        """Weight for a minute asked of people; among equals, less of a walk."""
        return self.loop.weight / self.minutes, -self.loop.duration_s


def remedies(
    problem: Problem, sequences: Sequences, *, over: Callable[[], bool], most: int = MOST_REMEDIES
) -> tuple[Remedy, ...]:
    """The extra teams that earn most a minute, best first; no two cover the same block.

    problem: without groups; sequences: the blocks on each team's loop, T of them. An extra team walks at the median
    speed, may serve what some team may and nobody has pinned, and is out within the hours of the evening's teams.
    Once `over()` says so, no more are looked for.
    """
    wanted = problem.compatible.any(axis=0) & (problem.pinned < 0)
    prize = np.where((visits_of(problem, sequences) == 0) & wanted, problem.weight, 0.0)
    all_bands = bands(problem)

    def offer(near: int, minutes: int) -> _Offer:
        extra = _extra_team(problem, prize, near, minutes)
        return _Offer(minutes, near, best_for_one(problem, extra, all_bands, prize, rounds=_ROUNDS, seed=_SEED))

    offers = [offer(near, minutes) for near in _doors(problem, prize) for minutes in MINUTES if not over()]
    chosen: list[_Offer] = []
    while offers and len(chosen) < most:
        best = max(offers, key=_Offer.rank)
        if not best.loop.blocks:
            break
        chosen.append(best)
        prize[list(best.loop.blocks)] = 0.0
        apart = [one for one in offers if set(one.loop.blocks).isdisjoint(best.loop.blocks)]
        again = [(one.near, one.minutes) for one in offers if not set(one.loop.blocks).isdisjoint(best.loop.blocks)]
        offers = apart + [offer(near, minutes) for near, minutes in again if not over()]
    return tuple(_remedy(problem, one) for one in chosen)


def _doors(problem: Problem, prize: Floats) -> list[int]:
    """Blocks at which an extra team could live: most prize around them, and some way apart."""
    blocks = np.flatnonzero(prize > 0)
    if not len(blocks):
        return []
    near_m = float(np.median(problem.speed_mps)) * 60.0 * MINUTES[0] / 4.0
    seeds = blocks[:: -(-len(blocks) // _SEEDS)]
    place = problem.place_of_end[2 * blocks]
    metres = problem.between_m[np.ix_(problem.place_of_end[2 * seeds], place)].astype(np.float64)
    around = (np.maximum(1.0 - metres / near_m, 0.0) * prize[blocks]).sum(axis=1)
    doors: list[int] = []
    while len(doors) < _DOORS and (around > 0).any():
        best = int(around.argmax())
        doors.append(int(seeds[best]))
        close = problem.between_m[problem.place_of_end[2 * seeds[best]], problem.place_of_end[2 * seeds]] < near_m / 2.0
        around[close] = 0.0
        around[best] = 0.0
    return doors


def _extra_team(problem: Problem, prize: Floats, near: int, minutes: int) -> Walker:
    metres = problem.between_m[problem.place_of_end[2 * near]].astype(np.float64)
    return Walker(
        door_m=metres,
        home_m=metres,
        speed_mps=float(np.median(problem.speed_mps)),
        budget_s=60.0 * minutes,
        earliest_s=float(problem.earliest_s.min()),
        latest_s=float(problem.latest_s.max()),
        may=prize > 0,
    )


def _remedy(problem: Problem, offer: _Offer) -> Remedy:
    """A loop without bands starts when half of the evening's teams can be out, if it still ends in time."""
    blocks, weight, duration_s, start_s = offer.loop
    if not any(problem.bands[block] for block in blocks):
        usual_s = float(np.median(problem.earliest_s))
        start_s = max(start_s, min(usual_s, float(problem.latest_s.max()) - duration_s))
    return Remedy(offer.minutes, start_s, offer.near, blocks, weight, duration_s)
