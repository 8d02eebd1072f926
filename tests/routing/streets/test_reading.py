import bz2
import gzip

import numpy as np
import osmium
import pytest

from routing.osm import read_streets
from routing.streets import HIGHWAY_CLASSES
from tests.routing.streets.maps import RESIDENTIAL, box, lat, lon, osm_file, same

CROSS = {1: (0, 0), 2: (100, 0), 3: (200, 0), 4: (100, 100), 5: (100, -100), 6: (150, 20)}
CROSS_WAYS = [([1, 2, 6, 3], RESIDENTIAL), ([4, 2, 5], RESIDENTIAL)]


def ends(graph):
    """The edges as pairs of places in whole metres, whichever way they lead."""
    x = np.rint((graph.lon - lon(0)) / (lon(1) - lon(0))).astype(int).tolist()
    y = np.rint((graph.lat - lat(0)) / (lat(1) - lat(0))).astype(int).tolist()
    spots = list(zip(x, y, strict=True))
    pairs = zip(graph.tail.tolist(), graph.head.tolist(), strict=True)
    return sorted(tuple(sorted((spots[a], spots[b]))) for a, b in pairs)


def test_junctions_and_dead_ends_are_nodes_and_other_points_are_shape(tmp_path):
    graph = read_streets(osm_file(tmp_path / "cross.osm", CROSS, CROSS_WAYS))
    assert (graph.node_count, graph.edge_count) == (5, 4)
    bent = int(np.argmax(graph.length_m))
    assert graph.shape_start[bent + 1] - graph.shape_start[bent] == 3
    straight = np.delete(graph.length_m, bent)
    assert straight == pytest.approx([100, 100, 100], abs=0.05)
    assert graph.length_m[bent] == pytest.approx(2 * np.hypot(50, 20), abs=0.05)


def test_rows_list_every_neighbour_with_the_edge_that_leads_there(tmp_path):
    graph = read_streets(osm_file(tmp_path / "cross.osm", CROSS, CROSS_WAYS))
    assert len(graph.indices) == 2 * graph.edge_count
    for node in range(graph.node_count):
        for neighbour, edge in zip(*graph.neighbours(node), strict=True):
            assert {node, neighbour} == {graph.tail[edge], graph.head[edge]}
            assert graph.edge_between(node, neighbour) == edge


def test_nobody_can_change_a_network(tmp_path):
    graph = read_streets(osm_file(tmp_path / "cross.osm", CROSS, CROSS_WAYS))
    with pytest.raises(ValueError, match="read-only"):
        graph.length_m[0] = 1.0


def test_a_street_goes_on_through_the_seam_of_two_ways(tmp_path):
    ways = [([1, 2], RESIDENTIAL), ([3, 2], RESIDENTIAL)]
    graph = read_streets(osm_file(tmp_path / "seam.osm", CROSS, ways))
    assert (graph.node_count, graph.edge_count) == (2, 1)
    assert graph.length_m.sum() == pytest.approx(200, abs=0.05)


@pytest.mark.parametrize("other", [RESIDENTIAL | {"name": "서면로"}, {"highway": "footway"}])
def test_a_new_name_or_class_begins_a_new_edge(tmp_path, other):
    graph = read_streets(osm_file(tmp_path / "two.osm", CROSS, [([1, 2], RESIDENTIAL), ([2, 3], other)]))
    assert graph.edge_count == 2
    told = {(HIGHWAY_CLASSES[k], graph.names[n]) for k, n in zip(graph.highway, graph.name, strict=True)}
    assert told == {("residential", ""), (other["highway"], other.get("name", ""))}


def test_streets_are_cut_at_the_border_of_the_box(tmp_path):
    path = osm_file(tmp_path / "cross.osm", CROSS, CROSS_WAYS)
    graph = read_streets(path, bbox=box(40, -30, 120, 60))
    assert ends(graph) == [((40, 0), (100, 0)), ((100, -30), (100, 0)), ((100, 0), (100, 60)), ((100, 0), (120, 8))]
    assert graph.bbox == box(40, -30, 120, 60)


def test_a_street_that_leaves_the_box_and_comes_back_is_two(tmp_path):
    nodes = {1: (10, 10), 2: (10, 200), 3: (60, 200), 4: (60, 10)}
    path = osm_file(tmp_path / "out.osm", nodes, [([1, 2, 3, 4], RESIDENTIAL)])
    graph = read_streets(path, bbox=box(0, 0, 100, 100))
    assert ends(graph) == [((10, 10), (10, 100)), ((60, 10), (60, 100))]


def test_a_street_with_both_ends_outside_keeps_what_crosses_the_box(tmp_path):
    path = osm_file(
        tmp_path / "through.osm",
        {1: (-500, 50), 2: (500, 50), 3: (-500, 500), 4: (500, 500)},
        [([1, 2], RESIDENTIAL), ([3, 4], RESIDENTIAL)],
    )
    assert ends(read_streets(path, bbox=box(0, 0, 100, 100))) == [((0, 50), (100, 50))]


def test_without_a_box_the_files_own_counts(tmp_path):
    path = osm_file(tmp_path / "bounds.osm", CROSS, CROSS_WAYS, bounds=box(40, -30, 120, 60))
    graph = read_streets(path)
    assert graph.length_m.sum() == pytest.approx(60 + 30 + 60 + np.hypot(20, 8), abs=0.1)


def test_the_box_that_is_given_goes_before_the_files_own(tmp_path):
    path = osm_file(tmp_path / "bounds.osm", CROSS, CROSS_WAYS, bounds=box(40, -30, 120, 60))
    assert read_streets(path, bbox=box(-10, -10, 50, 10)).length_m.sum() == pytest.approx(50, abs=0.05)


