"""What walks are worth, walked again by the numbers of the problem, whoever planned them. Shares no solver's code."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from routing.problem import Problem

SLACK_S = 1e-6
SLACK_SUM_S = 1e-3
"""Blocks by the hundred add up: allowed on the whole of a walk whose metres are kept in half the memory."""


class Step(NamedTuple):
    """A block, and the end by which it is entered."""

    block: int
    entered_at: int


class Walked(NamedTuple):
    """A team, its steps in order, and when it leaves; None: as early as it may."""

    team: int
    steps: tuple[Step, ...]
    start_s: float | None = None


def recount(problem: Problem, walks: Sequence[Walked]) -> float:
    """The prizes collected; nan when a limit, a band or a rule is broken, or a team walks twice."""
    teams = [walk.team for walk in walks]
    visits = Counter(step.block for walk in walks for step in walk.steps)
    fair = len(set(teams)) == len(teams) and all(_within_limits(problem, walk) for walk in walks)
    once = all(len({step.block for step in walk.steps}) == len(walk.steps) for walk in walks)
    return math.fsum(_worth(problem, block, times) for block, times in visits.items()) if fair and once else math.nan


def _worth(problem: Problem, block: int, times: int) -> float:
    return float(problem.visit_weight[block, :times].sum())


def _within_limits(problem: Problem, walk: Walked) -> bool:
    """Every step in its band, and home within budget, window and metres."""
    team, speed = walk.team, float(problem.speed_mps[walk.team])
    start = float(problem.earliest_s[team]) if walk.start_s is None else walk.start_s
    slack = SLACK_SUM_S if problem.between_m.dtype.itemsize == 4 else SLACK_S
    now, metres, here = start, 0.0, -1
    for block, entered_at in walk.steps:
        enter = 2 * block + entered_at
        leg = _leg(problem, team, here, enter)
        inside = float(problem.length_m[block])
        stay = inside / speed + float(problem.dwell_s[block])
        if not problem.compatible[team, block] or problem.pinned[block] not in {-1, team}:
            return False
        if here < 0 and leg > problem.first_leg_m[team] + slack:
            return False
        begin = _begin(problem.bands[block], now + leg / speed, stay, slack)
        now, metres, here = begin + stay, metres + leg + inside, enter ^ 1
    home = 0.0 if here < 0 else float(problem.last_leg_m[team, problem.place_of_end[here]])
    now, metres = now + home / speed, metres + home
    return bool(
        start >= problem.earliest_s[team] - slack
        and now <= problem.latest_s[team] + slack
        and now - start <= problem.budget_s[team] + slack
        and metres <= problem.walk_limit_m[team] + slack
    )


def _leg(problem: Problem, team: int, here: int, there: int) -> float:
    place = problem.place_of_end
    if here < 0:
        return float(problem.door_m[team, place[there]])
    return float(problem.between_m[place[here], place[there]])


def _begin(bands: Sequence[tuple[float, float]], arrival: float, stay: float, slack: float) -> float:
    """When the service begins; inf when no band is left for it."""
    if not bands:
        return arrival
    begins = (max(arrival, start) for start, end in bands if max(arrival, start) + stay <= end + slack)
    return min(begins, default=math.inf)
