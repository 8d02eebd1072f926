import numpy as np
import pytest

from routing.streets import walk_graph
from tests.routing.streets.maps import lat, lon, streets


def test_a_network_by_hand_has_straight_edges_measured_on_the_ground():
    graph = walk_graph(lon=[lon(0), lon(300)], lat=[lat(0), lat(400)], tail=[0], head=[1])
    assert graph.length_m == pytest.approx([500], abs=0.05)
    assert graph.bbox == (lon(0), lat(0), lon(300), lat(400))


def test_a_degree_of_latitude_is_111_195_metres_long():
    graph = walk_graph(lon=[0, 0], lat=[0, 1], tail=[0], head=[1])
    assert graph.length_m == pytest.approx([111_195.08], abs=0.01)


def test_a_shape_is_walked_from_either_end():
    graph = streets([(0, 0), (100, 0)], [(0, 1)], bends={0: [(50, 30)]})
    there, back = graph.shape(0, from_node=0), graph.shape(0, from_node=1)
    assert there[0][0] == graph.lon[0]
    assert back[0][0] == graph.lon[1]
    assert np.array_equal(there[1], back[1][::-1])


def test_places_that_are_no_neighbours_have_no_edge_between_them():
    graph = streets([(0, 0), (100, 0), (200, 0)], [(0, 1), (1, 2)])
    assert graph.edge_between(0, 2) == -1
    assert graph.edge_between(2, 1) == 1


@pytest.mark.parametrize("edges", [[(0, 0)], [(0, 1), (1, 0)], [(0, 1), (0, 1)]])
def test_loops_and_parallel_edges_are_refused(edges):
    with pytest.raises(ValueError, match="simple"):
        streets([(0, 0), (100, 0)], edges, bends={0: [(50, 50), (20, 70)]})


TWO = {"lon": [0.0, 1.0], "lat": [0.0, 0.0], "tail": [0], "head": [1]}
SHAPE = {"shape_start": [0, 2], "shape_lon": [0.0, 1.0], "shape_lat": [0.0, 0.0]}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (SHAPE | {"head": [2]}, "head points outside"),
        (SHAPE | {"head": [1, 0]}, "head has 2 entries"),
        ({"highway": [99]}, "highway points outside"),
        ({"name": [1]}, "name points outside"),
        ({"length_m": [-1.0]}, "not negative"),
        ({"length_m": [float("nan")]}, "finite"),
        ({"length_m": [1.0, 2.0]}, "2 lengths"),
        (SHAPE | {"shape_lon": [0.0, 0.5]}, "does not end at"),
        (SHAPE | {"shape_start": [0, 1]}, "two points or more"),
        (SHAPE | {"shape_lat": [0.0]}, "differ in number"),
    ],
)
def test_arrays_that_do_not_fit_together_are_refused(wrong, words):
    with pytest.raises(ValueError, match=words):
        walk_graph(**(TWO | wrong))
