"""All that is said about one plan."""

import json
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.check import verify
from routing.joint import merge_groups, split_groups
from routing.plan import never
from routing.problem import Group
from routing.why.explanation import explain, plain
from tests.routing.check.wishes import by_insertion, plan_of, with_wishes
from tests.routing.planner.problems import on_a_plane, point


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), ended=st.booleans())
def test_every_plan_can_be_explained_in_plain_values(seed, ended):
    problem = with_wishes(seed, teams=5, blocks=12, banded=0.3)
    merged = merge_groups(problem)
    plan = split_groups(plan_of(merged.problem, by_insertion(merged.problem, seed)), merged.members)
    explanation = explain(problem, plan, over=(lambda: True) if ended else never)
    assert verify(problem, replace(plan, left_out=explanation.left_out)) == []
    assert [one.team for one in explanation.adds] == list(range(5))
    said = json.loads(json.dumps(plain(problem, explanation), allow_nan=False))
    assert [one["block"] for one in said["left_out"]] == [problem.block_ids[one.block] for one in plan.left_out]


def test_names_stand_for_numbers_and_nothing_for_what_is_endless():
    problem = on_a_plane(
        doors=[(0, 0), (0, 0), (0, 0)],
        ends=[point(400), point(-400), point(3000), point(0)],
        weight=np.array([8.0, 5.0, 2.0, 1.0]),
        compatible=np.array([[True, True, True, False]] * 3),
        groups=(Group((2, 1), (0.0, 300.0)),),
        budget_s=np.array([800.0, 800.0, 800.0]),
    )
    merged = merge_groups(problem)
    plan = split_groups(plan_of(merged.problem, [(0,), ()]), merged.members)
    said = plain(problem, explain(problem, plan))
    assert [(one["block"], one["reason"], one["amount"], one["outvalued_by"]) for one in said["left_out"]] == [
        ("B1", "outvalued", 8.0, 3.0),
        ("B2", "out_of_reach", 5200.0, None),
        ("B3", "out_of_reach", None, None),
    ]
    assert said["remedies"][0]["covers"] == ["B1"]
    assert said["adds"][0] == {"team": "T0", "lost": 8.0, "regained": 0.0, "weight": 8.0}


def test_what_a_joint_patrol_adds_is_said_for_everybody_in_it():
    problem = on_a_plane(doors=[(0, 0), (0, 0)], ends=[point(10)], groups=(Group((1, 0), (0.0, 0.0)),))
    merged = merge_groups(problem)
    plan = split_groups(plan_of(merged.problem, [(0,)]), merged.members)
    assert [(one.team, one.weight) for one in explain(problem, plan).adds] == [(0, 1.0), (1, 1.0)]
