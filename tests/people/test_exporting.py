"""A copy of all that is held of oneself."""

import io
import json
import zipfile
from uuid import uuid4

from PIL import Image

from patrol.people.operations.exporting import COPIES_EVERY, MOST_COPIES
from patrol.teams.models import PracticalTest
from patrol.teams.operations.notes import add_note
from patrol.teams.operations.screening import decide_documents
from tests.support.factories import (
    LAT,
    NOW,
    Time,
    bearer,
    client_of,
    consent_to,
    make_city,
    make_person,
    make_shift,
    make_team,
)
from tests.support.patrols import attached, north, reported, send, started
from tests.support.screening import make_day, put_on


def opened(answer):
    assert answer.status_code == 200
    assert answer.content_type == "application/zip"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="patrol-my-data.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.data)) as bundle:
        assert bundle.namelist()[:2] == ["data.json", "index.html"]
        return json.loads(bundle.read("data.json")), bundle.read("index.html").decode()


def test_it_holds_account_door_dogs_walks_with_tracks_and_sightings(client):
    team = make_team(make_city())
    walk = started(client, make_shift(team))
    send(client, team.handler, walk, north())
    reported(client, team.handler, text="A door stands open.")
    content, page = opened(client.get("/api/v1/me/export", headers=bearer(team.handler)))
    tables = content["tables"]
    assert (content["person"], content["made_at"]) == (str(team.handler_id), NOW.isoformat())
    assert tables["person"][0]["phone"] == team.handler.phone
    assert (tables["team"][0]["door_lon"], tables["team"][0]["door_lat"]) == (team.door_lon, team.door_lat)
    assert [dog["name"] for dog in tables["dog"]] == ["Bori"]
    assert (len(tables["walk"]), len(tables["position"])) == (1, len(north()))
    assert tables["sighting"][0]["text"] == "A door stands open."
    assert {row["kind"] for row in tables["consent"]} == {"service", "location"}
    for text in (team.handler.phone, "Bori", "A door stands open.", "위치 기록"):
        assert text in page


def test_it_holds_nothing_of_anybody_else(client):
    city = make_city()
    mine, other = make_team(city), make_team(city)
    reported(client, other.handler, text="Not mine.")
    content, _ = opened(client.get("/api/v1/me/export", headers=bearer(mine.handler)))
    whole = json.dumps(content, ensure_ascii=False)
    for text in (other.handler.name, other.handler.phone, other.name, str(other.id), "Not mine."):
        assert text not in whole


def test_an_examiners_copy_tells_what_they_noted_and_not_of_whom(client):
    city = make_city()
    at, team = make_day(city, examiners=1), make_team(city, state="documents_ok")
    candidate, (examiner,) = put_on(at.day, team), at.examiners
    given = {"number": candidate.number, "item": "heel", "points": 7, "made_at": NOW.isoformat()}
    path = f"/api/v1/screening-days/{at.day.id}/marks/{uuid4()}"
    assert client.put(path, json=given, headers=bearer(examiner)).status_code == 200
    PracticalTest.update(examiner=examiner).execute()
    content, _ = opened(client.get("/api/v1/me/export", headers=bearer(examiner)))
    assert [(mark["item"], mark["points"]) for mark in content["tables"]["mark"]] == [("heel", 7)]
    assert [one for one in (str(team.id), str(candidate.id)) if one in json.dumps(content)] == []


def test_it_names_no_colleague_who_did_something_for_them(client):
    team = make_team(make_city(), state="applied")
    coordinator = make_person(team.city, "coordinator")
    decide_documents(team, ok=False, note="A photo of the dog, please.", by=coordinator.id, now=NOW)
    add_note(team, text="Called.", pinned=False, by=coordinator.id, now=NOW)
    content, _ = opened(client.get("/api/v1/me/export", headers=bearer(team.handler)))
    assert [note["text"] for note in content["tables"]["team_note"]] == ["Called."]
    assert str(coordinator.id) not in json.dumps(content)
    theirs, _ = opened(client.get("/api/v1/me/export", headers=bearer(coordinator)))
    assert "Called." not in json.dumps(theirs)


def test_whoever_has_just_come_gets_one_too(client):
    content, _ = opened(client.get("/api/v1/me/export", headers=bearer(make_person(make_city()))))
    assert content["tables"]["walk"] == []


def test_what_people_write_is_no_markup_in_the_page(client):
    team = make_team(make_city(), name="<script>alert(1)</script>")
    _, page = opened(client.get("/api/v1/me/export", headers=bearer(team.handler)))
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_the_photos_that_they_took_are_in_it_as_files_and_nobody_elses(client):
    city = make_city()
    mine, other = make_team(city).handler, make_team(city).handler
    for walker in (mine, other):
        consent_to(walker, "photo")
    taken = [attached(client, mine, reported(client, mine, lat=LAT + beyond)) for beyond in (0, 0.01)]
    attached(client, other, reported(client, other, lat=LAT + 0.02))
    answer = client.get("/api/v1/me/export", headers=bearer(mine))
    content, page = opened(answer)
    rows = content["tables"]["sighting_photo"]
    assert {row["file"] for row in rows} == {f"photos/{photo}.jpg" for photo in taken}
    with zipfile.ZipFile(io.BytesIO(answer.data)) as bundle:
        assert set(bundle.namelist()) == {"data.json", "index.html", *(row["file"] for row in rows)}
        for row in rows:
            with Image.open(io.BytesIO(bundle.read(row["file"]))) as picture:
                assert (picture.format, picture.size) == ("JPEG", (row["width"], row["height"]))
            assert f'<img src="{row["file"]}"' in page


def test_so_many_copies_an_hour_and_then_when_the_next_may_be_had_each_for_themselves(database):
    time = Time()
    client, person, other = client_of(database, clock=time), make_person(city := make_city()), make_person(city)
    copies = [client.get("/api/v1/me/export", headers=bearer(person)).status_code for _ in range(MOST_COPIES)]
    assert set(copies) == {200}
    refused = client.get("/api/v1/me/export", headers=bearer(person))
    assert (refused.status_code, refused.json["type"]) == (429, "/problems/too-many")
    assert 0 < int(refused.headers["Retry-After"]) <= COPIES_EVERY.total_seconds()
    assert client.get("/api/v1/me/export", headers=bearer(other)).status_code == 200
    time.passes(seconds=int(refused.headers["Retry-After"]))
    assert client.get("/api/v1/me/export", headers=bearer(person)).status_code == 200
