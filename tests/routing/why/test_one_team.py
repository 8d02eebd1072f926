"""The best loop of one team among blocks that nobody else wants."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.why.one_team import MOST_CANDIDATES, best_for_one
from routing.why.walker import bands, walker
from tests.routing.planner.exhaustive import greatest_weight, least_duration
from tests.routing.planner.problems import by_seed, on_a_plane, point


def found(problem, *, rounds=30):
    return best_for_one(problem, walker(problem, 0), bands(problem), problem.weight, rounds=rounds, seed=1)


@pytest.mark.parametrize("seed", range(12))
def test_a_small_evening_is_walked_as_well_as_can_be(seed):
    problem = by_seed(seed, teams=1, blocks=5, banded=0.25 * (seed % 3))
    one = found(problem)
    assert one.weight == greatest_weight(problem) == problem.weight[list(one.blocks)].sum()


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), banded=st.sampled_from([0.0, 0.5]))
def test_what_is_found_can_be_walked(seed, banded):
    problem = by_seed(seed, teams=1, blocks=12, banded=banded, budget_s=500.0)
    one = found(problem, rounds=3)
    if len(one.blocks) <= 4:
        took = least_duration(problem, 0, one.blocks) if one.blocks else 0.0
        assert took is not None
        assert took <= one.duration_s + 1e-6 <= problem.budget_s[0] + 1e-5
    assert len(set(one.blocks)) == len(one.blocks)


def test_without_blocks_in_reach_there_is_nothing_to_walk():
    problem = on_a_plane(doors=[(0, 0)], ends=[point(900)])
    assert found(problem)[:3] == ((), 0.0, 0.0)


def test_of_many_blocks_the_promising_are_looked_at():
    many = 3 * MOST_CANDIDATES
    ends = [point(10.0 + place) for place in range(many)]
    problem = on_a_plane(doors=[(0, 0)], ends=ends, weight=np.linspace(1.0, 2.0, many), dwell_s=np.full(many, 10.0))
    one = found(replace(problem, budget_s=np.array([2 * (10.0 + many) + 10.0 * MOST_CANDIDATES])))
    assert len(one.blocks) >= 0.9 * MOST_CANDIDATES
