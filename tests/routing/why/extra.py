"""A team more: the problem with it, and the plan with its loop."""

from dataclasses import replace

import numpy as np

from routing.plan import Plan
from routing.problem import Problem
from tests.routing.check.wishes import plan_of

_ROUNDING_S = 1e-6


def with_team(
    problem: Problem, *, door_m, home_m, may, speed_mps, budget_s, earliest_s, latest_s, start_m=np.inf, walk_m=np.inf
) -> Problem:
    """The new team is the last."""

    def more(values, value):
        return np.append(values, value)

    return replace(
        problem,
        team_ids=(*problem.team_ids, "one more"),
        speed_mps=more(problem.speed_mps, speed_mps),
        budget_s=more(problem.budget_s, budget_s),
        earliest_s=more(problem.earliest_s, earliest_s),
        latest_s=more(problem.latest_s, latest_s),
        door_m=np.vstack([problem.door_m, door_m]),
        home_m=np.vstack([problem.last_leg_m, home_m]),
        compatible=np.vstack([problem.compatible, may]),
        start_at_most_m=more(problem.first_leg_m, start_m),
        walk_at_most_m=more(problem.walk_limit_m, walk_m),
    )


def with_loop(
    longer: Problem, sequences: list[tuple[int, ...]], blocks: tuple[int, ...], *, start_s: float, duration_s: float
) -> Plan:
    """The plan with these loops, and the last team on one of its own at this time.

    Of two directions that take as long, waiting for a band may leave only one to start then.
    """
    loops = [*sequences, blocks]
    earliest_s, latest_s = longer.earliest_s.copy(), longer.latest_s.copy()
    earliest_s[-1], latest_s[-1] = start_s, start_s + duration_s + _ROUNDING_S
    own = plan_of(replace(longer, earliest_s=earliest_s, latest_s=latest_s), loops).routes[-1]
    plan = plan_of(longer, loops)
    return replace(plan, routes=(*plan.routes[:-1], replace(own, start_s=start_s)))
