"""Shifts over HTTP: a walker's own whole, to coordinators from first block to last, to nobody else at all."""

import base64
from datetime import datetime, timedelta

import gpxpy
import pytest

from patrol.shifts.models import Shift
from tests.support.factories import (
    LAT,
    LON,
    NOW,
    Time,
    bearer,
    client_of,
    make_block,
    make_city,
    make_person,
    make_shift,
    make_team,
)
from tests.support.routes import SPEED_MPS, WAY_OUT_M

DOOR = [129.05123, 35.15321]
VIEWS = ["", "/route", "/route.geojson", "/route.gpx"]
LEAD = timedelta(seconds=WAY_OUT_M / SPEED_MPS)


@pytest.fixture
def clock():
    return Time()


@pytest.fixture
def client(database, clock):
    return client_of(database, clock=clock)


@pytest.fixture
def team(city):
    return make_team(city, door_lon=DOOR[0], door_lat=DOOR[1])


@pytest.fixture
def shift(city, team):
    blocks = [
        make_block(city, street="First street"),
        make_block(city, [(LON + 0.001, LAT)]),
        make_block(city, [(LON + 0.001, LAT + 0.001), (LON + 0.002, LAT + 0.001)], street="Last street"),
    ]
    return make_shift(team, blocks, state="offered", starts_at=NOW + timedelta(hours=2, minutes=7))


@pytest.fixture
def coordinator(city):
    return make_person(city, "coordinator")


def get(client, person, path):
    return client.get(f"/api/v1/shifts{path}", headers=bearer(person))


def knows_the_door(answer):
    return any(str(value) in answer.get_data(as_text=True) for value in DOOR)


def instant(text):
    return datetime.fromisoformat(text)


def test_the_team_sees_its_route_from_door_to_door(client, team, shift):
    answer = get(client, team.handler, f"/{shift.id}/route").json
    assert answer["whole"] is True
    assert answer["line"]["type"] == "LineString"
    assert answer["line"]["coordinates"][0] == answer["line"]["coordinates"][-1] == DOOR
    assert (answer["distance_m"], answer["shift"]["distance_m"]) == (1500.0, 1500.0)
    assert instant(answer["shift"]["starts_at"]) == shift.starts_at
    assert [stop["position"] for stop in answer["stops"]] == [1, 2, 3]
    assert answer["stops"][0]["reasons"] == [{"code": "bar_street", "points": 2.0}]
    assert answer["stops"][0]["geometry"]["type"] == "LineString"
    assert instant(answer["stops"][0]["arrives_at"]) == shift.starts_at + LEAD
    assert answer["turns"][1]["say"] == {"ko": "왼쪽으로 돌기: Corner street", "en": "Turn left onto Corner street"}
    assert [turn["kind"] for turn in answer["turns"]][:: len(answer["turns"]) - 1] == ["start", "arrive"]


@pytest.mark.parametrize("role", ["coordinator", "admin"])
def test_staff_see_a_shift_from_its_first_block_to_its_last(client, city, shift, role):
    staff = make_person(city, role)
    for path in ["", *(f"/{shift.id}{view}" for view in VIEWS)]:
        answer = get(client, staff, path)
        assert answer.status_code == 200
        assert shift.team.code in answer.get_data(as_text=True)
        assert not knows_the_door(answer), path
        assert "Home street" not in answer.get_data(as_text=True)
    route = get(client, staff, f"/{shift.id}/route").json
    assert route["whole"] is False
    assert route["line"]["coordinates"] == shift.route["line"][1:-1]
    assert route["distance_m"] == route["shift"]["distance_m"] == pytest.approx(2 * 89.0 + 2 * 40.0)
    assert route["stops"][0]["along_m"] == 0


def test_staff_learn_no_time_that_counts_from_the_door(client, coordinator, shift):
    own = get(client, shift.team.handler, f"/{shift.id}").json
    seen = get(client, coordinator, f"/{shift.id}").json
    assert instant(seen["starts_at"]) == shift.starts_at + LEAD
    for name in ("opens_at", "closes_at"):
        assert instant(seen[name]) - instant(own[name]) == LEAD
    assert instant(seen["ends_at"]) < shift.ends_at
    assert instant(seen["answer_by"]).minute % 15 == 0
    assert seen["duration_s"] == (instant(seen["ends_at"]) - instant(seen["starts_at"])).total_seconds()


def test_the_lists_cursor_tells_no_time_either(client, coordinator, city):
    for _ in range(2):
        make_shift(make_team(city))
    page = get(client, coordinator, "?limit=1").json
    assert "11:00" not in base64.urlsafe_b64decode(page["next"] + "==").decode()


def test_another_walker_does_not_learn_that_a_shift_is_there(client, city, shift):
    other = make_person(city)
    for view in VIEWS:
        assert get(client, other, f"/{shift.id}{view}").status_code == 404
    assert get(client, other, "").json["items"] == []
    for verb in ("accept", "decline"):
        answer = client.post(f"/api/v1/shifts/{shift.id}/{verb}", json={}, headers=bearer(other))
        assert answer.status_code == 404
    assert Shift.get_by_id(shift.id).state == "offered"


def test_officers_see_no_shifts(client, city, shift):
    officer = make_person(city, "officer")
    for path in ["", *(f"/{shift.id}{view}" for view in VIEWS)]:
        assert get(client, officer, path).status_code == 403


def test_staff_of_another_city_find_nothing(client, shift):
    stranger = make_person(make_city("Elsewhere"), "coordinator")
    assert get(client, stranger, "").json["items"] == []
    for view in VIEWS:
        assert get(client, stranger, f"/{shift.id}{view}").status_code == 404


def test_nobody_is_let_in_unsigned(client, shift):
    for path in ["", *(f"/{shift.id}{view}" for view in VIEWS)]:
        assert client.get(f"/api/v1/shifts{path}").status_code == 401


