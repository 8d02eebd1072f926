"""One reason for each block that nobody walks."""

import math

import numpy as np
import pytest

from routing.left_out import explain
from routing.plan import never
from routing.sequence import view
from tests.routing.planner.problems import on_a_plane, point


def reasons(problem, sequences, *, over=never):
    teams = [view(problem, t) for t in range(problem.teams)]
    return {one.block: (one.reason, one.amount) for one in explain(problem, teams, sequences, over=over)}


def test_out_of_reach_says_how_many_seconds_the_nearest_team_lacks():
    problem = on_a_plane(doors=[(0, 0), (100, 0)], ends=[point(700)])
    assert reasons(problem, [(), ()]) == {0: ("out_of_reach", 200.0)}


def test_a_block_that_no_team_may_serve_is_endlessly_out_of_reach():
    problem = on_a_plane(doors=[(0, 0)], ends=[point(10)], compatible=np.zeros((1, 1), dtype=bool))
    assert reasons(problem, [()]) == {0: ("out_of_reach", math.inf)}


def test_a_band_while_nobody_is_out_is_empty():
    problem = on_a_plane(doors=[(0, 0)], ends=[point(10)], bands=(((20_000.0, 30_000.0),),))
    assert reasons(problem, [()]) == {0: ("band_empty", 0.0)}


def test_no_time_says_how_many_seconds_are_lacking():
    problem = on_a_plane(doors=[(0, 0)], ends=[point(400), point(-400)], weight=np.array([1.0, 9.0]))
    assert reasons(problem, [(0,)]) == {1: ("no_time", 600.0)}


def test_outvalued_names_the_weight_of_the_lightest_stop_in_the_way():
    problem = on_a_plane(doors=[(0, 0)], ends=[point(400), point(-400), point(10)], weight=np.array([8.0, 5.0, 1.0]))
    assert reasons(problem, [(0, 2)]) == {1: ("outvalued", 8.0)}


def test_a_block_of_no_weight_is_outvalued():
    problem = on_a_plane(doors=[(0, 0)], ends=[point(10)], weight=np.zeros(1))
    assert reasons(problem, [()]) == {0: ("outvalued", 0.0)}


def test_a_block_that_only_its_band_keeps_out_lacks_no_seconds():
    problem = on_a_plane(
        doors=[(0, 0)],
        ends=[point(300), point(-100)],
        bands=(((0.0, 310.0),), ((0.0, 110.0),)),
        weight=np.array([1.0, 3.0]),
    )
    assert reasons(problem, [(0,)]) == {1: ("no_time", 0.0)}


@pytest.mark.parametrize(("ended", "reason"), [(False, "outvalued"), (True, "no_time")])
def test_once_the_time_is_up_swaps_are_not_tried(ended, reason):
    problem = on_a_plane(doors=[(0, 0)], ends=[point(400), point(-400)])
    assert reasons(problem, [(0,)], over=lambda: ended)[1][0] == reason
