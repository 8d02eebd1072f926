"""Weeks planned: every limit kept, as drawn by seed, and whatever is asked for in the time given."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.problem import ProblemError
from routing.week.check import verify_week
from routing.week.plan import WeekParams, plan_week
from tests.routing.week.exhaustive import greatest_week
from tests.routing.week.weeks import one_team, week_by_seed

LONG_S = 120.0


def planned(problem, *, seed=1, **params):
    return plan_week(problem, WeekParams(**{"seconds": LONG_S, "rounds": 1} | params), seed=seed)


def days_of(plan, block):
    return [day for day, route in plan.walks for stop in route.stops if stop.block == block]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 4), st.integers(0, 8), st.booleans(), st.booleans())
def test_every_week_made_keeps_every_promise(seed, teams, blocks, banded, explored):
    problem = week_by_seed(seed, teams=teams, blocks=blocks, banded=0.3 * banded)
    plan = planned(problem, seed=seed, explore=0.2 * explored)
    assert verify_week(problem, plan) == []
    assert plan.bound >= plan.weight - 1e-6
    assert plan.surprise.price <= 0.2 / (1 - 0.2) * plan.weight + 1e-9


def test_tiny_weeks_are_planned_about_as_well_as_can_be():
    best = made = 0.0
    for seed in range(25):
        problem = week_by_seed(seed, teams=2, blocks=3, days=2)
        best += greatest_week(problem)
        made += planned(problem).weight
    assert made >= 0.95 * best


def test_visits_to_a_block_are_days_apart():
    plan = planned(one_team(at=[100.0], spacing_days=np.array([3])))
    one, other = days_of(plan, 0)
    assert abs(one - other) >= 3
    assert plan.short == ()


def test_a_block_whose_days_are_used_up_says_so():
    plan = planned(one_team(at=[100.0], spacing_days=np.array([7])))
    assert [(short.block, short.visits, short.wanted, short.why) for short in plan.short] == [(0, 1, 2, "spacing")]


def test_a_block_too_far_for_everybody_says_so():
    plan = planned(one_team(at=[100.0, 600.0]))
    assert [(short.block, short.visits, short.why) for short in plan.short] == [(1, 0, "out_of_reach")]


def test_a_team_rests_between_walks():
    plan = planned(one_team(at=[100.0], rest_days=np.array([5])))
    assert [day for day, _ in plan.walks] == [0, 6]


def test_walks_grow_shorter_when_four_weeks_are_nearly_full():
    plan = planned(one_team(at=[100.0, 450.0], walked_before_s=np.array([1000.0]), burden_at_most_s=np.array([1500.0])))
    walked_s = sum(walk.route.duration_s for walk in plan.walks)
    assert 0.0 < walked_s <= 500.0
    assert plan.fairness.most_min == pytest.approx((1000.0 + walked_s) / 60.0)


def test_a_team_with_too_many_minutes_stays_at_home():
    tired = one_team(at=[100.0], walked_before_s=np.array([1500.0]), burden_at_most_s=np.array([1500.0]))
    assert planned(tired).walks == ()


def test_partners_walk_on_the_same_day_where_they_can():
    alone = one_team(at=[100.0])
    days = np.array([[1, 1, 0, 0, 0, 0, 1], [0, 0, 1, 1, 1, 0, 1]])
    two = replace(
        alone,
        team_ids=("T0", "T1"),
        **{name: np.repeat(getattr(alone, name), 2, axis=0) for name in ("speed_mps", "earliest_s", "latest_s")},
        **{name: np.repeat(getattr(alone, name), 2, axis=0) for name in ("rest_days", "door_m", "compatible")},
        **dict.fromkeys(("walked_before_s", "burden_at_most_s", "home_m", "liked"), None),
        **dict.fromkeys(("start_at_most_m", "walk_at_most_m"), None),
        budget_s=1000.0 * days,
        walks_at_most=np.ones(2),
        spacing_days=np.zeros(1),
        partners=np.array([[0, 1]]),
        together=np.array([5.0]),
    )
    plan = planned(two)
    assert [(day, route.team) for day, route in plan.walks] == [(6, 0), (6, 1)]
    assert plan.weight == 2.0 + 1.0 + 5.0


def test_a_street_that_a_team_likes_is_preferred():
    east_or_west = one_team(at=[450.0, -450.0], walks_at_most=np.ones(1))
    for liked in ([1.0, 0.0], [0.0, 1.0]):
        plan = planned(replace(east_or_west, liked=np.array([liked])))
        assert [stop.block for stop in plan.walks[0].route.stops] == [int(np.argmax(liked))]
        assert plan.weight == 3.0


def test_nothing_to_plan_is_planned():
    nobody = week_by_seed(1, teams=0, blocks=3)
    nothing = replace(week_by_seed(1, teams=2, blocks=0), partners=None, together=None)
    assert planned(nobody).walks == planned(nothing).walks == ()
    assert (planned(nobody).bound, planned(nothing).bound) == (pytest.approx(0, abs=1e-6),) * 2


def test_the_same_seed_makes_and_draws_the_same_week():
    problem = week_by_seed(7, teams=4, blocks=14)
    for explore in (0.0, 0.3):
        one, again = (replace(planned(problem, explore=explore), solve_s=0.0) for _ in range(2))
        assert one == again


def test_exploring_draws_one_of_several_weeks():
    problem = week_by_seed(7, teams=4, blocks=14)
    plans = [planned(problem, seed=seed, explore=0.3) for seed in range(6)]
    assert len({plan.walks for plan in plans}) > 1
    assert all(plan.surprise.plans > 1 for plan in plans)
    assert planned(problem).surprise.plans == 1
    assert planned(problem).surprise.price == 0.0


def test_being_stopped_keeps_the_best_so_far():
    told = []
    problem = week_by_seed(3, teams=4, blocks=14)
    plan = plan_week(problem, WeekParams(LONG_S), seed=1, stop=lambda: len(told) > 2, on_progress=told.append)
    assert plan.weight > 0
    assert told[-1].phase == "done"
    assert (told[-1].weight, told[-1].bound) == (plan.weight, plan.bound)
    assert all(one.weight <= other.weight and one.bound >= other.bound for one, other in pairwise(told))


def test_two_threads_search_and_prove_side_by_side():
    problem = week_by_seed(3, teams=4, blocks=14)
    plan = planned(problem, seconds=1.0, threads=2, rounds=None)
    assert verify_week(problem, plan) == []


@pytest.mark.parametrize("wrong", [{"seconds": 0}, {"threads": 0}, {"rounds": -1}, {"explore": 1.0}])
def test_params_without_meaning_are_refused(wrong):
    with pytest.raises(ProblemError, match=next(iter(wrong))):
        WeekParams(**wrong)
