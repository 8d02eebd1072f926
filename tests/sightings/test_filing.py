"""A sighting comes in once, whatever the phone and the network do."""

from datetime import timedelta
from uuid import uuid4

import peewee
import pytest

from config.database import transaction
from config.policy import dump
from notifications.models import Delivery
from patrol.alerts.models import Alert, Recipient
from patrol.places.models import City, PoliceBox
from patrol.places.operations.cities import policy_of
from patrol.sightings.models import Sighting, SightingStep
from tests.support.broken import without
from tests.support.factories import NOW, Time, bearer, client_of, make_box, make_city, make_duty, make_person
from tests.support.messages import add_device
from tests.support.patrols import act, ask, at_once, inbox, listed, report, reported, seen, stream
from tests.support.queries import Queries

FEW = 28
"""Statements of one report, sign-in and answer included; transactions' own words apart."""


@pytest.fixture
def town(database):
    city = make_city()
    box = make_box(city)
    return city, make_person(city), make_person(city, "officer", box=box), client_of(database)


def test_a_sighting_is_kept_as_the_phone_sent_it(town):
    _, walker, _, client = town
    answer = report(client, walker, kind="E1", called_at=NOW.isoformat())
    assert answer.status_code == 201
    assert {**answer.json, **seen(kind="E1", called_at="2026-11-06T10:30:00+00:00")} == {
        **answer.json,
        "seen_at": "2026-11-06T10:30:00+00:00",
    }
    assert (answer.json["urgency"], answer.json["state"]) == ("Immediate", "alerted")


def test_the_same_sighting_sent_again_is_one_sighting(town):
    _, walker, officer, client = town
    sighting = uuid4()
    first, again = report(client, walker, sighting), report(client, walker, sighting)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert Sighting.select().count() == SightingStep.select().count() == 1
    assert len(inbox(officer)) == len(inbox(walker)) == 1


def test_the_same_instant_in_another_zone_is_the_same_content(town):
    _, walker, _, client = town
    sighting = uuid4()
    report(client, walker, sighting)
    assert report(client, walker, sighting, seen_at="2026-11-06T19:30:00+09:00").status_code == 200


def test_however_many_answer_a_report_asks_the_database_few_things(town):
    city, walker, officer, client = town
    officers = [officer, *(make_person(city, "officer", box=PoliceBox.get()) for _ in range(2))]
    for person in (walker, *officers):
        add_device(person.id, f"fid-{person.id}", city=city.id)
    report(client, walker)  # what is remembered of the city's places is read now
    signed_in = bearer(walker)
    with Queries() as queries:
        answer = client.put(f"/api/v1/sightings/{uuid4()}", json=seen(kind="E3"), headers=signed_in)
    assert answer.status_code == 201
    assert Delivery.select().where(Delivery.channel == "fcm").count() == 8
    assert len(queries.asked) <= FEW, queries.texts()


def test_two_tries_at_once_are_one_sighting(town):
    _, walker, officer, client = town
    sighting = uuid4()
    app = client.application
    answers = at_once(*[lambda: report(app.test_client(), walker, sighting)] * 4)
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len(inbox(officer)) == len(inbox(walker)) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "E1"},
        {"text": "Two doors."},
        {"lon": 129.06},
        {"lat": 35.16},
        {"seen_at": (NOW - timedelta(seconds=1)).isoformat()},
        {"walk": str(uuid4())},
        {"called_at": NOW.isoformat()},
        {"direction": "120"},
        {"accuracy_m": 12.5},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_other_content_under_the_same_id_is_refused(town, changed):
    _, walker, _, client = town
    sighting = uuid4()
    report(client, walker, sighting)
    answer = report(client, walker, sighting, **changed)
    assert (answer.status_code, answer.json["type"]) == (409, "/problems/id-taken")
    assert Sighting.get().text == "A door stands open."


def test_another_persons_id_is_refused_and_tells_nothing(town):
    city, walker, _, client = town
    sighting = uuid4()
    report(client, walker, sighting)
    answer = report(client, make_person(city), sighting)
    assert answer.status_code == 409
    assert "door" not in answer.text


def test_a_sighting_made_offline_arrives_days_later(database):
    time = Time()
    city = make_city()
    walker = make_person(city)
    client = client_of(database, clock=time)
    time.passes(days=3)
    answer = report(client, walker)
    assert answer.status_code == 201
    assert answer.json["received_at"] == "2026-11-09T10:30:00+00:00"


