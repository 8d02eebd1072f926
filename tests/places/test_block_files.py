"""Blocks by the file: every wrong row is named, nothing is half-imported, and what goes out comes in again."""

import csv
import io
import json
import re
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patrol.errors import InvalidRows
from patrol.places.models import Block, City
from patrol.places.operations.block_files import as_geojson, import_blocks
from patrol.places.operations.building import build_blocks
from patrol.places.operations.files import FileRefused
from patrol.places.operations.streets import NoStreets, load_graph
from tests.support.places import NOW, a_bare_city, block_columns, seomyeon, with_safety_data

LINE = '"LINESTRING(129.0593 35.1578, 129.0593 35.1588)"'
POINT = "POINT(129.0595 35.1578)"


def csv_of(*rows: str, header: str = "code,weight,wkt") -> bytes:
    return "\n".join([header, *rows, ""]).encode()


def test_lines_and_points_come_in_with_everything_they_say(database):
    header = "code,kind,weight,wkt,street,dwell_s,visits_per_week,bands,valid_from,valid_until,reason"
    rows = [
        f"L-1,line,7.5,{LINE},중앙대로,,3,19:00-21:00;22:00-01:00,2026-05-01,2026-08-31,bar_street:2;school",
        f"P-1,point,4,{POINT},,600,,,,,living_lab",
    ]
    report = import_blocks(seomyeon(), csv_of(*rows, header=header), now=NOW)
    line, point = Block.get(Block.code == "L-1"), Block.get(Block.code == "P-1")
    assert (report.added, line.source) == (2, "imported")
    assert line.length_m == pytest.approx(111, abs=1)
    assert line.bands == [["19:00", "21:00"], ["22:00", "01:00"]]
    assert (line.valid_from, line.valid_until) == (date(2026, 5, 1), date(2026, 8, 31))
    assert line.reasons == [{"code": "bar_street", "points": 2.0}, {"code": "school", "points": 5.5}]
    assert (point.kind, point.length_m, point.dwell_s, point.visits_per_week) == ("point", 0, 600, 2)


def test_a_point_may_come_as_lon_and_lat_and_gets_the_policys_dwell(database):
    import_blocks(seomyeon(), csv_of("P-1,4,129.0595,35.1578", header="code,weight,lon,lat"), now=NOW)
    assert (Block.get().kind, Block.get().dwell_s) == ("point", 720)


WRONG = {
    f"W1,12,{LINE}": "weight: .*from 1 to 10, not '12'",
    f"W2,0.5,{LINE}": "weight",
    f"W3,,{LINE}": "weight: .*missing",
    f"W4,nan,{LINE}": "weight",
    f",5,{LINE}": "code: .*missing",
    'G1,5,"LINESTRING(129.0593 35.1578, 129.0593 35.15782)"': "geometry: .*2.2 m long",
    'G2,5,"LINESTRING(129.0593 35.1578, 129.0593 35.1578)"': "geometry: .*not valid",
    'G3,5,"POLYGON((129 35,129.1 35,129.1 35.1,129 35))"': "geometry: .*not Polygon",
    "G4,5,LINESTRING(129": "geometry: .*no WKT",
    "G5,5,": "geometry: .*missing",
    "G6,5,POINT(35.1578 129.0595)": r"geometry: .*GeoJSON is \[lon, lat\]",
    "G7,5,POINT(2.3522 48.8566)": "geometry: .*outside the city",
    "G8,5,POINT(129.0480 35.1700)": "geometry: .*outside the city",
    f"GOOD,5,{LINE}": "code: .*stands in row 2 too",
}


def test_each_wrong_row_is_named_with_its_field_and_nothing_is_imported(database):
    with pytest.raises(InvalidRows) as refused:
        import_blocks(seomyeon(), csv_of(f"GOOD,5,{LINE}", *WRONG), now=NOW)
    assert [row for row, _ in refused.value.rows] == list(range(3, 3 + len(WRONG)))
    for (_, problem), says in zip(refused.value.rows, WRONG.values(), strict=True):
        assert re.search(says, problem)
    assert Block.select().count() == 0


COLUMNS = {
    ("kind", "point"): "kind: .*but the geometry is a line",
    ("kind", "zone"): "kind: .*line or point",
    ("dwell_s", "7201"): "dwell_s",
    ("visits_per_week", "0"): "visits_per_week",
    ("visits_per_week", "1.5"): "visits_per_week: .*whole number",
    ("bands", "19-23"): "bands: .*19:00-23:00",
    ("bands", "24:00-25:00"): "bands",
    ("bands", "19:00-19:00"): "bands",
    ("valid_from", "tomorrow"): "valid_from: .*2026-03-31",
    ("reason", "bar:many"): "reason",
    ("active", "maybe"): "active: .*true or false",
}


def test_a_wrong_optional_value_is_named_too(database):
    city = seomyeon()
    for (column, value), says in COLUMNS.items():
        with pytest.raises(InvalidRows) as refused:
            import_blocks(city, csv_of(f"A,5,{LINE},{value}", header=f"code,weight,wkt,{column}"), now=NOW)
        assert re.search(says, refused.value.rows[0][1])


