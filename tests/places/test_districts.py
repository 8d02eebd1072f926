"""Districts come in whole or not at all; what lies in one is found by position, a box by its address where it must."""

import json

import pytest

from patrol.errors import InvalidRows
from patrol.places.models import Block, District, PoliceBox
from patrol.places.operations.block_files import import_blocks
from patrol.places.operations.blocks import BlockElsewhere, draw_block
from patrol.places.operations.boxes import import_boxes
from patrol.places.operations.building import build_blocks
from patrol.places.operations.districts import district_at, import_districts
from patrol.places.operations.files import FileRefused
from tests.support.factories import LAT, LON, NOW, make_block, make_box, make_city, make_district
from tests.support.places import BOXES, DISTRICTS, a_bare_city, places_client, seomyeon

EAST = LON + 0.1
BESIDE, BEYOND = 0.0015, 0.004
"""Degrees north of an outline's edge: within 200 m of it, and farther away."""


def outline(lon, lat=LAT, half=0.02):
    west, south, east, north = lon - half, lat - half, lon + half, lat + half
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def geojson(*districts):
    features = [
        {"type": "Feature", "properties": {"code": code, "name": name}, "geometry": geometry}
        for code, name, geometry in districts
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def district_of(row):
    found = type(row).get_by_id(row.id).district
    return found and found.name


def test_the_shipped_file_brings_busans_16_and_each_box_lies_where_its_address_says(database):
    city = a_bare_city()
    import_boxes(city, BOXES, now=NOW)
    assert import_districts(city, DISTRICTS, now=NOW).added == 16
    boxes = list(PoliceBox.select(PoliceBox, District).join(District))
    assert len(boxes) == 94
    assert [box.name for box in boxes if box.district.name not in box.address.split()] == []


def test_boxes_that_come_later_are_found_their_district_too(database):
    city = a_bare_city()
    import_districts(city, DISTRICTS, now=NOW)
    import_boxes(city, BOXES, now=NOW)
    assert PoliceBox.select().where(PoliceBox.district.is_null()).count() == 0


def test_without_outlines_boxes_go_by_the_district_that_their_address_names(database):
    city = a_bare_city()
    import_boxes(city, BOXES, now=NOW)
    report = import_districts(city, "코드,구군\n26230,부산진구\n26350,해운대구\n".encode(), now=NOW)
    assert (report.added, len(report.warnings)) == (2, 1)
    placed = PoliceBox.select(PoliceBox, District).join(District)
    assert {box.district.name for box in placed} == {"부산진구", "해운대구"}
    assert district_of(PoliceBox.get(PoliceBox.name == "부전")) == "부산진구"
    assert district_of(PoliceBox.get(PoliceBox.name == "남포")) is None


def test_position_decides_before_the_address(database):
    city = make_city()
    box = make_box(city)
    PoliceBox.update(address="Busan East").execute()
    import_districts(city, geojson(("1", "Here", outline(LON)), ("2", "East", outline(EAST))), now=NOW)
    assert district_of(box) == "Here"


def test_a_place_beside_every_outline_lies_in_the_nearest_and_one_beyond_in_none(database):
    city = make_city()
    here = make_district(city, half=0.02)
    assert district_at(city, LON, LAT + 0.02 + BESIDE) == here.id
    assert district_at(city, LON, LAT + 0.02 + BEYOND) is None


def test_a_place_on_the_border_of_two_lies_in_the_first_by_code(database):
    city = make_city()
    make_district(city, "2", "East", lon=LON + 0.02, half=0.02)
    first = make_district(city, "1", "West", lon=LON - 0.02, half=0.02)
    assert district_at(city, LON, LAT) == first.id


def test_the_same_code_is_updated_and_keeps_its_id_and_its_outline(database):
    city = make_city()
    before = make_district(city, "1", "Old name")
    block = make_block(city)
    report = import_districts(city, b"code,name\n1,New name\n", now=NOW)
    after = District.get_by_id(before.id)
    assert (report.updated, after.name, after.outline) == (1, "New name", before.outline)
    assert district_of(block) == "New name"
    assert import_districts(city, b"code,name\n1,New name\n", now=NOW).unchanged == 1


def test_districts_may_get_each_others_names(database):
    city = a_bare_city()
    import_districts(city, "code,name\n1,동구\n2,서구\n3,남구\n".encode(), now=NOW)
    assert import_districts(city, "code,name\n1,서구\n2,남구\n3,동구\n".encode(), now=NOW).updated == 3
    assert {row.code: row.name for row in District.select()} == {"1": "서구", "2": "남구", "3": "동구"}


def test_blocks_move_with_the_outlines(database):
    city = make_city()
    block = make_block(city)
    import_districts(city, geojson(("1", "Here", outline(LON)), ("2", "East", outline(EAST))), now=NOW)
    assert district_of(block) == "Here"
    import_districts(city, geojson(("1", "Here", outline(EAST + 0.1)), ("2", "East", outline(LON))), now=NOW)
    assert district_of(block) == "East"
    assert Block.get_by_id(block.id).version == 1  # nobody edited it


def test_what_the_subjects_above_keep_is_settled_in_the_same_transaction(database):
    city, heard = make_city(), []
    import_districts(city, b"code,name\n1,Here\n", effects=(lambda where, at: heard.append((where.id, at)),), now=NOW)
    assert heard == [(city.id, NOW)]

    def fail(_city, _now):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        import_districts(city, b"code,name\n2,There\n", effects=(fail,), now=NOW)
    assert District.select().count() == 1


def test_every_wrong_row_is_named_and_nothing_is_imported(database):
    city = make_city()
    make_district(city, "9", "Taken", half=0)
    rows = [",No code", "2,", "3,Point,POINT (129 35)", "4,Name", "4,Other", "6,Name"]
    with pytest.raises(InvalidRows) as refused:
        import_districts(city, ("code,name,outline\n" + "\n".join(rows)).encode(), now=NOW)
    assert [row for row, _ in refused.value.rows] == [2, 3, 4, 6, 7]
    with pytest.raises(InvalidRows, match="nothing was imported") as refused:
        import_districts(city, b"code,name\n1,Taken\n", now=NOW)
    assert "is that of district 9" in refused.value.rows[0][1]
    assert District.select().count() == 1


def test_a_file_without_codes_is_refused(database):
    with pytest.raises(FileRefused, match="lacks the column code"):
        import_districts(make_city(), b"name\nHere\n", now=NOW)


def test_districts_of_two_cities_may_have_the_same_codes_and_are_apart(database):
    here, there = make_city(), make_city("Ulsan")
    block = make_block(there)
    for city in (here, there):
        import_districts(city, geojson(("1", "Centre", outline(LON))), now=NOW)
    assert district_at(here, LON, LAT) != district_at(there, LON, LAT)
    import_districts(here, geojson(("1", "Far", outline(EAST))), now=NOW)
    assert district_of(block) == "Centre"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
class TestOverHttp:
    @pytest.fixture(autouse=True)
    def _in_a_city(self, database):  # noqa: ARG002 - it is connected by being asked for
        self.city = make_city()

    def client(self, *roles, **given):
        found = places_client(self.city, *roles, **given)
        found.application.extensions["on_districts_changed"] = ()
        return found

    def test_an_admin_brings_them_in_and_everybody_signed_in_may_read_them(self):
        sent = geojson(("1", "Here", outline(LON)))
        done = self.client("admin").post(
            "/api/v1/city/districts/import", data=sent, content_type="application/geo+json"
        )
        assert (done.status_code, done.json["added"]) == (200, 1)
        for role in ("walker", "officer", "coordinator", "admin"):
            [found] = self.client(role).get("/api/v1/districts").json["items"]
            assert (found["code"], found["name"], found["outlined"]) == ("1", "Here", True)
        assert self.client().get("/api/v1/districts").status_code == 401

    def test_the_outlines_come_out_as_they_came_in(self):
        sent = geojson(("1", "Here", outline(LON)))
        import_districts(self.city, sent, now=NOW)
        drawn = self.client("coordinator").get("/api/v1/districts.geojson")
        again = make_city("Ulsan")
        assert import_districts(again, drawn.get_data(), now=NOW).added == 1
        assert District.get(District.city == again).outline == outline(LON)

    def test_only_admins_bring_them_in(self):
        for role in ("walker", "officer", "coordinator"):
            assert self.client(role).post("/api/v1/city/districts/import", data=b"").status_code == 403

    def test_another_citys_districts_are_not_listed(self):
        make_district(make_city("Ulsan"))
        assert self.client("admin").get("/api/v1/districts").json["items"] == []
        assert self.client("admin").get("/api/v1/districts.geojson").json["features"] == []

    def test_a_coordinator_of_a_district_has_its_blocks_and_finds_no_others(self):
        here, there = make_district(self.city, "1", "Here"), make_district(self.city, "2", "East", lon=EAST)
        mine, other = make_block(self.city, district=here), make_block(self.city, district=there)
        unknown = make_block(self.city)
        theirs = self.client("coordinator", districts=frozenset({here.id}))
        assert [block["code"] for block in theirs.get("/api/v1/blocks").json["items"]] == [mine.code]
        assert [f["properties"]["code"] for f in theirs.get("/api/v1/blocks.geojson").json["features"]] == [mine.code]
        assert theirs.patch(f"/api/v1/blocks/{mine.id}", json={"weight": 7}).json["district"] == str(here.id)
        for block in (other, unknown):
            assert theirs.get(f"/api/v1/blocks/{block.id}").status_code == 404
            assert theirs.patch(f"/api/v1/blocks/{block.id}", json={"weight": 7}).status_code == 404
        everybody = self.client("coordinator")
        assert len(everybody.get("/api/v1/blocks").json["items"]) == 3
        [one] = everybody.get(f"/api/v1/blocks?district={there.id}").json["items"]
        assert one["code"] == other.code


def test_a_block_drawn_outside_ones_districts_is_refused_with_its_field(database):
    city = seomyeon()
    here, there = make_district(city, "1", "Here"), make_district(city, "2", "East", lon=EAST)
    spot = {"type": "Point", "coordinates": [LON, LAT]}
    with pytest.raises(BlockElsewhere) as refused:
        draw_block(city, geometry=spot, weight=5, districts=frozenset({there.id}), now=NOW)
    assert refused.value.pointer == "/geometry"
    assert draw_block(city, geometry=spot, weight=5, districts=frozenset({here.id}), now=NOW).district_id == here.id


@pytest.fixture
def town(database):
    """A city with streets and two districts: one to the west of the crossing, one to the east."""
    city = seomyeon()
    return city, *(make_district(city, code, code, lon=lon) for code, lon in (("W", LON - 0.02), ("E", LON + 0.02)))


def test_what_is_imported_from_outside_ones_districts_is_named_by_row_and_nothing_is_taken(town):
    city, west, east = town
    make_block(city, code="East's", district=east)
    rows = f"code,weight,wkt\nA,5,POINT ({LON - 0.001} {LAT})\nB,5,POINT ({LON + 0.001} {LAT})\n"
    own = frozenset({west.id})
    with pytest.raises(InvalidRows) as refused:
        import_blocks(city, f"{rows}East's,5,POINT ({LON - 0.001} {LAT})\n".encode(), districts=own, now=NOW)
    assert [(row, problem.partition(":")[0]) for row, problem in refused.value.rows] == [(3, "geometry"), (4, "code")]
    assert import_blocks(city, rows.encode().rpartition(b"B,")[0], districts=own, now=NOW).added == 1


def test_building_for_a_district_changes_no_others_blocks(town):
    city, west, _ = town
    built = build_blocks(city, districts=frozenset({west.id}), now=NOW)
    theirs = blocks_by_code()
    assert built.added == len(theirs)
    assert {block["district"] for block in theirs.values()} == {west.id}
    whole = build_blocks(city, now=NOW)
    assert (whole.unchanged, whole.switched_off) == (built.added, 0)
    everybodys = blocks_by_code()
    Block.update(active=False).execute()
    again = build_blocks(city, districts=frozenset({west.id}), now=NOW)
    assert (again.changed, again.switched_off) == (built.added, 0)
    assert {code for code, block in blocks_by_code().items() if block["active"]} == set(theirs) < set(everybodys)


def blocks_by_code():
    return {block["code"]: block for block in Block.select().dicts()}
