"""Coordinators' notes about a team: added, never changed, not for the handler."""

import pytest

from patrol.people.models import AccessEntry
from patrol.teams.models import TeamNote
from tests.support.databases import sqlite_only
from tests.support.factories import NOW, bearer, make_city, make_person, make_team
from tests.support.queries import Queries


@pytest.fixture
def team(database):
    return make_team(make_city(), state="applied")


@pytest.fixture
def coordinator(team):
    return make_person(team.city, "coordinator", name="Sample coordinator 01")


def path(team, end="notes"):
    return f"/api/v1/teams/{team.id}/{end}"


def write(client, team, person, text, **given):
    answer = client.post(path(team), json={"text": text, **given}, headers=bearer(person))
    assert answer.status_code == 201, answer.text
    return answer.json


def test_a_note_has_its_author_and_time(client, team, coordinator):
    note = write(client, team, coordinator, "Called back, will send the papers.")
    assert (note["author"], note["created_at"], note["pinned"]) == (
        coordinator.name,
        "2026-11-06T10:30:00+00:00",
        False,
    )
    assert client.get(path(team), headers=bearer(coordinator)).json == {"items": [note], "next": None}


def test_the_pinned_note_stands_in_the_queue_and_there_is_one(client, team, coordinator):
    write(client, team, coordinator, "First", pinned=True)
    second = write(client, team, coordinator, "Second", pinned=True)
    queue = client.get("/api/v1/teams", headers=bearer(coordinator)).json["items"]
    assert queue[0]["pinned_note"] == "Second"
    unpinned = client.put(path(team, "pinned-note"), json={"note": None}, headers=bearer(coordinator))
    assert unpinned.status_code == 204
    assert TeamNote.select().where(TeamNote.pinned).count() == 0
    client.put(path(team, "pinned-note"), json={"note": second["id"]}, headers=bearer(coordinator))
    assert TeamNote.get(TeamNote.pinned).text == "Second"


def test_a_note_of_another_team_cannot_be_pinned(client, team, coordinator):
    pinned = write(client, team, coordinator, "Stays", pinned=True)
    others = write(client, make_team(team.city), coordinator, "Other")
    answer = client.put(path(team, "pinned-note"), json={"note": others["id"]}, headers=bearer(coordinator))
    assert answer.status_code == 404
    assert str(TeamNote.get(TeamNote.pinned).id) == pinned["id"]


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_an_empty_or_endless_note_is_refused(client, team, coordinator, text):
    answer = client.post(path(team), json={"text": text}, headers=bearer(coordinator))
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/text")


def test_the_handler_does_not_see_it_anywhere(client, team, coordinator):
    write(client, team, coordinator, "Said on the phone", pinned=True)
    handler = bearer(team.handler)
    assert client.get(path(team), headers=handler).status_code == 403
    assert client.post(path(team), json={"text": "x"}, headers=handler).status_code == 403
    mine = client.get("/api/v1/teams/mine", headers=handler)
    assert "Said on the phone" not in mine.text
    assert "pinned_note" not in mine.json["items"][0]


def test_a_read_is_logged_and_another_citys_coordinator_finds_nothing(client, team, coordinator):
    write(client, team, coordinator, "Here")
    stranger = make_person(make_city("Ulsan"), "coordinator")
    assert client.get(path(team), headers=bearer(stranger)).status_code == 404
    client.get(path(team), headers=bearer(coordinator))
    entry = AccessEntry.get()
    assert (entry.reader, entry.subject, entry.what) == (coordinator.id, team.handler_id, "team_note")


def test_notes_come_newest_first(client, team, coordinator):
    for number in range(3):
        TeamNote.create(
            city=team.city_id, team=team, author=coordinator, text=str(number), created_at=NOW.replace(minute=number)
        )
    found = client.get(f"{path(team)}?limit=2", headers=bearer(coordinator)).json
    assert [note["text"] for note in found["items"]] == ["2", "1"]
    rest = client.get(f"{path(team)}?limit=2&cursor={found['next']}", headers=bearer(coordinator)).json
    assert [note["text"] for note in rest["items"]] == ["0"]


@sqlite_only
def test_the_list_asks_no_more_of_the_database_the_more_have_written(client, team, coordinator):
    def asked():
        write(client, team, make_person(team.city, "coordinator"), "Seen")
        headers = bearer(coordinator)
        with Queries() as queries:
            items = client.get(path(team), headers=headers).json["items"]
        return len(items), len(queries.asked)

    (few, once), (many, again) = asked(), asked()
    assert (few, many, again) == (1, 2, once)
