"""What each team adds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.plan import never
from routing.why.adds import adds
from tests.routing.check.wishes import by_insertion, plan_of, with_wishes
from tests.routing.planner.exhaustive import greatest_weight
from tests.routing.planner.problems import by_seed, on_a_plane, point
from tests.routing.why.without import without


def added(problem, sequences, *, over=never):
    return [(one.team, one.lost, one.regained) for one in adds(problem, sequences, over=over)]


@pytest.fixture
def neighbours():
    """Each of two teams has a heavy block at its door, and one between them that either could walk, not both."""
    return on_a_plane(
        doors=[(0, 0), (400, 0)],
        ends=[point(0), point(400), point(200), point(205)],
        weight=np.array([9.0, 8.0, 3.0, 2.0]),
        budget_s=np.array([410.0, 409.0]),
    )


def test_what_the_others_could_walk_as_well_is_not_lost(neighbours):
    assert added(neighbours, [(0, 2, 3), (1,)]) == [(0, 14.0, 5.0), (1, 8.0, 0.0)]


def test_the_others_regain_the_heaviest_that_fits(neighbours):
    neighbours = on_a_plane(
        doors=[(0, 0), (400, 0)],
        ends=[point(0), point(400), point(200), point(600)],
        weight=np.array([9.0, 8.0, 3.0, 2.0]),
        budget_s=np.array([2000.0, 400.0]),
    )
    assert added(neighbours, [(0, 2, 3), (1,)])[0] == (0, 14.0, 3.0)


def test_an_idle_team_adds_nothing_and_can_regain(neighbours):
    assert added(neighbours, [(0, 2), ()]) == [(0, 12.0, 3.0), (1, 0.0, 0.0)]


def test_what_is_pinned_to_a_team_nobody_else_regains():
    problem = on_a_plane(doors=[(0, 0), (0, 0)], ends=[point(100)], pinned_to=np.array([0]))
    assert added(problem, [(0,), ()])[0] == (0, 1.0, 0.0)


def test_of_two_visits_one_team_adds_the_second():
    problem = on_a_plane(doors=[(0, 0)] * 3, ends=[point(100)], weight=np.array([5.0]), repeat_weight=np.array([[2.0]]))
    assert added(problem, [(0,), (0,), ()])[:2] == [(0, 2.0, 2.0), (1, 2.0, 2.0)]


def test_once_it_is_over_nobody_is_asked(neighbours):
    assert added(neighbours, [(0, 2, 3), (1,)], over=lambda: True) == [(0, 14.0, 0.0), (1, 8.0, 0.0)]


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), banded=st.sampled_from([0.0, 0.5]))
def test_planned_anew_the_others_would_do_at_least_as_well(seed, banded):
    problem = by_seed(seed, teams=3, blocks=4, banded=banded)
    sequences = by_insertion(problem, seed)
    weight = plan_of(problem, sequences).weight
    for one in adds(problem, sequences, over=never):
        assert weight - one.weight <= greatest_weight(without(problem, one.team)) + 1e-9


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_no_more_is_regained_than_lost(seed):
    problem = with_wishes(seed, teams=4, blocks=10, joint=False)
    for one in adds(problem, by_insertion(problem, seed), over=never):
        assert 0.0 <= one.regained <= one.lost
        assert one.weight == one.lost - one.regained