def test_of_two_streets_between_the_same_junctions_none_is_lost_and_the_shorter_is_the_edge(tmp_path):
    nodes = {1: (0, 0), 2: (100, 0), 3: (50, 80), 4: (-50, 0), 5: (150, 0)}
    ways = [([1, 3, 2], RESIDENTIAL), ([1, 2], RESIDENTIAL), ([4, 1], RESIDENTIAL), ([2, 5], RESIDENTIAL)]
    graph = read_streets(osm_file(tmp_path / "parallel.osm", nodes, ways))
    assert graph.length_m.sum() == pytest.approx(200 + 2 * np.hypot(50, 80), abs=0.1)
    assert ((0, 0), (100, 0)) in ends(graph)
    assert ends(graph).count(((0, 0), (50, 80))) == 1


def test_a_loop_becomes_three_edges_of_a_simple_graph(tmp_path):
    nodes = {1: (0, 0), 2: (100, 0), 3: (140, 30), 4: (140, -30), 5: (200, 0)}
    graph = read_streets(osm_file(tmp_path / "loop.osm", nodes, [([1, 2, 3, 5, 4, 2], RESIDENTIAL)]))
    assert graph.edge_count == 4
    assert (graph.tail != graph.head).all()
    assert graph.length_m.sum() == pytest.approx(100 + 2 * 50 + 2 * np.hypot(60, 30), abs=0.1)


def test_a_ring_that_meets_no_other_street_is_kept_whole(tmp_path):
    nodes = {1: (0, 0), 2: (100, 0), 3: (100, 100), 4: (0, 100)}
    graph = read_streets(
        osm_file(tmp_path / "ring.osm", nodes, [([1, 2, 3, 4, 1], {"highway": "pedestrian", "area": "yes"})])
    )
    assert graph.length_m.sum() == pytest.approx(400, abs=0.1)


def test_two_ways_over_the_same_points_count_once_and_the_first_names_them(tmp_path):
    ways = [([1, 2, 3], RESIDENTIAL | {"name": "서면로"}), ([3, 2, 1], {"highway": "footway"})]
    graph = read_streets(osm_file(tmp_path / "twice.osm", CROSS, ways))
    assert graph.length_m.sum() == pytest.approx(200, abs=0.05)
    assert graph.names[graph.name[0]] == "서면로"


def test_the_outline_of_a_square_drawn_as_a_multipolygon_is_walked(tmp_path):
    nodes = {1: (0, 0), 2: (100, 0), 3: (100, 100), 4: (0, 100)}
    square = [([1], {"type": "multipolygon", "highway": "pedestrian", "name": "광장"})]
    graph = read_streets(osm_file(tmp_path / "square.osm", nodes, [([1, 2, 3, 4, 1], {})], squares=square))
    assert graph.length_m.sum() == pytest.approx(400, abs=0.1)
    assert {HIGHWAY_CLASSES[k] for k in graph.highway} == {"pedestrian"}
    assert set(graph.names) == {"", "광장"}


def test_a_street_is_broken_where_the_file_lacks_a_node(tmp_path):
    nodes = {1: (0, 0), 2: (50, 0), 4: (150, 0), 5: (200, 0)}
    graph = read_streets(osm_file(tmp_path / "gap.osm", nodes, [([1, 2, 3, 4, 5], RESIDENTIAL)]))
    assert ends(graph) == [((0, 0), (50, 0)), ((150, 0), (200, 0))]


def test_the_largest_component_is_the_one_with_most_street(tmp_path):
    nodes = {1: (0, 0), 2: (10, 0), 3: (20, 0), 4: (10, 10), 8: (0, 500), 9: (900, 500)}
    ways = [([1, 2, 3], RESIDENTIAL), ([2, 4], RESIDENTIAL), ([8, 9], RESIDENTIAL)]
    graph = read_streets(osm_file(tmp_path / "parts.osm", nodes, ways))
    assert sorted(graph.lat[graph.main]) == pytest.approx([lat(500), lat(500)])


def test_steps_are_kept_and_told_apart(tmp_path):
    graph = read_streets(osm_file(tmp_path / "steps.osm", CROSS, [([1, 2], {"highway": "steps"})]))
    assert [HIGHWAY_CLASSES[k] for k in graph.highway] == ["steps"]


def test_the_same_streets_come_out_of_every_kind_of_file(tmp_path):
    plain = osm_file(tmp_path / "a.osm", CROSS, CROSS_WAYS)
    (tmp_path / "b.osm.gz").write_bytes(gzip.compress(plain.read_bytes()))
    (tmp_path / "c.osm.bz2").write_bytes(bz2.compress(plain.read_bytes()))
    with osmium.SimpleWriter(str(tmp_path / "d.osm.pbf")) as writer:
        for thing in osmium.FileProcessor(str(plain)):
            writer.add(thing)
    graph = read_streets(plain)
    for name in ("b.osm.gz", "c.osm.bz2", "d.osm.pbf"):
        other = read_streets(tmp_path / name)
        assert np.array_equal(other.shape_lon, graph.shape_lon)
        assert np.array_equal(other.indices, graph.indices)


def test_reading_twice_gives_the_same_arrays(tmp_path):
    path = osm_file(tmp_path / "cross.osm", CROSS, CROSS_WAYS)
    assert same(read_streets(path), read_streets(path))


def test_progress_is_told_from_beginning_to_end(tmp_path):
    told = []
    read_streets(
        osm_file(tmp_path / "cross.osm", CROSS, CROSS_WAYS), on_progress=lambda what, share: told.append((what, share))
    )
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
