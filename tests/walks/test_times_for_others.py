"""When a team leaves its door and is back is its own: two times that count from there tell where it lives."""

import base64
import json
from datetime import datetime, timedelta

import pytest

from tests.support.factories import NOW, Time, client_of, make_city, make_person, make_shift, make_team
from tests.support.patrols import ask, go, start

LEFT = NOW + timedelta(minutes=5)
QUARTER_BEFORE, QUARTER_AFTER = NOW, NOW + timedelta(minutes=45)


@pytest.fixture
def evening(database):
    """A walk that is over, from 5 to 37 minutes past; its city, its walker and a client."""
    time, city = Time(LEFT), make_city()
    shift = make_shift(make_team(city))
    client = client_of(database, clock=time)
    walk = start(client, shift, started_at=LEFT.isoformat()).json["id"]
    time.passes(minutes=32)
    go(client, shift.team.handler, walk, "end", ended_at=time().isoformat())
    return city, shift.team.handler, client


def times(walk):
    return tuple(datetime.fromisoformat(walk[name]) if walk[name] else None for name in ("started_at", "ended_at"))


@pytest.mark.parametrize("role", ["coordinator", "admin"])
def test_others_see_the_quarter_hours_around_a_walk(evening, role):
    city, _, client = evening
    (walk,) = ask(client, make_person(city, role), "/walks").json["items"]
    assert times(walk) == (QUARTER_BEFORE, QUARTER_AFTER)
    assert (walk["duration_s"], walk["distance_m"]) == (None, None)
    assert times(ask(client, make_person(city, role), f"/walks/{walk['id']}").json) == (QUARTER_BEFORE, QUARTER_AFTER)


def test_the_walker_sees_to_the_second(evening):
    _, walker, client = evening
    (walk,) = ask(client, walker, "/walks").json["items"]
    assert times(walk) == (LEFT, LEFT + timedelta(minutes=32))
    assert walk["duration_s"] == 32 * 60


def test_no_cursor_tells_the_time_either(evening):
    city, _, client = evening
    assert start(client, make_shift(make_team(city)), started_at=LEFT.isoformat()).status_code == 201
    page = ask(client, make_person(city, "coordinator"), "/walks?limit=1").json
    order, evening_on, walk = json.loads(base64.urlsafe_b64decode(page["next"] + "=="))
    assert (evening_on, walk) == ("2026-11-06", page["items"][0]["id"])
    assert "started_at" not in order
    rest = ask(client, make_person(city, "coordinator"), f"/walks?limit=1&cursor={page['next']}").json
    assert (len(rest["items"]), rest["next"]) == (1, None)
    assert rest["items"][0]["id"] != walk


def test_who_is_out_now_is_said_by_the_quarter_hour(evening):
    city, _, client = evening
    left = LEFT + timedelta(minutes=31)
    assert start(client, make_shift(make_team(city)), started_at=left.isoformat()).status_code == 201
    (out,) = ask(client, make_person(city, "coordinator"), "/walks/under-way?purpose=safety").json["items"]
    assert datetime.fromisoformat(out["started_at"]) == NOW + timedelta(minutes=30)
