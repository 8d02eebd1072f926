"""From places on a map to a plan drawn along its streets: what happens between the tables and the solver."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.check import verify
from routing.drawing import draw
from routing.evening import Evening
from routing.geodesy import haversine_m
from routing.plan import PlanParams, plan, unwatched
from routing.problem import ProblemError
from routing.solved import solve_evening
from routing.staging import backwards, stage
from tests.routing.streets.maps import lat, lon, streets

# A ladder of 100 m streets, three rungs wide, and a bow: from node 1 to node 2 there is also a long way round.
PLACES = [(0, 0), (100, 0), (200, 0), (300, 0), (0, 100), (100, 100), (200, 100), (300, 100)]
LADDER = streets(PLACES, [(0, 1), (1, 2), (2, 3), (4, 5), (5, 6), (6, 7), (0, 4), (1, 5), (2, 6), (3, 7)])
SPEED = 1.0


def line(*points):
    return np.array([lon(x) for x, _ in points]), np.array([lat(y) for _, y in points])


def evening(doors, lines, **given):
    teams, blocks = len(doors), len(lines)
    values = {
        "team_ids": tuple(f"team {number}" for number in range(teams)),
        "team_lon": np.array([lon(x) for x, _ in doors]),
        "team_lat": np.array([lat(y) for _, y in doors]),
        "speed_mps": np.full(teams, SPEED),
        "budget_s": np.full(teams, 1200.0),
        "earliest_s": np.zeros(teams),
        "latest_s": np.full(teams, 14_400.0),
        "block_ids": tuple(f"block {number}" for number in range(blocks)),
        "lines": tuple(lines),
        "weight": np.ones(blocks),
        "dwell_s": np.zeros(blocks),
        "bands": ((),) * blocks,
        "reach_m": 3000.0,
        "start_within_m": np.inf,
    }
    return Evening(**{**values, **given})


def best(staged, **params):
    return plan(staged.problem, PlanParams(5.0, rounds=0), seed=1, **params)


def test_doors_and_ends_between_junctions_are_measured_from_where_they_are():
    staged = stage(LADDER, evening([(30, 0)], [line((150, 0), (250, 0))]))
    assert staged.problem.out_m(0) == pytest.approx([120, 220], abs=0.5)
    assert staged.problem.length_m[0] == pytest.approx(100, abs=0.5)
    assert staged.problem.legs_m(0, 1) == pytest.approx(100, abs=0.5)


def test_a_block_is_walked_along_its_own_line_though_a_shorter_way_leads_round():
    around = line((0, 0), (0, 100), (100, 100), (100, 0))
    staged = stage(LADDER, evening([(0, 0)], [around]))
    assert staged.problem.length_m[0] == pytest.approx(300, abs=1)
    assert staged.problem.legs_m(0, 1) == pytest.approx(100, abs=1)


def test_a_line_beside_the_streets_is_walked_the_shortest_way_between_its_ends():
    staged = stage(LADDER, evening([(0, 0)], [line((0, 20), (100, 60))]))
    assert staged.ground.inside[0] is not None
    assert staged.problem.length_m[0] >= 100


def test_a_point_block_has_no_length_and_one_place():
    staged = stage(LADDER, evening([(0, 0)], [line((150, 0))], dwell_s=np.array([720.0])))
    assert staged.problem.length_m[0] == 0
    assert staged.problem.out_m(0)[0] == staged.problem.out_m(0)[1]


@pytest.mark.parametrize("wrong", [[(5000, 5000)], [(0, 5000), (100, 0)]])
def test_a_block_off_the_streets_is_out_of_everybodys_reach(wrong):
    staged = stage(LADDER, evening([(0, 0)], [line(*wrong)]))
    assert staged.ground.inside[0] is None
    assert [entry.reason for entry in best(staged).left_out] == ["out_of_reach"]


def test_a_line_whose_ends_meet_at_one_place_is_out_of_reach():
    staged = stage(LADDER, evening([(0, 0)], [line((100, 0), (100.1, 0))]))
    assert staged.ground.inside[0] is None


def test_a_door_far_from_every_street_stays_at_home():
    staged = stage(LADDER, evening([(0, 5000), (0, 0)], [line((100, 0), (200, 0))]))
    assert staged.ground.door[0] == -1
    assert [route.team for route in best(staged).routes if route.stops] == [1]


def test_an_evening_without_blocks_or_teams_is_an_empty_plan():
    for doors, lines in (([], [line((100, 0), (200, 0))]), ([(0, 0)], []), ([], [])):
        staged = stage(LADDER, evening(doors, lines))
        assert not any(route.stops for route in best(staged).routes)


def test_a_block_without_a_place_is_named():
    with pytest.raises(ProblemError, match="block 1"):
        stage(LADDER, evening([(0, 0)], [line((0, 0), (100, 0)), (np.empty(0), np.empty(0))]))


def test_walked_backwards_a_block_is_the_same_line_the_other_way():
    staged = stage(LADDER, evening([(0, 0)], [line((0, 0), (0, 100), (100, 100))]))
    there = staged.ground.inside[0]
    back = backwards(staged.ground.graph, there)
    assert back.lon.tolist() == there.lon[::-1].tolist()
    assert back.length_m == there.length_m


@st.composite
def evenings(draw_from):
    """One to three teams and one to six blocks anywhere on the ladder's streets."""
    spot = st.tuples(st.sampled_from([0, 100]), st.integers(0, 300)).map(lambda at: (at[1], at[0]))
    doors = draw_from(st.lists(spot, min_size=1, max_size=3))
    stretch = st.tuples(st.sampled_from([0, 100]), st.integers(0, 250), st.integers(20, 50)).map(
        lambda at: line((at[1], at[0]), (at[1] + at[2], at[0]))
    )
    lines = draw_from(st.lists(stretch | spot.map(line), min_size=1, max_size=6))
    return evening(doors, lines, dwell_s=np.full(len(lines), 30.0))


