"""A problem file with a bit of everything, and small instances in the published formats."""

import copy
import json
from typing import Any

EVENING: dict[str, Any] = {
    "format": "patrol-problem/1",
    "title": "An evening on a plane",
    "metres": {"kind": "euclidean", "detour": 2},
    "teams": [
        {"id": "A", "budget_s": 1000, "speed_mps": 1, "door": [0, 0]},
        {"id": "B", "budget_s": 900, "speed_mps": 0.5, "door": [0, 0], "home": [30, 40], "latest_s": 4000},
        {"id": "C", "budget_s": 900, "speed_mps": 1, "door": [9, 0], "start_at_most_m": 200, "walk_at_most_m": 700},
    ],
    "blocks": [
        {"id": "park", "weight": 3, "at": [30, 40], "dwell_s": 60, "bands": [[0, 600], [700, 900]]},
        {"id": "lane", "weight": 2, "ends": [[0, 10], [0, 60]], "repeat_weight": [1, 0.5]},
        {"id": "yard", "weight": 1, "at": [5, 5], "pinned_to": "B", "only_teams": ["A", "B"]},
        {"id": "quay", "weight": 1, "ends": [[5, 0], [9, 0]], "length_m": 11, "barred_teams": ["C"]},
    ],
    "groups": [{"teams": ["A", "C"], "approach_s": [0, 18]}],
    "previous": {"routes": [{"team": "A", "blocks": ["lane", "park"]}], "keep_weight": 0.5},
}

PLAIN: dict[str, Any] = {
    "format": "patrol-problem/1",
    "metres": {"kind": "euclidean"},
    "teams": [{"id": "A", "budget_s": 300, "speed_mps": 1, "door": [0, 0]}],
    "blocks": [
        {"id": "park", "weight": 3, "at": [30, 40], "dwell_s": 60, "bands": [[0, 600], [700, 900]]},
        {"id": "lane", "weight": 2, "ends": [[0, 10], [0, 60]]},
        {"id": "hill", "weight": 9, "at": [300, 0]},
    ],
}
"""Out of which the hill is out of reach."""

BY_TABLE: dict[str, Any] = {
    "format": "patrol-problem/1",
    "metres": {"kind": "table", "between": [[0, 50, None], [50, 0, None], [None, None, 0]]},
    "teams": [{"id": "A", "budget_s": 300, "speed_mps": 1, "door_m": [10, 40, None], "home_m": [20, 30, None]}],
    "blocks": [
        {"id": "here", "weight": 1, "places": [0]},
        {"id": "way", "weight": 5, "places": [0, 1]},
        {"id": "island", "weight": 9, "places": [2]},
    ],
}

CHAO = "n 5\nm 2\ntmax 10.0\n0.0\t0.0\t0\n1.0\t0.0\t5\n0.0\t3.0\t7\n6.0\t0.0\t9\n2.0\t0.0\t0\n"
DANG = "n;5\nm;2\ntmax;10\n0;0;0\n1;0;5\n0;3;7\n6;0;9\n2;0;0\n"
SOLOMON = """\
4 1 3 1
0 200
  0 0.00 0.00 0.00 0.00 0 0 0 100
  1 1.00 1.00 10.00 4.00 1 1 1 20 30
  2 2.00 2.00 10.00 6.00 1 1 2 0 12
  3 9.00 0.00 10.00 8.00 1 2 1 2 50 80
"""


def as_bytes(problem: dict[str, Any]) -> bytes:
    return json.dumps(problem).encode()


def changed(problem: dict[str, Any], pointer: str, value: Any) -> bytes:
    """The problem with another value at the pointer; `...` takes the field away."""
    other = copy.deepcopy(problem)
    *steps, last = (int(step) if step.isdigit() else step for step in pointer.strip("/").split("/"))
    place: Any = other
    for step in steps:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return as_bytes(other)
