"""The search as a whole: what it keeps, what it prefers, and what does not matter to it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.check import verify
from routing.plan import PlanParams, plan
from routing.problem import Previous
from routing.search.search import Search
from tests.routing.check.wishes import with_wishes
from tests.routing.planner.problems import by_seed, on_a_plane, point

SOON = PlanParams(seconds=60.0, rounds=2)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 100_000),
    teams=st.integers(0, 6),
    blocks=st.integers(0, 16),
    banded=st.sampled_from([0.0, 0.4, 1.0]),
)
def test_a_plan_with_every_wish_keeps_its_promises(seed, teams, blocks, banded):
    problem = with_wishes(seed, teams=teams, blocks=blocks, banded=banded)
    made = plan(problem, SOON, seed=seed)
    assert verify(problem, made) == []
    assert made.weight <= made.bound


@pytest.mark.parametrize("banded", [0.0, 0.5])
@pytest.mark.slow
def test_two_threads_make_a_whole_plan_too(banded):
    problem = by_seed(7, teams=24, blocks=160, banded=banded, side_m=2000.0)
    made = plan(problem, PlanParams(seconds=2.0, threads=2), seed=1)
    assert verify(problem, made) == []
    assert made.weight >= plan(problem, PlanParams(seconds=60.0, rounds=0), seed=1).weight


@pytest.mark.slow  # kernels for single precision, which the largest evenings have, are compiled when first met
@pytest.mark.parametrize("banded", [0.0, 0.5])
def test_single_precision_makes_a_whole_plan_too(banded):
    problem = by_seed(8, teams=5, blocks=40, banded=banded)
    single = replace(problem, between_m=problem.between_m.astype(np.float32))
    made = plan(single, SOON, seed=1)
    assert verify(single, made) == []
    assert made.weight >= plan(single, replace(SOON, rounds=0), seed=1).weight


def test_a_pinned_block_comes_before_heavier_ones():
    problem = on_a_plane(
        doors=[(0, 0)],
        ends=[point(400), point(-400)],
        weight=np.array([9.0, 1.0]),
        pinned_to=np.array([-1, 0]),
    )
    (route,) = plan(problem, SOON, seed=1).routes
    assert [stop.block for stop in route.stops] == [1]


def test_a_block_pinned_to_one_team_is_walked_by_no_other():
    problem = on_a_plane(
        doors=[(0, 0), (2000, 0)],
        ends=[point(10), point(1990)],
        pinned_to=np.array([1, -1]),
        weight=np.array([9.0, 1.0]),
    )
    assert all(stop.block != 0 for route in plan(problem, SOON, seed=1).routes for stop in route.stops)


def test_a_second_visit_is_made_where_it_earns_most():
    problem = on_a_plane(
        doors=[(0, 0), (1, 0)],
        ends=[point(100), point(-450)],
        weight=np.array([5.0, 1.0]),
        repeat_weight=np.array([[4.0], [0.0]]),
        budget_s=np.array([300.0, 300.0]),
    )
    made = plan(problem, SOON, seed=1)
    assert [[stop.block for stop in route.stops] for route in made.routes] == [[0], [0]]
    assert made.weight == 9.0


@pytest.mark.parametrize("seed", range(4))
def test_what_is_worth_keeping_stays_as_it_was(seed):
    problem = by_seed(seed, teams=4, blocks=24)
    before = plan(problem, SOON, seed=1)
    routes = tuple((route.team, tuple(stop.block for stop in route.stops)) for route in before.routes)
    lost = int(routes[0][1][0])
    weights = problem.weight.copy()
    weights[lost] = 0.0
    dear = replace(problem, weight=weights, previous=Previous(routes, keep_weight=1000.0))
    after = plan(dear, SOON, seed=2)
    walked = {route.team: {stop.block for stop in route.stops} for route in after.routes}
    assert all(set(blocks) - {lost} <= walked.get(team, set()) for team, blocks in routes)


def test_a_plan_given_to_the_search_is_where_it_goes_on():
    problem = by_seed(3, teams=6, blocks=40)
    first = Search(problem, seed=1, threads=1)
    first.construct()
    first.cool(1.0, 0.1, share=lambda: 0.0, iterations=2000)
    second = Search(problem, seed=2, threads=1)
    second.adopt(first.sequences())
    assert second.value == pytest.approx(first.value)
    assert [set(one) for one in second.sequences()] == [set(one) for one in first.sequences()]


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 100_000))
def test_a_plan_that_fits_is_taken_up_whole_however_its_blocks_are_entered(seed):
    problem = by_seed(seed, teams=3, blocks=20)
    first = Search(problem, seed=1, threads=1)
    first.construct()
    first.cool(1.0, 0.1, share=lambda: 0.0, iterations=1000)
    second = Search(problem, seed=2, threads=1)
    second.adopt(first.sequences())
    assert second.sequences() == first.sequences()


def test_cooling_again_never_loses_the_best_plan():
    problem = by_seed(4, teams=6, blocks=60)
    search = Search(problem, seed=1, threads=1)
    search.construct()
    values = [search.value]
    for _ in range(3):
        search.cool(3.0, 1.0, share=lambda: 0.0, iterations=300)
        values.append(search.value)
    assert sorted(values) == values
    assert search.worth(search.sequences()) == pytest.approx(search.value)
