"""A coordinator of a district has the shifts and walks of its teams, and learns of no others."""

from uuid import UUID

import pytest

from tests.support.factories import (
    bearer,
    client_of,
    consent_to,
    make_city,
    make_district,
    make_person,
    make_shift,
    make_team,
)
from tests.support.patrols import API, stream
from tests.support.patrols import started as started_walk

VIEWS = ["", "/route", "/route.geojson", "/route.gpx"]


@pytest.fixture
def scene(database):
    city = make_city()
    here, there = make_district(city, "1", "Here"), make_district(city, "2", "There")
    mine, other = (make_shift(make_team(city, district=district)) for district in (here, there))
    theirs = make_person(city, "coordinator", district=here)
    return client_of(database), city, theirs, mine, other


def ask(client, person, path):
    return client.get(API + path, headers=bearer(person))


def ids(answer):
    return {UUID(item["id"]) for item in answer.json["items"]}


def test_shifts_of_other_districts_are_in_no_list_and_nowhere_else(scene):
    client, city, theirs, mine, other = scene
    assert ids(ask(client, theirs, "/shifts")) == {mine.id}
    assert ids(ask(client, make_person(city, "coordinator"), "/shifts")) == {mine.id, other.id}
    for view in VIEWS:
        assert ask(client, theirs, f"/shifts/{mine.id}{view}").status_code == 200
        assert ask(client, theirs, f"/shifts/{other.id}{view}").status_code == 404


def test_walks_of_other_districts_are_in_no_list_and_nowhere_else(scene):
    client, city, theirs, mine, other = scene
    walks = {shift.id: started_walk(client, shift) for shift in (mine, other)}
    for path in ("/walks", "/walks/under-way?purpose=safety"):
        assert ids(ask(client, theirs, path)) == {UUID(walks[mine.id])}
        assert len(ids(ask(client, make_person(city, "coordinator"), path))) == 2
    assert ask(client, theirs, f"/walks/{walks[mine.id]}").status_code == 200
    assert ask(client, theirs, f"/walks/{walks[other.id]}").status_code == 404


def test_the_live_stream_tells_them_of_their_teams_alone(scene):
    client, city, theirs, mine, other = scene
    whole = make_person(city, "coordinator")
    for shift in (mine, other):
        answer = client.post(
            f"{API}/shifts/{shift.id}/decline", json={"reason": ""}, headers=bearer(shift.team.handler)
        )
        assert answer.status_code == 200
    assert [UUID(line["id"]) for line in stream(theirs, "shift")] == [mine.id]
    assert {UUID(line["id"]) for line in stream(whole, "shift")} == {mine.id, other.id}


def test_who_walks_too_has_their_own_shift_and_walk_wherever_it_is(scene):
    client, city, _, _, other = scene
    person = make_person(city, "walker", "coordinator", district=make_district(city, "3", "Elsewhere"))
    consent_to(person)
    shift = make_shift(make_team(city, person, district=other.team.district))
    assert ask(client, person, f"/shifts/{shift.id}").status_code == 200
    walk = started_walk(client, shift)
    assert ask(client, person, f"/walks/{walk}").json["distance_m"] is not None
