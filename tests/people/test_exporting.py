"""A copy of all that is held of oneself."""

import io
import json
import zipfile

from patrol.teams.operations.notes import add_note
from patrol.teams.operations.screening import decide_documents
from tests.support.factories import NOW, bearer, make_city, make_person, make_shift, make_team
from tests.support.patrols import north, reported, send, started


def opened(answer):
    assert answer.status_code == 200
    assert answer.content_type == "application/zip"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="patrol-my-data.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.data)) as bundle:
        assert bundle.namelist() == ["data.json", "index.html"]
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
