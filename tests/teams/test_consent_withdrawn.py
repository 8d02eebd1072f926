"""Without consent to the service a team rests: it is not planned for and begins nothing."""

from datetime import timedelta

import pytest

from patrol.shifts.models import Shift
from patrol.teams.models import Team
from patrol.teams.operations.applying import put_availability
from patrol.teams.operations.planable import planable_teams
from patrol.teams.rules import window
from tests.support.factories import NOW, bearer, client_of, make_city, make_shift, make_team
from tests.support.patrols import start, started


@pytest.fixture
def team(database):
    team = make_team(make_city())
    return put_availability(team, [window(day, "00:00", "23:59") for day in range(7)], now=NOW)


def withdrawn(database, team, kind):
    answer = client_of(database).delete(f"/api/v1/me/consents/{kind}", headers=bearer(team.handler))
    assert answer.status_code == 200


def planned(team):
    return [one.team.id for one in planable_teams(team.city, NOW, NOW + timedelta(hours=3), NOW)]


def test_withdrawing_pauses_the_team_and_takes_back_what_it_has_not_begun(database, team):
    client = client_of(database)
    under_way = make_shift(team)
    started(client, under_way)
    waiting = make_shift(team, starts_at=NOW + timedelta(days=1))
    assert planned(team) == [team.id]
    withdrawn(database, team, "service")
    assert Team.get_by_id(team.id).state == "paused"
    assert Shift.get_by_id(waiting.id).state == "withdrawn"
    assert Shift.get_by_id(under_way.id).state == "walking"
    assert planned(team) == []


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