def test_a_coordinator_who_walks_sees_their_own_whole_and_the_others_not(client, city, shift):
    both = make_person(city, "coordinator", "walker")
    own = make_shift(make_team(city, both))
    assert get(client, both, f"/{own.id}/route").json["whole"] is True
    assert get(client, both, f"/{shift.id}/route").json["whole"] is False


def test_answering_is_for_the_team_and_not_for_coordinators(client, coordinator, shift):
    for verb in ("accept", "decline"):
        answer = client.post(f"/api/v1/shifts/{shift.id}/{verb}", json={}, headers=bearer(coordinator))
        assert answer.status_code == 403


def test_a_walker_accepts_and_a_second_time_is_a_conflict(client, shift):
    walker = bearer(shift.team.handler)
    answer = client.post(f"/api/v1/shifts/{shift.id}/accept", headers=walker)
    assert (answer.status_code, answer.json["state"]) == (200, "accepted")
    again = client.post(f"/api/v1/shifts/{shift.id}/accept", headers=walker | {"Accept-Language": "ko"})
    assert (again.status_code, again.json["type"]) == (409, "/problems/shift-state")
    assert again.json["detail"] == "근무가 지금 '수락함' 상태라서 할 수 없습니다."


def test_a_retry_with_the_same_key_is_the_same_answer(client, shift):
    headers = bearer(shift.team.handler) | {"Idempotency-Key": "accept-1"}
    first, again = (client.post(f"/api/v1/shifts/{shift.id}/accept", headers=headers) for _ in range(2))
    assert (again.status_code, again.json) == (200, first.json)


def test_an_answer_that_comes_too_late_is_told_so(client, clock, shift):
    clock.at = shift.answer_by + timedelta(seconds=1)
    answer = client.post(f"/api/v1/shifts/{shift.id}/accept", headers=bearer(shift.team.handler))
    assert (answer.status_code, answer.json["type"]) == (410, "/problems/answer-too-late")


def test_a_walker_declines_with_a_reason(client, shift):
    answer = client.post(
        f"/api/v1/shifts/{shift.id}/decline", json={"reason": "A cold"}, headers=bearer(shift.team.handler)
    )
    assert (answer.status_code, answer.json["state"], answer.json["decline_reason"]) == (200, "declined", "A cold")


def test_shifts_are_chosen_by_state_and_evening(client, city, coordinator, team):
    days = [make_shift(team, starts_at=NOW + timedelta(days=day, minutes=30), state="walked") for day in range(-2, 1)]
    make_shift(make_team(city), state="declined")

    def evenings(query):
        return [item["evening"] for item in get(client, coordinator, query).json["items"]]

    assert evenings("?state=walked") == ["2026-11-06", "2026-11-05", "2026-11-04"]
    assert evenings("?from=2026-11-05&until=2026-11-05") == ["2026-11-05"]
    assert evenings("?state=walked&until=2026-11-04") == ["2026-11-04"]
    assert get(client, coordinator, "?state=asleep").status_code == 422
    assert len(get(client, team.handler, "").json["items"]) == len(days)


def test_a_shift_in_a_list_names_its_first_block_and_counts_them(client, coordinator, shift):
    item = get(client, coordinator, "").json["items"][0]
    assert item["first_block"] == {"lon": LON, "lat": LAT, "street": "First street"}
    assert item["blocks"] == 3
    assert item["team"] == {"id": str(shift.team.id), "code": shift.team.code, "name": shift.team.name}


def test_the_gpx_holds_the_line_and_the_blocks(client, shift):
    answer = get(client, shift.team.handler, f"/{shift.id}/route.gpx")
    assert answer.content_type == "application/gpx+xml; charset=utf-8"
    gpx = gpxpy.parse(answer.get_data(as_text=True))
    assert gpx.version == "1.1"
    points = [[point.longitude, point.latitude] for point in gpx.tracks[0].segments[0].points]
    assert points == shift.route["line"]
    assert [point.name for point in gpx.waypoints] == [
        f"{n} {stop['code']}" for n, stop in enumerate(shift.route["stops"], start=1)
    ]
    assert gpx.waypoints[0].time == shift.starts_at + LEAD


def test_the_gpx_of_others_holds_the_part_between_the_blocks(client, coordinator, shift):
    gpx = gpxpy.parse(get(client, coordinator, f"/{shift.id}/route.gpx").get_data(as_text=True))
    points = [[point.longitude, point.latitude] for point in gpx.tracks[0].segments[0].points]
    assert points == shift.route["line"][1:-1]


def test_the_geojson_is_a_collection_of_the_line_and_the_blocks(client, shift):
    answer = get(client, shift.team.handler, f"/{shift.id}/route.geojson")
    assert answer.content_type == "application/geo+json"
    collection = answer.get_json(force=True)
    assert collection["type"] == "FeatureCollection"
    assert [feature["properties"]["role"] for feature in collection["features"]] == ["route", "block", "block", "block"]
    assert collection["features"][0]["geometry"]["coordinates"] == shift.route["line"]
    assert f'filename="{shift.team.code}-2026-11-06.geojson"' in answer.headers["Content-Disposition"]


def test_a_street_with_a_character_that_xml_forbids_still_makes_a_gpx(client, shift):
    route = shift.route
    route["stops"][0] |= {"street": "A <b> & \x0bstreet", "code": "B\x01-1"}
    Shift.update(route=route).where(Shift.id == shift.id).execute()
    gpx = gpxpy.parse(get(client, shift.team.handler, f"/{shift.id}/route.gpx").get_data(as_text=True))
    assert (gpx.waypoints[0].name, gpx.waypoints[0].description) == ("1 B-1", "A <b> & street")
