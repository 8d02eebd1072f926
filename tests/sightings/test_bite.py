"""A walker who reports that the own dog has bitten walks no more until somebody has looked into it."""

from uuid import uuid4

import pytest

from patrol.shifts.models import Shift
from patrol.teams.models import Team
from patrol.walks.models import Walk
from tests.support.databases import sqlite_only
from tests.support.factories import client_of, make_city, make_person, make_shift, make_team
from tests.support.patrols import inbox, report, started


@pytest.fixture
def bitten(database):
    city = make_city()
    team = make_team(city)
    return make_person(city, "coordinator"), team, make_shift(team), client_of(database)


def test_a_bite_suspends_the_team_at_once_and_takes_back_its_shifts(bitten):
    coordinator, team, shift, client = bitten
    answer = report(client, team.handler, kind="D1", bite=True)
    assert (answer.status_code, answer.json["bite"]) == (201, True)
    assert Team.get_by_id(team.id).state == "suspended"
    assert Shift.get_by_id(shift.id).state == "withdrawn"
    assert {"sighting", "team_bite"} <= {message.kind for message in inbox(coordinator)}


@sqlite_only
def test_the_walk_on_which_it_bit_ends_at_once(bitten):
    _, team, shift, client = bitten
    started(client, shift)
    report(client, team.handler, kind="D1", bite=True)
    walk = Walk.get()
    assert (walk.state, walk.ended_by) == ("ended", "standing")


@sqlite_only
def test_sent_again_it_suspends_nobody_again(bitten):
    _, team, _, client = bitten
    sighting = uuid4()
    report(client, team.handler, sighting, kind="D1", bite=True)
    Team.update(state="active").where(Team.id == team.id).execute()
    assert report(client, team.handler, sighting, kind="D1", bite=True).status_code == 200
    assert Team.get_by_id(team.id).state == "active"


@sqlite_only
def test_an_injury_without_a_bite_suspends_nobody(bitten):
    _, team, _, client = bitten
    assert report(client, team.handler, kind="D1").status_code == 201
    assert Team.get_by_id(team.id).state == "active"


@sqlite_only
def test_who_has_no_team_reports_a_bite_too(bitten):
    _, team, _, client = bitten
    assert report(client, make_person(team.city), kind="D1", bite=True).status_code == 201
