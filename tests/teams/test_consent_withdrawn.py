"""Without consent to the service a team rests: it is not planned for and begins nothing."""

from datetime import timedelta

import pytest

from patrol.people.models import Consent
from patrol.shifts.models import Shift
from patrol.teams.models import Team
from patrol.teams.operations.applying import put_availability
from patrol.teams.operations.planable import planable_teams
from patrol.teams.rules import window
from patrol.walks.models import Position, Walk
from tests.support.factories import NOW, bearer, client_of, make_city, make_person, make_shift, make_team
from tests.support.patrols import ask, at_once, north, send, start, started, stream

SUSPENSION = {"note": "Seen drunk.", "reason": "breach"}


@pytest.fixture
def team(database):
    team = make_team(make_city())
    return put_availability(team, [window(day, "00:00", "23:59") for day in range(7)], now=NOW)


def withdrawn(database, team, kind):
    answer = client_of(database).delete(f"/api/v1/me/consents/{kind}", headers=bearer(team.handler))
    assert answer.status_code == 200


def planned(team):
    return [one.team.id for one in planable_teams(team.city, NOW, NOW + timedelta(hours=3), NOW)]


def out_now(client, coordinator):
    """The live board: who is out now."""
    return ask(client, coordinator, "/walks/under-way?purpose=safety").json["items"]


def test_withdrawing_pauses_the_team_ends_its_walk_and_takes_back_what_it_has_not_begun(database, team):
    client, coordinator = client_of(database), make_person(team.city, "coordinator")
    under_way = make_shift(team)
    walk = started(client, under_way)
    send(client, team.handler, walk, north(steps=1))
    assert [row["id"] for row in out_now(client, coordinator)] == [walk]
    waiting = make_shift(team, starts_at=NOW + timedelta(days=1))
    assert planned(team) == [team.id]
    withdrawn(database, team, "service")
    assert Team.get_by_id(team.id).state == "paused"
    assert Shift.get_by_id(waiting.id).state == "withdrawn"
    ended = Walk.get()
    assert (ended.state, ended.ended_by, ended.forgotten) == ("ended", "consent", False)
    assert Shift.get_by_id(under_way.id).state == "walked"
    assert planned(team) == []
    assert out_now(client, coordinator) == []
    assert {"id": str(under_way.id), "state": "walked"} in stream(coordinator, "shift")


def test_a_team_that_is_paused_or_suspended_while_it_walks_walks_no_more(database, team):
    client, coordinator = client_of(database), make_person(team.city, "coordinator")
    for action, body in (("suspend", SUSPENSION), ("pause", None)):
        Team.update(state="active").where(Team.id == team.id).execute()
        walk = started(client, make_shift(team))
        client.post(f"/api/v1/teams/{team.id}/{action}", json=body, headers=bearer(coordinator))
        ended = Walk.get_by_id(walk)
        assert (ended.state, ended.ended_by, ended.shift.state) == ("ended", "standing", "walked")
        assert send(client, team.handler, walk, north(since=NOW + timedelta(minutes=1))).status_code < 500
        assert not Position.select().exists()
    assert out_now(client, coordinator) == []


@pytest.mark.parametrize("stopped", ["consent", "standing"])
def test_a_walk_that_begins_as_its_team_is_stopped_at_once_is_ended_or_never_begins(database, team, stopped):
    coordinator = make_person(team.city, "coordinator")
    url, headers = f"/api/v1/teams/{team.id}/suspend", bearer(coordinator)
    for _ in range(4):
        Team.update(state="active").where(Team.id == team.id).execute()
        Consent.update(revoked_at=None).execute()
        shift = make_shift(team)
        stop = {
            "consent": lambda: withdrawn(database, team, "service"),
            "standing": lambda: client_of(database).post(url, json=SUSPENSION, headers=headers),
        }[stopped]
        at_once(lambda shift=shift: start(client_of(database), shift), stop)
        assert not Walk.select().where(Walk.state != "ended").exists()


def test_resuming_without_the_consent_does_not_bring_the_team_into_a_plan(database, team):
    client = client_of(database)
    withdrawn(database, team, "service")
    assert client.post(f"/api/v1/teams/{team.id}/resume", headers=bearer(team.handler)).status_code == 200
    assert planned(team) == []
    answer = start(client, make_shift(team))
    assert (answer.status_code, answer.json["type"]) == (403, "/problems/consent-needed")


def test_withdrawing_another_consent_leaves_the_team_as_it_is(database, team):
    withdrawn(database, team, "photo")
    assert Team.get_by_id(team.id).state == "active"


def test_a_team_that_is_not_active_is_left_as_it_is(database, team):
    Team.update(state="suspended").execute()
    withdrawn(database, team, "service")
    assert Team.get_by_id(team.id).state == "suspended"
