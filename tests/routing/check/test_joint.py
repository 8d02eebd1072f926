"""Joint patrols planned as one team each, and told to everybody."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.check import verify
from routing.joint import merge_groups, split_groups
from routing.plan import timetable
from routing.problem import Group, Previous
from tests.routing.check.wishes import by_insertion, plan_of, with_wishes
from tests.routing.planner.problems import on_a_plane, point


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), teams=st.integers(2, 6), banded=st.sampled_from([0.0, 0.4]))
def test_a_plan_for_the_merged_problem_keeps_everybodys_promises_when_split(seed, teams, banded):
    problem = with_wishes(seed, teams=teams, blocks=12, banded=banded)
    merged = merge_groups(problem)
    plan = plan_of(merged.problem, by_insertion(merged.problem, seed))
    assert verify(merged.problem, plan) == []
    assert verify(problem, split_groups(plan, merged.members)) == []


@pytest.fixture
def pair():
    """Two who walk together from the second one's door, and one alone."""
    return on_a_plane(
        doors=[(0, 50), (0, 0), (900, 0)],
        ends=[point(100), point(200)],
        speed_mps=np.array([2.0, 1.0, 1.0]),
        budget_s=np.array([500.0, 450.0, 100.0]),
        earliest_s=np.array([0.0, 20.0, 0.0]),
        latest_s=np.array([600.0, 700.0, 700.0]),
        walk_at_most_m=np.array([600.0, 450.0, np.inf]),
        start_at_most_m=np.array([300.0, 150.0, np.inf]),
        compatible=np.array([[True, True], [True, False], [True, True]]),
        pinned_to=np.array([-1, 0]),
        groups=(Group((1, 0), (0.0, 30.0)),),
        previous=Previous(((0, (1, 0)), (2, (0,))), keep_weight=1.0),
    )


def test_a_group_becomes_one_team_with_what_all_have_in_common(pair):
    merged = merge_groups(pair)
    one = merged.problem
    assert (one.team_ids, merged.members) == (("T1", "T2"), ((1, 0), (2,)))
    assert (one.speed_mps[0], one.budget_s[0], one.earliest_s[0], one.latest_s[0]) == (1.0, 440.0, 30.0, 570.0)
    assert (one.walk_limit_m[0], one.first_leg_m[0]) == (450.0, 150.0)
    assert one.compatible.tolist() == [[True, False], [True, True]]
    assert one.pinned.tolist() == [-1, 0]
    assert one.previous == Previous(((0, (1, 0)), (1, (0,))), keep_weight=1.0)
    assert one.groups == ()
    assert one.door_m.tolist() == pair.door_m[[1, 2]].tolist()


@pytest.mark.parametrize(
    "changes",
    [
        {"budget_s": np.array([50.0, 450.0, 100.0])},
        {"latest_s": np.array([50.0, 700.0, 700.0])},
        {"walk_at_most_m": np.array([100.0, 450.0, 100.0])},
    ],
)
def test_a_group_without_anything_in_common_may_serve_nothing(pair, changes):
    one = merge_groups(replace(pair, **changes)).problem
    assert one.compatible.tolist() == [[False, False], [True, True]]


def test_without_groups_the_problem_stays_as_it_is(pair):
    alone = replace(pair, groups=())
    assert merge_groups(alone).problem is alone


def test_everybody_in_a_group_has_the_same_walk_and_the_first_the_weight(pair):
    merged = merge_groups(replace(pair, pinned_to=None))
    both = split_groups(plan_of(merged.problem, [(0,), ()]), merged.members).routes
    assert [(route.team, route.weight) for route in both] == [(0, 0.0), (1, 1.0)]
    assert replace(both[0], team=1, weight=1.0) == both[1]


def test_a_joint_patrol_is_timed_from_the_first_door_at_the_pace_of_the_slowest(pair):
    merged = merge_groups(replace(pair, pinned_to=None))
    for route in split_groups(plan_of(merged.problem, [(0,), ()]), merged.members).routes:
        assert timetable(pair, route)[0].tolist() == [route.start_s + 100.0]
