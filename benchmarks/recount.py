"""What walks are worth, walked again by the numbers of the problem, whoever planned them. Shares no solver's code."""

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from routing.problem import Problem
from routing.week.problem import WeekProblem

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
    once = len(set(teams)) == len(teams) and all(_each_once(walk) for walk in walks)
    pins = all(problem.pinned[step.block] in {-1, walk.team} for walk in walks for step in walk.steps)
    fits = once and pins and all(_within(problem, walk, _limits(problem, walk.team)) for walk in walks)
    return math.fsum(_worth(problem, block, times) for block, times in visits.items()) if fits else math.nan


def recount_week(problem: WeekProblem, walks: Sequence[tuple[int, Walked]]) -> float:
    """The prizes of a week's visits and what teams like, walks given with their days; nan when a rule is broken."""
    days: dict[int, list[int]] = {team: [] for team in range(problem.teams)}
    visits: dict[int, list[int]] = {}
    for day, walk in walks:
        days[walk.team].append(day)
        for step in walk.steps:
            visits.setdefault(step.block, []).append(day)
    fits = (
        all(_within(problem, walk, _limits(problem, (walk.team, day))) and _each_once(walk) for day, walk in walks)
        and all(_rested(problem, team, sorted(walked)) for team, walked in days.items())
        and all(_apart(sorted(visited), int(problem.spacing_days[block])) for block, visited in visits.items())
        and all(_bearable(problem, team, walks) for team in days)
    )
    earned = math.fsum(_worth(problem, block, len(visited)) for block, visited in visits.items())
    liked = math.fsum(float(problem.liking[walk.team, step.block]) for _, walk in walks for step in walk.steps)
    return earned + liked + _together(problem, days) if fits else math.nan


def _worth(problem: Problem | WeekProblem, block: int, times: int) -> float:
    return float(problem.visit_weight[block, :times].sum())


def _each_once(walk: Walked) -> bool:
    return len({step.block for step in walk.steps}) == len(walk.steps)


def _rested(problem: WeekProblem, team: int, days: list[int]) -> bool:
    most = int(problem.walks_at_most[team])
    return len(days) <= most and _apart(days, int(problem.rest_days[team]) + 1)


def _apart(days: list[int], least: int) -> bool:
    return all(later - sooner >= least for sooner, later in pairwise(days))


def _bearable(problem: WeekProblem, team: int, walks: Sequence[tuple[int, Walked]]) -> bool:
    """Whether the seconds of this week and of the three before stay below the bound."""
    walked = math.fsum(_took(problem, walk) for _, walk in walks if walk.team == team)
    return float(problem.before_s[team]) + walked <= float(problem.burden_limit_s[team]) + SLACK_SUM_S


def _took(problem: WeekProblem, walk: Walked) -> float:
    if walk.start_s is None:
        raise ValueError("a walk of a week must say when it starts")
    return _home_at(problem, walk, walk.start_s, SLACK_SUM_S).home_s - walk.start_s


def _together(problem: WeekProblem, days: dict[int, list[int]]) -> float:
    pairs = zip(problem.pairs.tolist(), problem.pair_weight.tolist(), strict=True)
    return math.fsum(worth * len(set(days[one]) & set(days[other])) for (one, other), worth in pairs)


class _Limits(NamedTuple):
    earliest_s: float
    latest_s: float
    budget_s: float


def _limits(problem: Problem | WeekProblem, at: int | tuple[int, int]) -> _Limits:
    """Of a team, or of a team on a day."""
    return _Limits(float(problem.earliest_s[at]), float(problem.latest_s[at]), float(problem.budget_s[at]))


class _Home(NamedTuple):
    home_s: float
    metres: float
    first_leg_m: float


def _within(problem: Problem | WeekProblem, walk: Walked, limits: _Limits) -> bool:
    """Every step allowed and in its band, and home within budget, window and metres."""
    team = walk.team
    start = limits.earliest_s if walk.start_s is None else walk.start_s
    slack = SLACK_SUM_S if problem.between_m.dtype.itemsize == 4 else SLACK_S
    home_s, metres, first_leg_m = _home_at(problem, walk, start, slack)
    return bool(
        all(problem.compatible[team, step.block] for step in walk.steps)
        and start >= limits.earliest_s - slack
        and home_s <= limits.latest_s + slack
        and home_s - start <= limits.budget_s + slack
        and metres <= problem.walk_limit_m[team] + slack
        and first_leg_m <= problem.first_leg_m[team] + slack
    )


def _home_at(problem: Problem | WeekProblem, walk: Walked, start_s: float, slack: float) -> _Home:
    """When the walk is over, inf when a band is missed, and its metres."""
    team, speed = walk.team, float(problem.speed_mps[walk.team])
    now, metres, here, first_leg_m = start_s, 0.0, -1, 0.0
    for block, entered_at in walk.steps:
        enter = 2 * block + entered_at
        leg = _leg(problem, team, here, enter)
        first_leg_m = leg if here < 0 else first_leg_m
        inside = float(problem.length_m[block])
        stay = inside / speed + float(problem.dwell_s[block])
        now = _begin(problem.bands[block], now + leg / speed, stay, slack) + stay
        metres, here = metres + leg + inside, enter ^ 1
    home = 0.0 if here < 0 else float(problem.last_leg_m[team, problem.place_of_end[here]])
    return _Home(now + home / speed, metres + home, first_leg_m)


def _leg(problem: Problem | WeekProblem, team: int, here: int, there: int) -> float:
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
