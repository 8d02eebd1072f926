import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from routing.geodesy import haversine_m
from routing.snap import AT_NODE_M, attach, snap
from routing.travel import walking_metres
from tests.routing.streets.maps import lat, lon, networks, streets

CROSS = streets([(0, 0), (100, 0), (200, 0), (100, 100)], [(0, 1), (1, 2), (1, 3)])
places = st.lists(st.tuples(st.floats(-100, 1100), st.floats(-100, 1100)), min_size=1, max_size=8)


def test_a_place_beside_a_street_becomes_the_nearest_place_on_it():
    snapped = snap(CROSS, [lon(30)], [lat(12)], within_m=50)
    assert snapped.edge.tolist() == [0]
    assert snapped.along_m == pytest.approx([30], abs=0.05)
    assert snapped.distance_m == pytest.approx([12], abs=0.05)
    assert (snapped.lon[0], snapped.lat[0]) == pytest.approx((lon(30), lat(0)), abs=1e-7)


def test_a_place_with_no_street_near_enough_has_no_edge():
    snapped = snap(CROSS, [lon(30), lon(30)], [lat(12), lat(60)], within_m=50)
    assert snapped.edge.tolist() == [0, -1]
    assert np.isnan([snapped.along_m[1], snapped.lon[1], snapped.lat[1], snapped.distance_m[1]]).all()


def test_only_streets_of_the_largest_component_are_met():
    graph = streets([(0, 0), (500, 0), (0, 30), (20, 30)], [(0, 1), (2, 3)])
    assert snap(graph, [lon(10)], [lat(29)], within_m=100).edge.tolist() == [0]


def test_a_place_at_a_junction_takes_the_first_of_its_streets():
    assert snap(CROSS, [lon(100)], [lat(0)], within_m=5).edge.tolist() == [0]


def test_no_places_are_no_trouble():
    assert len(snap(CROSS, [], [], within_m=50).edge) == 0
    assert attach(CROSS, [], [], within_m=50).graph is CROSS


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_a_place_that_is_no_number_is_refused(wrong):
    with pytest.raises(ValueError, match="finite"):
        snap(CROSS, [wrong], [lat(0)], within_m=50)


@given(networks(), places)
def test_a_snapped_place_lies_on_its_edge_and_no_street_is_nearer(graph, spots):
    x, y = [lon(x) for x, _ in spots], [lat(y) for _, y in spots]
    snapped = snap(graph, x, y, within_m=2000)
    lines = {
        edge: shapely.LineString(graph.sheet.points(*graph.shape(edge, from_node=graph.tail[edge])))
        for edge in range(graph.edge_count)
        if graph.main[graph.tail[edge]]
    }
    for i, edge in enumerate(snapped.edge.tolist()):
        on = shapely.Point(graph.sheet.points(snapped.lon[i], snapped.lat[i])[0])
        place = shapely.Point(graph.sheet.points(x[i], y[i])[0])
        assert lines[edge].distance(on) < 1e-3
        assert place.distance(on) == pytest.approx(min(place.distance(line) for line in lines.values()), abs=1e-3)
        assert 0 <= snapped.along_m[i] <= graph.length_m[edge]


def test_an_attached_place_has_a_node_of_its_own_on_the_street():
    attached = attach(CROSS, [lon(30)], [lat(12)], within_m=50)
    assert attached.node.tolist() == [CROSS.node_count]
    assert attached.distance_m == pytest.approx([12], abs=0.05)
    assert attached.parent.tolist() == [0, 0, 1, 2]
    assert attached.graph.length_m == pytest.approx([30, 70, 100, 100], abs=0.05)


def test_several_places_on_one_street_split_it_in_order():
    attached = attach(CROSS, [lon(70), lon(20), lon(45)], [lat(3), lat(-3), lat(1)], within_m=50)
    assert attached.graph.length_m == pytest.approx([20, 25, 25, 30, 100, 100], abs=0.05)
    assert attached.node.tolist() == [6, 4, 5]


def test_the_bends_of_a_street_stay_on_their_side_of_the_split():
    graph = streets([(0, 0), (300, 0)], [(0, 1)], bends={0: [(100, 0), (100, 50), (200, 50), (200, 0)]})
    split = attach(graph, [lon(150)], [lat(55)], within_m=50).graph
    assert np.diff(split.shape_start).tolist() == [4, 4]
    assert split.length_m == pytest.approx([200, 200], abs=0.05)


def test_a_place_at_a_junction_shares_its_node():
    attached = attach(CROSS, [lon(100.3), lon(0)], [lat(0), lat(0)], within_m=50)
    assert attached.node.tolist() == [1, 0]
    assert attached.graph is CROSS


def test_places_in_one_spot_share_a_node():
    attached = attach(CROSS, [lon(30), lon(30.2)], [lat(9), lat(-9)], within_m=50)
    assert attached.node[0] == attached.node[1]
    assert attached.graph.node_count == CROSS.node_count + 1


def test_a_place_beside_no_street_gets_no_node():
    attached = attach(CROSS, [lon(0)], [lat(900)], within_m=50)
    assert attached.node.tolist() == [-1]
    assert np.isnan(attached.distance_m).all()


@given(networks(), places)
def test_attaching_keeps_every_metre_of_every_edge(graph, spots):
    attached = attach(graph, [lon(x) for x, _ in spots], [lat(y) for _, y in spots], within_m=300)
    kept = np.bincount(attached.parent, weights=attached.graph.length_m, minlength=graph.edge_count)
    assert kept == pytest.approx(graph.length_m, rel=1e-12, abs=1e-9)
    assert np.array_equal(attached.graph.name, graph.name[attached.parent])
    shape = attached.graph
    drawn = haversine_m(shape.shape_lon[:-1], shape.shape_lat[:-1], shape.shape_lon[1:], shape.shape_lat[1:])
    inside = np.ones(len(drawn), dtype=bool)
    inside[shape.shape_start[1:-1] - 1] = False
    assert drawn[inside].sum() == pytest.approx(graph.length_m.sum(), rel=1e-6)


@given(networks(), places)
def test_attaching_moves_no_old_node_and_shortens_no_walk(graph, spots):
    attached = attach(graph, [lon(x) for x, _ in spots], [lat(y) for _, y in spots], within_m=300).graph
    old = np.arange(graph.node_count)
    assert np.array_equal(attached.lon[old], graph.lon)
    assert np.array_equal(attached.main[old], graph.main)
    assert walking_metres(attached, old, old) == pytest.approx(walking_metres(graph, old, old), rel=1e-9, abs=1e-6)


@given(networks(), places)
def test_every_attached_place_is_where_its_snapped_point_is(graph, spots):
    x, y = [lon(x) for x, _ in spots], [lat(y) for _, y in spots]
    snapped, attached = snap(graph, x, y, within_m=300), attach(graph, x, y, within_m=300)
    assert np.array_equal(attached.node >= 0, snapped.edge >= 0)
    near = snapped.edge >= 0
    node = attached.node[near]
    apart = haversine_m(snapped.lon[near], snapped.lat[near], attached.graph.lon[node], attached.graph.lat[node])
    assert (apart <= AT_NODE_M + 1e-3).all()
