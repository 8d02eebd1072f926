"""An independent look at a week's plan: does it keep every promise? Shares no code with the solver.

Every walk is walked again, step by step, from the problem's own numbers; days are compared and sums added up again.
"""

import math
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import get_args

from routing.check.violation import SLACK_M, SLACK_S, SLACK_WEIGHT, Violation, near
from routing.plan import Route
from routing.week.plan import Walk, WeekPlan, Why
from routing.week.problem import WeekProblem


def verify_week(problem: WeekProblem, plan: WeekPlan) -> list[Violation]:
    """Everything that is wrong with the plan; empty when nothing is."""
    unknown = list(_strangers(problem, plan))
    if unknown:
        return unknown
    found = [*_teams(problem, plan), *_blocks(problem, plan), *_weights(problem, plan), *_short(problem, plan)]
    for walk in plan.walks:
        found += _walked(problem, walk)
    return found


def _strangers(problem: WeekProblem, plan: WeekPlan) -> Iterator[Violation]:
    """Indices that mean nothing; the rest cannot be looked at before these are mended."""
    for day, route in plan.walks:
        if not 0 <= day < problem.days:
            yield Violation("unknown_day", f"day {day}", "is not in the problem")
        if not 0 <= route.team < problem.teams:
            yield Violation("unknown_team", f"team {route.team}", "is not in the problem")
        for stop in route.stops:
            if not 0 <= stop.block < problem.blocks or stop.entered_at not in {0, 1}:
                yield Violation("unknown_block", f"block {stop.block}", "is not in the problem, or has no such end")
    for short in plan.short:
        if not 0 <= short.block < problem.blocks:
            yield Violation("unknown_block", f"block {short.block}", "is not in the problem")


def _teams(problem: WeekProblem, plan: WeekPlan) -> Iterator[Violation]:
    """How often, after how much rest, and how long in four weeks."""
    for team, name in enumerate(problem.team_ids):
        where = f"team {name}"
        mine = sorted((day, route.duration_s) for day, route in plan.walks if route.team == team)
        days = [day for day, _ in mine]
        if len(days) > problem.walks_at_most[team]:
            yield Violation("walks", where, f"walks {len(days)} times of at most {problem.walks_at_most[team]}")
        for sooner, later in pairwise(days):
            if later == sooner:
                yield Violation("day_twice", where, f"walks twice on day {day_of(sooner)}")
            elif later - sooner <= problem.rest_days[team]:
                yield Violation("rest", where, f"walks on day {day_of(sooner)} and again on day {day_of(later)}")
        burden_s = float(problem.before_s[team]) + math.fsum(seconds for _, seconds in mine)
        if mine and burden_s > problem.burden_limit_s[team] + SLACK_S * len(mine):
            yield Violation(
                "burden", where, f"walks {burden_s} s in four weeks, at most {problem.burden_limit_s[team]}"
            )


def day_of(day: int) -> int:
    """As people count."""
    return day + 1


def _blocks(problem: WeekProblem, plan: WeekPlan) -> Iterator[Violation]:
    """No more visits than wanted, far enough apart, by those who may."""
    days: dict[int, list[int]] = {}
    for day, route in plan.walks:
        where = f"team {problem.team_ids[route.team]} on day {day_of(day)}"
        if not route.stops:
            yield Violation("empty_walk", where, "has a walk without stops")
        for block, times in Counter(stop.block for stop in route.stops).items():
            days.setdefault(block, []).extend([day] * times)
            if times > 1:
                yield Violation("block_twice", where, f"walks block {problem.block_ids[block]} {times} times")
            if not problem.compatible[route.team, block]:
                yield Violation("incompatible", where, f"may not serve block {problem.block_ids[block]}")
    for block, visited in days.items():
        where, wanted = f"block {problem.block_ids[block]}", _wanted(problem, block)
        if len(visited) > wanted:
            yield Violation("too_often", where, f"is visited {len(visited)} times, and {wanted} are wanted")
        for sooner, later in pairwise(sorted(visited)):
            if later - sooner < problem.spacing_days[block]:
                yield Violation("spacing", where, f"is visited on day {day_of(sooner)} and on day {day_of(later)}")


def _wanted(problem: WeekProblem, block: int) -> int:
    return sum(1 for weight in problem.visit_weight[block].tolist() if weight > 0)