def test_a_sighting_may_arrive_before_the_walk_it_was_seen_on(town):
    _, walker, officer, client = town
    walk = str(uuid4())
    sighting = reported(client, walker, walk=walk)
    assert ask(client, walker, f"/sightings/{sighting}").json["walk"] == walk
    assert "walk" not in ask(client, officer, f"/sightings/{sighting}").json


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"kind": "Z9"}, "/kind"),
        ({"kind": "P1", "bite": True}, "/bite"),
        ({"direction": "360"}, "/direction"),
        ({"direction": "-1"}, "/direction"),
        ({"direction": "12.5"}, "/direction"),
        ({"direction": "n" * 41}, "/direction"),
        ({"accuracy_m": -1}, "/accuracy_m"),
        ({"seen_at": (NOW + timedelta(minutes=3)).isoformat()}, "/seen_at"),
        ({"called_at": (NOW + timedelta(minutes=3)).isoformat()}, "/called_at"),
        ({"seen_at": "0001-01-01T00:00:00+14:00"}, "/seen_at"),
        ({"seen_at": (NOW - timedelta(days=366)).isoformat()}, "/seen_at"),
        ({"seen_at": "2026-11-06T19:30:00"}, "/seen_at"),
        ({"lat": 91}, "/lat"),
        ({"lon": "here"}, "/lon"),
        ({"text": "x" * 2001}, "/text"),
        ({"mood": "uneasy"}, "/mood"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(town, wrong, pointer):
    _, walker, _, client = town
    answer = report(client, walker, **wrong)
    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json["errors"]]
    assert not Sighting.select().exists()


def test_an_unknown_kind_is_answered_with_those_there_are(town):
    _, walker, _, client = town
    assert "E1" in report(client, walker, kind="Z9").json["detail"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_draft_of_a_kind_that_the_policy_has_no_more_is_refused_by_name_and_what_came_before_is_answered(town):
    city, walker, officer, client = town
    before = reported(client, walker, kind="P3")
    drop_kind(city, "P3")
    answer = report(client, walker, kind="P3")
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/unknown-kind")
    assert [error["pointer"] for error in answer.json["errors"]] == ["/kind"]
    assert Sighting.select().count() == 1
    for action, content in (("acknowledge", {}), ("resolve", {"outcome": "fixed"})):
        assert act(client, officer, before, action, **content).status_code == 200
    coordinator = make_person(city, "coordinator")
    assert act(client, walker, before, "reopen", reason="Not mine.").status_code == 200
    assert listed(client, coordinator) == [before]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("station", [True, False], ids=["with a station officer", "with nobody else"])
def test_a_protected_one_stays_so_when_the_policy_has_its_kind_no_more(town, station):
    city, walker, officer, client = town
    make_duty(officer, "child_protection")
    on_call = make_person(city, "officer")
    if station:
        make_duty(on_call, "station_officer")
    others = [make_person(city, role) for role in ("coordinator", "admin")]
    sighting = reported(client, walker, kind="E6")
    act(client, officer, sighting, "acknowledge")
    act(client, officer, sighting, "resolve", outcome="fixed")
    drop_kind(city, "E6")
    assert act(client, walker, sighting, "reopen", reason="Again.").status_code == 200
    for person in others:
        assert (listed(client, person), inbox(person)) == ([], [])
        assert ask(client, person, f"/sightings/{sighting}").status_code == 404
    assert listed(client, on_call) == ([sighting] if station else [])
    assert act(client, officer, sighting, "acknowledge").status_code == 200


def drop_kind(city, code):
    """The city's policy without a kind."""
    policy = dump(policy_of(city))
    policy["kinds"] = [kind for kind in policy["kinds"] if kind["code"] != code]
    City.update(policy=policy).where(City.id == city.id).execute()


def test_clocks_may_differ_by_two_minutes(town):
    _, walker, _, client = town
    assert report(client, walker, seen_at=(NOW + timedelta(minutes=2)).isoformat()).status_code == 201


def test_only_walkers_report(town):
    _, _, officer, client = town
    assert report(client, officer).status_code == 403


@pytest.mark.parametrize("missing", ["alert", "recipient", "message", "event", "sighting_step"])
def test_a_sighting_its_alert_its_messages_and_its_receipt_are_kept_together_or_not_at_all(town, missing):
    _, walker, officer, client = town
    with without(missing):
        assert report(client, walker).status_code >= 500
    tables = (Sighting, SightingStep, Alert, Recipient)
    assert [table.select().count() for table in tables] == [0, 0, 0, 0]
    assert inbox(walker) == inbox(officer) == stream(walker, "receipt") == stream(officer, "sighting") == []


@pytest.mark.both_fast
def test_the_database_refuses_an_outcome_without_an_end(town):
    _, walker, _, client = town
    reported(client, walker)
    with pytest.raises(peewee.IntegrityError), transaction():
        Sighting.update(outcome="fixed").execute()


def test_a_reporter_lists_their_own_newest_first_in_pages(town):
    city, walker, _, client = town
    time = client.application.extensions["clock"]
    sent = []
    for _ in range(3):
        sent.append(reported(client, walker))
        time.passes(minutes=1)
    reported(client, make_person(city))
    first = ask(client, walker, "/sightings?limit=2").json
    rest = ask(client, walker, f"/sightings?limit=2&cursor={first['next']}").json
    assert [item["id"] for item in first["items"] + rest["items"]] == sent[::-1]
    assert rest["next"] is None
    assert listed(client, walker, "?state=resolved") == []


def test_another_city_sees_nothing(town):
    _, walker, _, client = town
    sighting = reported(client, walker)
    other: City = make_city("Ulsan")
    stranger = make_person(other, "walker", "officer", "coordinator", "admin")
    assert listed(client, stranger) == []
    assert ask(client, stranger, f"/sightings/{sighting}").status_code == 404
