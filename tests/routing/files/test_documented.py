"""The examples of the documentation are problems that can be planned."""

import re
from pathlib import Path

import pytest

from routing.check import verify
from routing.files.problem_json import read_problem
from routing.plan import PlanParams, plan

PAGE = Path(__file__).parents[3] / "docs" / "planner.md"
EXAMPLES = re.findall(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_can_be_planned(example):
    problem = read_problem(example.encode())
    made = plan(problem, PlanParams(seconds=5.0, rounds=2), seed=1)
    assert verify(problem, made) == []
    assert made.routes


def test_there_is_one_with_coordinates_and_one_with_a_table():
    assert ["table" in example for example in EXAMPLES] == [False, True]
