"""A walk begins only as it should, once, and its shift with it."""

from datetime import timedelta
from uuid import uuid4

import pytest

from patrol.people.models import Consent
from patrol.shifts.models import Shift
from patrol.shifts.operations.due import close_missed
from patrol.walks.models import Walk
from tests.support.broken import without
from tests.support.factories import (
    NOW,
    Time,
    client_of,
    make_block,
    make_city,
    make_dog,
    make_person,
    make_shift,
    make_team,
)
from tests.support.patrols import ask, at_once, go, start, started, stream


@pytest.fixture
def patrol(database):
    city = make_city()
    shift = make_shift(make_team(city), [make_block(city), make_block(city)])
    return shift, client_of(database, clock=Time())


def state_of(shift):
    return Shift.get_by_id(shift.id).state


def refused(answer, status, problem):
    assert (answer.status_code, answer.json["type"]) == (status, f"/problems/{problem}"), answer.text
    assert not Walk.select().exists()
    return answer.json


def test_a_walk_starts_and_its_shift_with_it(patrol):
    shift, client = patrol
    walk = uuid4()
    answer = start(client, shift, walk)
    assert answer.status_code == 201
    shown = answer.json
    assert (shown["id"], shown["state"], shown["blocks_planned"], shown["blocks_walked"]) == (
        str(walk),
        "walking",
        2,
        [],
    )
    assert state_of(shift) == "walking"
    assert stream(shift.team.handler, "shift")[-1] == {"id": str(shift.id), "state": "walking"}


def test_the_same_start_sent_again_is_one_walk(patrol):
    shift, client = patrol
    walk = uuid4()
    first, again = start(client, shift, walk), start(client, shift, walk)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json


def test_two_tries_at_once_are_one_walk(patrol):
    shift, client = patrol
    walk, app = uuid4(), client.application
    answers = at_once(*[lambda: start(app.test_client(), shift, walk)] * 3)
    assert sorted(answer.status_code for answer in answers) == [200, 200, 201]


def test_other_content_under_the_same_id_is_refused(patrol):
    shift, client = patrol
    walk = uuid4()
    start(client, shift, walk)
    answer = start(client, shift, walk, started_at=(NOW + timedelta(minutes=1)).isoformat())
    assert (answer.status_code, answer.json["type"]) == (409, "/problems/id-taken")


def test_a_shift_is_walked_once(patrol):
    shift, client = patrol
    started(client, shift)
    answer = start(client, shift)
    assert (answer.status_code, answer.json["type"]) == (409, "/problems/shift-walked")


def test_starting_accepts_a_shift_that_is_only_offered(patrol):
    shift, client = patrol
    Shift.update(state="offered").execute()
    started(client, shift)
    assert state_of(shift) == "walking"


@pytest.mark.parametrize("state", ["declined", "expired", "withdrawn", "walked"])
def test_no_other_shift_is_walked(patrol, state):
    shift, client = patrol
    Shift.update(state=state).execute()
    refused(start(client, shift), 409, "shift-state")
    assert state_of(shift) == state


def test_the_leash_is_attested_first(patrol):
    shift, client = patrol
    problem = refused(start(client, shift, leash_attested=False), 422, "leash-not-attested")
    assert problem["errors"][0]["pointer"] == "/leash_attested"
    assert "2.0 m" in problem["detail"]


@pytest.mark.parametrize("kind", ["location", "service"])
def test_without_consent_there_is_no_walk(patrol, kind):
    shift, client = patrol
    Consent.update(revoked_at=NOW).where(Consent.kind == kind).execute()
    assert kind in refused(start(client, shift), 403, "consent-needed")["detail"]
    Consent.update(revoked_at=None).execute()
    assert start(client, shift).status_code == 201


@pytest.mark.parametrize(
    ("started_at", "status"),
    [
        ((NOW + timedelta(minutes=3)).isoformat(), 422),
        ("0001-01-01T00:00:00+14:00", 422),
        ((NOW - timedelta(minutes=1)).isoformat(), 409),
    ],
)
def test_a_walk_starts_within_its_shifts_time(patrol, started_at, status):
    shift, client = patrol
    answer = start(client, shift, started_at=started_at)
    assert answer.status_code == status
    assert answer.json.get("errors", [{"pointer": "/started_at"}])[0]["pointer"] == "/started_at"
    assert not Walk.select().exists()


