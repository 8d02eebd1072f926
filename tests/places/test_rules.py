"""The pure decisions about places."""

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.places.rules import (
    Unfit,
    as_kept,
    bands_of,
    bbox_of,
    how_many,
    next_codes,
    points_per_100_m,
    reasons_of,
    weight_of,
)

DEGREES = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


@given(line=st.lists(DEGREES, min_size=2, max_size=6))
def test_a_line_is_the_same_either_way(line):
    assert as_kept(line) == as_kept(line[::-1])
    assert as_kept(as_kept(line)) == as_kept(line)


@given(points=st.floats(0.01, 1000), best=st.floats(0.01, 1000))
def test_a_weight_lies_between_1_and_10(points, best):
    assert 1 <= weight_of(min(points, best), best) <= 10


def test_new_codes_follow_the_highest_that_is_taken():
    assert list(islice(next_codes([]), 2)) == ["B-0001", "B-0002"]
    assert list(islice(next_codes(["B-0009", "school", "B-10000", "B-x"]), 2)) == ["B-10001", "B-10002"]


def test_the_share_is_rounded_up_and_capped():
    assert how_many(1319, share=0.2, at_most=300) == 264
    assert how_many(9, share=0.2, at_most=300) == 2
    assert how_many(10_000, share=0.2, at_most=300) == 300


def test_finer_classes_of_street_get_the_points_of_their_kin():
    table = {"footway": 2.5, "service": 2.0, "primary": 1.0}
    assert points_per_100_m("sidewalk", table) == 2.5
    assert points_per_100_m("driveway", table) == 2.0
    assert points_per_100_m("primary_link", table) == 1.0
    assert points_per_100_m("bridleway", table) == 0


def test_bands_may_be_text_or_pairs_and_may_run_past_midnight():
    assert bands_of("19:00-21:00; 22:00–01:00") == [["19:00", "21:00"], ["22:00", "01:00"]]
    assert bands_of([["06:00", "07:30"]]) == [["06:00", "07:30"]]
    assert bands_of(None) == []


@pytest.mark.parametrize("text", ["19:00", "7:00-9:00", "19:00-19:00", "19:00-24:00", "19:00-20:00-21:00"])
def test_what_is_no_band_is_refused(text):
    with pytest.raises(Unfit):
        bands_of(text)


def test_reasons_without_points_share_what_the_weight_leaves():
    assert reasons_of("bar:2;school;dark", weight=6.0) == [
        {"code": "bar", "points": 2.0},
        {"code": "school", "points": 2.0},
        {"code": "dark", "points": 2.0},
    ]
    assert reasons_of([{"code": "bar", "points": 2}], weight=6.0) == [{"code": "bar", "points": 2.0}]


def test_reasons_in_a_list_may_be_words_and_none_is_lost():
    listed = [{"code": "bar"}, "school", "dark:1"]
    assert [reason["code"] for reason in reasons_of(listed, weight=6.0)] == ["bar", "school", "dark"]
    with pytest.raises(Unfit):
        reasons_of([["bar"]], weight=6.0)


@pytest.mark.parametrize("text", ["", "1,2,3", "2,1,1,2", "a,b,c,d", "0,0,0,0", "-181,0,0,1", "0,0,1,inf"])
def test_what_is_no_box_is_refused(text):
    with pytest.raises(Unfit):
        bbox_of(text)