@settings(max_examples=40)
@given(evenings())
def test_every_route_is_drawn_as_long_as_it_was_planned_and_from_door_to_door(given_evening):
    staged = stage(LADDER, given_evening)
    found = best(staged)
    assert verify(staged.problem, found) == []
    for route in (route for route in found.routes if route.stops):
        drawn = draw(staged, route)
        steps = [
            float(haversine_m(one[0], one[1], other[0], other[1]))
            for one, other in pairwise(zip(drawn.lon, drawn.lat, strict=True))
        ]
        assert sum(steps) == pytest.approx(route.distance_m, abs=0.5)
        assert (drawn.lon[0], drawn.lat[0]) == (drawn.lon[-1], drawn.lat[-1])
        first, last = drawn.shown
        assert first > 0
        assert sum(steps[:first]) == pytest.approx(drawn.stops[0].along_m, abs=0.5)
        exit_m = drawn.stops[-1].along_m + drawn.stops[-1].length_m
        assert sum(steps[:last]) == pytest.approx(exit_m, abs=0.5)
        assert [stop.block for stop in drawn.stops] == [stop.block for stop in route.stops]


def test_what_leaves_the_planners_process_is_plain_and_complete():
    lines = [line((100, 0), (200, 0)), line((5000, 5000), (5100, 5000))]
    told = []
    solved = solve_evening(
        LADDER, evening([(0, 0)], lines), PlanParams(3.0, rounds=0), seed=1, stop=lambda: False, on_progress=told.append
    )
    (route,) = solved.routes
    assert (route["team"], route["weight"], [stop["block"] for stop in route["stops"]]) == ("team 0", 1.0, ["block 0"])
    assert route["latest_start_s"] == pytest.approx(14_400 - route["duration_s"])
    assert route["adds"] == 1.0
    assert solved.left_out == [{"block": "block 1", "reason": "out_of_reach", "amount": None, "visits": 1}]
    assert solved.remedies == [], "off the streets, nobody could help"
    assert (solved.summary["weight_reachable"], solved.summary["weight_total"]) == (1.0, 2.0)
    assert solved.summary["share_on_blocks"] == pytest.approx(0.25, abs=0.01)
    assert solved.summary["free"]["minutes"] <= route["duration_s"] / 60 + 0.1
    assert told[-1].weight == 1


def test_a_route_with_hours_to_keep_cannot_start_later_than_planned():
    lines = [line((100, 0), (200, 0))]
    kept = evening([(0, 0)], lines, bands=(((3600.0, 7200.0),),))
    solved = solve_evening(LADDER, kept, PlanParams(3.0, rounds=0), seed=1, stop=lambda: False, on_progress=unwatched)
    assert solved.routes[0]["latest_start_s"] == solved.routes[0]["start_s"] >= 3600 - 200.1
