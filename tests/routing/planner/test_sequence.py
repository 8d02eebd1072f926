"""The cost of a sequence: every direction, every gap, every band."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.check import verify
from routing.plan import PlanParams, plan
from routing.problem import Problem
from routing.sequence import best_loop, gap_totals_s, view, walk_s
from tests.routing.planner.exhaustive import least_for
from tests.routing.planner.problems import by_seed, on_a_plane, point


def test_a_line_block_is_walked_in_the_shorter_direction():
    problem = on_a_plane(doors=[(0, 0)], ends=[((100, 0), (10, 0)), ((10, 20), (100, 20))])
    loop = best_loop(view(problem, 0), [0, 1])
    assert loop is not None
    assert loop.entered_at == (1, 1)
    assert loop.duration_s == pytest.approx(10 + 90 + 20 + 90 + np.hypot(10, 20))


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), size=st.integers(1, 4))
def test_a_loop_takes_the_least_seconds_over_all_directions_and_starts(seed, size):
    problem = by_seed(seed, teams=1, blocks=size, banded=0.6, budget_s=3000.0)
    order = list(range(size))
    problem = replace(problem, compatible=np.ones((1, size), dtype=bool))
    tries = [least_for(problem, 0, list(zip(order, ends, strict=True))) for ends in product((0, 1), repeat=size)]
    expected = min((one for one in tries if one is not None), default=None)
    loop = best_loop(view(problem, 0), order)
    assert (loop is None) == (expected is None)
    if loop is not None and expected is not None:
        assert loop.duration_s == pytest.approx(expected)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), size=st.integers(0, 5))
def test_insertion_seconds_are_those_of_the_longer_loop_in_every_gap(seed, size):
    problem = by_seed(seed, teams=1, blocks=size + 2)
    team = view(problem, 0)
    sequence, candidates = list(range(size)), np.array([size, size + 1])
    totals, now_s = gap_totals_s(team, sequence, candidates)
    assert now_s == pytest.approx(walk_s(team, sequence))
    for gap, (column, block) in product(range(size + 1), enumerate(candidates.tolist())):
        assert totals[gap, column] == pytest.approx(walk_s(team, [*sequence[:gap], block, *sequence[gap:]]))


def waiting_either_way(walk_at_most_m: float) -> Problem:
    """A line block that is quicker by the nearer end, nearer to the next by the other; who comes there waits."""
    return on_a_plane(
        doors=[(0, 0)],
        ends=[((50, 0), (-60, 0)), point(100)],
        bands=(((0.0, 300.0),), ((1000.0, 2000.0),)),
        walk_at_most_m=np.array([walk_at_most_m]),
    )


def test_where_waiting_takes_the_time_the_walk_is_as_long_as_the_team_may_walk():
    assert best_loop(view(waiting_either_way(np.inf), 0), [0, 1]) == (960.0, 140.0, (0, 0))
    assert best_loop(view(waiting_either_way(350.0), 0), [0, 1]) == (970.0, 130.0, (1, 0))
    assert best_loop(view(waiting_either_way(310.0), 0), [0, 1]) is None


def test_a_plan_keeps_the_walking_limit_where_teams_wait():
    problem = waiting_either_way(350.0)
    made = plan(problem, PlanParams(seconds=30.0, rounds=1), seed=1)
    assert verify(problem, made) == []
    assert made.weight == 2.0


def test_a_team_waits_at_its_own_door_not_in_the_street():
    problem = on_a_plane(doors=[(0, 0)], ends=[point(50)], bands=(((400.0, 500.0),),), dwell_s=np.array([20.0]))
    loop = best_loop(view(problem, 0), [0])
    assert loop == (120.0, 350.0, (0,))


def test_waiting_between_two_bands_counts():
    problem = on_a_plane(
        doors=[(0, 0)],
        ends=[point(50), point(60)],
        bands=(((0.0, 100.0),), ((400.0, 500.0),)),
        dwell_s=np.full(2, 20.0),
    )
    loop = best_loop(view(problem, 0), [0, 1])
    assert loop is not None
    assert loop.start_s == pytest.approx(30.0)
    assert loop.duration_s == pytest.approx(400 + 20 + 60 - 30)
