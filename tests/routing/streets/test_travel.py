import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import travel
from routing.snap import attach
from routing.travel import (
    NoPathError,
    join_paths,
    metres_to_nearest,
    path_along,
    path_through,
    walking_metres,
    walking_path,
)
from tests.routing.streets.maps import lat, lon, networks, streets

LADDER = streets(
    [(0, 0), (100, 0), (200, 0), (0, 50), (100, 50), (200, 50)], [(0, 1), (1, 2), (3, 4), (4, 5), (0, 3), (2, 5)]
)
ALL = np.arange(6)


def test_walks_are_measured_along_the_streets():
    assert walking_metres(LADDER, [0], [2, 5, 4]) == pytest.approx(np.array([[200, 250, 150]]), abs=0.1)


def test_a_walk_beyond_the_limit_is_out_of_reach():
    metres = walking_metres(LADDER, [0], [1, 2], limit_m=120)
    assert metres[0, 0] == pytest.approx(100, abs=0.1)
    assert np.isinf(metres[0, 1])


def test_a_place_beside_no_street_is_out_of_everybodys_reach():
    metres = walking_metres(LADDER, [-1, 0], [0, -1])
    assert metres.tolist() == [[np.inf, np.inf], [0.0, np.inf]]


def test_streets_that_do_not_meet_are_out_of_reach():
    graph = streets([(0, 0), (100, 0), (0, 50), (100, 50)], [(0, 1), (2, 3)])
    assert np.isinf(walking_metres(graph, [0], [3])).all()


def test_the_same_node_may_be_asked_for_twice():
    metres = walking_metres(LADDER, [2, 0, 2], [5, 5])
    assert metres == pytest.approx(np.array([[50, 50], [250, 250], [50, 50]]), abs=0.1)


@pytest.mark.parametrize(("sources", "targets"), [([], [1, 2]), ([1], []), ([-1], [2])])
def test_nothing_asked_is_nothing_answered(sources, targets):
    metres = walking_metres(LADDER, sources, targets)
    assert metres.shape == (len(sources), len(targets))
    assert np.isinf(metres).all()


def test_streets_of_no_length_can_be_walked():
    graph = streets([(0, 0), (0, 0), (80, 0)], [(0, 1), (1, 2)])
    assert walking_metres(graph, [0], [1, 2]) == pytest.approx(np.array([[0, 80]]), abs=0.05)
    assert walking_path(graph, 0, 2).nodes.tolist() == [0, 1, 2]