def test_a_start_too_late_is_told_from_when_until_when_it_was_possible(database):
    time = Time()
    shift, client = make_shift(make_team(make_city())), client_of(database, clock=time)
    time.passes(hours=2)
    problem = refused(start(client, shift, started_at=time().isoformat()), 409, "shift-not-open")
    assert problem["detail"] == "This shift's walk may start from 2026-11-06 19:30 to 21:00."


def test_a_start_made_offline_arrives_later(database):
    time = Time()
    shift, client = make_shift(make_team(make_city())), client_of(database, clock=time)
    time.passes(hours=3)
    assert close_missed(time()) == 1
    assert start(client, shift).status_code == 201
    assert state_of(shift) == "walking"


def test_a_shift_of_another_team_is_named_as_unknown(patrol):
    shift, client = patrol
    other = make_team(shift.city)
    foreign = make_shift(other)
    foreign.team = shift.team
    problem = refused(start(client, foreign), 422, "no-such-shift")
    assert problem["errors"][0]["pointer"] == "/shift"


def test_a_team_that_is_not_active_does_not_walk(patrol):
    shift, client = patrol
    shift.team.state = "suspended"
    shift.team.save()
    refused(start(client, shift), 409, "team-not-active")


@pytest.mark.parametrize(
    ("weather", "dog", "why"),
    [
        ("fixed:33", {}, "it is too hot"),
        ("fixed:30", {"weight_kg": 52}, "a heavy dog"),
        ("fixed:30", {"brachycephalic": True}, "a dog that heat is hard on"),
    ],
)
def test_weather_that_is_bad_for_one_of_the_dogs_stops_the_walk(database, weather, dog, why):
    team = make_team(make_city())
    make_dog(team, **dog)
    client = client_of(database, weather=weather)
    assert why in refused(start(client, make_shift(team)), 409, "welfare-stop")["detail"]


@pytest.mark.parametrize(
    ("weather", "gate"),
    [
        ("fixed:18", {"verdict": "go", "most_min": 30, "reasons": []}),
        ("fixed:28", {"verdict": "short", "most_min": 15, "reasons": ["hot"]}),
        ("none", {"verdict": "caution", "most_min": 30, "reasons": ["weather_unknown"]}),
    ],
)
def test_what_the_weather_allows_comes_with_the_walk(database, weather, gate):
    client = client_of(database, weather=weather)
    assert start(client, make_shift(make_team(make_city()))).json["gate"] == gate


def test_a_walk_and_its_shifts_state_are_kept_together_or_not_at_all(patrol):
    shift, client = patrol
    with without("event"):
        assert start(client, shift).status_code >= 500
    assert not Walk.select().exists()
    assert state_of(shift) == "accepted"


def test_only_walkers_walk(patrol):
    shift, client = patrol
    handler = shift.team.handler
    for role in ("officer", "coordinator", "admin"):
        shift.team.handler = make_person(shift.city, role)
        assert start(client, shift).status_code == 403
    shift.team.handler = handler
    assert start(client, shift).status_code == 201


def test_a_walker_lists_their_own_walks_and_a_coordinator_the_citys(patrol):
    shift, client = patrol
    other = make_shift(make_team(shift.city))
    mine, theirs = started(client, shift), started(client, other)
    coordinator = make_person(shift.city, "coordinator")

    def ids(person, query=""):
        return {item["id"] for item in ask(client, person, f"/walks{query}").json["items"]}

    assert ids(shift.team.handler) == {mine}
    assert ids(coordinator) == {mine, theirs}
    assert ids(coordinator, "?mine=true") == set()
    go(client, shift.team.handler, mine, "end", ended_at=NOW.isoformat())
    assert ids(coordinator, "?state=ended") == {mine}
    assert ask(client, shift.team.handler, f"/walks/{theirs}").status_code == 404
    stranger = make_person(make_city("Ulsan"), "walker", "coordinator", "admin")
    assert ids(stranger) == set()
    assert ask(client, stranger, f"/walks/{mine}").status_code == 404
