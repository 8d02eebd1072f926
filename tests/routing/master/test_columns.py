"""Loops priced against each other: what a pool of them is worth, and which are walked together."""

import time
from dataclasses import replace

import numpy as np
import pytest

from routing.deadline import Deadline
from routing.master.columns import ColumnSearch
from routing.plan import never
from routing.problem import Problem
from routing.sequence import best_loop, view
from tests.routing.planner.exhaustive import greatest_weight
from tests.routing.planner.problems import by_seed, on_a_plane, point


def long() -> Deadline:
    return Deadline(60.0, never)


def stepped(problem: Problem, *, steps: int, threads: int = 1) -> ColumnSearch:
    columns = ColumnSearch(problem, threads=threads, seed=3)
    for _ in range(steps):
        columns.step(long())
    return columns


def nothing(problem: Problem) -> list[tuple[int, ...]]:
    return [()] * problem.teams


@pytest.mark.parametrize("seed", range(6))
def test_a_tiny_evening_is_packed_as_well_as_can_be(seed):
    problem = by_seed(seed, teams=2, blocks=5)
    columns = stepped(problem, steps=2)
    packed = columns.pack(nothing(problem), long())
    assert columns.worth(packed) == greatest_weight(problem)


@pytest.mark.parametrize("seed", range(6))
def test_the_relaxation_lies_between_the_packing_and_the_bound(seed):
    problem = by_seed(seed, teams=4, blocks=25, banded=0.2 * (seed % 2))
    columns = stepped(problem, steps=2)
    columns.prove(long())
    assert columns.prices is not None
    assert columns.worth(columns.pack(nothing(problem), long())) <= columns.prices.value + 1e-6
    assert np.floor(columns.prices.value + 1e-6) <= columns.proof.value  # all weights are whole, and so is the bound


@pytest.mark.parametrize("seed", range(6))
def test_every_loop_in_the_pool_can_be_walked(seed):
    problem = by_seed(seed, teams=4, blocks=25, banded=0.5)
    problem = replace(problem, walk_at_most_m=np.full(4, 400.0))
    columns = stepped(problem, steps=2)
    columns.prove(long())
    assert len(columns.pool)
    for team, loop in zip(columns.pool.team, columns.pool.loop, strict=True):
        timed = best_loop(view(problem, team), loop)
        assert timed is not None
        walk_s = timed.duration_s - problem.dwell_s[list(loop)].sum()
        banded = any(problem.bands[block] for block in loop)
        assert banded or walk_s * problem.speed_mps[team] <= 400.0 + 1e-3


def test_a_packing_is_never_worse_than_the_plan_it_begins_with():
    problem = by_seed(1, teams=5, blocks=30)
    columns = stepped(problem, steps=1)
    best = columns.pack(nothing(problem), long())
    for deadline in (long(), Deadline(0.0, never), Deadline(60.0, lambda: True)):
        assert columns.worth(columns.pack(best, deadline)) >= columns.worth(best)


def test_the_same_seed_gives_the_same_loops_on_any_number_of_threads():
    problem = by_seed(2, teams=6, blocks=40)
    one, other = stepped(problem, steps=2), stepped(problem, steps=2, threads=2)
    assert one.pool.loop == other.pool.loop
    assert one.prices is not None
    assert other.prices is not None
    assert one.prices.value == other.prices.value


def test_a_block_worth_a_second_visit_gets_one():
    problem = on_a_plane(doors=[(0, 0), (20, 0)], ends=[point(10), point(11)], repeat_weight=np.array([[0.5], [0.0]]))
    columns = stepped(problem, steps=2)
    assert columns.worth(columns.pack(nothing(problem), long())) == 2.5
    columns.prove(long())
    assert columns.proof.value == pytest.approx(2.5)


def test_a_pinned_block_is_on_no_loop_of_another_team():
    problem = on_a_plane(doors=[(0, 0), (20, 0)], ends=[point(10), point(12)], pinned_to=np.array([1, -1]))
    columns = stepped(problem, steps=2)
    assert all(team == 1 for team, loop in zip(columns.pool.team, columns.pool.loop, strict=True) if 0 in loop)


def test_a_walk_that_ends_elsewhere_is_timed_to_there():
    problem = on_a_plane(
        doors=[(0, 0)],
        ends=[point(100), point(-100)],
        home_m=np.array([[0.0, 0.0, 200.0, 200.0]]),
        budget_s=np.array([150.0]),
    )
    columns = stepped(problem, steps=2)
    columns.prove(long())
    assert set(columns.pool.loop) == {(0,)}
    assert columns.proof.value == 1.0


def test_no_step_begins_once_time_is_up():
    columns = ColumnSearch(by_seed(2, teams=6, blocks=40), threads=2, seed=0)
    assert not columns.step(Deadline(0.0, never))
    columns.prove(Deadline(0.0, never))
    assert columns.proof.value < np.inf


def test_a_search_that_is_told_to_stop_ends_soon():
    problem = by_seed(4, teams=20, blocks=300, side_m=1500.0, budget_s=9000.0)
    columns = stepped(problem, steps=1)
    began = time.monotonic()
    asked = Deadline(60.0, lambda: time.monotonic() > began + 0.05)
    columns.prove(asked, passes=64, rounds=9)
    assert asked.left_s() == 0.0
