"""The checker finds every way of breaking a plan, and nothing in a whole one."""

import pickle
from dataclasses import replace

import numpy as np
import pytest

from routing.check import PlanBrokenError, Violation, verify
from routing.plan import LeftOut, Plan, Route, Stop
from routing.problem import Group
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


@pytest.fixture
def evening():
    """A pair from 0 (the second lives 50 s away and is faster) and a team at 300; points at 100, 200 and 350."""
    return on_a_plane(
        doors=[(0, 0), (0, 50), (300, 0)],
        ends=[point(100), point(200), point(350)],
        weight=np.array([5.0, 4.0, 3.0]),
        repeat_weight=np.array([[2.0], [1.0], [0.0]]),
        speed_mps=np.array([1.0, 2.0, 1.0]),
        budget_s=np.array([450.0, 550.0, 600.0]),
        walk_at_most_m=np.array([400.0, 600.0, np.inf]),
        home_m=np.array([[100.0, 200.0, 350.0], [0.0, 0.0, 0.0], [210.0, 110.0, 60.0]]).repeat(2, axis=1),
        pinned_to=np.array([-1, 1, 2]),
        groups=(Group((0, 1), (0.0, 50.0)),),
    )


@pytest.fixture
def together():
    """Both of the pair walk to 100 and 200; the third team to 100 again and 350, and ends ten metres past its door."""
    pair = Route(0, (Stop(0, 0), Stop(1, 0)), distance_m=400.0, duration_s=400.0, start_s=50.0, weight=9.0)
    return Plan(
        routes=(
            pair,
            replace(pair, team=1, weight=0.0),
            Route(2, (Stop(0, 0), Stop(2, 0)), distance_m=510.0, duration_s=510.0, start_s=0.0, weight=5.0),
        ),
        left_out=(),
        weight=14.0,
        solver="by hand",
        seed=0,
        solve_s=0.0,
        bound=None,
    )


def test_a_joint_patrol_a_second_visit_a_pin_and_another_way_home_are_nothing_wrong(evening, together):
    assert verify(evening, together) == []


def with_third(plan, **changes):
    return replace(plan, routes=(*plan.routes[:2], replace(plan.routes[2], **changes)))


BROKEN_TOGETHER = {
    "apart": [
        lambda p: replace(p, routes=p.routes[1:]),
        lambda p: replace(p, routes=(p.routes[0], replace(p.routes[1], start_s=60.0), p.routes[2])),
        lambda p: replace(p, routes=(replace(p.routes[0], stops=p.routes[0].stops[:1]), *p.routes[1:])),
    ],
    "pinned": [lambda p: with_third(p, stops=(Stop(1, 0), Stop(2, 0)))],
    "block_twice": [lambda p: with_third(p, stops=(Stop(0, 0), Stop(2, 0), Stop(0, 0)))],
    "route_weight": [
        lambda p: with_third(p, weight=8.0),
        lambda p: replace(p, routes=(replace(p.routes[0], weight=0.0), replace(p.routes[1], weight=9.0), p.routes[2])),
    ],
    "plan_weight": [lambda p: replace(p, weight=17.0)],
    "distance": [lambda p: with_third(p, distance_m=500.0)],
    "too_early": [lambda p: replace(p, routes=tuple(replace(one, start_s=40.0) for one in p.routes))],
}


@pytest.mark.parametrize(("code", "way"), [(code, way) for code, ways in BROKEN_TOGETHER.items() for way in ways])
def test_each_promise_broken_together_is_found(evening, together, code, way):
    assert code in {violation.code for violation in verify(evening, way(together))}


@pytest.mark.parametrize(
    ("code", "team", "changes"),
    [
        ("budget", 1, {"budget_s": np.array([450.0, 490.0, 600.0])}),
        ("too_late", 1, {"latest_s": np.array([450.0, 490.0, 600.0])}),
        ("walk", 1, {"walk_at_most_m": np.array([400.0, 590.0, np.inf])}),
        ("walk", 0, {"walk_at_most_m": np.array([390.0, 600.0, np.inf])}),
        ("first_leg", 1, {"start_at_most_m": np.array([np.inf, 90.0, np.inf])}),
        ("incompatible", 1, {"compatible": np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]])}),
    ],
)
def test_a_joint_patrol_keeps_the_limits_of_everybody_in_it(evening, together, code, team, changes):
    found = verify(replace(evening, **changes), together)
    assert [(violation.code, violation.where) for violation in found] == [(code, f"team T{team}")]


def test_more_visits_than_count_are_found(evening, together):
    found = verify(replace(evening, repeat_weight=None), replace(with_third(together, weight=3.0), weight=12.0))
    assert [violation.code for violation in found] == ["too_often"]


@pytest.mark.parametrize(
    "changes",
    [
        {"pinned_to": np.array([-1, -1, 0])},
        {"walk_at_most_m": np.array([400.0, 600.0, 109.0]), "pinned_to": np.array([-1, -1, 2])},
        {"groups": (Group((2, 0), (0.0, 300.0)),), "pinned_to": np.array([-1, -1, 2])},
    ],
)
def test_who_may_not_or_cannot_walk_there_is_not_within_reach(evening, changes):
    nobody = Plan((), tuple(LeftOut(block, "no_time", 1.0) for block in range(3)), 0.0, "by hand", 0, 0.0, None)
    problem = replace(evening, **{"budget_s": np.array([450.0, 550.0, 600.0]), **changes})
    assert "block B2" in {violation.where for violation in verify(problem, nobody) if violation.code == "reach"}


def test_the_objection_says_where_and_what_and_survives_the_way_between_processes():
    error = PlanBrokenError([Violation("budget", "team A", "takes too long")])
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 our own bytes
    assert (str(again), again.violations) == ("team A: takes too long", error.violations)
