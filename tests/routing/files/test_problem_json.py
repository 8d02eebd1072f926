"""What a problem file says, and how a bad one is refused."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from routing.files.problem_json import read_problem, write_problem
from routing.files.refusal import FileError
from routing.files.schemas import RECORDS, schema_text
from routing.problem import Problem
from tests.routing.files.examples import BY_TABLE, EVENING, as_bytes, changed
from tests.routing.planner.problems import by_seed

FILES = Path(__file__).parents[3] / "routing" / "files"
ARRAYS = (
    *("weight", "length_m", "dwell_s", "speed_mps", "budget_s", "earliest_s", "latest_s", "first_leg_m"),
    *("walk_limit_m", "compatible", "visit_weight", "pinned", "place_of_end", "door_m", "last_leg_m", "between_m"),
)


def _same(one: Problem, other: Problem) -> bool:
    names = ("team_ids", "block_ids", "bands", "groups", "previous")
    arrays = all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ARRAYS)
    return arrays and all(getattr(one, name) == getattr(other, name) for name in names)


def test_metres_come_from_coordinates_times_the_detour():
    problem = read_problem(as_bytes(EVENING))
    assert problem.out_m(0)[:4].tolist() == [100.0, 100.0, 20.0, 120.0]
    assert problem.back_m(1)[0] == 0.0
    assert problem.length_m.tolist() == [0.0, 100.0, 0.0, 11.0]


def test_metres_come_from_great_circles_between_longitudes_and_latitudes():
    content = changed(EVENING, "/metres", {"kind": "lonlat", "detour": 1})
    degree = read_problem(changed(json.loads(content), "/blocks/2/at", [1, 0])).out_m(0)[4]
    assert degree == pytest.approx(111_195, rel=1e-3)


def test_metres_come_from_a_table_in_which_null_is_no_way():
    problem = read_problem(as_bytes(BY_TABLE))
    assert problem.legs_m(0, np.arange(6)).tolist() == [0, 0, 0, 50, np.inf, np.inf]
    assert problem.back_m(0).tolist() == [20, 20, 20, 30, np.inf, np.inf]
    assert problem.length_m.tolist() == [0, 50, 0]


def test_everything_else_a_file_may_say_arrives():
    problem = read_problem(as_bytes(EVENING))
    assert problem.latest_s.tolist() == [np.inf, 4000.0, np.inf]
    assert problem.bands[0] == ((0.0, 600.0), (700.0, 900.0))
    assert problem.visit_weight.tolist() == [[3, 0, 0], [2, 1, 0.5], [1, 0, 0], [1, 0, 0]]
    assert problem.pinned.tolist() == [-1, -1, 1, -1]
    assert problem.compatible.tolist() == [[True] * 4, [True] * 4, [True, True, False, False]]
    assert problem.groups[0].teams == (0, 2)
    assert problem.previous is not None
    assert problem.previous.routes == ((0, (1, 0)),)
    assert problem.walk_limit_m.tolist() == [np.inf, np.inf, 700.0]


@given(seed=st.integers(0, 2**16))
@settings(max_examples=20, deadline=None)
def test_a_problem_written_and_read_again_is_the_same(seed):
    problem = by_seed(seed, teams=3, blocks=5, banded=0.5)
    assert _same(read_problem(write_problem(problem)), problem)


@pytest.mark.parametrize("example", [EVENING, BY_TABLE])
def test_wishes_and_places_out_of_reach_are_written_and_read_again_too(example):
    problem = read_problem(as_bytes(example))
    assert _same(read_problem(write_problem(problem)), problem)


@pytest.mark.parametrize(
    ("pointer", "value", "message"),
    [
        ("/format", "patrol-problem/9", "/format: 'patrol-problem/9' is none of the known ones"),
        ("/teams/1/budget_s", "much", "/teams/1/budget_s: must be a number, is a text"),
        ("/teams/1/budget_s", -1, "/teams/1/budget_s: must be a number from 0"),
        ("/teams/1/budget_s", ..., "/teams/1/budget_s: is missing"),
        ("/teams/1/speed_mps", 0, "/teams/1/speed_mps: must be a number above 0"),
        ("/teams/1/latest_s", -5, "/teams/1/latest_s: must not lie before earliest_s"),
        ("/teams/1/id", "A", "/teams/1/id: 'A' appears twice"),
        ("/teams/1/door", ..., "/teams/1: must have a door, and no door_m or home_m, as metres come from coordinates"),
        ("/teams/1/budget", 3, "/teams/1/budget: is not of this format"),
        ("/blocks/0/bands/1", [9, 8], "/blocks/0/bands: each band must end after it starts"),
        ("/blocks/0/bands/1", [9], "/blocks/0/bands/1: must be a list of 2"),
        ("/blocks/0/at", ..., "/blocks/0: must have either at or ends, as metres come from coordinates"),
        ("/blocks/0/length_m", None, None),
        ("/blocks/1/length_m", 0, "/blocks/1: a point block (length 0) must have both ends at one place"),
        ("/blocks/1/repeat_weight", [3], "/blocks/1/repeat_weight: must be numbers from 0 and never rise"),
        ("/blocks/2/pinned_to", "Z", "/blocks/2/pinned_to: nothing in the problem has the id 'Z'"),
        ("/blocks/3/barred_teams/0", "Z", "/blocks/3/barred_teams/0: nothing in the problem has the id 'Z'"),
        ("/groups/0/approach_s", [1, 2, 3], "/groups/0/approach_s: must be a list of 2, one for each team"),
        ("/groups/0/teams", ["A", "A"], "/groups/0: team 0 does not exist or is in two groups"),
        ("/previous/routes/0/blocks/1", "pier", "/previous/routes/0/blocks/1: nothing in the problem has the id"),
        ("/metres/kind", "guess", "/metres/kind: 'guess' is none of the known ones"),
    ],
)
def test_a_refusal_names_the_place_and_says_what_is_wrong(pointer, value, message):
    content = changed(EVENING, pointer, value)
    if message is None:
        assert read_problem(content)
        return
    with pytest.raises(FileError) as refused:
        read_problem(content)
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize(
    ("pointer", "value", "message"),
    [
        ("/metres/between/1", [1, 2], "/metres/between/1: has 2 entries, must have 3, one for each place"),
        ("/metres/between/0/1", 70, "/metres/between: must be 0 or more, and the same both ways"),
        ("/metres/between/0/1", "far", "/metres/between/0/1: must be a number or null, is a text"),
        ("/teams/0/door_m", [1], "/teams/0/door_m: has 1 entries, must have 3, one for each place"),
        ("/blocks/1/places", [0, 3], "/blocks/1/places/1: must be below 3, the number of places"),
        ("/blocks/1/at", [0, 3], "/blocks/1: must have places, and no at or ends, as metres come from a table"),
        ("/blocks/1/places", [], "/blocks/1/places: must be a list of 1 or more"),
    ],
)
def test_a_table_that_does_not_fit_is_refused_with_the_place(pointer, value, message):
    with pytest.raises(FileError) as refused:
        read_problem(changed(BY_TABLE, pointer, value))
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize("content", [b"", b"{", b"[1, 2]", b"\xff\xfe", b'"evening"'])
def test_what_is_no_problem_at_all_is_refused(content):
    with pytest.raises(FileError):
        read_problem(content)


@pytest.mark.parametrize("name", RECORDS)
def test_the_schema_files_are_what_the_records_say(name):
    assert (FILES / f"{name}.schema.json").read_bytes() == schema_text(name)


@pytest.mark.parametrize("example", [EVENING, BY_TABLE])
def test_problems_that_are_read_fit_the_schema(example):
    schema = json.loads(schema_text("problem"))
    Draft202012Validator.check_schema(schema)
    written = json.loads(write_problem(read_problem(as_bytes(example))))
    assert [list(Draft202012Validator(schema).iter_errors(one)) for one in (example, written)] == [[], []]


def test_what_is_refused_for_its_form_does_not_fit_the_schema():
    schema = Draft202012Validator(json.loads(schema_text("problem")))
    wrong = [("/teams/1/budget_s", -1), ("/teams/1/speed_mps", 0), ("/blocks/0/weight", "3"), ("/blocks/0/hue", 1)]
    assert all(not schema.is_valid(json.loads(changed(EVENING, *one))) for one in wrong)


@pytest.mark.parametrize(
    ("pointer", "points"),
    [("/teams/0/door", [35.2, 129.1]), ("/blocks/0/at", [35.2, 129.1]), ("/teams/0/home", [229.1, 35.2])],
)
def test_what_lies_nowhere_on_earth_is_refused_not_measured(pointer, points):
    evening = {
        "format": "patrol-problem/1",
        "metres": {"kind": "lonlat"},
        "teams": [{"id": "A", "door": [129.1, 35.2], "home": [129.1, 35.2], "speed_mps": 1, "budget_s": 900}],
        "blocks": [{"id": "yard", "weight": 1, "at": [129.1, 35.2]}],
    }
    assert read_problem(as_bytes(evening))
    with pytest.raises(FileError) as refused:
        read_problem(changed(evening, pointer, points))
    assert str(refused.value).startswith(f"{pointer}: must be longitude")
