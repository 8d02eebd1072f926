"""Places over HTTP: who may what, within one's own city, with errors that name the row."""

import gzip
import json
from uuid import uuid4

import pytest

from patrol.places.models import Block
from patrol.places.operations.blocks import draw_block
from patrol.places.operations.building import build_blocks
from patrol.places.operations.streets import load_graph
from tests.support.places import (
    BOXES,
    LAYERS,
    NOW,
    ON_A_STREET,
    POI,
    SEGMENTS,
    a_bare_city,
    a_footway_town,
    places_client,
    seomyeon,
    with_boxes,
    with_safety_data,
)

POINT = {"type": "Point", "coordinates": list(ON_A_STREET)}
LINE = {"type": "LineString", "coordinates": [[129.0593, 35.1578], [129.0593, 35.1588]]}


def test_an_admin_loads_a_city_from_files_and_a_coordinator_builds_its_blocks(database, tmp_path):
    city = a_bare_city()
    admin, coordinator = places_client(city, "admin"), places_client(city, "coordinator")
    town = gzip.compress(a_footway_town(tmp_path).read_bytes())
    binary = {"content_type": "application/octet-stream"}
    network = admin.put("/api/v1/city/streets?bbox=24.93,60.16,24.96,60.18", data=town, **binary)
    assert network.json["bbox"] == [24.93, 60.16, 24.96, 60.18]
    boxes = admin.post("/api/v1/city/boxes/import", data=BOXES.read_bytes(), content_type="text/csv")
    assert boxes.json["added"] == 94
    cameras = b"lon,lat\n24.94,60.17\n129,35\n"
    layer = admin.post("/api/v1/city/safety/cctv/import", data=cameras, content_type="text/csv")
    assert (layer.json["layers"], layer.json["left_out"]) == ({"cctv": 1}, 1)
    built = coordinator.post("/api/v1/blocks/build")
    assert (built.status_code, built.json["added"]) == (200, Block.select().count())


def test_a_table_of_street_segments_makes_a_city_s_streets_and_blocks(database):
    city = a_bare_city()
    admin, coordinator = places_client(city, "admin"), places_client(city, "coordinator")
    network = admin.put("/api/v1/city/streets", data=SEGMENTS.read_bytes(), content_type="text/csv")
    assert (network.status_code, round(network.json["length_m"])) == (200, 3713)
    assert coordinator.post("/api/v1/blocks/build").json["added"] == Block.select().count() > 0
    drawn = coordinator.get("/api/v1/streets").json["features"]
    assert {feature["properties"]["class"] for feature in drawn} == {"road", "steps", "crossing"}


def test_a_bad_row_of_a_table_of_segments_is_named_and_the_city_keeps_its_streets(database):
    city = seomyeon()
    before = load_graph(city)
    bad = SEGMENTS.read_bytes() + b"99,33,34,POINT (1 2),,False,False,UNKNOWN\n"
    answer = places_client(city, "admin").put("/api/v1/city/streets", data=bad, content_type="text/csv")
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/street-file-refused")
    assert "row 37: geom must be a LINESTRING" in answer.text
    assert load_graph(city) is before


def test_everybody_signed_in_reads_the_city_with_its_kinds_and_hotlines(database):
    answer = places_client(seomyeon(), "walker").get("/api/v1/city").json
    assert (answer["timezone"], answer["formats"]["phone_country_code"]) == ("Asia/Seoul", "82")
    assert {"112", "119", "120"} <= {line["number"] for line in answer["hotlines"]}
    assert answer["kinds"][0]["name"].keys() == {"ko", "en"}
    assert answer["bbox"][0] == pytest.approx(129.048, abs=0.001)


def test_a_joining_page_needs_no_sign_in_and_learns_no_more_than_it_must(database):
    a_bare_city("Busan")
    client = places_client(a_bare_city("Other"))
    answer = client.get("/api/v1/cities/busan/public")
    assert answer.json.keys() == {"slug", "name", "languages", "formats", "consents"}
    missing = client.get("/api/v1/cities/nowhere/public")
    assert (missing.status_code, "busan" in missing.text) == (404, False)


