"""Why each block that nobody walks was left out: exactly one reason a block, see LeftOut."""

from collections.abc import Callable, Sequence

import numpy as np

from routing.greedy import Sequences, banded_gap
from routing.plan import LeftOut
from routing.problem import Floats, Problem
from routing.sequence import TOLERANCE_S, Indices, TeamView, alone_s, insertion_s


def explain(
    problem: Problem, teams: Sequence[TeamView], sequences: Sequences, *, over: Callable[[], bool]
) -> tuple[LeftOut, ...]:
    """One entry for each block in none of the sequences, by block. Once `over()`, swaps are no longer tried."""
    free = np.ones(problem.blocks, dtype=np.bool_)
    free[[block for sequence in sequences for block in sequence]] = False
    short = _short_alone(problem, teams)
    possible = np.zeros(problem.blocks, dtype=np.bool_)
    for team in teams:
        possible[team.blocks] = True
    lacking = np.full(problem.blocks, np.inf)
    lightest = np.full(problem.blocks, np.inf)
    for team, sequence in zip(teams, sequences, strict=True):
        tried = team.blocks[(free & (problem.weight > 0))[team.blocks]]
        if len(tried):
            seconds = insertion_s(team, sequence, tried).total_s
            lacking[tried] = np.minimum(lacking[tried], np.maximum(seconds - team.limit_s, 0.0))
            if not over():
                lightest[tried] = np.minimum(lightest[tried], _lightest_in_the_way(team, sequence, tried))

    def reason(block: int) -> LeftOut:
        if short[block] > TOLERANCE_S:
            return LeftOut(block, "out_of_reach", float(short[block]))
        if not possible[block]:
            return LeftOut(block, "band_empty", 0.0)
        if problem.weight[block] == 0:
            return LeftOut(block, "outvalued", 0.0)
        if problem.weight[block] <= lightest[block] < np.inf:
            return LeftOut(block, "outvalued", float(lightest[block]))
        return LeftOut(block, "no_time", float(lacking[block]))

    return tuple(reason(block) for block in np.flatnonzero(free).tolist())


def _short_alone(problem: Problem, teams: Sequence[TeamView]) -> Floats:
    """Seconds lacking for a loop with this block only, for the nearest compatible team. Shape [B]."""
    short = np.full(problem.blocks, np.inf)
    for team in teams:
        lacks = np.maximum(
            alone_s(team.problem.out_m(team.team) / team.problem.speed_mps[team.team], team.home_s, team.service_s)
            - team.limit_s,
            0.0,
        )
        short = np.minimum(short, np.where(problem.compatible[team.team], lacks, np.inf))
    return short


def _lightest_in_the_way(team: TeamView, sequence: tuple[int, ...], tried: Indices) -> Floats:
    """Per block, the weight of the lightest stop in whose place it fits; inf when in no single one's. Shape [C]."""
    weight = team.problem.weight
    found = np.full(len(tried), np.inf)
    for stop in sorted(sequence, key=lambda block: float(weight[block])):
        rest = tuple(block for block in sequence if block != stop)
        open_ones = np.flatnonzero(np.isinf(found))
        seconds = insertion_s(team, rest, tried[open_ones]).total_s
        fits = open_ones[seconds <= team.limit_s + TOLERANCE_S].tolist()
        exact = [one for one in fits if banded_gap(team, rest, int(tried[one])) >= 0] if team.banded else fits
        found[exact] = weight[stop]
    return found
