"""Extra teams that would cover what was left out."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.check import verify
from routing.plan import never
from routing.why.remedies import remedies
from tests.routing.check.wishes import by_insertion, plan_of, with_wishes
from tests.routing.planner.problems import on_a_plane, point
from tests.routing.why.extra import with_loop, with_team


@pytest.fixture
def far_away():
    """Two clusters that the only team cannot reach: three blocks around 5000, one at 9000."""
    return on_a_plane(
        doors=[(0, 0)],
        ends=[point(100), point(5000), point(5100), point(5200), point(9000)],
        weight=np.array([1.0, 2.0, 3.0, 4.0, 5.0]),
        dwell_s=np.full(5, 60.0),
        earliest_s=np.array([600.0]),
    )


def test_one_more_team_covers_a_cluster_and_the_next_one_the_rest(far_away):
    first, second = remedies(far_away, [(0,)], over=never)
    assert (first.minutes, set(first.covers), first.weight) == (30, {1, 2, 3}, 9.0)
    assert first.near in first.covers
    assert (second.minutes, second.covers, second.near, second.start_s) == (30, (4,), 4, 600.0)


def test_more_minutes_are_asked_for_only_where_they_earn_more_each(far_away):
    farther = replace(
        far_away, dwell_s=np.array([60.0, 1200.0, 1200.0, 60.0, 60.0]), weight=np.array([1.0, 9, 9, 0, 0])
    )
    assert [(one.minutes, set(one.covers)) for one in remedies(farther, [(0,)], over=never)] == [(45, {1, 2})]


def test_a_block_with_hours_is_covered_in_its_hours(far_away):
    late = replace(far_away, bands=((), (), (), (), ((4000.0, 4100.0),)), weight=np.array([1.0, 0, 0, 0, 5]))
    (only,) = remedies(late, [(0,)], over=never)
    assert (only.covers, 4000.0 <= only.start_s <= 4040.0) == ((4,), True)


def test_there_is_no_remedy_for_what_nobody_may_walk_or_somebody_has_pinned(far_away):
    assert remedies(replace(far_away, compatible=np.zeros((1, 5), dtype=bool)), [()], over=never) == ()
    assert remedies(replace(far_away, pinned_to=np.zeros(5, dtype=int)), [()], over=never) == ()


def test_nothing_left_out_needs_no_remedy(far_away):
    assert remedies(far_away, [(0, 1, 2, 3, 4)], over=never) == ()


def test_once_it_is_over_no_remedy_is_looked_for(far_away):
    assert remedies(far_away, [(0,)], over=lambda: True) == ()


def test_without_teams_there_is_no_remedy():
    assert remedies(on_a_plane(doors=[], ends=[point(1)]), [], over=never) == ()


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), banded=st.sampled_from([0.0, 0.5]))
def test_each_remedy_keeps_what_it_promises(seed, banded):
    problem = with_wishes(seed, teams=3, blocks=12, banded=banded, joint=False)
    sequences = by_insertion(problem, seed)
    before = plan_of(problem, sequences).weight
    covered = []
    for one in remedies(problem, sequences, over=never):
        metres = problem.between_m[2 * one.near]
        longer = with_team(
            problem,
            door_m=metres,
            home_m=metres,
            may=problem.compatible.any(axis=0),
            speed_mps=np.median(problem.speed_mps),
            budget_s=60.0 * one.minutes,
            earliest_s=problem.earliest_s.min(),
            latest_s=problem.latest_s.max(),
        )
        better = with_loop(longer, sequences, one.covers, start_s=one.start_s, duration_s=one.duration_s)
        assert verify(longer, better) == []
        assert better.weight == pytest.approx(before + one.weight)
        covered += one.covers
    assert len(set(covered)) == len(covered)
