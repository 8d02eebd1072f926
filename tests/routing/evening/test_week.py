"""A week from places on a map to walks drawn along the streets, day by day."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.evening import Week
from routing.solved_week import solve_week
from routing.staging import stage, stage_week
from routing.week.plan import WeekParams
from tests.routing.evening.test_evening import LADDER, evening, line
from tests.routing.streets.maps import lat, lon

DAYS = 7


def week(doors, lines, **given_values):
    teams, blocks = len(doors), len(lines)
    values = {
        "team_ids": tuple(f"team {number}" for number in range(teams)),
        "team_lon": np.array([lon(x) for x, _ in doors]),
        "team_lat": np.array([lat(y) for _, y in doors]),
        "speed_mps": np.ones(teams),
        "budget_s": np.full((teams, DAYS), 600.0),
        "earliest_s": np.zeros((teams, DAYS)),
        "latest_s": np.full((teams, DAYS), 14_400.0),
        "walks_at_most": np.full(teams, 2),
        "rest_days": np.full(teams, 1),
        "walked_before_s": np.zeros(teams),
        "burden_at_most_s": np.full(teams, 36_000.0),
        "block_ids": tuple(f"block {number}" for number in range(blocks)),
        "lines": tuple(lines),
        "visit_weight": np.tile([3.0, 2.0], (blocks, 1)),
        "dwell_s": np.zeros(blocks),
        "spacing_days": np.full(blocks, 2),
        "bands": ((),) * blocks,
        "compatible": np.ones((teams, blocks), dtype=np.bool_),
        "reach_m": 3000.0,
        "start_within_m": np.inf,
    }
    return Week(**{**values, **given_values})


def solved(of, seconds=2.0):
    told = []
    found = solve_week(LADDER, of, WeekParams(seconds), seed=1, stop=lambda: False, on_progress=told.append)
    return found, told


def test_blocks_that_meet_at_a_junction_share_a_place():
    lines = [line((0, 0), (100, 0)), line((100, 0), (200, 0)), line((150, 100))]
    problem = stage(LADDER, evening([(0, 0)], lines)).problem
    assert problem.place_of_end[1] == problem.place_of_end[2]
    assert problem.place_of_end[4] == problem.place_of_end[5]
    assert problem.between_m.shape == (4, 4)
    assert stage_week(LADDER, week([(0, 0)], lines)).problem.between_m.shape == (4, 4)


def test_a_block_off_the_streets_is_for_nobody_all_week():
    found, _ = solved(week([(0, 0)], [line((0, 0), (100, 0)), line((5000, 5000), (5100, 5000))]))
    (out,) = [entry for entry in found.left_out if entry["block"] == "block 1"]
    assert (out["reason"], out["visits"], out["amount"]) == ("out_of_reach", 2, None)
    assert (found.summary["weight_reachable"], found.summary["weight_total"]) == (5.0, 10.0)


def test_one_team_visits_one_block_twice_and_rests_between():
    found, told = solved(week([(0, 0)], [line((0, 0), (100, 0))]))
    days = [route["day"] for route in found.routes]
    assert len(days) == 2
    assert abs(days[0] - days[1]) >= 2
    assert sorted(route["weight"] for route in found.routes) == [2.0, 3.0]
    assert (found.weight, found.left_out, found.remedies) == (5.0, [], [])
    assert told[-1].weight == 5.0


def test_days_on_which_nobody_is_out_have_no_walks():
    out = np.zeros((1, DAYS))
    out[0, 3] = 600.0
    found, _ = solved(week([(0, 0)], [line((0, 0), (100, 0))], budget_s=out))
    assert [route["day"] for route in found.routes] == [3]
    assert [entry["visits"] for entry in found.left_out] == [1]


def test_a_team_that_has_walked_enough_in_three_weeks_stays_at_home():
    tired = week([(0, 0)], [line((0, 0), (100, 0))], walked_before_s=np.array([36_000.0]))
    found, _ = solved(tired)
    assert found.routes == []
    assert found.summary["visits"] == 0


@st.composite
def weeks(draw_from):
    spot = st.tuples(st.integers(0, 300), st.just(0))
    doors = draw_from(st.lists(spot, min_size=1, max_size=3))
    starts = draw_from(st.lists(st.integers(0, 280), min_size=1, max_size=5))
    lines = [line((start, 0), (start + 20, 0)) for start in starts]
    out = draw_from(
        st.lists(st.lists(st.sampled_from([0.0, 240.0, 600.0]), min_size=7, max_size=7), min_size=3, max_size=3)
    )
    return week(doors, lines, budget_s=np.array(out[: len(doors)]))


@settings(max_examples=15)
@given(weeks())
@pytest.mark.slow
def test_no_limit_of_a_week_is_broken_and_every_visit_is_accounted_for(given_week):
    found, _ = solved(given_week, seconds=0.5)
    row = {name: number for number, name in enumerate(given_week.team_ids)}
    walked, visited, seconds = {}, {}, Counter()
    for route in found.routes:
        assert route["duration_s"] <= given_week.budget_s[row[route["team"]], route["day"]] + 1e-3
        walked.setdefault(route["team"], []).append(route["day"])
        seconds[route["team"]] += route["duration_s"]
        for stop in route["stops"]:
            visited.setdefault(stop["block"], []).append(route["day"])
    for days in walked.values():
        assert len(days) <= 2
        assert all(abs(one - other) >= 2 for one in days for other in days if one != other)
        assert len(set(days)) == len(days)
    for days in visited.values():
        assert len(set(days)) == len(days)
        assert all(abs(one - other) >= 2 for one in days for other in days if one != other)
    short = {entry["block"]: entry["visits"] for entry in found.left_out}
    for block in given_week.block_ids:
        assert len(visited.get(block, ())) + short.get(block, 0) == 2
    weight = sum([3.0, 2.0][number] for days in visited.values() for number in range(len(days)))
    assert found.weight == pytest.approx(weight)
    assert found.weight <= found.bound + 1e-6
