"""What a week's file says, and how a bad one is refused."""

import json
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from routing.files.refusal import FileError
from routing.files.schemas import schema_text
from routing.files.week_json import read_week, write_week
from routing.week.problem import fields_of
from tests.routing.files.examples import as_bytes, changed

WEEK: dict[str, Any] = {
    "format": "patrol-week/1",
    "days": 3,
    "metres": {"kind": "euclidean"},
    "teams": [
        {
            "id": "A",
            "speed_mps": 1,
            "door": [0, 0],
            "walks_at_most": 2,
            "rest_days": 1,
            "free": [{"day": 0, "budget_s": 600, "earliest_s": 60, "latest_s": 900}, {"day": 2, "budget_s": 300}],
            "walked_before_s": 1000,
            "burden_at_most_s": 3000,
            "liked": [{"block": "lane", "worth": 0.5}],
        },
        {"id": "B", "speed_mps": 2, "door": [9, 0], "walks_at_most": 1, "free": []},
    ],
    "blocks": [
        {"id": "park", "at": [30, 40], "visit_weight": [3, 1], "spacing_days": 2, "barred_teams": ["B"]},
        {"id": "lane", "ends": [[0, 10], [0, 60]], "visit_weight": [2]},
    ],
    "partners": [{"teams": ["A", "B"], "together": 2}],
}


def test_everything_a_week_may_say_arrives():
    problem = read_week(as_bytes(WEEK))
    assert problem.budget_s.tolist() == [[600, 0, 300], [0, 0, 0]]
    assert problem.earliest_s[0].tolist() == [60, 0, 0]
    assert problem.latest_s[0].tolist() == [900, np.inf, np.inf]
    assert problem.visit_weight.tolist() == [[3, 1], [2, 0]]
    assert problem.spacing_days.tolist() == [2, 1]
    assert problem.burden_limit_s.tolist() == [3000, np.inf]
    assert problem.liking.tolist() == [[0, 0.5], [0, 0]]
    assert problem.compatible.tolist() == [[True, True], [False, True]]
    assert (problem.pairs.tolist(), problem.pair_weight.tolist()) == ([[0, 1]], [2])


def test_a_week_written_and_read_again_is_the_same():
    problem = read_week(as_bytes(WEEK))
    again = fields_of(read_week(write_week(problem)))
    for name, value in fields_of(problem).items():
        assert np.array_equal(again[name], value) if isinstance(value, np.ndarray) else again[name] == value, name


def test_weeks_that_are_read_fit_the_schema():
    schema = Draft202012Validator(json.loads(schema_text("week")))
    written = json.loads(write_week(read_week(as_bytes(WEEK))))
    assert [list(schema.iter_errors(one)) for one in (WEEK, written)] == [[], []]


@pytest.mark.parametrize(
    ("pointer", "value", "message"),
    [
        ("/days", 0, "/days: must be a whole number from 1"),
        ("/teams/0/free/1/day", 3, "/teams/0/free/1/day: must be below 3, the number of days, and not named before"),
        ("/teams/0/free/1/day", 0, "/teams/0/free/1/day: must be below 3, the number of days, and not named before"),
        ("/teams/0/free/0/latest_s", 10, "/teams/0/free/0/latest_s: must not lie before earliest_s"),
        ("/teams/0/walks_at_most", -1, "/teams/0/walks_at_most: must be a whole number from 0"),
        ("/teams/0/liked/0/block", "pier", "/teams/0/liked/0/block: nothing in the problem has the id 'pier'"),
        ("/teams/1/id", "A", "/teams/1/id: 'A' appears twice"),
        ("/blocks/0/visit_weight", [1, 3], "/blocks/0/visit_weight: must never rise from one visit to the next"),
        ("/blocks/0/places", [1], "/blocks/0: must have either at or ends"),
        ("/partners/0/teams", ["A", "Z"], "/partners/0/teams: nothing in the problem has the id 'Z'"),
    ],
)
def test_a_refusal_names_the_place_and_says_what_is_wrong(pointer, value, message):
    with pytest.raises(FileError) as refused:
        read_week(changed(WEEK, pointer, value))
    assert str(refused.value).startswith(message)
