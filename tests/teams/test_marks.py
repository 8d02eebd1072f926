"""What stands of the marks of a candidate, however many examiners wrote and in whatever order it came."""

from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.teams.rules import Noted, sheet, station_problems

RUBRIC = ("heel", "people")
ANNA, BORA, LEAD = (UUID(int=n) for n in (101, 102, 103))


def points(n, examiner, item, value, *, replaces=None):
    given = None if replaces is None else UUID(int=replaces)
    return Noted(id=UUID(int=n), n=n, kind="points", examiner=examiner, item=item, points=value, replaces=given)


def settled(n, item, value):
    return Noted(id=UUID(int=n), n=n, kind="settled", examiner=LEAD, item=item, points=value)


def fault(n, what="bite"):
    return Noted(id=UUID(int=n), n=n, kind="fault", examiner=ANNA, fault=what)


def lifted(n):
    return Noted(id=UUID(int=n), n=n, kind="lifted", examiner=LEAD)


FIRST = points(1, ANNA, "heel", 20)


@pytest.mark.parametrize(
    ("marks", "scores", "differing"),
    [
        ([], {}, ()),
        ([FIRST], {"heel": 20}, ()),
        ([FIRST, points(2, BORA, "heel", 20)], {"heel": 20}, ()),
        ([FIRST, points(2, BORA, "heel", 15)], {"heel": 20}, ("heel",)),
        ([FIRST, points(2, ANNA, "heel", 15)], {"heel": 20}, ("heel",)),
        ([FIRST, points(2, ANNA, "heel", 15, replaces=1)], {"heel": 15}, ()),
        ([FIRST, points(2, BORA, "heel", 15, replaces=1)], {"heel": 20}, ("heel",)),
        ([FIRST, points(2, BORA, "heel", 15), points(3, ANNA, "heel", 15, replaces=1)], {"heel": 15}, ()),
        ([FIRST, points(2, BORA, "heel", 15), points(3, BORA, "heel", 20, replaces=2)], {"heel": 20}, ()),
        ([FIRST, points(2, BORA, "heel", 15), settled(3, "heel", 18)], {"heel": 18}, ()),
        ([FIRST, settled(2, "heel", 18), points(3, BORA, "heel", 15)], {"heel": 18}, ("heel",)),
        ([FIRST, settled(2, "heel", 18), points(3, BORA, "heel", 18)], {"heel": 18}, ()),
        ([settled(1, "heel", 18)], {"heel": 18}, ()),
        ([FIRST, points(2, BORA, "people", 5)], {"heel": 20, "people": 5}, ()),
    ],
)
def test_the_first_stands_another_is_kept_as_differing_and_the_lead_has_the_last_word(marks, scores, differing):
    found = sheet(RUBRIC, marks)
    assert (found.scores, found.differing) == (scores, differing)
    assert found.missing == tuple(item for item in RUBRIC if item not in scores)


@pytest.mark.parametrize(
    ("marks", "what"),
    [
        ([fault(1)], "bite"),
        ([fault(1), fault(2, "lunge")], "bite"),
        ([fault(1), lifted(2)], None),
        ([lifted(1), fault(2)], "bite"),
    ],
)
def test_a_fault_ends_the_test_until_the_lead_takes_it_back(marks, what):
    found = sheet(RUBRIC, marks)
    assert (found.fault, found.decided) == (what, what is not None)


def test_a_test_is_decided_when_nothing_is_missing_and_nobody_differs():
    both = [FIRST, points(2, BORA, "people", 5)]
    assert not sheet(RUBRIC, [FIRST]).decided
    assert (sheet(RUBRIC, both).decided, sheet(RUBRIC, both).total) == (True, 25)
    assert not sheet(RUBRIC, [*both, points(3, BORA, "heel", 1)]).decided


@st.composite
def histories(draw):
    marks = []
    for n in range(1, draw(st.integers(0, 12)) + 1):
        item, who = draw(st.sampled_from(RUBRIC)), draw(st.sampled_from((ANNA, BORA)))
        replaces = draw(st.none() | st.integers(1, 12))
        kind = draw(st.sampled_from(("points", "points", "points", "settled")))
        value = draw(st.integers(0, 3))
        marks.append(settled(n, item, value) if kind == "settled" else points(n, who, item, value, replaces=replaces))
    return marks


@given(histories(), st.randoms(use_true_random=False))
def test_what_stands_depends_on_the_order_of_coming_and_not_of_reading(marks, random):
    shuffled = random.sample(marks, len(marks))
    assert sheet(RUBRIC, shuffled) == sheet(RUBRIC, marks)


@given(histories())
def test_an_item_that_was_ever_marked_has_points_that_somebody_gave(marks):
    found = sheet(RUBRIC, marks)
    for item in RUBRIC:
        said = [mark.points for mark in marks if mark.item == item]
        assert (item in found.scores) == bool(said)
        assert not said or found.scores[item] in said


@given(histories())
def test_one_more_agreeing_mark_never_makes_a_difference(marks):
    before = sheet(RUBRIC, marks)
    agreeing = [points(50 + place, LEAD, item, value) for place, (item, value) in enumerate(before.scores.items())]
    assert sheet(RUBRIC, [*marks, *agreeing]) == before


@given(histories())
def test_what_the_lead_settles_last_stands_and_is_settled(marks):
    found = sheet(RUBRIC, [*marks, settled(99, "heel", 7)])
    assert (found.scores["heel"], "heel" in found.differing) == (7, False)


@given(st.permutations(["a", "b", "c", "d"]), st.sets(st.integers(1, 3)))
def test_stations_that_share_out_the_rubric_are_fit(items, cuts):
    edges = [0, *sorted(cuts), 4]
    stations = [items[begin:end] for begin, end in pairwise(edges)]
    assert station_problems(["a", "b", "c", "d"], stations) is None


@pytest.mark.parametrize(
    ("stations", "problem"),
    [
        ([["a"]], (None, "b")),
        ([["a", "b"], ["a"]], (1, "a")),
        ([["a", "b", "c"]], (0, "c")),
    ],
)
def test_an_item_judged_nowhere_twice_or_unknown_is_named(stations, problem):
    assert station_problems(["a", "b"], stations) == problem
