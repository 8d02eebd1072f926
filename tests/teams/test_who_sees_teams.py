"""Who may see and do what with teams: the door is its handler's alone."""

import pytest

from patrol.people.models import AccessEntry
from patrol.teams.models import PracticalTest, Team
from tests.support.factories import NOW, bearer, make_city, make_district, make_person, make_team

DOOR = {"door_lon": 129.05123, "door_lat": 35.15321}


@pytest.fixture
def team(city):
    return make_team(city, **DOOR)


def knows_the_door(answer):
    return any(str(value) in answer.get_data(as_text=True) for value in DOOR.values())


def test_the_handler_sees_the_door(client, team):
    assert knows_the_door(client.get("/api/v1/teams/mine", headers=bearer(team.handler)))


def test_staff_see_a_team_without_its_door(client, city, team):
    for role in ("coordinator", "admin"):
        staff = bearer(make_person(city, role))
        for path in ("/api/v1/teams", "/api/v1/teams?state=active", f"/api/v1/teams/{team.id}?purpose=screening"):
            answer = client.get(path, headers=staff)
            assert answer.status_code == 200
            assert team.code in answer.get_data(as_text=True)
            assert not knows_the_door(answer)


STAFFS_ACTIONS = [
    ("post", "documents", {"ok": True}, "applied"),
    ("post", "tests", {"booked_for": "2027-01-01T10:00:00+09:00"}, "documents_ok"),
    ("put", "tests/1", {"scores": {}, "failed_at_once": "bite"}, "test_booked"),
    ("post", "training", {"trained_on": "2026-11-01"}, "passed"),
    ("post", "activate", None, "passed"),
    ("post", "pause", None, "active"),
    ("post", "resume", None, "paused"),
    ("post", "suspend", {"reason": "complaint", "note": "x"}, "active"),
    ("post", "reinstate", {"note": "x"}, "suspended"),
    ("post", "bites", {"note": "x"}, "active"),
    ("post", "retire", None, "active"),
]


def test_no_answer_to_staff_holds_the_door(client, city, team):
    coordinator = make_person(city, "coordinator")
    PracticalTest.create(city=city, team=team, attempt=1, booked_for=NOW)
    for method, path, content, state in STAFFS_ACTIONS:
        Team.update(state=state).where(Team.id == team.id).execute()
        answer = send(client, method, f"/api/v1/teams/{team.id}/{path}", content, coordinator)
        assert answer.status_code in (200, 201)
        assert not knows_the_door(answer)


OWN_ACTIONS = [
    ("patch", "", {"name": "Mine now"}),
    ("post", "/dogs", {"name": "a", "registration_no": "1", "breed": "b", "born_on": "2020-01-01", "weight_kg": 5}),
    ("put", "/availability", []),
    ("post", "/pause", None),
    ("post", "/resume", None),
    ("post", "/retire", None),
]


def test_another_walker_does_not_learn_that_a_team_is_there(client, city, team):
    other = make_person(city)
    for method, path, content in OWN_ACTIONS:
        assert send(client, method, f"/api/v1/teams/{team.id}{path}", content, other).status_code == 404
    assert Team.get_by_id(team.id).version == 1


def test_another_walker_does_not_see_it_in_any_list(client, city, team):
    other = bearer(make_person(city))
    assert client.get("/api/v1/teams/mine", headers=other).json == {"items": []}
    assert client.get("/api/v1/teams", headers=other).status_code == 403
    assert client.get(f"/api/v1/teams/{team.id}", headers=other).status_code == 403


def test_screening_is_for_staff(client, city, team):
    for person in (team.handler, make_person(city, "officer")):
        for method, path, content, _ in STAFFS_ACTIONS:
            if path not in ("pause", "resume", "retire"):
                assert send(client, method, f"/api/v1/teams/{team.id}/{path}", content, person).status_code == 403


def test_officers_see_no_roster(client, city, team):
    officer = bearer(make_person(city, "officer"))
    for path in ("", "/mine", f"/{team.id}"):
        assert client.get(f"/api/v1/teams{path}", headers=officer).status_code == 403


def test_staff_of_another_city_find_nothing(client, team):
    stranger = make_person(make_city("Elsewhere"), "coordinator")
    assert client.get("/api/v1/teams", headers=bearer(stranger)).json["items"] == []
    assert client.get(f"/api/v1/teams/{team.id}", headers=bearer(stranger)).status_code == 404
    for method, path, content, _ in STAFFS_ACTIONS:
        assert send(client, method, f"/api/v1/teams/{team.id}/{path}", content, stranger).status_code == 404


def test_a_coordinator_of_a_district_has_its_teams_and_finds_no_others(client, city):
    here, there = make_district(city), make_district(city, "26350", "해운대구", lon=129.16)
    mine, other, nowhere = make_team(city, district=here), make_team(city, district=there), make_team(city)
    coordinator = make_person(city, "coordinator", district=here)
    found = client.get("/api/v1/teams", headers=bearer(coordinator)).json["items"]
    assert [team["code"] for team in found] == [mine.code]
    assert client.get(f"/api/v1/teams/{mine.id}?purpose=screening", headers=bearer(coordinator)).status_code == 200
    for team in (other, nowhere):
        assert client.get(f"/api/v1/teams/{team.id}", headers=bearer(coordinator)).status_code == 404
        for method, path, content, _ in STAFFS_ACTIONS:
            assert send(client, method, f"/api/v1/teams/{team.id}/{path}", content, coordinator).status_code == 404
    everybody = client.get("/api/v1/teams", headers=bearer(make_person(city, "coordinator"))).json["items"]
    assert {team["code"] for team in everybody} == {mine.code, other.code, nowhere.code}


def test_a_coordinator_elsewhere_has_their_own_team_all_the_same(client, city):
    there = make_district(city, "26350", "해운대구", lon=129.16)
    person = make_person(city, "walker", "coordinator", district=there)
    team = make_team(city, person)
    assert send(client, "post", f"/api/v1/teams/{team.id}/pause", None, person).status_code == 200


def test_nobody_is_let_in_unsigned(client, team):
    for path in ("", "/mine", f"/{team.id}"):
        assert client.get(f"/api/v1/teams{path}").status_code == 401


def test_a_read_of_handlers_names_is_logged_and_an_own_one_is_not(client, city, team):
    coordinator = make_person(city, "coordinator")
    client.get("/api/v1/teams", headers=bearer(coordinator))
    client.get(f"/api/v1/teams/{team.id}?purpose=screening", headers=bearer(coordinator))
    client.get("/api/v1/teams/mine", headers=bearer(team.handler))
    assert [(entry.reader, entry.subject) for entry in AccessEntry.select()] == [(coordinator.id, team.handler_id)] * 2


def send(client, method, url, content, person):
    given = {} if content is None else {"json": content}
    return getattr(client, method)(url, headers=bearer(person), **given)
