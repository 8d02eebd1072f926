"""An independent look at a plan: does it keep every promise? Shares no code with the solver.

Each route is walked again, step by step, from the problem's own numbers; sums are added up again; routes and left-out
blocks must share out all blocks between them.
"""

from routing.check.party import party_of
from routing.check.reach import reasons
from routing.check.sharing import sharing, strangers
from routing.check.violation import PlanBrokenError, Violation
from routing.check.walk import walked
from routing.check.weights import weights
from routing.plan import Plan
from routing.problem import Problem

__all__ = ["PlanBrokenError", "Violation", "verify"]


def verify(problem: Problem, plan: Plan) -> list[Violation]:
    """Everything that is wrong with the plan; empty when nothing is."""
    unknown = list(strangers(problem, plan))
    if unknown:
        return unknown
    found = list(sharing(problem, plan))
    of = party_of(problem)
    for route in plan.routes:
        found += walked(problem, route, of[route.team])
    found += weights(problem, plan)
    found += reasons(problem, plan)
    return found