def _walked(problem: WeekProblem, walk: Walk) -> Iterator[Violation]:
    """Whether the loop can be walked, takes what it says, and keeps the limits of its team and day."""
    day, route = walk
    team = route.team
    where = f"team {problem.team_ids[team]} on day {day_of(day)}"
    metres, first_leg_m, home_s, missed = _steps(problem, route)
    if not math.isfinite(metres):
        yield Violation("no_way", where, "walks where no way leads")
        return
    for block in missed:
        yield Violation("band", where, f"cannot serve block {problem.block_ids[block]} inside one of its bands")
    took_s = home_s - route.start_s
    if not near(route.distance_m, metres, SLACK_M):
        yield Violation("distance", where, f"says distance {route.distance_m}, it is {metres}")
    if not near(route.duration_s, took_s, SLACK_S):
        yield Violation("duration", where, f"says duration {route.duration_s}, it is {took_s}")
    if not (problem.budget_s[team, day] > 0 and took_s <= problem.budget_s[team, day] + SLACK_S):
        yield Violation("budget", where, f"takes {took_s} s of {problem.budget_s[team, day]} s")
    if not route.start_s >= problem.earliest_s[team, day] - SLACK_S:
        yield Violation("too_early", where, f"leaves at {route.start_s} s, may from {problem.earliest_s[team, day]} s")
    if not home_s <= problem.latest_s[team, day] + SLACK_S:
        yield Violation("too_late", where, f"is back at {home_s} s, must be by {problem.latest_s[team, day]} s")
    if not first_leg_m <= problem.first_leg_m[team] + SLACK_M:
        yield Violation("first_leg", where, f"walks {first_leg_m:.1f} m to its first block")
    if not metres <= problem.walk_limit_m[team] + SLACK_M:
        yield Violation("walk", where, f"walks {metres:.1f} m of at most {problem.walk_limit_m[team]:.1f} m")


def _steps(problem: WeekProblem, route: Route) -> tuple[float, float, float, list[int]]:
    """Metres walked, those to the first block, the time of being home, and the blocks whose bands are missed."""
    team, place = route.team, problem.place_of_end
    speed = float(problem.speed_mps[team])
    metres, first_leg_m, now, missed = 0.0, 0.0, route.start_s, []
    left_at = -1
    for number, stop in enumerate(route.stops):
        enter = place[2 * stop.block + stop.entered_at]
        leg = float(problem.door_m[team, enter] if number == 0 else problem.between_m[left_at, enter])
        first_leg_m = leg if number == 0 else first_leg_m
        inside = float(problem.length_m[stop.block])
        stay = inside / speed + float(problem.dwell_s[stop.block])
        now += leg / speed
        bands = problem.bands[stop.block]
        begins = [max(now, opens) for opens, closes in bands if max(now, opens) + stay <= closes + SLACK_S]
        if bands and not begins:
            missed.append(stop.block)
        now = min(begins, default=now) + stay
        metres += leg + inside
        left_at = place[2 * stop.block + 1 - stop.entered_at]
    home = float(problem.last_leg_m[team, left_at]) if route.stops else 0.0
    return metres + home, first_leg_m, now + home / speed, missed


def _weights(problem: WeekProblem, plan: WeekPlan) -> Iterator[Violation]:
    """What walks and plan say they weigh, and whether the bound bounds it."""
    seen: Counter[int] = Counter()
    total = []
    for day, route in sorted(plan.walks, key=lambda walk: (walk.day, walk.route.team)):
        earned = []
        for stop in route.stops:
            if seen[stop.block] < problem.visit_weight.shape[1]:
                earned.append(float(problem.visit_weight[stop.block, seen[stop.block]]))
            earned.append(float(problem.liking[route.team, stop.block]))
            seen[stop.block] += 1
        true = math.fsum(earned)
        if not near(route.weight, true, SLACK_WEIGHT):
            where = f"team {problem.team_ids[route.team]} on day {day_of(day)}"
            yield Violation("walk_weight", where, f"says weight {route.weight}, it is {true}")
        total += earned
    out = {(route.team, day) for day, route in plan.walks}
    for (one, other), worth in zip(problem.pairs.tolist(), problem.pair_weight.tolist(), strict=True):
        total += [worth for day in range(problem.days) if (one, day) in out and (other, day) in out]
    weight = math.fsum(total)
    if not near(plan.weight, weight, SLACK_WEIGHT):
        yield Violation("plan_weight", "plan", f"says weight {plan.weight}, it is {weight}")
    if not plan.bound >= weight - SLACK_WEIGHT:
        yield Violation("bound", "plan", f"says no plan weighs more than {plan.bound}, weighs {weight}")


def _short(problem: WeekProblem, plan: WeekPlan) -> Iterator[Violation]:
    """Visits counted again; every block that wants more is named once, with a reason, and no other."""
    visits = Counter(stop.block for walk in plan.walks for stop in walk.route.stops)
    if plan.visits != tuple(visits[block] for block in range(problem.blocks)):
        yield Violation("visits", "plan", "says other visits than its walks make")
    said = Counter(short.block for short in plan.short)
    for short in plan.short:
        where, true = f"block {problem.block_ids[short.block]}", (visits[short.block], _wanted(problem, short.block))
        if (short.visits, short.wanted) != true or true[0] >= true[1]:
            yield Violation("short", where, f"says {short.visits} of {short.wanted} visits, has {true[0]} of {true[1]}")
        if short.why not in get_args(Why):
            yield Violation("reason", where, f"has the unknown reason {short.why!r}")
    for block, name in enumerate(problem.block_ids):
        if said[block] > 1 or (visits[block] < _wanted(problem, block) and not said[block]):
            yield Violation("short", f"block {name}", f"lacks visits, and is named {said[block]} times")
