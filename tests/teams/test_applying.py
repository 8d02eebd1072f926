"""A walker applies over HTTP and keeps the team up to date."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from config.database import connection
from notifications.models import Event, Message
from patrol.errors import DomainError
from patrol.people.models import Person
from patrol.teams.models import Team
from patrol.teams.operations.applying import NewDog, apply
from tests.support.factories import (
    LAT,
    LON,
    NOW,
    bearer,
    consent_to,
    make_dog,
    make_person,
    make_team,
)

DOG = {
    "name": "Bori",
    "registration_no": "410-0000-0000-0001",
    "breed": "Jindo",
    "born_on": "2022-05-01",
    "weight_kg": 18.5,
    "vaccinated_until": "2027-05-01",
}
APPLICATION = {
    "name": "Sample team",
    "motive": "Quiet streets",
    "door": {"lon": LON, "lat": LAT},
    "walk_min": 25,
    "dogs": [DOG],
    "availability": [{"weekday": 4, "begins": "19:00", "ends": "01:00"}],
}


@pytest.fixture
def walker(city):
    return a_walker(city)


def a_walker(city):
    person = make_person(city)
    consent_to(person)
    return person


def pointers(answer):
    return [error["pointer"] for error in answer.json["errors"]]


def test_an_application_comes_back_whole_with_the_door_to_its_handler(client, walker):
    answer = client.post("/api/v1/teams", json=APPLICATION, headers=bearer(walker))
    assert answer.status_code == 201
    team = answer.json
    assert (team["code"], team["state"], team["walk_min"]) == ("T-0001", "applied", 25)
    assert team["door"] == {"lon": LON, "lat": LAT}
    assert team["dogs"][0]["registration_no"] == "410000000000001"
    assert team["availability"] == [{"weekday": 4, "begins": "19:00", "ends": "01:00"}]
    assert client.get("/api/v1/teams/mine", headers=bearer(walker)).json == {"items": [team]}


def test_coordinators_are_told_of_an_application(client, city, walker):
    coordinator = make_person(city, "coordinator")
    client.post("/api/v1/teams", json=APPLICATION, headers=bearer(walker))
    message = Message.get(Message.person == coordinator.id)
    assert message.kind == "team_applied"
    assert "T-0001" in message.words["ko"]["body"]


def test_a_walk_is_as_long_as_is_usual_when_none_is_stated(client, walker):
    brief = {name: value for name, value in APPLICATION.items() if name in ("name", "door", "dogs")}
    answer = client.post("/api/v1/teams", json=brief, headers=bearer(walker))
    assert (answer.status_code, answer.json["walk_min"], answer.json["availability"]) == (201, 30, [])


def test_codes_go_on_from_the_highest(client, city):
    make_team(city, code="T-0041")
    answer = client.post("/api/v1/teams", json=APPLICATION, headers=bearer(a_walker(city)))
    assert answer.json["code"] == "T-0042"


def test_a_retry_with_the_same_key_makes_one_team(client, walker):
    headers = bearer(walker) | {"Idempotency-Key": "application-1"}
    first, again = (client.post("/api/v1/teams", json=APPLICATION, headers=headers) for _ in range(2))
    assert (again.status_code, again.json) == (201, first.json)
    assert Team.select().count() == 1


def test_a_handler_applies_once(client, walker):
    client.post("/api/v1/teams", json=APPLICATION, headers=bearer(walker))
    other = {**APPLICATION, "dogs": [{**DOG, "registration_no": "410000000000002"}]}
    answer = client.post("/api/v1/teams", json=other, headers=bearer(walker))
    assert (answer.status_code, answer.json["type"]) == (409, "/problems/has-team")
    assert "T-0001" in answer.json["detail"]


def test_a_retired_handler_may_apply_again(client, city, walker):
    make_team(city, walker, state="retired")
    assert client.post("/api/v1/teams", json=APPLICATION, headers=bearer(walker)).status_code == 201


def test_nobody_applies_without_consent(client, city):
    answer = client.post("/api/v1/teams", json=APPLICATION, headers=bearer(make_person(city)))
    assert (answer.status_code, answer.json["type"]) == (403, "/problems/consent-needed")


WRONG_VALUES = [
    ({"dogs": [{**DOG, "breed": "Rottweiler mix"}]}, "/dogs/0/breed"),
    ({"dogs": [{**DOG, "registration_no": "123"}]}, "/dogs/0/registration_no"),
    ({"dogs": [DOG, {**DOG, "name": "Kong"}]}, "/dogs/1/registration_no"),
    ({"dogs": [{**DOG, "born_on": "2026-11-07"}]}, "/dogs/0/born_on"),
    ({"dogs": [{**DOG, "born_on": "1996-10-05"}]}, "/dogs/0/born_on"),
    ({"dogs": [{**DOG, "born_on": "0022-05-01"}]}, "/dogs/0/born_on"),
    ({"dogs": [{**DOG, "vaccinated_until": "2022-04-30"}]}, "/dogs/0/vaccinated_until"),
    ({"dogs": [{**DOG, "vaccinated_until": "2029-11-09"}]}, "/dogs/0/vaccinated_until"),
    ({"dogs": [{**DOG, "weight_kg": 0}]}, "/dogs/0/weight_kg"),
    ({"dogs": []}, "/dogs"),
    ({"door": {"lon": 127.0, "lat": 37.5}}, "/door"),
    ({"door": {"lon": 200, "lat": 37.5}}, "/door/lon"),
    ({"walk_min": 61}, "/walk_min"),
    ({"walk_min": 4}, "/walk_min"),
    ({"walk_min": 20.5}, "/walk_min"),
    ({"name": "  "}, "/name"),
    ({"nickname": "x"}, "/nickname"),
    ({"availability": [{"weekday": 7, "begins": "19:00", "ends": "20:00"}]}, "/availability/0/weekday"),
    ({"availability": [{"weekday": 1, "begins": "24:00", "ends": "20:00"}]}, "/availability/0/begins"),
    ({"availability": [{"weekday": 1, "begins": "19:00", "ends": "18:00"}]}, "/availability/0/ends"),
    (
        {
            "availability": [
                {"weekday": 6, "begins": "22:00", "ends": "02:00"},
                {"weekday": 0, "begins": "01:00", "ends": "03:00"},
            ]
        },
        "/availability/1",
    ),
]


def test_each_value_that_cannot_be_used_is_named_and_nothing_is_kept(client, walker):
    headers = bearer(walker)
    for change, pointer in WRONG_VALUES:
        answer = client.post("/api/v1/teams", json=APPLICATION | change, headers=headers)
        assert (answer.status_code, pointers(answer)) == (422, [pointer]), change
    assert not Team.select().exists()


def test_two_applications_of_one_handler_at_once_leave_one_team(city, walker):
    start = Barrier(2)

    def send(number):
        with connection():
            start.wait()
            try:
                return apply_with(walker.id, f"41000000000000{number}").code
            except DomainError as refused:
                return type(refused).__name__

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(send, (1, 2))) == ["HasTeam", "T-0001"]


def test_teams_that_apply_at_once_get_codes_of_their_own(city):
    handlers = [a_walker(city).id for _ in range(4)]
    start = Barrier(4)

    def send(number):
        with connection():
            start.wait()
            return apply_with(handlers[number], f"41000000000000{number}").code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(send, range(4))) == ["T-0001", "T-0002", "T-0003", "T-0004"]


def apply_with(handler, number):
    dog = NewDog(**{**DOG, "registration_no": number, "born_on": NOW.date(), "vaccinated_until": None})
    return apply(
        Person.get_by_id(handler),
        name="Sample",
        motive="",
        lon=LON,
        lat=LAT,
        walk_min=None,
        dogs=[dog],
        availability=[],
        now=NOW,
    )


def test_a_handler_changes_the_team_and_gets_its_new_version(client, city, walker):
    team = make_team(city, walker)
    changes = {"name": "New name", "door": {"lon": LON + 0.001, "lat": LAT}, "walk_min": 40}
    answer = client.patch(f"/api/v1/teams/{team.id}", json=changes, headers=bearer(walker) | {"If-Match": '"1"'})
    assert answer.status_code == 200
    assert {name: answer.json[name] for name in changes} == changes
    assert (answer.json["version"], answer.headers["ETag"]) == (2, '"2"')


def test_a_change_to_a_version_that_is_no_more_is_refused_and_changes_nothing(client, city, walker):
    team = make_team(city, walker, version=3)
    stale = bearer(walker) | {"If-Match": '"2"'}
    assert client.patch(f"/api/v1/teams/{team.id}", json={"name": "X"}, headers=stale).status_code == 412
    assert Team.get_by_id(team.id).name == team.name


def test_a_change_is_held_to_what_an_application_is(client, city, walker):
    team = make_team(city, walker)
    for changes, pointer in (({"walk_min": 90}, "/walk_min"), ({"door": {"lon": 0, "lat": 0}}, "/door")):
        answer = client.patch(f"/api/v1/teams/{team.id}", json=changes, headers=bearer(walker))
        assert (answer.status_code, pointers(answer)) == (422, [pointer])


def test_the_hours_of_the_week_are_replaced_at_once(client, city, walker):
    team = make_team(city, walker)
    url = f"/api/v1/teams/{team.id}/availability"
    client.put(url, json=[{"weekday": 1, "begins": "19:00", "ends": "21:00"}], headers=bearer(walker))
    week = [{"weekday": 2, "begins": "20:00", "ends": "00:00"}, {"weekday": 5, "begins": "08:00", "ends": "10:00"}]
    answer = client.put(url, json=week, headers=bearer(walker))
    assert (answer.status_code, answer.json["availability"]) == (200, week)


def test_hours_that_overlap_leave_the_week_as_it_was(client, city, walker):
    team = make_team(city, walker)
    url = f"/api/v1/teams/{team.id}/availability"
    week = [{"weekday": 1, "begins": "19:00", "ends": "21:00"}]
    client.put(url, json=week, headers=bearer(walker))
    answer = client.put(url, json=[*week, {"weekday": 1, "begins": "20:00", "ends": "22:00"}], headers=bearer(walker))
    assert (answer.status_code, pointers(answer)) == (422, ["/1"])
    assert client.get("/api/v1/teams/mine", headers=bearer(walker)).json["items"][0]["availability"] == week


def test_a_week_has_so_many_hours_as_an_application_may_have(client, city, walker):
    team = make_team(city, walker)
    url = f"/api/v1/teams/{team.id}/availability"
    week = [
        {"weekday": 0, "begins": f"{n // 60:02}:{n % 60:02}", "ends": f"{n // 60:02}:{n % 60 + 1:02}"}
        for n in range(22)
    ]
    answer = client.put(url, json=week, headers=bearer(walker))
    assert (answer.status_code, answer.json["type"], pointers(answer)) == (422, "/problems/too-many-windows", [""])
    assert client.put(url, json=week[:21], headers=bearer(walker)).status_code == 200


def test_a_dog_that_joins_before_the_test_has_its_papers_seen_too(client, city, walker):
    team = make_team(city, walker, state="documents_ok")
    answer = client.post(f"/api/v1/teams/{team.id}/dogs", json=DOG, headers=bearer(walker))
    assert (answer.status_code, answer.json["state"], len(answer.json["dogs"])) == (201, "applied", 2)


def test_a_dog_does_not_join_a_team_that_is_screened(client, city, walker):
    team = make_team(city, walker)
    answer = client.post(f"/api/v1/teams/{team.id}/dogs", json=DOG, headers=bearer(walker))
    assert (answer.status_code, answer.json["type"]) == (409, "/problems/team-state")
    assert team.dogs.count() == 1


def test_a_team_has_no_more_dogs_than_an_application_may_have(client, city, walker):
    team = make_team(city, walker, state="applied")
    for _ in range(4):
        make_dog(team)

    def join(number):
        dog = DOG | {"registration_no": f"41000000000001{number}"}
        return client.post(f"/api/v1/teams/{team.id}/dogs", json=dog, headers=bearer(walker))

    assert join(1).status_code == 201
    refused = join(2)
    assert (refused.status_code, refused.json["type"], team.dogs.count()) == (409, "/problems/too-many-dogs", 6)


def test_a_dog_joins_its_team_once(client, city, walker):
    team = make_team(city, walker, state="applied")
    make_dog(team, registration_no="410000000000001")
    answer = client.post(f"/api/v1/teams/{team.id}/dogs", json=DOG, headers=bearer(walker))
    assert (answer.status_code, pointers(answer)) == (422, ["/registration_no"])
    assert Team.get_by_id(team.id).version == 1


def test_a_new_dog_takes_a_lapsed_team_back_to_its_papers(client, city, walker):
    team = make_team(city, walker, state="lapsed")
    answer = client.post(f"/api/v1/teams/{team.id}/dogs", json=DOG, headers=bearer(walker))
    assert (answer.status_code, answer.json["state"]) == (201, "applied")


def test_whoever_has_the_team_open_sees_that_it_changed(client, city, walker):
    team = make_team(city, walker)
    coordinator = make_person(city, "coordinator")
    client.patch(f"/api/v1/teams/{team.id}", json={"name": "New"}, headers=bearer(walker))
    told = {event.person: event.content for event in Event.select().where(Event.kind == "team")}
    assert told == {person.id: {"id": str(team.id), "state": "active"} for person in (walker, coordinator)}
