"""Who walks what: every block walked or left out, no more visits than count, pins kept, joint patrols together."""

from collections import Counter
from collections.abc import Iterator

from routing.check.party import Party, parties, party_of
from routing.check.violation import SLACK_S, Violation, near
from routing.plan import Plan, Route
from routing.problem import Problem


def strangers(problem: Problem, plan: Plan) -> Iterator[Violation]:
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


def sharing(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """All that is wrong with the way the blocks are shared out."""
    yield from _teams(problem, plan)
    yield from _joint(problem, plan)
    yield from _blocks(problem, plan)
    of = party_of(problem)
    for route in plan.routes:
        yield from _allowed(problem, route, of[route.team])


def visitors(problem: Problem, plan: Plan) -> dict[int, list[int]]:
    """Per walked block, the first team of each party that walks it, by number."""
    of = party_of(problem)
    found: dict[int, set[int]] = {}
    for route in plan.routes:
        for stop in route.stops:
            found.setdefault(stop.block, set()).add(of[route.team].first)
    return {block: sorted(firsts) for block, firsts in found.items()}


def _teams(problem: Problem, plan: Plan) -> Iterator[Violation]:
    for team, times in Counter(route.team for route in plan.routes).items():
        if times > 1:
            yield Violation("team_twice", f"team {problem.team_ids[team]}", f"has {times} routes")
    for route in plan.routes:
        where = f"team {problem.team_ids[route.team]}"
        if not route.stops:
            yield Violation("empty_route", where, "has a route without stops")
        for block, times in Counter(stop.block for stop in route.stops).items():
            if times > 1:
                yield Violation("block_twice", where, f"walks block {problem.block_ids[block]} {times} times")


def _joint(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """A joint patrol: all of them or nobody, the same stops, the same start."""
    routes = {route.team: route for route in plan.routes}
    for party in parties(problem):
        walking = [routes[team] for team in party.teams if team in routes]
        if not walking:
            continue
        whole = len(walking) == len(party.teams)
        same = all(route.stops == walking[0].stops for route in walking)
        at_once = all(near(route.start_s, walking[0].start_s, SLACK_S) for route in walking)
        if not (whole and same and at_once):
            names = ", ".join(problem.team_ids[team] for team in party.teams)
            yield Violation("apart", f"group {names}", "does not walk one loop together")


def _blocks(problem: Problem, plan: Plan) -> Iterator[Violation]:
    walked = {block: len(firsts) for block, firsts in visitors(problem, plan).items()}
    left = Counter(entry.block for entry in plan.left_out)
    counting = problem.visit_weight.shape[1]
    for block, name in enumerate(problem.block_ids):
        where, visits = f"block {name}", walked.get(block, 0)
        if visits > counting:
            yield Violation("too_often", where, f"is walked by {visits}, and {counting} count")
        if visits and left[block]:
            yield Violation("both", where, "is walked and left out")
        if left[block] > 1:
            yield Violation("left_out_twice", where, f"has {left[block]} reasons")
        if not visits and not left[block]:
            yield Violation("forgotten", where, "is neither walked nor left out")


def _allowed(problem: Problem, route: Route, party: Party) -> Iterator[Violation]:
    where = f"team {problem.team_ids[route.team]}"
    for stop in route.stops:
        name, owner = problem.block_ids[stop.block], int(problem.pinned[stop.block])
        if not problem.compatible[route.team, stop.block]:
            yield Violation("incompatible", where, f"may not serve block {name}")
        if owner >= 0 and owner not in party.teams:
            yield Violation("pinned", where, f"walks block {name}, pinned to team {problem.team_ids[owner]}")
