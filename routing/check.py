"""An independent look at a plan: does it keep every promise? Shares no code with the solver.

Each route is walked again, step by step, from the problem's own numbers; sums are added up again; routes and left-out
blocks must share out all blocks between them.
"""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from routing.plan import LeftOut, Plan, Reason, Route
from routing.problem import Problem

SLACK_S = 1e-3
SLACK_M = 1e-3
SLACK_WEIGHT = 1e-6


@dataclass(frozen=True)
class Violation:
    """A promise that a plan breaks: a code for programs, where, and a sentence for people."""

    code: str
    where: str
    what: str


class PlanBrokenError(RuntimeError):
    """The solver returned a plan that its checker refuses."""

    def __init__(self, violations: list[Violation]) -> None:
        super().__init__("; ".join(f"{one.where}: {one.what}" for one in violations))
        self.violations = violations

    def __reduce__(self) -> tuple[type["PlanBrokenError"], tuple[list[Violation]]]:
        """Survive the way back from the planner's process."""
        return type(self), (self.violations,)


def verify(problem: Problem, plan: Plan) -> list[Violation]:
    """Everything that is wrong with the plan; empty when nothing is."""
    strangers = list(_strangers(problem, plan))
    if strangers:
        return strangers
    found = list(_sharing(problem, plan))
    for route in plan.routes:
        found += _route(problem, route)
    for entry in plan.left_out:
        found += _left_out(problem, entry)
    total = math.fsum(float(problem.weight[stop.block]) for route in plan.routes for stop in route.stops)
    if not _near(plan.weight, total, SLACK_WEIGHT):
        found.append(Violation("plan_weight", "plan", f"says weight {plan.weight}, its blocks weigh {total}"))
    if plan.bound is not None and plan.bound < total - SLACK_WEIGHT:
        found.append(Violation("bound", "plan", f"says no plan weighs more than {plan.bound}, weighs {total}"))
    return found


def _near(said: float, true: float, slack: float) -> bool:
    return said == true or abs(said - true) <= slack


