"""Who answers a sighting, or oversees it, passes it on with a reason."""

from uuid import uuid4

import pytest

from patrol.people.models import Person
from tests.support.databases import sqlite_only
from tests.support.factories import LON, Time, bearer, client_of, make_box, make_city, make_duty, make_person
from tests.support.patrols import API, act, ask, inbox, reported, told


@pytest.fixture
def town(database):
    city = make_city()
    here, there = make_box(city), make_box(city, "Elsewhere", lon=LON + 0.01)
    officers = [make_person(city, "officer", box=box) for box in (here, there)]
    walker, client = make_person(city), client_of(database)
    return city, there, officers, walker, client


def test_another_box_has_it_from_then_on_with_the_whole_time(town):
    _, there, (officer, other), walker, client = town
    sighting = reported(client, walker)
    act(client, officer, sighting, "acknowledge")
    answer = act(client, officer, sighting, "route", to="box", box=str(there.id), reason="Across the line")
    assert answer.status_code == 204, "it is no longer theirs to see"
    shown = ask(client, other, f"/sightings/{sighting}").json
    assert (shown["state"], shown["routed_why"]["because"]) == ("alerted", "by_hand")
    assert shown["box"]["id"] == str(there.id)
    assert [step["action"] for step in shown["steps"]][-1] == "route"
    assert shown["steps"][-1]["note"] == "Across the line"
    assert other.id in told(sighting)
    assert act(client, other, sighting, "acknowledge").status_code == 200


def test_opened_again_it_is_theirs_to_whom_it_was_sent(town, database):
    _, there, (officer, other), walker, _ = town
    time = Time()
    client = client_of(database, clock=time)
    sighting = reported(client, walker)
    time.passes(minutes=1)
    act(client, officer, sighting, "route", to="box", box=str(there.id), reason="Across the line")
    act(client, other, sighting, "acknowledge")
    act(client, other, sighting, "resolve", outcome="no_action")
    before = [len(inbox(person)) for person in (officer, other)]
    time.passes(minutes=1)
    assert act(client, walker, sighting, "reopen", reason="Still there").status_code == 200
    assert [len(inbox(person)) for person in (officer, other)] == [before[0], before[1] + 1]
    assert act(client, other, sighting, "acknowledge").json["box"]["id"] == str(there.id)


@sqlite_only
def test_opened_again_where_nobody_is_left_it_goes_by_its_place(town):
    _, there, (officer, other), walker, client = town
    sighting = reported(client, walker)
    act(client, officer, sighting, "route", to="box", box=str(there.id), reason="Across the line")
    act(client, other, sighting, "acknowledge")
    act(client, other, sighting, "resolve", outcome="no_action")
    Person.update(state="disabled").where(Person.id == other.id).execute()
    act(client, walker, sighting, "reopen", reason="Still there")
    assert act(client, officer, sighting, "acknowledge").json["box"]["name"] == "Seomyeon"


@sqlite_only
def test_a_coordinator_who_oversees_it_may_and_another_officer_may_not(town):
    city, there, (_, other), walker, client = town
    coordinator = make_person(city, "coordinator")
    sighting = reported(client, walker)
    assert act(client, other, sighting, "route", to="coordinators", reason="Ours").status_code == 404
    answer = act(client, coordinator, sighting, "route", to="box", box=str(there.id), reason="Theirs")
    assert (answer.status_code, answer.json["box"]["id"]) == (200, str(there.id))


@sqlite_only
@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"to": "box"}, "/box"),
        ({"to": "facility", "facility": str(uuid4())}, "/facility"),
        ({"to": "duty", "duty": "nonsense"}, "/duty"),
        ({"to": "duty", "duty": "traffic_authority"}, "/to"),
        ({"to": "coordinators"}, "/to"),
    ],
)
def test_where_nobody_is_it_does_not_go(town, wrong, pointer):
    _, _, (officer, _), walker, client = town
    answer = act(client, officer, reported(client, walker), "route", reason="Why not", **wrong)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)


@sqlite_only
def test_what_it_may_be_passed_on_to_can_be_asked(town):
    _, _, (officer, other), walker, client = town
    make_duty(officer, "child_protection")
    path = f"/sightings/{reported(client, walker)}/route"
    found = ask(client, officer, path).json
    assert found["to"] == ["box", "facility", "duty", "coordinators"]
    assert {"station_officer", "child_protection", "traffic_authority"} <= {one["code"] for one in found["duties"]}
    assert ask(client, other, path).status_code == 404
    protected = ask(client, officer, f"/sightings/{reported(client, walker, kind='E6')}/route").json
    assert (protected["to"], {one["code"] for one in protected["duties"]}) == (
        ["duty"],
        {"child_protection", "station_officer"},
    )


@sqlite_only
def test_an_old_view_of_it_and_one_that_is_over_are_refused(town):
    _, there, (officer, _), walker, client = town
    sighting, there = reported(client, walker), str(there.id)
    path, content = f"{API}/sightings/{sighting}/route", {"to": "box", "box": there, "reason": "Theirs"}
    stale = client.post(path, json=content, headers={**bearer(officer), "If-Match": '"7"'})
    assert stale.status_code == 412
    act(client, officer, sighting, "acknowledge")
    act(client, officer, sighting, "resolve", outcome="fixed")
    assert act(client, officer, sighting, "route", **content).status_code == 409


def test_a_protected_one_stays_among_those_charged_with_such(town):
    _, there, (officer, other), walker, client = town
    make_duty(officer, "child_protection")
    make_duty(other, "station_officer")
    sighting = reported(client, walker, kind="E6")
    to_box = act(client, officer, sighting, "route", to="box", box=str(there.id), reason="Theirs")
    assert to_box.json["type"] == "/problems/beyond-the-rota"
    passed_on = act(client, officer, sighting, "route", to="duty", duty="station_officer", reason="Theirs")
    assert passed_on.status_code == 200
    assert act(client, other, sighting, "acknowledge").status_code == 200
