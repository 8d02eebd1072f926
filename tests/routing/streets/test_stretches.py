from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given

from routing.geodesy import haversine_m
from routing.snap import attach
from routing.streets import HIGHWAY_CLASSES
from routing.stretches import NOT_PATROLLED, TOO_SHORT_M, stretches
from routing.travel import path_along, walking_metres
from tests.routing.streets.maps import lon, networks, streets

FOOTWAY, CROSSING = HIGHWAY_CLASSES.index("footway"), HIGHWAY_CLASSES.index("crossing")


def row(*xs):
    """A straight street with nodes at these metres."""
    return streets([(x, 0) for x in xs], list(pairwise(range(len(xs)))))


def lengths(graph, **limits):
    return sorted(stretches(graph, **limits).length_m.tolist())


def test_a_street_of_fitting_length_is_a_stretch():
    assert lengths(row(0, 90)) == pytest.approx([90], abs=0.1)


def test_a_long_street_is_cut_into_equal_parts():
    assert lengths(row(0, 400)) == pytest.approx([400 / 3] * 3, abs=0.1)


def test_short_pieces_of_one_street_are_put_end_to_end_through_junctions():
    assert lengths(row(0, 20, 35, 50, 90, 120)) == pytest.approx([50, 70], abs=0.1)


def test_a_short_rest_joins_the_stretch_before_it():
    assert lengths(row(0, 60, 80)) == pytest.approx([80], abs=0.1)


def test_a_short_rest_stays_alone_where_the_stretch_before_it_is_full():
    assert lengths(row(0, 140, 160)) == pytest.approx([20, 140], abs=0.1)


def test_what_is_too_short_to_be_worth_a_visit_is_left_out():
    assert lengths(row(0, 14)) == []
    assert lengths(row(0, 145, 158)) == pytest.approx([145], abs=0.1)


@pytest.mark.parametrize("change", [{"names": ["서면로", "전포로"]}, {"highway": [FOOTWAY, 7]}])
def test_a_stretch_keeps_to_one_street(change):
    graph = streets([(0, 0), (30, 0), (60, 0)], [(0, 1), (1, 2)], **change)
    assert lengths(graph) == pytest.approx([30, 30], abs=0.1)


def test_a_stretch_does_not_turn_a_corner():
    graph = streets([(0, 0), (30, 0), (30, 30)], [(0, 1), (1, 2)])
    assert lengths(graph) == pytest.approx([30, 30], abs=0.1)


def test_at_a_crossroads_each_street_goes_straight_on():
    graph = streets([(-30, 0), (0, 0), (30, 0), (0, 30), (0, -30)], [(0, 1), (1, 2), (1, 3), (1, 4)])
    assert lengths(graph) == pytest.approx([60, 60], abs=0.1)


def test_crossings_and_car_parks_are_no_targets():
    graph = streets([(0, 0), (60, 0), (120, 0)], [(0, 1), (1, 2)], highway=[CROSSING, FOOTWAY])
    made = stretches(graph)
    assert made.highway.tolist() == [FOOTWAY]
    assert {"crossing", "parking_aisle", "driveway", "secondary_link"} <= NOT_PATROLLED


def test_streets_that_cannot_be_reached_are_no_targets():
    graph = streets([(0, 0), (100, 0), (0, 50), (80, 50)], [(0, 1), (2, 3)])
    assert lengths(graph) == pytest.approx([100], abs=0.1)


def test_only_the_part_at_the_end_of_a_cul_de_sac_is_a_dead_end():
    graph = streets([(0, 0), (400, 0), (400, 90), (490, 0)], [(0, 1), (1, 2), (1, 3)], names=["", "서면로", "전포로"])
    made = stretches(graph)
    assert made.name == ("", "", "", "서면로", "전포로")
    assert made.dead_end.tolist() == [True, False, False, True, True]


