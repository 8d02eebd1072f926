"""One reason for each block that nobody walks."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.plan import never
from routing.sequence import view, walk_s
from routing.why.reasons import reasons
from routing.why.visits import last_prize, visits_of
from tests.routing.check.wishes import by_insertion, route, with_wishes
from tests.routing.planner.problems import on_a_plane, point


def found(problem, sequences, *, over=never):
    return {one.block: (one.reason, one.amount) for one in reasons(problem, sequences, over=over)}


def test_out_of_reach_says_how_many_seconds_the_nearest_team_lacks():
    problem = on_a_plane(doors=[(0, 0), (100, 0)], ends=[point(700)])
    assert found(problem, [(), ()]) == {0: ("out_of_reach", 200.0)}


def test_a_block_that_no_team_may_serve_is_endlessly_out_of_reach():
    problem = on_a_plane(doors=[(0, 0)], ends=[point(10)], compatible=np.zeros((1, 1), dtype=bool))
    assert found(problem, [()]) == {0: ("out_of_reach", math.inf)}


def test_a_band_while_nobody_is_out_is_empty():
    problem = on_a_plane(doors=[(0, 0)], ends=[point(10)], bands=(((20_000.0, 30_000.0),),))
    assert found(problem, [()]) == {0: ("band_empty", 0.0)}


def test_no_time_says_how_many_seconds_are_lacking():
    problem = on_a_plane(doors=[(0, 0)], ends=[point(400), point(-400)], weight=np.array([1.0, 9.0]))
    assert found(problem, [(0,)]) == {1: ("no_time", 600.0)}


def test_outvalued_names_the_weight_of_the_lightest_stop_in_the_way():
    problem = on_a_plane(doors=[(0, 0)], ends=[point(400), point(-400), point(10)], weight=np.array([8.0, 5.0, 1.0]))
    assert found(problem, [(0, 2)]) == {1: ("outvalued", 8.0)}


def test_a_block_of_no_weight_is_outvalued():
    problem = on_a_plane(doors=[(0, 0)], ends=[point(10)], weight=np.zeros(1))
    assert found(problem, [()]) == {0: ("outvalued", 0.0)}


def test_a_block_that_only_its_band_keeps_out_lacks_no_seconds():
    problem = on_a_plane(
        doors=[(0, 0)],
        ends=[point(300), point(-100)],
        bands=(((0.0, 310.0),), ((0.0, 110.0),)),
        weight=np.array([1.0, 3.0]),
    )
    assert found(problem, [(0,)]) == {1: ("no_time", 0.0)}


def test_a_walk_limit_counts_as_seconds_lacking():
    problem = on_a_plane(doors=[(0, 0)], ends=[point(400)], walk_at_most_m=np.array([500.0]))
    assert found(problem, [()]) == {0: ("out_of_reach", 300.0)}


def test_a_block_pinned_to_a_team_that_cannot_come_is_out_of_reach_however_near_others_are():
    problem = on_a_plane(doors=[(0, 0), (2000, 0)], ends=[point(100)], pinned_to=np.array([1]))
    assert found(problem, [(), ()]) == {0: ("out_of_reach", 2800.0)}


def test_a_second_visit_in_the_way_counts_for_what_it_earns():
    problem = on_a_plane(
        doors=[(0, 0), (0, 0)],
        ends=[point(400), point(-400)],
        weight=np.array([8.0, 3.0]),
        repeat_weight=np.array([[5.0], [0.0]]),
    )
    assert found(problem, [(0,), (0,)]) == {1: ("outvalued", 5.0)}


@pytest.mark.parametrize(("ended", "reason"), [(False, "outvalued"), (True, "no_time")])
def test_once_the_time_is_up_swaps_are_not_tried(ended, reason):
    problem = on_a_plane(doors=[(0, 0)], ends=[point(400), point(-400)])
    assert found(problem, [(0,)], over=lambda: ended)[1][0] == reason


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), banded=st.sampled_from([0.0, 0.5]))
def test_numbers_are_those_of_trying_every_gap_and_every_exchange(seed, banded):
    problem = with_wishes(seed, teams=3, blocks=9, banded=banded, joint=False)
    sequences = by_insertion(problem, seed)
    for block, (reason, amount) in found(problem, sequences).items():
        if reason in {"no_time", "outvalued"} and problem.weight[block] > 0:
            lightest = lightest_in_the_way(problem, sequences, block)
            assert (reason == "outvalued") == (problem.weight[block] <= lightest < math.inf)
            expected = lightest if reason == "outvalued" else least_lacking(problem, sequences, block)
            assert amount == pytest.approx(expected, abs=1e-6)


def reaching(problem, block):
    """Teams that can serve the block with nothing else on their loop, first leg and walk limit aside."""
    views = [view(problem, team) for team in range(problem.teams)]
    mine = [one for one in views if problem.pinned[block] in (-1, one.team) and block in one.blocks]
    return [one for one in mine if walking_m(one, (block,)) <= problem.walk_limit_m[one.team]]


def walking_m(one, sequence):
    dwell_s = one.problem.dwell_s[list(sequence)].sum()
    unlimited = replace(one, first_s=one.problem.out_m(one.team) / one.problem.speed_mps[one.team])
    return (walk_s(unlimited, sequence) - dwell_s) * one.problem.speed_mps[one.team]


def longer_by(sequence, block):
    return [(*sequence[:gap], block, *sequence[gap:]) for gap in range(len(sequence) + 1)]


def least_lacking(problem, sequences, block):
    least = math.inf
    for one in reaching(problem, block):
        for longer in longer_by(sequences[one.team], block):
            total_s = walk_s(one, longer)
            if math.isfinite(total_s):
                walking_s = total_s - problem.dwell_s[list(longer)].sum()
                most_s = problem.walk_limit_m[one.team] / problem.speed_mps[one.team]
                least = min(least, max(total_s - one.limit_s, walking_s - most_s, 0.0))
    return least


def lightest_in_the_way(problem, sequences, block):
    earned = last_prize(problem, visits_of(problem, sequences))
    lightest = math.inf
    for one in reaching(problem, block):
        for stop in sequences[one.team]:
            rest = tuple(other for other in sequences[one.team] if other != stop)
            if any(route(problem, one.team, longer) is not None for longer in longer_by(rest, block)):
                lightest = min(lightest, float(earned[stop]))
    return lightest
