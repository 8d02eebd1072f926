"""Who read whose data: kept whole, and shown to the person it is about."""

from datetime import timedelta
from uuid import uuid4

import pytest

from patrol.people.models import AccessEntry
from patrol.people.operations.audit import OPERATOR, note_read
from patrol.people.rules import PURPOSES, READ_THINGS
from tests.support.factories import (
    NOW,
    Time,
    bearer,
    client_of,
    make_box,
    make_city,
    make_dispute,
    make_person,
    make_shift,
    make_team,
)
from tests.support.patrols import ask, go, reported, started
from tests.support.screening import make_day, put_on

PATH = "/me/access-log"


@pytest.fixture
def team(database):
    return make_team(make_city())


def test_each_sees_who_read_their_data_by_role_and_office_and_not_by_name(client, team):
    box = make_box(team.city)
    officer, coordinator = make_person(team.city, "officer", box=box), make_person(team.city, "coordinator")
    note_read(city=team.city_id, reader=officer.id, subjects=[team.handler_id], what="team", purpose="safety", now=NOW)
    later = NOW + timedelta(minutes=1)
    for what in ("walk", "team"):
        note_read(
            city=team.city_id, reader=coordinator.id, subjects=[team.handler_id], what=what, purpose="audit", now=later
        )
    answer = ask(client, team.handler, PATH)
    assert [(row["role"], row["office"], row["purpose"]) for row in answer.json["items"]] == [
        ("coordinator", "", "audit"),
        ("coordinator", "", "audit"),
        ("officer", "Seomyeon", "safety"),
    ]
    last = answer.json["items"][-1]
    assert (last["what_text"], last["purpose_text"]) == (READ_THINGS["team"], PURPOSES["safety"])
    for reader in (officer, coordinator):
        assert reader.name not in answer.text
        assert str(reader.id) not in answer.text
    assert ask(client, coordinator, PATH).json["items"] == []


def test_the_role_is_that_of_the_time_of_reading(client, team):
    coordinator = make_person(team.city, "walker", "coordinator")
    note_read(
        city=team.city_id, reader=coordinator.id, subjects=[team.handler_id], what="team", purpose="audit", now=NOW
    )
    coordinator.roles[1].delete_instance()
    assert ask(client, team.handler, PATH).json["items"][0]["role"] == "coordinator"


def test_a_read_by_command_line_is_the_operators(team):
    note_read(city=team.city_id, reader=OPERATOR, subjects=[team.handler_id], what="export", purpose="request", now=NOW)
    assert AccessEntry.get().reader_role == "operator"


def test_an_entry_of_an_old_or_stated_reason_says_itself(client, team):
    note_read(
        city=team.city_id, reader=OPERATOR, subjects=[team.handler_id], what="roster", purpose="Insurance", now=NOW
    )
    (row,) = ask(client, team.handler, PATH).json["items"]
    assert row["purpose_text"] == {"ko": "Insurance", "en": "Insurance"}


def test_a_read_of_thousands_is_logged_for_each(team):
    read = [uuid4() for _ in range(4_000)]
    note_read(city=team.city_id, reader=OPERATOR, subjects=read, what="roster_file", purpose="report", now=NOW)
    assert AccessEntry.select().count() == len(read)


def test_the_log_is_only_added_to(team):
    note_read(city=team.city_id, reader=OPERATOR, subjects=[team.handler_id], what="team", purpose="audit", now=NOW)
    entry = AccessEntry.get()
    for change in (lambda: AccessEntry.update(purpose="safety").execute(), entry.save):
        with pytest.raises(TypeError, match="append-only"):
            change()


@pytest.mark.parametrize(
    ("path", "what", "inherent"),
    [
        ("/teams", "team", "roster"),
        ("/teams/{team}", "team", None),
        ("/shifts", "shift", "roster"),
        ("/shifts/{shift}", "shift", "roster"),
        ("/shifts/{shift}/route", "shift", "roster"),
        ("/shifts/{shift}/route.geojson", "shift", "roster"),
        ("/shifts/{shift}/route.gpx", "shift", "roster"),
        ("/teams/eligibility?within_days=730", "eligibility", "roster"),
        ("/teams/{team}/eligibility", "eligibility", "roster"),
        ("/dog-disputes", "dog_dispute", "dispute"),
        ("/screening-days/{day}/candidates", "screening", "screening"),
        ("/walks", "walk", "roster"),
        ("/walks/{walk}", "walk", "roster"),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_coordinators_read_states_its_purpose_and_is_logged(client, team, path, what, inherent):
    shift = make_shift(team)
    walk = started(client, shift)
    go(client, team.handler, walk, "end", ended_at=NOW.isoformat())
    coordinator = make_person(team.city, "coordinator")
    day = make_day(team.city).day
    put_on(day, team)
    make_dispute(team, make_team(team.city, coordinator))
    path = path.format(team=team.id, shift=shift.id, walk=walk, day=day.id)

    def read(query="", **headers):
        AccessEntry.delete().execute()
        query = query.replace("?", "&") if "?" in path else query
        answer = client.get(f"/api/v1{path}{query}", headers=bearer(coordinator) | headers)
        logged = [(row.reader, row.subject, row.what, row.purpose) for row in AccessEntry.select()]
        return answer.status_code, logged

    def entry(purpose):
        return [(coordinator.id, team.handler_id, what, purpose)]

    assert read("?purpose=safety") == (200, entry("safety"))
    assert read(**{"X-Purpose": "dispute"}) == (200, entry("dispute"))
    assert read() == ((200, entry(inherent)) if inherent else (422, []))
    assert read("?purpose=curiosity") == (422, [])
    assert read(**{"X-Purpose": "curiosity"}) == (422, [])
    client.get(f"/api/v1{path}", headers=bearer(team.handler))
    assert [row.reader for row in AccessEntry.select() if row.reader == team.handler_id] == []


def test_a_sighting_with_its_reporters_name_is_read_for_a_purpose(client, team):
    coordinator = make_person(team.city, "coordinator")
    sighting = reported(client, team.handler)
    client.put("/api/v1/me/consents/police", headers=bearer(team.handler))
    client.put(f"/api/v1/sightings/{sighting}/contact", headers=bearer(team.handler))
    ask(client, coordinator, f"/sightings/{sighting}?purpose=contact")
    (entry,) = AccessEntry.select()
    assert (entry.subject, entry.what, entry.purpose) == (team.handler_id, "reporter_contact", "contact")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_list_that_an_examiner_works_by_is_one_read_an_hour_and_each_readers_own(database, team):
    time, at = Time(), make_day(team.city)
    put_on(at.day, team)
    client = client_of(database, clock=time)

    def read_by(person):
        ask(client, person, f"/screening-days/{at.day.id}/candidates")
        return [entry.reader for entry in AccessEntry.select().order_by(AccessEntry.at, AccessEntry.id)]

    first, second = at.examiners
    for _ in range(3):
        assert read_by(first) == [first.id]
    time.passes(minutes=30)
    assert read_by(second) == [first.id, second.id]
    time.passes(minutes=30)
    assert read_by(first) == [first.id, second.id, first.id]
