"""The published instance formats: what is read, what a set of paths is worth, and what is refused."""

import math

import numpy as np
import pytest

from routing.files.refusal import FileError
from routing.files.top import is_top, read_top
from routing.files.toptw import is_toptw, read_toptw
from tests.routing.files.examples import CHAO, DANG, SOLOMON


@pytest.mark.parametrize("text", [CHAO, DANG])
def test_both_top_formats_give_the_same_evening(text):
    problem = read_top(text).problem()
    assert is_top(text)
    assert problem.weight.tolist() == [5, 7, 9]
    assert problem.budget_s.tolist() == [10.0, 10.0]
    assert problem.out_m(0)[0::2].tolist() == [1, 3, 6]
    assert problem.back_m(1)[0::2].tolist() == [1, math.hypot(2, 3), 4]
    assert problem.between_m.dtype == np.float64


@pytest.mark.parametrize(
    ("paths", "prize"),
    [
        ([], 0.0),
        ([[0], [1]], 12.0),
        ([[2], [0, 1]], 21.0),
        ([[0, 2]], 14.0),
        ([[1, 2]], math.nan),  # too long
        ([[0], [0]], math.nan),  # a node twice
        ([[0], [1], [2]], math.nan),  # three walkers of two
    ],
)
def test_paths_are_worth_their_nodes_when_they_are_valid(paths, prize):
    assert read_top(CHAO).prize(paths) == pytest.approx(prize, nan_ok=True)


def test_a_path_may_be_longer_than_tmax_by_rounding_alone():
    exactly = math.hypot(1, 1) + math.hypot(1, 1)
    for above, valid in ((0.9e-6, True), (1.1e-6, False)):
        text = f"n 3\nm 1\ntmax {exactly - above!r}\n0 0 0\n1 1 4\n2 0 0\n"
        assert math.isfinite(read_top(text).prize([[0]])) is valid


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (CHAO.replace("n 5", "n 6"), "line 1: says n = 6, but 5 nodes follow"),
        (CHAO.replace("m 2", "m 1.5"), "line 2: m must be a whole number"),
        (CHAO.replace("tmax 10.0", "tmax"), "line 3: must be `tmax` and a number"),
        (CHAO.replace("0.0\t3.0\t7", "0.0\t3.0"), "line 6: must be 3 numbers, has 2"),
        (CHAO.replace("0.0\t3.0\t7", "0.0\tx\t7"), "line 6: must be numbers"),
        (CHAO.replace("0.0\t3.0\t7", "0.0\t3.0\t-7"), "line 6: the score must be a number from 0"),
        ("", "line 1: must begin with n, m and tmax"),
    ],
)
def test_a_bad_top_file_is_refused_with_its_line(wrong, message):
    with pytest.raises(FileError) as refused:
        read_top(wrong)
    assert str(refused.value).startswith(message)


def test_a_toptw_file_gives_bands_that_end_with_the_service():
    problem = read_toptw(SOLOMON, "c101").problem(2)
    assert is_toptw(SOLOMON)
    assert problem.teams == 2
    assert problem.bands == (((20.0, 40.0),), ((0.0, 22.0),), ((50.0, 90.0),))
    assert problem.budget_s.tolist() == [100.0, 100.0]
    assert problem.dwell_s.tolist() == [10.0, 10.0, 10.0]


@pytest.mark.parametrize(("name", "metres"), [("rc101", 1.4), ("pr01", 1.41)])
def test_distances_are_cut_after_as_many_decimals_as_their_makers_did(name, metres):
    assert read_toptw(SOLOMON, name).problem(1).out_m(0)[0] == pytest.approx(metres, abs=1e-12)


@pytest.mark.parametrize(
    ("paths", "prize"),
    [([[1, 0, 2]], 18.0), ([[0, 2], [1]], 18.0), ([[0, 1]], math.nan), ([[1], [1]], math.nan), ([[]], 0.0)],
)
def test_paths_in_time_are_worth_their_vertices(paths, prize):
    assert read_toptw(SOLOMON, "c101").prize(paths) == pytest.approx(prize, nan_ok=True)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (SOLOMON.replace("1 1 1 20 30", "1 1 20 30"), "line 4: must be: number x y"),
        (SOLOMON.replace("20 30", "30 20"), "line 4: has a negative number or closes before it opens"),
        (SOLOMON.replace("9.00", "nine"), "line 6: must be numbers"),
        (SOLOMON.replace("4 1 3 1", "4 1 9 1"), "line 1: says N = 9, but 4 vertices follow"),
        ("4 1 3 1\n0 200\n", "line 1: must be two header lines and a line for each vertex"),
    ],
)
def test_a_bad_toptw_file_is_refused_with_its_line(wrong, message):
    with pytest.raises(FileError) as refused:
        read_toptw(wrong, "c101")
    assert str(refused.value).startswith(message)
