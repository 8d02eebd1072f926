"""Tables of street segments, cut at every junction and without a highway tag."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from routing.osm import read_streets
from routing.reading import read_street_file
from routing.saved import cached_streets
from routing.segments import read_segments
from routing.streets import HIGHWAY_CLASSES, StreetsError
from routing.stretches import stretches
from routing.travel import walking_metres
from tests.routing.streets.maps import RESIDENTIAL, box, lat, lon, osm_file, same

ROOT = Path(__file__).parents[3]
SMALL = ROOT / "tests" / "data" / "street_segments.csv"
GANGSEO = ROOT.parent / "shared" / "data" / "busan_gangseo_osm_segments" / "road_segments_service.csv"
KNOWN = {SMALL: (35, 2, 3_712.6, 3_292.6), GANGSEO: (10_424, 85, 1_336_472.2, 1_306_263.1)}
"""Rows, components, metres, metres of the largest component. The made-up table ships, the whole of Gangseo-gu lies
beside the project where it was handed over with its data."""
TABLES = [path for path in KNOWN if path.is_file()]
HEADER = "edgeId,from_node_id,to_node_id,geom,length_meter,has_stairs,has_crosswalk"


def line(*points):
    return "LINESTRING (" + ", ".join(f"{lon(x):.7f} {lat(y):.7f}" for x, y in points) + ")"


def row(number, tail, head, *points, length="", stairs="False", crosswalk="False"):
    return f'{number},{tail},{head},"{line(*points)}",{length},{stairs},{crosswalk}'


def table(folder, *rows, header=HEADER):
    path = folder / "segments.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def refusal(path, **given):
    with pytest.raises(StreetsError) as caught:
        read_segments(path, **given)
    assert caught.value.path == str(path)
    return caught.value.reason


def components(graph):
    links = csr_array((np.ones(len(graph.indices)), graph.indices, graph.indptr), shape=(graph.node_count,) * 2)
    return connected_components(links, directed=False)[0]


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_a_table_becomes_a_network_without_losing_a_metre(path):
    rows, parts, metres, main_metres = KNOWN[path]
    graph = read_segments(path)
    with path.open(encoding="utf-8") as stream:
        stated = [float(row["length_meter"]) for row in csv.DictReader(stream)]
    assert len(stated) == rows
    assert graph.length_m.sum() == pytest.approx(sum(stated), rel=0.001)
    assert graph.length_m.sum() == pytest.approx(metres, abs=0.1)
    assert components(graph) == parts
    assert graph.length_m[graph.main[graph.tail]].sum() == pytest.approx(main_metres, abs=1)


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_nearly_all_of_a_table_s_largest_component_can_be_made_into_blocks(path):
    graph = read_segments(path)
    made = stretches(graph)
    assert made.length_m.sum() > 0.95 * graph.length_m[graph.main[graph.tail]].sum()
    assert HIGHWAY_CLASSES.index("crossing") not in made.highway


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
@pytest.mark.slow
def test_reading_a_table_again_gives_the_same_arrays(path):
    assert same(read_segments(path), read_segments(path))


def test_a_street_without_a_highway_tag_is_a_road_of_unknown_kind_that_is_walked_and_patrolled(tmp_path):
    path = table(tmp_path, row(1, "a", "b", (0, 0), (90, 0)))
    graph = read_segments(path)
    assert [HIGHWAY_CLASSES[kind] for kind in graph.highway] == ["road"]
    assert len(stretches(graph)) == 1


def test_stairs_are_a_target_and_a_crossing_is_only_walked(tmp_path):
    path = table(
        tmp_path,
        row(1, "a", "b", (0, 0), (90, 0), stairs="True"),
        row(2, "b", "c", (90, 0), (120, 0), crosswalk="true"),
        row(3, "c", "d", (120, 0), (210, 0)),
    )
    graph = read_segments(path)
    assert sorted(HIGHWAY_CLASSES[kind] for kind in graph.highway) == ["crossing", "road", "steps"]
    assert {HIGHWAY_CLASSES[kind] for kind in stretches(graph).highway} == {"road", "steps"}


def test_a_stretch_goes_straight_on_through_a_junction_as_no_name_says_otherwise(tmp_path):
    path = table(
        tmp_path,
        row(1, "w", "m", (-30, 0), (0, 0)),
        row(2, "m", "e", (0, 0), (30, 0)),
        row(3, "m", "n", (0, 0), (0, 80)),
    )
    assert sorted(stretches(read_segments(path)).length_m.round().tolist()) == [60, 80]


def test_segments_that_cross_without_a_common_node_do_not_meet(tmp_path):
    path = table(tmp_path, row(1, "a", "b", (-50, 0), (0, 0), (50, 0)), row(2, "c", "d", (0, -50), (0, 0), (0, 50)))
    assert components(read_segments(path)) == 2


def test_two_segments_between_the_same_nodes_both_stay_and_the_walk_takes_the_shorter(tmp_path):
    path = table(tmp_path, row(1, "a", "b", (0, 0), (50, 60), (100, 0)), row(2, "a", "b", (0, 0), (100, 0)))
    graph = read_segments(path)
    assert graph.length_m.sum() == pytest.approx(100 + 2 * np.hypot(50, 60), abs=0.1)
    west, east = np.argmin(graph.lon), np.argmax(graph.lon)
    assert walking_metres(graph, [west], [east])[0, 0] == pytest.approx(100, abs=0.1)


def test_a_segment_that_comes_back_to_its_node_stays_whole(tmp_path):
    path = table(tmp_path, row(1, "a", "a", (0, 0), (40, 0), (40, 40), (0, 40), (0, 0)))
    assert read_segments(path).length_m.sum() == pytest.approx(160, abs=0.1)


def test_a_box_cuts_the_segments(tmp_path):
    graph = read_segments(table(tmp_path, row(1, "a", "b", (-50, 0), (50, 0))), bbox=box(-20, -20, 30, 20))
    assert graph.length_m.sum() == pytest.approx(50, abs=0.1)
    assert graph.bbox == box(-20, -20, 30, 20)


def test_a_box_away_from_all_segments_is_refused_and_says_where_they_are(tmp_path):
    path = table(tmp_path, row(1, "a", "b", (0, 0), (50, 0)))
    assert "129.05,35.15" in refusal(path, bbox=(24.9, 60.1, 25.0, 60.2))
    assert "west,south,east,north" in refusal(path, bbox=(1, 1, 0, 0))


def test_the_same_streets_are_the_same_network_whether_from_a_table_or_from_openstreetmap(tmp_path):
    spots = {1: (0, 0), 2: (90, 0), 3: (90, 80), 4: (180, 0)}
    ways = [[1, 2], [2, 3], [2, 4]]
    osm = read_streets(osm_file(tmp_path / "town.osm", spots, [(way, RESIDENTIAL) for way in ways]))
    rows = [row(i, *way, *(spots[node] for node in way)) for i, way in enumerate(ways)]
    ours = read_segments(table(tmp_path, *rows))
    assert sorted(ours.length_m) == pytest.approx(sorted(osm.length_m))
    assert (ours.node_count, ours.bbox) == (osm.node_count, pytest.approx(osm.bbox))


def test_columns_may_stand_in_any_order_with_any_others_between_them_and_a_byte_order_mark_before(tmp_path):
    path = tmp_path / "segments.csv"
    content = f'메모,GEOM,to_node_id,from_node_id\r\n골목,"{line((0, 0), (90, 0))}",b,a\r\n\r\n'
    path.write_bytes(b"\xef\xbb\xbf" + content.encode())
    assert read_segments(path).edge_count == 1


def test_what_is_no_utf_8_does_not_matter_in_a_column_that_nobody_reads(tmp_path):
    path = tmp_path / "segments.csv"
    path.write_bytes(f'note,from_node_id,to_node_id,geom\n골목,a,b,"{line((0, 0), (90, 0))}"\n'.encode("cp949"))
    assert read_segments(path).edge_count == 1


def test_a_repeated_point_in_a_line_is_one_point(tmp_path):
    graph = read_segments(table(tmp_path, row(1, "a", "b", (0, 0), (40, 0), (40, 0), (90, 30))))
    assert len(graph.shape_lon) == 3


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ('2,b,c,"LINESTRING (129.05 35.15, 129.06",,,', "row 3: geom must be a LINESTRING"),
        ('2,b,c,"POINT (129.05 35.15)",,,', "row 3: geom must be a LINESTRING"),
        ("2,b,c,LINESTRING EMPTY,,,", "row 3: geom must be a LINESTRING"),
        ("2,b,c,,,,", "row 3: geom must be a LINESTRING"),
        ('2,b,c,"LINESTRING (35.15 129.05, 35.16 129.06)",,,', "row 3: geom leads to 35.15 129.05"),
        ('2,b,c,"LINESTRING (129.05 35.15, nan 35.15)",,,', "row 3: geom"),
        ('2,b,c,"LINESTRING (129.05 35.15, 129.05 35.15)",,,', "row 3: geom is a line without length"),
        (row(2, "b", "c", (90, 0), (180, 0), length="9"), "row 3: length_meter says 9 m, the line is 90.0 m long"),
        (row(2, "b", "c", (90, 0), (180, 0), length="far"), "row 3: length_meter must be a number, is 'far'"),
        (row(2, "b", "c", (90, 0), (180, 0), length="nan"), "row 3: length_meter says nan"),
        (row(2, "b", "c", (90, 0), (180, 0), stairs="some"), "row 3: has_stairs must be True or False, is 'some'"),
        (row(2, "", "c", (90, 0), (180, 0)), "row 3: from_node_id is empty"),
        (row(2, "b", "c", (91, 0), (180, 0)), "row 3: from_node_id 'b' lies at 129.0510009 35.1500000, but row 2 has"),
        (row(1, "b", "c", (90, 0), (180, 0)), "row 3: edgeId '1' is that of row 2 already"),
        ("2,b,c", "row 3: has 3 cells, the header has 7; is the file whole?"),
        ('2,b,c,"LINESTRING (' + "129.05 35.15, " * 20, "row 3"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_and_nothing_is_read(tmp_path, wrong, says):
    assert says in refusal(table(tmp_path, row(1, "a", "b", (0, 0), (90, 0)), wrong))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"name,lon,lat\nx,1,2\n", "lacks the column from_node_id, to_node_id, geom"),
        (b"from_node_id,to_node_id,geom\n", "only a header"),
        (b"\x00\x00\x00\x0d" * 40, "lacks the column"),
        (b"\xff\xfef\x00r\x00o\x00m\x00", "lacks the column"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused(tmp_path, content, says):
    path = tmp_path / "segments.csv"
    path.write_bytes(content)
    assert says in refusal(path)


def test_a_missing_table_is_refused(tmp_path):
    assert "no such file" in refusal(tmp_path / "nowhere.csv")


@pytest.mark.parametrize("share", [0.2, 0.5, 0.95])
def test_a_table_that_was_cut_short_inside_a_row_is_refused(tmp_path, share):
    content = SMALL.read_bytes()
    cut = content[: int(len(content) * share)]
    assert cut.count(b'"') % 2 == 1 or not cut.endswith(b"\n")
    path = tmp_path / "segments.csv"
    path.write_bytes(cut)
    assert refusal(path).startswith("row ")


@given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda line: b'2,b,c,"LINESTRING (1 2, ' + line + b')",,,'))
def test_whatever_follows_a_good_row_the_table_is_read_or_refused(tmp_path_factory, tail):
    path = tmp_path_factory.mktemp("table") / "segments.csv"
    path.write_bytes(f"{HEADER}\n{row(1, 'a', 'b', (0, 0), (90, 0))}\n".encode() + tail)
    reasons = []
    try:
        graph = read_segments(path)
    except StreetsError as error:
        reasons.append(error.reason)
    assert reasons or graph.edge_count >= 1
    assert all(reason.startswith("row ") for reason in reasons)


def test_a_file_s_name_tells_how_it_is_read_and_the_shelf_keeps_either_kind(tmp_path):
    assert same(read_street_file(SMALL), read_segments(SMALL))
    kept = tmp_path / "kept"
    assert same(cached_streets(SMALL, cache_dir=kept), cached_streets(SMALL, cache_dir=kept))
    assert len(list(kept.iterdir())) == 1


def test_reading_tells_how_far_it_is():
    heard = []
    read_segments(SMALL, on_progress=lambda phase, fraction: heard.append((phase, fraction)))
    assert heard[-1] == ("network", 1.0)
    assert [fraction for _, fraction in heard] == sorted(fraction for _, fraction in heard)
