"""Walks are recounted by the numbers of the problem, and nothing that breaks them counts."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks.recount import Step, Walked, recount, recount_week
from routing.check import verify
from routing.plan import PlanParams, plan
from routing.week.problem import WeekProblem
from tests.routing.planner.problems import by_seed, on_a_plane, point

ALONG = ((100.0, 0.0), (200.0, 0.0))


def _walked(*blocks: int, team: int = 0) -> list[Walked]:
    return [Walked(team, tuple(Step(block, 0) for block in blocks))]


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({}, True),
        ({"budget_s": np.array([400.0])}, True),
        ({"budget_s": np.array([399.0])}, False),
        ({"latest_s": np.array([399.0])}, False),
        ({"walk_at_most_m": np.array([399.0])}, False),
        ({"start_at_most_m": np.array([99.0])}, False),
        ({"compatible": np.array([[False]])}, False),
        ({"bands": (((0.0, 199.0),),)}, False),
        ({"bands": (((0.0, 150.0), (300.0, 400.0)),)}, True),
        ({"dwell_s": np.array([601.0])}, False),
    ],
)
def test_a_walk_counts_when_it_keeps_every_limit(changes, counts):
    problem = on_a_plane(doors=[(0.0, 0.0)], ends=[ALONG], **changes)
    assert recount(problem, _walked(0)) == pytest.approx(1.0 if counts else math.nan, nan_ok=True)


def test_repeat_visits_count_as_the_problem_prices_them_and_no_more():
    problem = on_a_plane(doors=[(0.0, 0.0)] * 3, ends=[point(9.0)], repeat_weight=np.array([[0.5]]))
    for walkers, prize in ((1, 1.0), (2, 1.5), (3, 1.5)):
        assert recount(problem, [walk for team in range(walkers) for walk in _walked(0, team=team)]) == prize


def test_a_team_that_walks_twice_or_a_block_walked_twice_by_it_is_found_out():
    problem = on_a_plane(doors=[(0.0, 0.0)], ends=[point(9.0), point(8.0)])
    assert math.isnan(recount(problem, [*_walked(0), *_walked(1)]))
    assert math.isnan(recount(problem, _walked(0, 0)))


@given(seed=st.integers(0, 2**16))
@example(seed=189)
@settings(max_examples=10, deadline=None)
def test_recount_and_checker_agree_on_plans(seed):
    problem = by_seed(seed, teams=3, blocks=8, banded=0.5)
    made = plan(problem, PlanParams(seconds=5.0, rounds=0), seed=seed)
    walks = [
        Walked(route.team, tuple(Step(stop.block, stop.entered_at) for stop in route.stops), route.start_s)
        for route in made.routes
    ]
    assert verify(problem, made) == []
    assert recount(problem, walks) == pytest.approx(made.weight)
    late = replace(problem, budget_s=problem.budget_s * 0.3)
    # Why a block was left out is another matter with less time, and no business of a recount.
    broken = [found for found in verify(late, replace(made, bound=None)) if found.code != "reach"]
    assert math.isnan(recount(late, walks)) == bool(broken) or not walks


WEEK = WeekProblem(
    team_ids=("A", "B"),
    block_ids=("park", "lane"),
    visit_weight=np.array([[3.0, 1.0], [2.0, 0.0]]),
    length_m=np.zeros(2),
    dwell_s=np.full(2, 10.0),
    spacing_days=np.array([2, 1]),
    bands=((), ()),
    speed_mps=np.ones(2),
    budget_s=np.array([[100.0, 100.0, 100.0, 0.0]] * 2),
    earliest_s=np.zeros((2, 4)),
    latest_s=np.full((2, 4), 500.0),
    walks_at_most=np.array([2, 3]),
    rest_days=np.array([1, 0]),
    place=np.array([0, 0, 1, 1]),
    door_m=np.array([[20.0, 40.0]] * 2),
    between_m=np.array([[0.0, 20.0], [20.0, 0.0]]),
    compatible=np.ones((2, 2), dtype=bool),
    burden_at_most_s=np.array([np.inf, 130.0]),
    liked=np.array([[0.0, 0.5], [0.0, 0.0]]),
    partners=np.array([[0, 1]]),
    together=np.array([0.25]),
)
PARK, LANE = 0, 1


@pytest.mark.parametrize(
    ("walks", "prize"),
    [
        ([(0, 0, (PARK,))], 3.0),
        ([(0, 0, (PARK,)), (2, 0, (PARK,))], 4.0),
        ([(0, 0, (PARK,)), (2, 1, (PARK,))], 4.0),
        ([(0, 0, (PARK,)), (1, 1, (PARK,))], math.nan),  # a day apart, two are wanted
        ([(0, 0, (LANE,)), (0, 1, (PARK,))], 2.0 + 0.5 + 3.0 + 0.25),
        ([(0, 0, (PARK, LANE))], 5.5),
        ([(3, 0, (PARK,))], math.nan),  # not free
        ([(0, 0, (PARK,)), (1, 0, (LANE,))], math.nan),  # no rest
        ([(0, 1, (PARK,)), (1, 1, (LANE,))], math.nan),  # 50 s and 90 s are too much of a burden
        ([(0, 1, (LANE,)), (0, 1, (PARK,))], math.nan),  # twice a day
    ],
)
def test_a_week_counts_when_it_keeps_every_rule(walks, prize):
    walked = [(day, Walked(team, tuple(Step(block, 0) for block in blocks), 0.0)) for day, team, blocks in walks]
    assert recount_week(WEEK, walked) == pytest.approx(prize, nan_ok=True)