def test_a_block_that_ends_before_it_begins_is_refused(database):
    header = "code,weight,wkt,valid_from,valid_until"
    with pytest.raises(InvalidRows, match="nothing was imported"):
        import_blocks(seomyeon(), csv_of(f"A,5,{LINE},2026-05-02,2026-05-01", header=header), now=NOW)


def test_a_row_with_more_cells_than_the_header_is_refused(database):
    with pytest.raises(InvalidRows) as refused:
        import_blocks(seomyeon(), csv_of(f"A,5,{LINE}", f"B,5,{POINT},x"), now=NOW)
    assert [row for row, _ in refused.value.rows] == [3]


def test_a_known_code_is_updated_and_keeps_its_id(database):
    city = seomyeon()
    import_blocks(city, csv_of(f"A,5,{LINE}"), now=NOW)
    before = Block.get()
    report = import_blocks(city, csv_of(f"A,6,{LINE}", f"B,2,{POINT}"), now=NOW)
    after = Block.get(Block.code == "A")
    assert (report.added, report.updated) == (1, 1)
    assert (after.id, after.weight, after.version) == (before.id, 6, 2)


def test_columns_that_mean_nothing_are_said(database):
    report = import_blocks(seomyeon(), csv_of(f"A,5,{LINE},x", header="code,weight,wkt,wieght"), now=NOW)
    assert "wieght" in report.warnings[0]


def test_files_without_the_columns_and_cities_without_streets_are_refused(database):
    with pytest.raises(FileRefused, match="lacks the column weight; there are: code, wkt"):
        import_blocks(seomyeon(), csv_of(f"A,{LINE}", header="code,wkt"), now=NOW)
    with pytest.raises(NoStreets):
        import_blocks(a_bare_city("Bare"), csv_of(f"A,5,{LINE}"), now=NOW)


def test_what_is_exported_comes_in_again_unchanged(database):
    city = with_safety_data(seomyeon())
    build_blocks(city, now=NOW)
    content = json.dumps(as_geojson(list(Block.select()))).encode()
    assert import_blocks(city, content, now=NOW).unchanged == 264
    other = seomyeon("Other")
    import_blocks(other, content, now=NOW)
    made = [
        [block_columns(block) for block in Block.select().where(Block.city == city).order_by(Block.code)]
        for city in (city, other)
    ]
    assert made[0] == made[1]


HOURS = st.times().map(lambda time: time.strftime("%H:%M"))
BANDS = st.lists(st.tuples(HOURS, HOURS).filter(lambda band: band[0] != band[1]), max_size=3)
BLOCKS = st.fixed_dictionaries(
    {
        "code": st.text("가나ABab01 -_.", min_size=1, max_size=20).map(str.strip).filter(bool),
        "weight": st.integers(10, 100).map(lambda tenths: tenths / 10),
        "edge": st.integers(0, 400),
        "visits_per_week": st.integers(1, 21),
        "dwell_s": st.integers(0, 7200),
        "bands": BANDS,
        "valid_from": st.none() | st.dates(date(2000, 1, 1), date(2030, 1, 1)),
        "street": st.text("가나다 로번길123,\"'", max_size=20).map(str.strip),
        "active": st.booleans(),
    }
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(blocks=st.lists(BLOCKS, min_size=1, max_size=6, unique_by=lambda block: block["code"]))
def test_any_blocks_survive_the_way_through_csv_and_geojson(database, blocks):
    City.delete().execute()
    city = seomyeon()
    graph = load_graph(city)
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(["code", "weight", "wkt", "visits_per_week", "dwell_s", "bands", "valid_from", "street", "active"])
    edges = [edge for edge in range(graph.edge_count) if graph.main[graph.tail[edge]] and graph.length_m[edge] > 6]
    for block in blocks:
        edge = edges[block["edge"]]
        line = zip(*graph.shape(edge, from_node=int(graph.tail[edge])), strict=True)
        wkt = "LINESTRING(" + ", ".join(f"{lon} {lat}" for lon, lat in line) + ")"
        bands = ";".join(f"{begin}-{end}" for begin, end in block["bands"])
        plain = (block[name] for name in ("visits_per_week", "dwell_s"))
        writer.writerow(
            [block["code"], block["weight"], wkt, *plain, bands, block["valid_from"], block["street"], block["active"]]
        )
    import_blocks(city, stream.getvalue().encode("utf-8-sig"), now=NOW)
    kept = {block.code: block for block in Block.select().where(Block.city == city)}
    for block in blocks:
        row = kept[block["code"]]
        assert {name: getattr(row, name) for name in ("weight", "visits_per_week", "dwell_s", "street", "active")} == {
            name: block[name] for name in ("weight", "visits_per_week", "dwell_s", "street", "active")
        }
        assert (row.valid_from, row.bands) == (block["valid_from"], [list(band) for band in block["bands"]])
    again = import_blocks(city, json.dumps(as_geojson(list(kept.values()))).encode(), now=NOW)
    assert again.unchanged == len(blocks)
