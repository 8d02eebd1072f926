"""Joint patrols as one team each: planned as if there were none, then told to everybody who walks."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from routing.plan import Plan
from routing.problem import Floats, Group, Integers, Previous, Problem

Members = tuple[tuple[int, ...], ...]


class Merged(NamedTuple):
    """A problem without groups, and for each of its teams the teams that it stands for, the first one first."""

    problem: Problem
    members: Members


class _Limits(NamedTuple):
    budget_s: float
    earliest_s: float
    latest_s: float
    walk_at_most_m: float
    possible: bool


def merge_groups(problem: Problem) -> Merged:
    """Each joint patrol becomes one team, in the place and under the name of its first.

    It has the door and the end of the first, the pace of the slowest, and what all have in common: blocks, first
    leg, and the walk, budget and window that remain when the ways to the first door and back are taken off. A group
    that has nothing in common is a team that may serve no block. What is pinned to one of them is pinned to it, and
    it stays near the first previous route that one of them has.
    """
    if not problem.groups:
        return Merged(problem, tuple((team,) for team in range(problem.teams)))
    joint = {group.teams[0]: group for group in problem.groups}
    others = {team for group in problem.groups for team in group.teams[1:]}
    firsts = [team for team in range(problem.teams) if team not in others]
    groups = [joint.get(team, Group((team,), (0.0,))) for team in firsts]
    members = tuple(group.teams for group in groups)
    limits = [_limits(problem, group) for group in groups]
    possible = np.array([one.possible for one in limits])
    merged = replace(
        problem,
        team_ids=tuple(problem.team_ids[team] for team in firsts),
        speed_mps=_least(problem.speed_mps, members),
        budget_s=np.array([one.budget_s for one in limits]),
        earliest_s=np.array([one.earliest_s for one in limits]),
        latest_s=np.array([one.latest_s for one in limits]),
        door_m=problem.door_m[firsts],
        home_m=problem.last_leg_m[firsts],
        compatible=np.array([problem.compatible[list(teams)].all(axis=0) for teams in members]) & possible[:, None],
        start_at_most_m=_least(problem.first_leg_m, members),
        walk_at_most_m=np.array([one.walk_at_most_m for one in limits]),
        pinned_to=_pinned(problem, members),
        groups=(),
        previous=_previous(problem, members),
    )
    return Merged(merged, members)


def split_groups(plan: Plan, members: Members) -> Plan:
    """The plan of a merged problem, told to everybody: each member has the stops, the first one all the weight.

    Reasons, weight and bound stay as they are: a joint patrol reaches, and earns, what its one team does.
    """
    routes = [
        replace(route, team=team, weight=route.weight if team == members[route.team][0] else 0.0)
        for route in plan.routes
        for team in members[route.team]
    ]
    return replace(plan, routes=tuple(sorted(routes, key=lambda route: route.team)))


def sequences_of(plan: Plan, members: Members) -> list[tuple[int, ...]]:
    """The blocks on the loop of each merged team, in a plan of the problem as it was before merging."""
    walked = {route.team: tuple(stop.block for stop in route.stops) for route in plan.routes}
    return [walked.get(teams[0], ()) for teams in members]


def _limits(problem: Problem, group: Group) -> _Limits:
    teams, approach_s = list(group.teams), np.array(group.approach_s)
    budget_s = float((problem.budget_s[teams] - 2 * approach_s).min())
    earliest_s = float((problem.earliest_s[teams] + approach_s).max())
    latest_s = float((problem.latest_s[teams] - approach_s).min())
    walk_m = float((problem.walk_limit_m[teams] - 2 * approach_s * problem.speed_mps[teams]).min())
    possible = budget_s >= 0 and latest_s >= earliest_s and walk_m >= 0
    return _Limits(max(budget_s, 0.0), earliest_s, max(latest_s, earliest_s), max(walk_m, 0.0), possible)


def _least(values: Floats, members: Members) -> Floats:
    return np.array([values[list(teams)].min() for teams in members])


def _pinned(problem: Problem, members: Members) -> Integers:
    stands_for = np.full(problem.teams + 1, -1, dtype=np.int64)  # the last entry answers for the pin -1: none
    for one, teams in enumerate(members):
        stands_for[list(teams)] = one
    return stands_for[problem.pinned]


def _previous(problem: Problem, members: Members) -> Previous | None:
    if problem.previous is None:
        return None
    routes = dict(problem.previous.routes)
    kept = tuple(
        (one, next(routes[team] for team in teams if team in routes))
        for one, teams in enumerate(members)
        if any(team in routes for team in teams)
    )
    return replace(problem.previous, routes=kept)
