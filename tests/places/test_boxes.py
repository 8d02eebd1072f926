"""Police boxes come in whole or not at all, and one of them answers for every place."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from patrol.errors import InvalidRows
from patrol.places.models import PoliceBox
from patrol.places.operations.boxes import import_boxes, responsible_box
from patrol.places.operations.cities import changing_places
from patrol.places.operations.files import FileRefused
from patrol.places.operations.streets import load_graph
from routing.snap import attach
from routing.travel import walking_metres
from tests.support.places import BOXES, NOW, ON_A_STREET, a_bare_city, seomyeon, with_boxes

HEADER = "관서명,구분,경찰서,주소,경도,위도\n"
ROOT = Path(__file__).parents[2]


def polygon(west: float, south: float, east: float, north: float) -> dict:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def test_the_published_file_brings_all_94_boxes_of_busan(database):
    report = import_boxes(a_bare_city(), BOXES, now=NOW)
    assert (report.added, PoliceBox.select().count()) == (94, 94)
    bujeon = PoliceBox.get(PoliceBox.name == "부전")
    assert (bujeon.kind, bujeon.station) == ("지구대", "부산진")
    assert any("94 boxes have no jurisdiction" in warning for warning in report.warnings)


def test_cp949_bom_semicolons_and_english_headers_are_read_as_well(database):
    rows = "남포;지구대;부산중부;;129.0355743;35.1005331\n"
    korean = (HEADER.replace(",", ";") + rows).encode("cp949")
    english = b"\xef\xbb\xbfname,kind,station,address,lng,latitude\nNampo,box,Jungbu,,129.03,35.10\n"
    city = a_bare_city()
    assert import_boxes(city, korean, now=NOW).added == 1
    assert import_boxes(city, english, now=NOW).added == 1
    assert {box.name for box in PoliceBox.select()} == {"남포", "Nampo"}


def test_the_same_name_and_station_updates_and_keeps_the_id(database):
    city = with_boxes(a_bare_city())
    before = PoliceBox.get(PoliceBox.name == "부전").id
    again = import_boxes(city, BOXES, now=NOW)
    moved = import_boxes(city, (HEADER + "부전,지구대,부산진,새 주소,129.06,35.16\n").encode(), now=NOW)
    assert (again.unchanged, moved.updated, moved.added) == (94, 1, 0)
    after = PoliceBox.get(PoliceBox.name == "부전")
    assert (after.id, after.address) == (before, "새 주소")


def test_every_wrong_row_is_named_and_nothing_is_imported(database):
    wrong = [
        ",지구대,나,,129.0,35.1",
        "셋,파출소,다,,129.0,북위",
        "좋음,파출소,가,,129,35",
        "다섯,파출소,마,,0,0",
    ]
    content = HEADER + "\n".join(["좋음,지구대,가,,129.0,35.1", *wrong])
    with pytest.raises(InvalidRows) as refused:
        import_boxes(a_bare_city(), content.encode(), now=NOW)
    rows = dict(refused.value.rows)
    assert list(rows) == [3, 4, 5, 6]
    assert "name" in rows[3]
    assert "lat" in rows[4]
    assert "row 2" in rows[5]
    assert "0, 0" in rows[6]
    assert PoliceBox.select().count() == 0


UNREADABLE = {
    b"\x00\xff\xfe": "neither UTF-8 nor CP949",
    b"name,lon,lat\n": "no row",
    b"title,lon,lat\nx,1,2\n": "lacks the column",
    b"name,lon,lon\nx,1,2\n": "two columns",
    b'name,lon,lat\n"x,1,2\n': "not CSV",
    b'{"type": "FeatureCollection", "features": []}': "no feature",
    b'{"type": "Point"}': "not a GeoJSON FeatureCollection",
    b'{"type": ': "not a GeoJSON FeatureCollection",
}


def test_a_file_that_cannot_be_read_as_a_whole_says_why(database):
    city = a_bare_city()
    for content, says in UNREADABLE.items():
        with pytest.raises(FileRefused, match=says):
            import_boxes(city, content, name="boxes.csv", now=NOW)


def test_a_polygon_is_a_jurisdiction_and_the_box_stands_within_it(database):
    feature = {"type": "Feature", "properties": {"name": "서면"}, "geometry": polygon(129.05, 35.15, 129.06, 35.16)}
    city = a_bare_city()
    import_boxes(city, json.dumps({"type": "FeatureCollection", "features": [feature]}).encode(), now=NOW)
    box = PoliceBox.get()
    assert box.jurisdiction["type"] == "Polygon"
    assert 129.05 < box.lon < 129.06
    assert responsible_box(city, 129.055, 35.155)[1]["because"] == "jurisdiction"


def test_a_file_without_jurisdictions_leaves_the_known_ones(database):
    city = a_bare_city()
    wkt = "POLYGON((129 35,130 35,130 36,129 36,129 35))"
    import_boxes(city, f'name,lon,lat,jurisdiction\n서면,129.05,35.15,"{wkt}"\n'.encode(), now=NOW)
    import_boxes(city, b"name,lon,lat\n\xec\x84\x9c\xeb\xa9\xb4,129.06,35.15\n", now=NOW)
    box = PoliceBox.get()
    assert (box.lon, box.jurisdiction["type"]) == (129.06, "Polygon")


def test_a_jurisdiction_that_is_no_area_is_refused(database):
    city = a_bare_city()
    for outline in ("POINT(1 2)", "POLYGON((0 0,1 1,0 1,1 0,0 0))", "around the station"):
        with pytest.raises(InvalidRows) as refused:
            import_boxes(city, f'name,lon,lat,jurisdiction\na,1,2,"{outline}"\n'.encode(), now=NOW)
        assert "jurisdiction" in refused.value.rows[0][1]


def test_the_nearest_box_on_foot_answers_where_no_jurisdiction_is_known(database):
    city = with_boxes(seomyeon())
    boxes = list(PoliceBox.select())
    box, why = responsible_box(city, *ON_A_STREET)
    lon, lat = [ON_A_STREET[0], *(b.lon for b in boxes)], [ON_A_STREET[1], *(b.lat for b in boxes)]
    attached = attach(load_graph(city), lon, lat, within_m=250)
    walked = walking_metres(attached.graph, attached.node[:1], attached.node[1:])[0]
    assert box is not None
    assert box.id == boxes[int(np.argmin(walked))].id
    assert box.name == "부전"
    assert why["because"] == "nearest_on_foot"
    assert why["distance_m"] == pytest.approx(walked.min(), abs=2)


def test_a_box_beyond_the_streets_may_be_nearer_than_any_on_them(database):
    box, why = responsible_box(with_boxes(seomyeon()), 129.05, 35.15)
    assert box is not None
    assert (box.name, why["because"]) == ("서면", "nearest")


def test_a_jurisdiction_goes_before_a_nearer_box(database):
    city = with_boxes(seomyeon())
    box, _ = responsible_box(city, *ON_A_STREET)
    far = PoliceBox.select().where(PoliceBox.id != box.id).first()
    with changing_places(city):
        PoliceBox.update(jurisdiction=polygon(129.0, 35.0, 129.2, 35.3)).where(PoliceBox.id == far.id).execute()
    found, why = responsible_box(city, *ON_A_STREET)
    assert found is not None
    assert (found.id, why["because"]) == (far.id, "jurisdiction")


def test_a_city_without_streets_asks_the_nearest_in_a_straight_line(database):
    _, why = responsible_box(with_boxes(a_bare_city()), *ON_A_STREET)
    assert why["because"] == "nearest"


def test_a_city_without_boxes_has_none_to_answer(database):
    assert responsible_box(seomyeon(), *ON_A_STREET) == (None, {"because": "no_boxes", "distance_m": None})


def test_a_box_of_another_city_never_answers(database):
    with_boxes(a_bare_city("Elsewhere"))
    assert responsible_box(a_bare_city(), *ON_A_STREET)[0] is None


def test_where_jurisdictions_decide_scipy_is_not_loaded(tmp_path):
    check = f"""
import sys
from config.database import connect
from config.migrating import migrate
connect("sqlite:///{tmp_path}/x.db"); migrate()
from datetime import UTC, datetime
from config.policy import read_policy, shipped
from patrol.places.operations.boxes import import_boxes, responsible_box
from patrol.places.operations.cities import add_city
now = datetime(2026, 1, 1, tzinfo=UTC)
city = add_city("A", timezone="UTC", policy=read_policy(shipped("generic")), now=now)
content = b'name,lon,lat,jurisdiction\\na,1,1,"POLYGON((0 0,2 0,2 2,0 2,0 0))"\\n'
import_boxes(city, content, now=now)
assert responsible_box(city, 1.0, 1.0)[1]["because"] == "jurisdiction"
sys.exit("scipy" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", check], cwd=ROOT, check=False).returncode == 0
