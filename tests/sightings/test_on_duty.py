"""Restricted sightings go to who is on call, are read while on call, and handed over unless somebody has them."""

from datetime import timedelta

import pytest

from patrol.alerts.operations.duties import on_duty
from patrol.alerts.operations.reading import recipients
from patrol.people.models import Duty
from patrol.sightings.models import Sighting
from patrol.sightings.operations.due import hand_over
from tests.support.factories import (
    NOW,
    Time,
    client_of,
    make_box,
    make_city,
    make_duty,
    make_person,
    make_rota_entry,
)
from tests.support.patrols import act, ask, inbox, listed, reported

DUTY, HOUR = "child_protection", timedelta(hours=1)


@pytest.fixture
def clock():
    return Time()


@pytest.fixture
def scene(database, clock):
    """Two who hold the duty: the first is on call until an hour from now, the second from then on."""
    city = make_city()
    box = make_box(city)
    first, second = (make_person(city, "officer", box=box) for _ in range(2))
    for person in (first, second):
        make_duty(person, DUTY)
    make_rota_entry(first, DUTY, NOW - HOUR, NOW + HOUR)
    make_rota_entry(second, DUTY, NOW + HOUR, NOW + 3 * HOUR)
    return client_of(database, clock=clock), city, make_person(city), first, second


def told(sighting):
    return recipients(Sighting.get_by_id(sighting).id)


def test_who_is_on_call_is_told_and_no_other_holder_of_the_duty(scene):
    client, _, walker, first, _ = scene
    assert told(reported(client, walker, kind="E6")) == [first.id]


def test_off_duty_one_does_not_read_what_one_was_told_of_on_duty(scene, clock):
    client, _, walker, first, _ = scene
    sighting = reported(client, walker, kind="E6")
    assert listed(client, first) == [sighting]
    clock.passes(hours=1)
    assert listed(client, first) == []
    assert ask(client, first, f"/sightings/{sighting}").status_code == 404
    assert act(client, first, sighting, "acknowledge").status_code == 404


def test_who_took_it_keeps_it_after_their_hours(scene, clock):
    client, _, walker, first, second = scene
    sighting = reported(client, walker, kind="E6")
    act(client, first, sighting, "acknowledge")
    clock.passes(hours=1)
    assert hand_over(clock()) == 0
    assert listed(client, first) == [sighting]
    assert act(client, first, sighting, "respond").status_code == 200
    assert listed(client, second) == []


def test_what_nobody_took_is_handed_over_to_who_comes_on_duty_once(scene, clock):
    client, _, walker, first, second = scene
    sighting = reported(client, walker, kind="E6")
    assert hand_over(clock()) == 0
    clock.passes(hours=1)
    assert (hand_over(clock()), hand_over(clock())) == (1, 0)
    assert told(sighting) == sorted([first.id, second.id])
    assert [message.kind for message in inbox(second)] == ["sighting"]
    assert act(client, second, sighting, "acknowledge").status_code == 200


def test_with_nobody_on_call_all_who_hold_the_duty_are_told_and_read_it(scene, clock):
    client, city, walker, first, second = scene
    clock.passes(hours=3)
    sighting = reported(client, walker, kind="E6", seen_at=clock().isoformat())
    shown = ask(client, walker, f"/sightings/{sighting}").json
    assert (shown["routed_to"], shown["routed_why"]["because"]) == ("holders", "holders")
    assert on_duty(city.id, DUTY, clock()) == []
    assert told(sighting) == sorted([first.id, second.id])
    assert act(client, first, sighting, "acknowledge").status_code == 200


def test_whose_duty_ended_reads_no_more(scene):
    client, _, walker, first, _ = scene
    sighting = reported(client, walker, kind="E6")
    Duty.update(ended_at=NOW).where(Duty.person == first).execute()
    assert ask(client, first, f"/sightings/{sighting}").status_code == 404


def test_on_call_for_another_box_or_station_is_not_on_call_here(database):
    city = make_city()
    here, there = make_box(city), make_box(city, "Haeundae")
    type(there).update(station="Haeundae").where(type(there).id == there.id).execute()
    there = type(there).get_by_id(there.id)
    people = {
        name: make_person(city, "officer") for name in ("everywhere", "here", "station", "there", "other station")
    }
    for person in people.values():
        make_duty(person, "station_officer")
    for name, where in {
        "everywhere": {},
        "here": {"box": here},
        "station": {"station": here.station},
        "there": {"box": there},
        "other station": {"station": there.station},
    }.items():
        make_rota_entry(people[name], "station_officer", NOW - HOUR, NOW + HOUR, **where)
    on_call = on_duty(city.id, "station_officer", NOW, box=here)
    assert on_call == sorted(people[name].id for name in ("everywhere", "here", "station"))
    assert len(on_duty(city.id, "station_officer", NOW)) == 5
