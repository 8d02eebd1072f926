"""What is refused before planning, and how the refusal is worded."""

import pickle
from dataclasses import replace

import numpy as np
import pytest

from routing.problem import ProblemError
from tests.routing.planner.problems import on_a_plane, point


@pytest.fixture
def problem():
    return on_a_plane(doors=[(0, 0), (10, 0)], ends=[point(20), ((30, 0), (40, 0)), point(50)])


WRONG = {
    "weight has a number too few": ({"weight": np.ones(2)}, "weight", "shape"),
    "weight is text": ({"weight": ["a", "b", "c"]}, "weight", "numbers"),
    "weight below 0": ({"weight": np.array([1.0, -1.0, 1.0])}, "block B1", "weight"),
    "weight is no number": ({"weight": np.array([1.0, 1.0, np.nan])}, "block B2", "weight"),
    "length below 0": ({"length_m": np.array([0.0, -5.0, 0.0])}, "block B1", "length_m"),
    "endless dwell": ({"dwell_s": np.array([np.inf, 0.0, 0.0])}, "block B0", "dwell_s"),
    "bands for a block too few": ({"bands": ((), ())}, "bands", "must be 3"),
    "band ends before it starts": ({"bands": ((), ((5.0, 1.0),), ())}, "block B1", "band"),
    "band without a number": ({"bands": ((), (), ((np.nan, 1.0),))}, "block B2", "band"),
    "speed 0": ({"speed_mps": np.array([1.0, 0.0])}, "team T1", "speed_mps"),
    "budget below 0": ({"budget_s": np.array([-1.0, 1.0])}, "team T0", "budget_s"),
    "earliest is no number": ({"earliest_s": np.array([np.nan, 0.0])}, "team T0", "earliest_s"),
    "latest before earliest": ({"latest_s": np.array([10.0, -1.0])}, "team T1", "latest_s"),
    "latest is no number": ({"latest_s": np.array([np.nan, 1.0])}, "team T0", "latest_s"),
    "first leg below 0": ({"start_at_most_m": np.array([1.0, -1.0])}, "team T1", "start_at_most_m"),
    "door distances of the wrong shape": ({"door_m": np.ones((2, 3))}, "door_m", "shape"),
    "door distance is no number": ({"door_m": np.full((2, 6), np.nan)}, "team T0", "door_m"),
    "between below 0": ({"between_m": np.full((6, 6), -1.0)}, "block B0", "between_m"),
    "between not symmetric": ({"between_m": np.triu(np.ones((6, 6)))}, "block B0", "both ways"),
    "a point with two places": ({"length_m": np.zeros(3)}, "block B1", "one place"),
    "a team twice": ({"team_ids": ("A", "A")}, "team A", "twice"),
    "a block twice": ({"block_ids": ("A", "B", "A")}, "block A", "twice"),
    "compatible of the wrong shape": ({"compatible": np.ones((3, 2), dtype=bool)}, "compatible", "shape"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_has_no_meaning_is_refused_by_name(problem, case):
    changes, where, what = WRONG[case]
    with pytest.raises(ProblemError) as refused:
        replace(problem, **changes)
    assert refused.value.where == where
    assert what in refused.value.what


def test_a_refusal_survives_the_way_back_from_the_planner():
    refused = pickle.loads(pickle.dumps(ProblemError("team A", "is odd")))  # noqa: S301 our own bytes
    assert (refused.where, refused.what, str(refused)) == ("team A", "is odd", "team A: is odd")


def test_the_arrays_cannot_be_changed(problem):
    with pytest.raises(ValueError, match="read-only"):
        problem.weight[0] = 5.0


def test_bands_are_kept_in_order_of_time(problem):
    changed = replace(problem, bands=(((50, 60), (10, 20)), (), ()))
    assert changed.bands[0] == ((10.0, 20.0), (50.0, 60.0))


def test_out_of_reach_both_ways_is_no_contradiction(problem):
    between = problem.between_m.copy()
    between[0:2, 2:] = between[2:, 0:2] = np.inf
    assert np.isinf(replace(problem, between_m=between).between_m[0, 3])