@given(networks())
def test_a_matrix_made_in_blocks_is_the_matrix_made_at_once(graph):
    nodes = np.arange(graph.node_count)
    whole = walking_metres(graph, nodes, nodes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(travel, "ROWS_AT_ONCE_BYTES", 8 * graph.node_count * 2)
        assert np.array_equal(walking_metres(graph, nodes, nodes), whole)


@given(networks())
def test_there_and_back_are_equally_far_and_no_detour_is_shorter(graph):
    nodes = np.arange(graph.node_count)
    metres = walking_metres(graph, nodes, nodes)
    assert metres == pytest.approx(metres.T, rel=1e-12)
    assert (np.diag(metres) == 0).all()
    by_way_of = (metres[:, :, None] + metres[None, :, :]).min(axis=1)
    assert (metres <= by_way_of * (1 + 1e-12)).all()


@given(networks(), st.data())
def test_a_path_is_as_long_as_the_matrix_says_and_is_drawn_from_end_to_end(graph, data):
    source, target = (data.draw(st.integers(0, graph.node_count - 1)) for _ in range(2))
    metres = walking_metres(graph, [source], [target])[0, 0]
    if np.isinf(metres):
        with pytest.raises(NoPathError, match="do not meet"):
            walking_path(graph, source, target)
        return
    path = walking_path(graph, source, target)
    assert path.length_m == pytest.approx(metres, rel=1e-12)
    assert (path.nodes[0], path.nodes[-1]) == (source, target)
    assert (path.lon[0], path.lat[-1]) == (graph.lon[source], graph.lat[target])
    assert len(path.edges) == len(path.nodes) - 1
    for edge, pair in zip(path.edges, zip(path.nodes[:-1], path.nodes[1:], strict=True), strict=True):
        assert {graph.tail[edge], graph.head[edge]} == set(pair)


def test_a_path_to_where_one_stands_is_one_point():
    path = walking_path(LADDER, 3, 3)
    assert (path.nodes.tolist(), path.edges.tolist(), path.length_m) == ([3], [], 0.0)
    assert len(path.lon) == 1


def test_a_path_follows_the_bends_of_its_streets_either_way():
    graph = streets([(0, 0), (100, 0)], [(0, 1)], bends={0: [(20, 40), (80, 30)]})
    there, back = walking_path(graph, 0, 1), walking_path(graph, 1, 0)
    assert there.lon == pytest.approx([lon(0), lon(20), lon(80), lon(100)])
    assert np.array_equal(back.lat, there.lat[::-1])


def test_no_path_within_the_limit_says_so():
    with pytest.raises(NoPathError, match="none within 100 m"):
        walking_path(LADDER, 0, 2, limit_m=100)


def test_nodes_that_are_no_neighbours_are_no_path():
    with pytest.raises(NoPathError, match="not neighbours"):
        path_through(LADDER, [0, 5])


def test_joined_paths_are_one_walk():
    loop = join_paths([walking_path(LADDER, 0, 2), walking_path(LADDER, 2, 5), walking_path(LADDER, 5, 0)])
    assert loop.nodes.tolist() == [0, 1, 2, 5, 2, 1, 0] or loop.nodes.tolist() == [0, 1, 2, 5, 4, 3, 0]
    assert loop.length_m == pytest.approx(500, abs=0.2)
    assert len(loop.edges) == 6
    assert loop.lon[0] == loop.lon[-1] == LADDER.lon[0]
    assert len(loop.lon) == 7


def test_paths_that_do_not_meet_are_not_joined():
    with pytest.raises(ValueError, match="ends at node 1, the next begins at node 2"):
        join_paths([walking_path(LADDER, 0, 1), walking_path(LADDER, 2, 5)])


def test_no_paths_are_not_joined():
    with pytest.raises(ValueError, match="no path to join"):
        join_paths([])


def test_a_line_is_walked_its_own_way_even_where_there_is_a_short_cut():
    line = [(0, 0), (0, 50), (100, 50), (200, 50), (200, 0)]
    path = path_along(LADDER, 0, 2, lon=[lon(x) for x, _ in line], lat=[lat(y) for _, y in line])
    assert path.nodes.tolist() == [0, 3, 4, 5, 2]
    assert path.length_m == pytest.approx(300, abs=0.1)
    back = path_along(LADDER, 2, 0, lon=[lon(x) for x, _ in line], lat=[lat(y) for _, y in line])
    assert back.nodes.tolist() == path.nodes.tolist()[::-1]


def test_a_line_that_leaves_the_streets_is_no_walk():
    with pytest.raises(NoPathError, match="leaves the streets"):
        path_along(LADDER, 0, 5, lon=[lon(0), lon(200)], lat=[lat(0), lat(50)])


def test_the_nearest_of_some_places_is_found_from_every_node():
    metres = metres_to_nearest(LADDER, [lon(60), lon(190)], [lat(-5), lat(55)], within_m=20)
    assert metres == pytest.approx([60, 40, 60, 110, 90, 10], abs=0.1)


def test_places_beside_no_street_do_not_count():
    assert np.isinf(metres_to_nearest(LADDER, [lon(60)], [lat(-500)], within_m=20)).all()
    assert np.isinf(metres_to_nearest(LADDER, [], [], within_m=20)).all()


def test_the_nearest_place_counts_only_within_the_limit():
    metres = metres_to_nearest(LADDER, [lon(60)], [lat(0)], within_m=20, limit_m=50)
    assert np.isfinite(metres).tolist() == [False, True, False, False, False, False]


@given(networks(), st.lists(st.tuples(st.floats(0, 1000), st.floats(0, 1000)), min_size=1, max_size=4))
def test_the_nearest_place_is_as_far_as_the_nearest_of_their_nodes(graph, spots):
    x, y = [lon(x) for x, _ in spots], [lat(y) for _, y in spots]
    attached = attach(graph, x, y, within_m=200)
    expected = walking_metres(attached.graph, np.arange(graph.node_count), attached.node).min(axis=1)
    # A place within half a metre of a node, or of another place, shares its node.
    assert metres_to_nearest(graph, x, y, within_m=200) == pytest.approx(expected, abs=1.01)
