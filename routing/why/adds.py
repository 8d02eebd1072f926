"""What each team adds: the weight that the plan would lose without it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from routing.compiled import compiled
from routing.problem import Floats, Integers, Problem
from routing.why.pricing import best_gap, loop, price_all
from routing.why.timing import lacking_s
from routing.why.visits import Sequences, last_prize, visits_of
from routing.why.walker import TOLERANCE_S, Bands, Sight, Walker, bands, meets_bands, short_s, sight, walker


@dataclass(frozen=True)
class Added:
    """What a team adds: weight = lost - regained.

    lost: what its visits earn beyond the other teams' (of a block walked by several, the last counted visit).
    regained: what the others could earn of that in the time they have left, inserting into their loops as they are:
    the greatest prize first, where it costs least. Planned anew, they might regain more; so the weight is what the
    evening loses if the team drops out now.
    """

    team: int
    lost: float
    regained: float
    weight: float


@dataclass(frozen=True, eq=False)
class _Ground:
    problem: Problem
    sequences: Sequences
    walkers: list[Walker]
    bands: Bands


def adds(problem: Problem, sequences: Sequences, *, over: Callable[[], bool]) -> tuple[Added, ...]:
    """One entry for each team. problem: without groups; sequences: the blocks on each team's loop, T of them.

    Once `over()` says so, others are no longer asked what they could regain.
    """
    worth = last_prize(problem, visits_of(problem, sequences))
    ground = _Ground(problem, sequences, [walker(problem, team) for team in range(problem.teams)], bands(problem))
    walked = np.unique([block for sequence in sequences for block in sequence if worth[block] > 0]).astype(np.int64)
    room: dict[int, list[tuple[float, int]]] = {}
    for team in range(problem.teams):
        if over():
            break
        for block, extra in _room(ground, team, walked):
            room.setdefault(block, []).append((extra, team))
    return tuple(_added(ground, team, worth, room) for team in range(problem.teams))


def _room(ground: _Ground, team: int, walked: Integers) -> list[tuple[int, float]]:
    """Blocks of others that fit into what is left of the team's time, and the seconds they add."""
    problem, one = ground.problem, ground.walkers[team]
    reaches = (short_s(problem, one) <= TOLERANCE_S) & meets_bands(problem, one, ground.bands)
    reaches[list(ground.sequences[team])] = False
    blocks = walked[reaches[walked]]
    extra = np.empty(len(blocks))
    insert_each(sight(problem, one, ground.bands, ground.sequences[team], blocks), extra)
    fits = np.isfinite(extra)
    return list(zip(blocks[fits].tolist(), extra[fits].tolist(), strict=True))


@compiled
def insert_each(seen: Sight, extra: Floats) -> None:
    """Fill extra [C]: seconds that each block after the rows adds to the loop through them; inf: it does not fit."""
    size = len(seen.legs_s) // 2
    tour, blocks = loop(seen, np.arange(size)), np.arange(size, size + len(extra))
    price_all(seen, tour, blocks, extra)
    for c in range(len(blocks)):
        if lacking_s(seen, extra[c], tour.dwell_s + seen.dwell_s[blocks[c]]) > TOLERANCE_S:
            extra[c] = np.inf
        else:
            extra[c] = best_gap(seen, tour, blocks[c])[0] - tour.total_s


def _added(ground: _Ground, team: int, worth: Floats, room: dict[int, list[tuple[float, int]]]) -> Added:
    lost = float(worth[list(ground.sequences[team])].sum())
    offers = [
        (-float(worth[block]), extra, other, block)
        for block in ground.sequences[team]
        for extra, other in room.get(block, ())
        if other != team
    ]
    regained = _regained(ground, sorted(offers))
    return Added(team, lost, regained, lost - regained)


def _regained(ground: _Ground, offers: list[tuple[float, float, int, int]]) -> float:
    """Take offers (less its prize, extra seconds, team, block), best first, as long as they fit the grown loops."""
    grown: dict[int, tuple[int, ...]] = {}
    taken: set[int] = set()
    regained = 0.0
    for prize, _, team, block in offers:
        sequence = grown.get(team, tuple(ground.sequences[team]))
        if block not in taken:
            seen = sight(ground.problem, ground.walkers[team], ground.bands, sequence, [block])
            gap = best_gap(seen, loop(seen, np.arange(len(sequence))), len(sequence))[1]
            if gap >= 0:
                grown[team] = (*sequence[:gap], block, *sequence[gap:])
                taken.add(block)
                regained -= prize
    return regained