def _strangers(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Indices that mean nothing; the rest cannot be looked at before these are mended."""
    for route in plan.routes:
        if not 0 <= route.team < len(problem.team_ids):
            yield Violation("unknown_team", f"team {route.team}", "is not in the problem")
        for stop in route.stops:
            if not 0 <= stop.block < len(problem.block_ids):
                yield Violation("unknown_block", f"block {stop.block}", "is not in the problem")
            if stop.entered_at not in (0, 1):
                yield Violation("unknown_end", f"block {stop.block}", f"has no end {stop.entered_at}")
    for entry in plan.left_out:
        if not 0 <= entry.block < len(problem.block_ids):
            yield Violation("unknown_block", f"block {entry.block}", "is not in the problem")


def _sharing(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Every block exactly once, on a route or left out; every team at most one route, and not an empty one."""
    teams = Counter(route.team for route in plan.routes)
    walked = Counter(stop.block for route in plan.routes for stop in route.stops)
    left = Counter(entry.block for entry in plan.left_out)
    for team, times in teams.items():
        if times > 1:
            yield Violation("team_twice", f"team {problem.team_ids[team]}", f"has {times} routes")
    for route in plan.routes:
        if not route.stops:
            yield Violation("empty_route", f"team {problem.team_ids[route.team]}", "has a route without stops")
    for block, name in enumerate(problem.block_ids):
        if walked[block] > 1:
            yield Violation("block_twice", f"block {name}", f"is walked {walked[block]} times")
        if walked[block] and left[block]:
            yield Violation("both", f"block {name}", "is walked and left out")
        if left[block] > 1:
            yield Violation("left_out_twice", f"block {name}", f"has {left[block]} reasons")
        if not walked[block] and not left[block]:
            yield Violation("forgotten", f"block {name}", "is neither walked nor left out")


def _route(problem: Problem, route: Route) -> Iterator[Violation]:
    where = f"team {problem.team_ids[route.team]}"
    for stop in route.stops:
        if not problem.compatible[route.team, stop.block]:
            yield Violation("incompatible", where, f"may not serve block {problem.block_ids[stop.block]}")
    metres, back, missed = _walk(problem, route)
    if not math.isfinite(metres):
        yield Violation("no_way", where, "walks where no way leads")
        return
    for block in missed:
        yield Violation("band", where, f"cannot serve block {problem.block_ids[block]} inside one of its bands")
    weight = math.fsum(float(problem.weight[stop.block]) for stop in route.stops)
    said_and_true = (
        ("distance", route.distance_m, metres, SLACK_M),
        ("duration", route.duration_s, back - route.start_s, SLACK_S),
        ("route_weight", route.weight, weight, SLACK_WEIGHT),
    )
    for what, said, true, slack in said_and_true:
        if not _near(said, true, slack):
            yield Violation(what, where, f"says {what} {said}, it is {true}")
    yield from _limits(problem, route, where, back)


def _limits(problem: Problem, route: Route, where: str, back_s: float) -> Iterator[Violation]:
    """What the team's own limits forbid, given when it is home."""
    t, took = route.team, back_s - route.start_s
    if not took <= problem.budget_s[t] + SLACK_S:
        yield Violation("budget", where, f"takes {took} s of {problem.budget_s[t]} s")
    if not route.start_s >= problem.earliest_s[t] - SLACK_S:
        yield Violation("too_early", where, f"leaves at {route.start_s} s, may from {problem.earliest_s[t]} s")
    if not back_s <= problem.latest_s[t] + SLACK_S:
        yield Violation("too_late", where, f"is back at {back_s} s, must be by {problem.latest_s[t]} s")
    if route.stops and not _first_leg(problem, route) <= problem.first_leg_m[t] + SLACK_M:
        yield Violation("first_leg", where, f"walks {_first_leg(problem, route):.1f} m to its first block")


def _first_leg(problem: Problem, route: Route) -> float:
    first = route.stops[0]
    return _out(problem, route.team, 2 * first.block + first.entered_at)


def _walk(problem: Problem, route: Route) -> tuple[float, float, list[int]]:
    """Metres walked, the time of being home, and the blocks whose bands are missed, walking on after a miss."""
    speed = float(problem.speed_mps[route.team])
    metres, now, missed = 0.0, route.start_s, []
    at = None
    for stop in route.stops:
        enter = 2 * stop.block + stop.entered_at
        leave = 2 * stop.block + 1 - stop.entered_at
        leg = _out(problem, route.team, enter) if at is None else _between(problem, at, enter)
        inside = float(problem.length_m[stop.block])
        stay = inside / speed + float(problem.dwell_s[stop.block])
        now += leg / speed
        begins = [now]
        if problem.bands[stop.block]:
            later = [
                max(now, opens)
                for opens, closes in problem.bands[stop.block]
                if max(now, opens) + stay <= closes + SLACK_S
            ]
            begins = later or begins
            if not later:
                missed.append(stop.block)
        now = min(begins) + stay
        metres += leg + inside
        at = leave
    home = 0.0 if at is None else _back(problem, route.team, at)
    return metres + home, now + home / speed, missed


def _left_out(problem: Problem, entry: LeftOut) -> Iterator[Violation]:
    where = f"block {problem.block_ids[entry.block]}"
    if entry.reason not in get_args(Reason):
        yield Violation("reason", where, f"has the unknown reason {entry.reason!r}")
    if not entry.amount >= 0:
        yield Violation("amount", where, f"has the amount {entry.amount}")
    spare = _spare_alone(problem, entry.block)
    if entry.reason == "out_of_reach" and spare > SLACK_S:
        yield Violation("reach", where, f"is out_of_reach, but a team would have {spare} s to spare")
    if entry.reason != "out_of_reach" and spare < -SLACK_S:
        yield Violation("reach", where, f"is {entry.reason}, but no team has the time to go there")


def _spare_alone(problem: Problem, block: int) -> float:
    """Most seconds that a compatible team has left after a loop with this block alone, bands aside; -inf: none may."""
    spare = -math.inf
    for t in range(len(problem.team_ids)):
        if problem.compatible[t, block]:
            ways = ((2 * block, 2 * block + 1), (2 * block + 1, 2 * block))
            metres = min(_out(problem, t, enter) + _back(problem, t, leave) for enter, leave in ways)
            seconds = (metres + float(problem.length_m[block])) / float(problem.speed_mps[t]) + float(
                problem.dwell_s[block]
            )
            window = float(problem.latest_s[t] - problem.earliest_s[t])
            spare = max(spare, min(float(problem.budget_s[t]), window) - seconds)
    return spare


def _out(problem: Problem, team: int, end: int) -> float:
    return float(problem.door_m[team, problem.place_of_end[end]])


def _back(problem: Problem, team: int, end: int) -> float:
    return float(problem.last_leg_m[team, problem.place_of_end[end]])


def _between(problem: Problem, end: int, other: int) -> float:
    return float(problem.between_m[problem.place_of_end[end], problem.place_of_end[other]])
