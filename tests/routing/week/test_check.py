"""Every promise of a week's plan, broken once."""

from dataclasses import replace

import numpy as np
import pytest

from routing.week.check import verify_week
from routing.week.plan import Short, Walk, WeekParams, plan_week
from tests.routing.week.weeks import one_team


@pytest.fixture(scope="module")
def problem():
    """Two walks are made of the three that may be: the second block wants one visit only."""
    return one_team(at=[100.0, 200.0], visit_weight=np.array([[2.0, 1.0], [3.0, 0.0]]), rest_days=np.array([1]))


@pytest.fixture(scope="module")
def plan(problem):
    made = plan_week(problem, WeekParams(seconds=60.0, rounds=0), seed=1)
    assert verify_week(problem, made) == []
    assert len(made.walks) == 2
    return made


def codes(problem, plan):
    return {violation.code for violation in verify_week(problem, plan)}


def changed(plan, **fields):
    """The first walk's route changed."""
    (day, route), *rest = plan.walks
    return replace(plan, walks=(Walk(day, replace(route, **fields)), *rest))


def on(plan, *days):
    """The walks on other days."""
    return replace(plan, walks=tuple(Walk(day, walk.route) for day, walk in zip(days, plan.walks, strict=True)))


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("unknown_team", {"team": 1}),
        ("empty_walk", {"stops": ()}),
        ("distance", {"distance_m": 1.0}),
        ("duration", {"duration_s": 1.0}),
        ("too_early", {"start_s": -10.0}),
        ("too_late", {"start_s": 4999.0}),
        ("walk_weight", {"weight": 99.0}),
    ],
)
def test_a_walk_that_says_what_is_not_so_is_found(problem, plan, code, fields):
    assert code in codes(problem, changed(plan, **fields))


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("plan_weight", {"weight": 99.0, "bound": 99.0}),
        ("bound", {"bound": 0.0}),
        ("visits", {"visits": (0, 0)}),
        ("short", {"short": (Short(0, 1, 2, "no_time"),)}),
        ("reason", {"short": (Short(0, 2, 2, "whim"),)}),
        ("unknown_block", {"short": (Short(9, 0, 1, "no_time"),)}),
    ],
)
def test_a_plan_that_says_what_is_not_so_is_found(problem, plan, code, fields):
    assert code in codes(problem, replace(plan, **fields))


@pytest.mark.parametrize(
    ("code", "days"), [("unknown_day", (0, 7)), ("day_twice", (2, 2)), ("rest", (2, 3)), ("rest", (3, 2))]
)
def test_days_that_cannot_be_are_found(problem, plan, code, days):
    assert code in codes(problem, on(plan, *days))


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("walks", {"walks_at_most": np.ones(1)}),
        ("burden", {"walked_before_s": np.array([900.0]), "burden_at_most_s": np.array([1000.0])}),
        ("budget", {"budget_s": np.full((1, 7), 150.0)}),
        ("budget", {"budget_s": np.zeros((1, 7))}),
        ("first_leg", {"start_at_most_m": np.array([50.0])}),
        ("walk", {"walk_at_most_m": np.array([150.0])}),
        ("incompatible", {"compatible": np.zeros((1, 2), dtype=bool)}),
        ("spacing", {"spacing_days": np.array([7, 1])}),
        ("too_often", {"visit_weight": np.array([[2.0, 0.0], [3.0, 0.0]])}),
        ("short", {"visit_weight": np.array([[2.0, 1.0], [3.0, 1.0]])}),
        ("band", {"bands": (((0.0, 1.0),), ())}),
        ("no_way", {"door_m": np.full((1, 4), np.inf)}),
    ],
)
def test_a_plan_for_another_problem_is_found_out(problem, plan, code, fields):
    assert code in codes(replace(problem, home_m=None, **fields), plan)


def test_a_block_walked_twice_on_one_walk_is_found(problem, plan):
    stops = plan.walks[0].route.stops
    assert "block_twice" in codes(problem, changed(plan, stops=(*stops, stops[0])))


def test_an_end_that_no_block_has_is_found(problem, plan):
    (stop, *rest) = plan.walks[0].route.stops
    assert "unknown_block" in codes(problem, changed(plan, stops=(replace(stop, entered_at=2), *rest)))
