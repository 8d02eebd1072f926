"""Insertion: put blocks into loops where they bring most for the minutes they cost. The floor under every plan.

All teams' loops grow together; each step takes the one insertion, over all teams, with the greatest prize per extra
second (Tsiligirides' ratio, doi:10.1057/jors.1984.162, for many depots). A team's best insertion is kept until its
loop changes or the block goes to somebody else.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from routing.problem import Floats
from routing.sequence import TOLERANCE_S, Indices, TeamView, best_loop, gap_totals_s, insertion_s

Sequences = list[tuple[int, ...]]
Scores = Callable[[Floats, Floats], Floats]

_LEAST_EXTRA_S = 1.0


class Insertion(NamedTuple):
    """A block that fits, where it goes, and how good that is."""

    score: float
    block: int
    gap: int


def greedy(teams: Sequence[TeamView], sequences: Sequences, *, over: Callable[[], bool]) -> Sequences:
    """Fill the loops with whatever uncovered blocks still fit, until nothing does or `over()` says so."""
    filled = list(sequences)
    free = np.ones(teams[0].problem.blocks, dtype=np.bool_) if teams else np.ones(0, dtype=np.bool_)
    free[[block for sequence in filled for block in sequence]] = False
    free &= teams[0].problem.weight > 0 if teams else free
    best = {t: insertion for t, team in enumerate(teams) if (insertion := _best(team, filled[t], free)) is not None}
    while best and not over():
        t = max(best, key=lambda one: (best[one].score, -one))
        _, block, gap = best[t]
        filled[t] = (*filled[t][:gap], block, *filled[t][gap:])
        free[block] = False
        for stale in [t, *(other for other in best if other != t and best[other].block == block)]:
            renewed = _best(teams[stale], filled[stale], free)
            if renewed is None:
                best.pop(stale)
            else:
                best[stale] = renewed
    return filled


def _best(team: TeamView, sequence: Sequence[int], free: np.typing.NDArray[np.bool_]) -> Insertion | None:
    candidates = team.blocks[free[team.blocks]]
    prizes = team.problem.weight[candidates]
    insertion, _ = best_insertion(team, sequence, candidates, prizes, ratio)
    return insertion


def ratio(prizes: Floats, extra_s: Floats) -> Floats:
    """Prize per extra second."""
    return prizes / extra_s


def best_insertion(
    team: TeamView, sequence: Sequence[int], candidates: Indices, prizes: Floats, scores: Scores
) -> tuple[Insertion | None, Indices]:
    """The insertion of greatest score among those that fit, and which candidates may still fit later.

    candidates, prizes [C]; the second answer indexes into them. Bands are looked at only for the winner, best first:
    the seconds of `insertion_s` never overstate.
    """
    if not len(candidates):
        return None, candidates
    totals, gaps, now_s = insertion_s(team, sequence, candidates)
    fitting = np.flatnonzero(totals <= team.limit_s + TOLERANCE_S)
    if not len(fitting):
        return None, fitting
    extra = np.maximum(totals[fitting] - now_s, _LEAST_EXTRA_S)
    score = scores(prizes[fitting], extra)
    free_of_bands = team.banded.isdisjoint(sequence)
    for place in _best_first(score):
        block, gap = int(candidates[fitting[place]]), int(gaps[fitting[place]])
        if not (free_of_bands and block not in team.banded):
            gap = banded_gap(team, sequence, block)
        if gap >= 0:
            return Insertion(float(score[place]), block, gap), fitting
    return None, fitting


def _best_first(score: Floats) -> Iterable[int]:
    """The greatest first; the rest is sorted only when somebody asks for a second."""
    yield int(score.argmax())
    yield from np.argsort(-score, kind="stable")[1:].tolist()


def banded_gap(team: TeamView, sequence: Sequence[int], block: int) -> int:
    """The gap in which the loop with bands takes least time, -1 when it fits nowhere."""
    totals = gap_totals_s(team, sequence, np.array([block]))[0][:, 0]
    best_gap, best_s = -1, np.inf
    for gap in np.argsort(totals, kind="stable").tolist():
        if totals[gap] > min(team.limit_s + TOLERANCE_S, best_s):
            break
        loop = best_loop(team, (*sequence[:gap], block, *sequence[gap:]))
        if loop is not None and loop.duration_s < best_s:
            best_gap, best_s = gap, loop.duration_s
    return best_gap