def test_the_border_of_the_network_is_no_dead_end():
    graph = streets([(0, 0), (100, 0)], [(0, 1)], margin_m=0)
    assert stretches(graph).dead_end.tolist() == [False]


def test_a_ring_of_one_street_is_never_one_stretch():
    circle = [(50 * np.cos(a), 50 * np.sin(a)) for a in np.linspace(0, 2 * np.pi, 13)[:-1]]
    graph = streets(circle, [(i, (i + 1) % 12) for i in range(12)])
    made = stretches(graph, min_m=60, max_m=400)
    assert made.length_m.sum() == pytest.approx(graph.length_m.sum(), rel=1e-9)
    for s in range(len(made)):
        x, y = made.line(s)
        assert haversine_m(x[0], y[0], x[-1], y[-1]) > 1


@pytest.mark.parametrize(("min_m", "max_m"), [(0, 100), (60, 100), (-5, 100)])
def test_limits_that_leave_no_choice_are_refused(min_m, max_m):
    with pytest.raises(ValueError, match="at most half"):
        stretches(row(0, 100), min_m=min_m, max_m=max_m)


def test_the_same_streets_give_the_same_stretches():
    one, other = stretches(row(0, 30, 200, 260)), stretches(row(0, 30, 200, 260))
    assert np.array_equal(one.line_lon, other.line_lon)
    assert one.name == other.name


def test_the_line_of_a_stretch_begins_and_ends_where_the_stretch_does():
    x, _ = stretches(row(0, 100)).line(0)
    assert x.tolist() == [lon(0), lon(100)]


@given(networks())
def test_every_stretch_lies_on_its_streets_and_keeps_its_limits(graph):
    made = stretches(graph)
    assert made.length_m.sum() <= graph.length_m[graph.main[graph.tail]].sum() + 1e-6
    assert (made.length_m <= 150 + 1e-9).all()
    assert (made.length_m >= TOO_SHORT_M - 1e-9).all()
    streets_drawn = shapely.union_all(
        [
            shapely.LineString(graph.sheet.points(*graph.shape(e, from_node=graph.tail[e])))
            for e in range(graph.edge_count)
        ]
    ).buffer(0.01)
    for s in range(len(made)):
        x, y = made.line(s)
        assert haversine_m(x[:-1], y[:-1], x[1:], y[1:]).sum() == pytest.approx(made.length_m[s], abs=0.02)
        assert streets_drawn.covers(shapely.LineString(graph.sheet.points(x, y)))


@given(networks())
def test_no_street_long_enough_is_forgotten(graph):
    reached = graph.main[graph.tail]
    assert stretches(graph).length_m.sum() >= graph.length_m[reached & (graph.length_m >= 40)].sum() - 1e-6


@given(networks(flat=True))
def test_each_stretch_is_walked_along_its_own_line_and_no_metre_is_in_two(graph):
    made = stretches(graph)
    first, last = made.line_start[:-1], made.line_start[1:] - 1
    at = np.concatenate((first, last))
    ends = attach(graph, made.line_lon[at], made.line_lat[at], within_m=5)
    walked = []
    for s in range(len(made)):
        x, y = made.line(s)
        path = path_along(ends.graph, int(ends.node[s]), int(ends.node[len(made) + s]), lon=x, lat=y)
        assert path.length_m == pytest.approx(made.length_m[s], abs=1.0)
        walked += path.edges.tolist()
    assert len(walked) == len(set(walked))


@given(networks(flat=True))
def test_the_ends_of_a_stretch_are_no_further_apart_than_the_stretch_is_long(graph):
    made = stretches(graph)
    first, last = made.line_start[:-1], made.line_start[1:] - 1
    at = np.concatenate((first, last))
    ends = attach(graph, made.line_lon[at], made.line_lat[at], within_m=5)
    assert (ends.node >= 0).all()
    for s in range(len(made)):
        apart = walking_metres(ends.graph, ends.node[s], ends.node[len(made) + s])[0, 0]
        assert apart <= made.length_m[s] + 1.0