def test_the_street_map_is_sent_once_and_again_only_when_it_changed(database):
    client = places_client(seomyeon(), "walker")
    first = client.get("/api/v1/streets")
    assert first.json["type"] == "FeatureCollection"
    assert len(first.data) < 200_000
    again = client.get("/api/v1/streets", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_what_is_drawn_travels_packed_to_whoever_can_unpack_it(database):
    client = places_client(seomyeon(), "coordinator")
    for path in ("/api/v1/streets", "/api/v1/blocks.geojson"):
        plain, packed = client.get(path), client.get(path, headers={"Accept-Encoding": "gzip"})
        assert "Content-Encoding" not in plain.headers
        assert packed.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert gzip.decompress(packed.data) == plain.data
    streets = client.get("/api/v1/streets", headers={"Accept-Encoding": "gzip"})
    assert len(streets.data) < len(client.get("/api/v1/streets").data) / 2


def test_a_city_without_streets_says_so(database):
    answer = places_client(a_bare_city(), "walker").get("/api/v1/streets")
    assert (answer.status_code, answer.json["type"]) == (409, "/problems/no-streets")


def test_a_wrong_file_is_a_422_that_points_to_each_row(database):
    client = places_client(seomyeon(), "coordinator")
    content = f"code,weight,lon,lat\nA,11,{ON_A_STREET[0]},{ON_A_STREET[1]}\nB,5,0,0\n"
    answer = client.post("/api/v1/blocks/import", data=content, content_type="text/csv")
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert [error["pointer"] for error in answer.json["errors"]] == ["/rows/2", "/rows/3"]
    assert Block.select().count() == 0


def test_an_unusable_street_file_is_a_422_and_another_media_type_a_415(database):
    client = places_client(a_bare_city(), "admin")
    answer = client.put("/api/v1/city/streets", data=b"no streets", content_type="application/octet-stream")
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/street-file-refused")
    assert client.put("/api/v1/city/streets", data=b"x", content_type="image/png").status_code == 415
    assert client.put("/api/v1/city/streets?bbox=1,2", data=b"x").json["errors"][0]["pointer"] == "/query/bbox"


def test_blocks_come_in_pages_by_code_and_filtered(database):
    city = with_safety_data(seomyeon())
    build_blocks(city, now=NOW)
    client = places_client(city, "coordinator")
    codes, cursor = [], ""
    while cursor is not None:
        answer = client.get(
            "/api/v1/blocks", query_string={"limit": 100, **({"cursor": cursor} if cursor else {})}
        ).json
        codes += [block["code"] for block in answer["items"]]
        cursor = answer["next"]
    assert codes == [f"B-{number:04d}" for number in range(1, 265)]
    heavy = client.get("/api/v1/blocks?min_weight=8&limit=200&active=true").json["items"]
    assert 0 < len(heavy) < 60
    assert all(block["weight"] >= 8 for block in heavy)


def test_a_block_is_drawn_read_edited_by_version_and_switched_off(database):
    client = places_client(seomyeon(), "coordinator")
    drawn = client.post("/api/v1/blocks", json={"geometry": LINE, "weight": 6, "bands": [["19:00", "23:00"]]})
    assert drawn.status_code == 201
    where = drawn.headers["Location"]
    read = client.get(where)
    assert read.headers["ETag"] == '"1"'
    edited = client.patch(where, json={"weight": 8, "active": False}, headers={"If-Match": '"1"'})
    assert (edited.json["weight"], edited.json["active"], edited.headers["ETag"]) == (8, False, '"2"')
    stale = client.patch(where, json={"weight": 2}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert client.get("/api/v1/blocks?active=true").json["items"] == []


def test_a_repeated_key_draws_one_block(database):
    city = seomyeon()
    client = places_client(city, "coordinator")
    key = {"Idempotency-Key": str(uuid4())}
    answers = [client.post("/api/v1/blocks", json={"geometry": POINT, "weight": 6}, headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    assert Block.select().count() == 1


WRONG = [
    ({"geometry": LINE, "weight": 11}, "/weight"),
    ({"geometry": LINE}, "/weight"),
    ({"geometry": {"type": "Point", "coordinates": [0, 0]}, "weight": 5}, "/geometry"),
    ({"geometry": LINE, "weight": 5, "bands": [["19:00"]]}, "/bands/0"),
    ({"geometry": LINE, "weight": 5, "bands": [["19:00", "19:00"]]}, "/bands"),
    ({"geometry": LINE, "weight": 5, "wieght": 5}, "/wieght"),
    ({"geometry": LINE, "weight": 5, "valid_from": "2026-02-01", "valid_until": "2026-01-01"}, "/valid_until"),
]


def test_a_wrong_value_of_a_drawn_block_is_pointed_to(database):
    client = places_client(seomyeon(), "coordinator")
    for content, pointer in WRONG:
        answer = client.post("/api/v1/blocks", json=content)
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)


def test_blocks_go_out_as_geojson_and_come_in_again(database):
    city = seomyeon()
    draw_block(city, geometry=LINE, weight=5, now=NOW)
    client = places_client(city, "coordinator")
    out = client.get("/api/v1/blocks.geojson")
    assert out.content_type == "application/geo+json"
    back = client.post("/api/v1/blocks/import", data=out.data, content_type="application/geo+json")
    assert back.json["unchanged"] == 1


def test_boxes_come_by_name(database):
    client = places_client(with_boxes(a_bare_city()), "officer")
    names = [box["name"] for box in client.get("/api/v1/boxes?limit=200").json["items"]]
    assert len(names) == 94


def test_another_citys_places_do_not_exist(database):
    own, other = seomyeon("Own"), with_boxes(seomyeon("Other"))
    block = draw_block(other, geometry=LINE, weight=5, now=NOW)
    client = places_client(own, "coordinator", "admin")
    assert client.get(f"/api/v1/blocks/{block.id}").status_code == 404
    assert client.patch(f"/api/v1/blocks/{block.id}", json={"weight": 1}).status_code == 404
    assert client.get("/api/v1/blocks").json["items"] == client.get("/api/v1/boxes").json["items"] == []
    assert json.loads(client.get("/api/v1/blocks.geojson").data)["features"] == []
    client.post("/api/v1/city/boxes/import", data=BOXES.read_bytes(), content_type="text/csv")
    client.post("/api/v1/city/safety/cctv/import", data=LAYERS["cctv"].read_bytes(), content_type="text/csv")
    assert len(places_client(other, "officer").get("/api/v1/boxes?limit=200").json["items"]) == 94


ENDPOINTS = {
    ("GET", "/city"): {"walker", "officer", "coordinator", "admin"},
    ("GET", "/streets"): {"walker", "officer", "coordinator", "admin"},
    ("PUT", "/city/streets"): {"admin"},
    ("POST", "/city/boxes/import"): {"admin"},
    ("POST", "/city/safety/cctv/import"): {"admin"},
    ("GET", "/boxes"): {"officer", "coordinator", "admin"},
    ("GET", "/blocks"): {"coordinator", "admin"},
    ("POST", "/blocks"): {"coordinator", "admin"},
    ("GET", "/blocks.geojson"): {"coordinator", "admin"},
    ("POST", "/blocks/import"): {"coordinator", "admin"},
    ("POST", "/blocks/build"): {"coordinator", "admin"},
    ("GET", f"/blocks/{uuid4()}"): {"coordinator", "admin"},
    ("PATCH", f"/blocks/{uuid4()}"): {"coordinator", "admin"},
}


def test_each_endpoint_lets_in_the_roles_it_states_and_no_other(database):
    city = a_bare_city()
    for (method, path), roles in ENDPOINTS.items():
        assert places_client(city).open(f"/api/v1{path}", method=method).status_code == 401
        for role in ("walker", "officer", "coordinator", "admin"):
            status = places_client(city, role).open(f"/api/v1{path}", method=method).status_code
            assert (status == 403) == (role not in roles), (method, path, role)
            assert status < 500


def test_places_of_interest_are_taken_apart_over_http_too(database):
    client = places_client(a_bare_city(), "admin")
    answer = client.post("/api/v1/city/safety/poi/import", data=POI.read_bytes(), content_type="text/csv")
    assert answer.json["layers"] == {"bar": 22, "metro_exit": 40, "motel": 36}
