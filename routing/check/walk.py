"""Each route walked again, step by step, from the problem's own numbers."""

import math
from collections.abc import Iterator
from typing import NamedTuple

from routing.check.party import Party, pace
from routing.check.violation import SLACK_M, SLACK_S, Violation, near
from routing.plan import Route
from routing.problem import Problem


class _Walk(NamedTuple):
    """Metres walked, those to the first block, the time of being home, and the blocks whose bands are missed."""

    metres: float
    first_leg_m: float
    back_s: float
    missed: list[int]


def walked(problem: Problem, route: Route, party: Party) -> Iterator[Violation]:
    """Whether the loop can be walked, takes what it says, and keeps everybody's limits."""
    where = f"team {problem.team_ids[route.team]}"
    walk = _walk(problem, route, party)
    if not math.isfinite(walk.metres):
        yield Violation("no_way", where, "walks where no way leads")
        return
    for block in walk.missed:
        yield Violation("band", where, f"cannot serve block {problem.block_ids[block]} inside one of its bands")
    said_and_true = (
        ("distance", route.distance_m, walk.metres, SLACK_M),
        ("duration", route.duration_s, walk.back_s - route.start_s, SLACK_S),
    )
    for what, said, true, slack in said_and_true:
        if not near(said, true, slack):
            yield Violation(what, where, f"says {what} {said}, it is {true}")
    approach = dict(zip(party.teams, party.approach_s, strict=True))[route.team]
    yield from _in_time(problem, route, where, approach, walk.back_s)
    yield from _in_metres(problem, route, where, approach, walk)


def _in_time(problem: Problem, route: Route, where: str, approach_s: float, back_s: float) -> Iterator[Violation]:
    """The team's own minutes, from its own door and back to it."""
    team, leaves, home = route.team, route.start_s - approach_s, back_s + approach_s
    if not home - leaves <= problem.budget_s[team] + SLACK_S:
        yield Violation("budget", where, f"takes {home - leaves} s of {problem.budget_s[team]} s")
    if not leaves >= problem.earliest_s[team] - SLACK_S:
        yield Violation("too_early", where, f"leaves at {leaves} s, may from {problem.earliest_s[team]} s")
    if not home <= problem.latest_s[team] + SLACK_S:
        yield Violation("too_late", where, f"is back at {home} s, must be by {problem.latest_s[team]} s")


def _in_metres(problem: Problem, route: Route, where: str, approach_s: float, walk: _Walk) -> Iterator[Violation]:
    team = route.team
    whole = walk.metres + 2 * approach_s * float(problem.speed_mps[team])
    if not walk.first_leg_m <= problem.first_leg_m[team] + SLACK_M:
        yield Violation("first_leg", where, f"walks {walk.first_leg_m:.1f} m to its first block")
    if not whole <= problem.walk_limit_m[team] + SLACK_M:
        yield Violation("walk", where, f"walks {whole:.1f} m of at most {problem.walk_limit_m[team]:.1f} m")


def _walk(problem: Problem, route: Route, party: Party) -> _Walk:
    """From the first team's door at the pace of the slowest, walking on after a missed band."""
    speed, door = pace(problem, party), party.first
    metres, now, missed = 0.0, route.start_s, []
    at, first_leg = None, 0.0
    for stop in route.stops:
        enter = 2 * stop.block + stop.entered_at
        leave = 2 * stop.block + 1 - stop.entered_at
        if at is None:
            leg = first_leg = _out(problem, door, enter)
        else:
            leg = _between(problem, at, enter)
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
    home = 0.0 if at is None else _back(problem, door, at)
    return _Walk(metres + home, first_leg, now + home / speed, missed)


def _out(problem: Problem, team: int, end: int) -> float:
    return float(problem.door_m[team, problem.place_of_end[end]])


def _back(problem: Problem, team: int, end: int) -> float:
    return float(problem.last_leg_m[team, problem.place_of_end[end]])


def _between(problem: Problem, end: int, other: int) -> float:
    return float(problem.between_m[problem.place_of_end[end], problem.place_of_end[other]])
