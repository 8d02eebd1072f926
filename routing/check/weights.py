"""Weights added up again: visits count in the order of the teams, a joint patrol's at the first of it."""

import math
from collections.abc import Iterator

from routing.check.sharing import visitors
from routing.check.violation import SLACK_WEIGHT, Violation, near
from routing.plan import Plan
from routing.problem import Problem


def weights(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """What routes and plan say they weigh, and whether the bound bounds it."""
    earned: dict[int, list[float]] = {}
    for block, firsts in visitors(problem, plan).items():
        prizes = [float(prize) for prize in problem.visit_weight[block]]
        for first, prize in zip(firsts, prizes, strict=False):
            earned.setdefault(first, []).append(prize)
    for route in plan.routes:
        true = math.fsum(earned.get(route.team, []))
        if not near(route.weight, true, SLACK_WEIGHT):
            where = f"team {problem.team_ids[route.team]}"
            yield Violation("route_weight", where, f"says route_weight {route.weight}, it is {true}")
    total = math.fsum(prize for prizes in earned.values() for prize in prizes)
    if not near(plan.weight, total, SLACK_WEIGHT):
        yield Violation("plan_weight", "plan", f"says weight {plan.weight}, its visits weigh {total}")
    if plan.bound is not None and not plan.bound >= total - SLACK_WEIGHT:
        yield Violation("bound", "plan", f"says no plan weighs more than {plan.bound}, weighs {total}")
