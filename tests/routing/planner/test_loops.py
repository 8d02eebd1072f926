"""The search for one team's good loops."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.greedy import greedy
from routing.loops import better_loops
from routing.plan import PlanParams, plan
from routing.problem import Problem
from routing.sequence import TOLERANCE_S, best_loop, view, walk_s
from tests.routing.planner.problems import by_seed, on_a_plane, point


def beyond_reach(problem: Problem, metres: float) -> Problem:
    """The same, where a walk longer than so many metres is none, as on real streets."""
    return replace(
        problem,
        door_m=np.where(problem.door_m > metres, np.inf, problem.door_m),
        between_m=np.where(problem.between_m > metres, np.inf, problem.between_m),
    )


def test_a_loop_that_loses_its_first_stop_is_dropped_where_the_next_is_too_far_from_the_door():
    problem = on_a_plane(doors=[(0, 0)], ends=[point(100), point(300)], start_at_most_m=np.array([150.0]))
    loops = better_loops(view(problem, 0), (0, 1), np.array([0.0, 1.0]), moves=20, rng=np.random.default_rng(0))
    assert loops == []


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), banded=st.sampled_from([0.0, 0.5]), reach_m=st.sampled_from([150.0, 300.0]))
def test_every_loop_found_can_be_walked(seed, banded, reach_m):
    problem = beyond_reach(by_seed(seed, teams=1, blocks=12, banded=banded), reach_m)
    problem = replace(problem, start_at_most_m=np.array([reach_m / 2]))
    team, random = view(problem, 0), np.random.default_rng(seed)
    (start,) = greedy([team], [()], over=lambda: False)
    gains = problem.weight * (random.random(problem.blocks) < 0.7)
    for loop in better_loops(team, start, gains, moves=20, rng=random):
        assert walk_s(team, loop) <= team.limit_s + TOLERANCE_S
        assert best_loop(team, loop) is not None


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), reach_m=st.sampled_from([120.0, 250.0]))
def test_a_thinly_spread_city_is_planned_too(seed, reach_m):
    problem = beyond_reach(by_seed(seed, teams=4, blocks=20), reach_m)
    problem = replace(problem, start_at_most_m=np.full(4, reach_m / 2))
    made = plan(problem, PlanParams(seconds=30.0, rounds=4), seed=seed)
    assert made.bound is not None
    assert made.weight <= made.bound
