"""The checker finds every way of breaking a plan, and nothing in a whole one."""

import pickle
from dataclasses import replace

import numpy as np
import pytest

from routing.check import PlanBrokenError, Violation, verify
from routing.plan import LeftOut, Plan, Route, Stop
from tests.routing.planner.problems import on_a_plane, point

FAR = 5000.0
HOME_M = 300.0 + float(np.hypot(200, 100))


@pytest.fixture
def problem():
    """Two teams at 0 and 500; a point at 100, a line up from 200 with a band, a point far away, one at 490."""
    return on_a_plane(
        doors=[(0, 0), (500, 0)],
        ends=[point(100), ((200, 0), (200, 100)), point(FAR), point(490)],
        weight=np.array([2.0, 3.0, 9.0, 4.0]),
        dwell_s=np.array([30.0, 0.0, 0.0, 0.0]),
        bands=((), ((350.0, 700.0),), (), ()),
        compatible=np.array([[True, True, True, False], [True, True, True, True]]),
        latest_s=np.array([700.0, 700.0]),
        start_at_most_m=np.array([150.0, np.inf]),
    )


@pytest.fixture
def whole():
    """The first team leaves at 120, so that it comes to the line just when it opens."""
    return Plan(
        routes=(
            Route(0, (Stop(0, 0), Stop(1, 0)), distance_m=HOME_M, duration_s=HOME_M + 30.0, start_s=120.0, weight=5.0),
            Route(1, (Stop(3, 0),), distance_m=20.0, duration_s=20.0, start_s=0.0, weight=4.0),
        ),
        left_out=(LeftOut(2, "out_of_reach", 8000.0),),
        weight=9.0,
        solver="by hand",
        seed=0,
        solve_s=0.0,
        bound=None,
    )


def first(plan, **changes):
    return replace(plan, routes=(replace(plan.routes[0], **changes), *plan.routes[1:]))


def test_a_whole_plan_has_nothing_wrong(problem, whole):
    assert verify(problem, whole) == []


BROKEN = {
    "unknown_team": lambda p: first(p, team=2),
    "unknown_block": lambda p: first(p, stops=(Stop(7, 0),)),
    "unknown_end": lambda p: first(p, stops=(Stop(0, 2), Stop(1, 0))),
    "team_twice": lambda p: replace(p, routes=(*p.routes, p.routes[1])),
    "empty_route": lambda p: first(p, stops=()),
    "block_twice": lambda p: first(p, stops=(Stop(0, 0), Stop(1, 0), Stop(0, 0))),
    "both": lambda p: replace(p, left_out=(*p.left_out, LeftOut(0, "no_time", 1.0))),
    "left_out_twice": lambda p: replace(p, left_out=p.left_out * 2),
    "forgotten": lambda p: replace(p, left_out=()),
    "incompatible": lambda p: replace(p, routes=(replace(p.routes[0], stops=(Stop(3, 0),)), p.routes[1])),
    "band": lambda p: first(p, start_s=700.0),
    "distance": lambda p: first(p, distance_m=500.0),
    "duration": lambda p: first(p, duration_s=600.0),
    "route_weight": lambda p: first(p, weight=6.0),
    "plan_weight": lambda p: replace(p, weight=10.0),
    "bound": lambda p: replace(p, bound=8.0),
    "too_early": lambda p: first(p, start_s=-5.0),
    "too_late": lambda p: first(p, start_s=180.0),
    "first_leg": lambda p: first(p, stops=(Stop(1, 0), Stop(0, 0))),
    "reason": lambda p: replace(p, left_out=(LeftOut(2, "unlucky", 1.0),)),
    "amount": lambda p: replace(p, left_out=(LeftOut(2, "out_of_reach", float("nan")),)),
    "reach": lambda p: replace(p, left_out=(LeftOut(2, "no_time", 1.0),)),
}


@pytest.mark.parametrize("code", BROKEN)
def test_each_broken_promise_is_found(problem, whole, code):
    assert code in {violation.code for violation in verify(problem, BROKEN[code](whole))}


def test_a_loop_longer_than_the_budget_is_found(problem, whole):
    found = verify(replace(problem, budget_s=np.array([550.0, 550.0])), whole)
    assert [violation.code for violation in found] == ["budget"]


def test_a_street_that_leads_nowhere_is_found(problem, whole):
    between = problem.between_m.copy()
    between[0:2, 2:4] = between[2:4, 0:2] = np.inf
    assert [violation.code for violation in verify(replace(problem, between_m=between), whole)] == ["no_way"]


def test_walking_a_line_the_wrong_way_round_is_found(problem, whole):
    found = verify(problem, first(whole, stops=(Stop(0, 0), Stop(1, 1))))
    assert {violation.code for violation in found} == {"distance", "duration"}


def test_calling_a_near_block_out_of_reach_is_found(problem, whole):
    shorter = replace(
        whole, routes=whole.routes[:1], left_out=(*whole.left_out, LeftOut(3, "out_of_reach", 5.0)), weight=5.0
    )
    assert [violation.code for violation in verify(problem, shorter)] == ["reach"]


def test_the_objection_says_where_and_what_and_survives_the_way_between_processes():
    error = PlanBrokenError([Violation("budget", "team A", "takes too long")])
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 our own bytes
    assert (str(again), again.violations) == ("team A: takes too long", error.violations)
