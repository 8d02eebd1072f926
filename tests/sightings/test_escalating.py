"""A sighting that nobody acknowledges goes to the next contact, rung by rung, until somebody does."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.database import connection, transaction
from patrol.alerts.models import Alert, Escalation, Recipient
from patrol.alerts.operations.escalating import escalations_of
from patrol.people.models import Role
from patrol.sightings.models import Sighting
from patrol.sightings.operations import answering
from patrol.sightings.operations.escalating import escalate
from tests.support.factories import (
    NOW,
    Time,
    client_of,
    make_box,
    make_city,
    make_duty,
    make_facility,
    make_person,
    make_rota_entry,
)
from tests.support.patrols import act, ask, at_once, inbox, listed, reported

EXPECTED = timedelta(minutes=30)
HOUR = timedelta(hours=1)


class Town:
    """A city with somebody for each rung."""

    def __init__(self, database):
        self.clock = Time()
        self.client = client_of(database, clock=self.clock)
        city = make_city()
        box, far = make_box(city), make_box(city, "Far", lon=129.09, lat=35.19)
        near = make_box(city, "Near", lon=129.069, half=0.001)
        self.walker = make_person(city)
        self.officer = make_person(city, "officer", box=box)
        self.neighbour = make_person(city, "officer", box=near)
        self.far = make_person(city, "officer", box=far)
        self.station = make_person(city, "officer", box=far)
        make_duty(self.station, "station_officer")
        self.coordinator = make_person(city, "coordinator")
        self.admin = make_person(city, "admin")
        self.in_turn = [self.neighbour, self.station, self.coordinator, self.admin]

    def passes(self, lapse):
        self.clock.at += lapse
        return escalate(self.clock())


@pytest.fixture
def town(database):
    return Town(database)


def told(person):
    return [message.words["en"]["title"] for message in inbox(person)]


def way_of(sighting):
    row = Sighting.get_by_id(sighting).id
    return [(one.passed_to, one.again) for one in escalations_of([row])[row]]


def test_each_service_level_the_next_contact_is_told_and_the_last_one_is_reminded(town):
    reported(town.client, town.walker)
    assert town.passes(EXPECTED - timedelta(seconds=1)) == 0
    town.passes(timedelta(seconds=1))
    for number in range(1, 5):
        assert [told(person) for person in town.in_turn] == [["Sighting passed on to you"]] * number + [[]] * (
            4 - number
        )
        town.passes(EXPECTED)
    assert told(town.admin) == ["Sighting passed on to you", "Still not acknowledged"]
    assert told(town.far) == []
    assert len(told(town.officer)) == 1


def test_the_steps_say_who_was_told_and_when_and_the_reporter_gets_receipts(town):
    sighting = reported(town.client, town.walker)
    town.passes(EXPECTED)
    town.passes(EXPECTED)
    step = ask(town.client, town.officer, f"/sightings/{sighting}").json["steps"][1]
    assert (step["action"], step["to"], step["people"], step["by_role"]) == (
        "escalate",
        "neighbour",
        1,
        "service_level",
    )
    shown = ask(town.client, town.walker, f"/sightings/{sighting}").json
    assert [receipt["text"]["en"] for receipt in shown["receipts"][1:]] == [
        "Nobody has acknowledged it yet, so it was passed on to the neighbouring police box.",
        "Nobody has acknowledged it yet, so it was passed on to the station's duty officer.",
    ]
    assert [message.kind for message in inbox(town.walker)] == ["receipt"] * 3


def test_whom_it_was_passed_on_to_sees_it_so_and_answers_it(town):
    sighting = reported(town.client, town.walker)
    assert listed(town.client, town.neighbour) == []
    town.passes(EXPECTED)
    assert ask(town.client, town.neighbour, "/sightings").json["items"][0]["escalated_to_you"] is True
    assert ask(town.client, town.officer, "/sightings").json["items"][0]["escalated_to_you"] is False
    for action, content in (("acknowledge", {}), ("resolve", {"outcome": "fixed"})):
        assert act(town.client, town.neighbour, sighting, action, **content).status_code == 200


def test_it_is_quiet_only_when_somebody_acknowledged(town):
    sighting = reported(town.client, town.walker)
    town.passes(EXPECTED)
    act(town.client, town.officer, sighting, "acknowledge")
    assert [town.passes(EXPECTED) for _ in range(5)] == [0] * 5


def test_after_an_outage_each_rung_is_told_in_its_own_time_and_none_is_skipped(town):
    sighting = reported(town.client, town.walker)
    assert town.passes(10 * HOUR) == 1
    assert [town.passes(timedelta(seconds=2)) for _ in range(20)] == [0] * 20
    for _ in range(3):
        town.passes(EXPECTED)
    assert [to for to, _ in way_of(sighting)] == ["neighbour", "station", "coordinators", "admins"]


def test_two_workers_at_once_pass_it_on_once(town):
    sighting = reported(town.client, town.walker)
    later = NOW + EXPECTED

    def work():
        with connection():
            return escalate(later)

    assert sorted(at_once(work, work, work)) == [0, 0, 1]
    assert way_of(sighting) == [("neighbour", False)]
    assert len(told(town.neighbour)) == 1


def test_opened_again_it_begins_at_the_first_rung(town):
    sighting = reported(town.client, town.walker)
    town.passes(EXPECTED)
    town.passes(EXPECTED)
    town.clock.passes(minutes=1)
    for action, content in (("acknowledge", {}), ("resolve", {"outcome": "fixed"})):
        act(town.client, town.station, sighting, action, **content)
    act(town.client, town.walker, sighting, "reopen", reason="Still there.")
    assert told(town.officer)[-1] == told(town.station)[-1] == "Sighting opened again"
    assert told(town.neighbour) == ["Sighting passed on to you"]
    town.passes(EXPECTED)
    assert told(town.neighbour) == ["Sighting passed on to you"] * 2
    town.passes(EXPECTED)
    assert [to for to, _ in way_of(sighting)] == ["neighbour", "station", "neighbour", "coordinators"]


def test_of_a_restricted_one_those_beyond_its_duty_learn_only_that_something_waits(town):
    holder = make_person(town.walker.city, "officer")
    make_duty(holder, "child_protection")
    sighting = reported(town.client, town.walker, kind="E6", text="A child cries.")
    for _ in range(4):
        town.passes(HOUR)
    assert told(holder)[0] == "Urgent sighting"
    assert set(told(holder)[1:]) == {"Still not acknowledged"}
    for person in (town.coordinator, town.admin):
        first = inbox(person)[0]
        assert (first.kind, first.subject, first.link) == ("alert_overdue", None, "/staff")
        assert "child" not in str(first.words)
        assert listed(town.client, person) == []
        assert ask(town.client, person, f"/sightings/{sighting}").status_code == 404
    assert inbox(town.neighbour) == inbox(town.station) == []


def test_a_protected_kind_goes_on_within_its_rota_to_whoever_is_on_call_until_one_of_them_has_it(town):
    city, night = town.walker.city, (NOW - HOUR, NOW + 12 * HOUR)
    here = make_person(city, "officer", name="Sample officer here")
    elsewhere = make_person(city, "officer", name="Sample officer elsewhere")
    off_call = make_person(city, "officer", name="Sample officer off call")
    for person in (here, elsewhere, off_call):
        make_duty(person, "child_protection")
    make_rota_entry(here, "child_protection", *night, box=town.officer.roles.get().box)
    make_rota_entry(elsewhere, "child_protection", *night, box=town.far.roles.get().box)
    sighting = reported(town.client, town.walker, kind="E6")
    assert [told(person) for person in (here, elsewhere)] == [["Urgent sighting"], []]
    town.passes(timedelta(minutes=3))
    assert told(elsewhere) == ["Sighting passed on to you"]
    assert listed(town.client, elsewhere) == [sighting]
    for _ in range(3):
        town.passes(HOUR)
    assert [told(person)[-1] for person in (here, elsewhere)] == ["Still not acknowledged"] * 2
    assert {message.kind for person in (town.coordinator, town.admin) for message in inbox(person)} == {"alert_overdue"}
    others = (off_call, town.officer, town.neighbour, town.station)
    assert [inbox(person) for person in others] == [[]] * 4
    assert {to for to, _ in way_of(sighting)} == {"duty", "overdue"}
    act(town.client, elsewhere, sighting, "acknowledge")
    assert [town.passes(HOUR) for _ in range(5)] == [0] * 5


def test_what_a_facilitys_owner_and_the_committee_leave_goes_to_admins_until_somebody_has_it(town):
    owner = make_person(town.walker.city, "officer", email="owner@example.org")
    make_facility(town.walker.city, email=owner.email)
    sighting = reported(town.client, town.walker, kind="C2")
    day = timedelta(hours=24)
    assert town.passes(day - timedelta(seconds=1)) == 0
    town.passes(timedelta(seconds=1))
    town.passes(day)
    assert [told(person) for person in (owner, town.coordinator)] == [["New sighting"]] * 2
    assert told(town.admin) == ["Sighting passed on to you", "Still not acknowledged"]
    assert way_of(sighting) == [("admins", False), ("admins", True)]
    act(town.client, owner, sighting, "acknowledge")
    assert [town.passes(day) for _ in range(3)] == [0] * 3


@pytest.mark.parametrize(("kind", "minutes"), [("E1", 3), ("P1", 30), ("C1", 24 * 60)])
def test_every_urgency_is_passed_on_when_its_own_service_level_has_passed(town, kind, minutes):
    sighting = reported(town.client, town.walker, kind=kind)
    assert town.passes(timedelta(minutes=minutes, seconds=-1)) == 0
    assert town.passes(timedelta(seconds=1)) == 1
    assert len(way_of(sighting)) == 1


def test_who_had_it_before_it_was_passed_on_sees_it_when_it_comes_back_by_escalation(town):
    sighting = reported(town.client, town.walker)
    near = Role.get(Role.person == town.neighbour).box_id
    town.clock.passes(minutes=1)
    act(town.client, town.officer, sighting, "route", to="box", box=str(near), reason="Across the line")
    assert ask(town.client, town.officer, f"/sightings/{sighting}").status_code == 404
    town.passes(EXPECTED)
    assert told(town.officer)[-1] == "Sighting passed on to you"
    assert act(town.client, town.officer, sighting, "acknowledge").status_code == 200


def test_one_that_cannot_be_passed_on_holds_up_no_other(town):
    broken, sound = (reported(town.client, town.walker, kind=kind) for kind in ("P2", "P1"))
    Sighting.update(routed_why={}, kind="??", box=None, lat=float(91) - 1).where(Sighting.id == broken).execute()
    Alert.update(urgency="Future").where(Alert.subject == broken).execute()
    assert town.passes(EXPECTED) == 2
    assert way_of(sound) == [("neighbour", False)]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    tries=st.lists(
        st.one_of(
            st.tuples(st.just("passes"), st.integers(1, 90)),
            st.tuples(st.just("crash"), st.integers(0, 90)),
            st.tuples(st.just("acknowledge"), st.just(0)),
        ),
        min_size=1,
        max_size=10,
    )
)
def test_whatever_happens_it_is_never_silent_and_no_rung_is_told_twice(town, tries):
    """A crash is a transaction that is rolled back at its very end: what it wrote until then is gone."""
    sighting, now, taken = reported(town.client, town.walker, kind="E1"), NOW, False
    subject = Sighting.get_by_id(sighting).id
    for what, minutes in tries:
        now += timedelta(minutes=minutes)
        if what == "acknowledge" and not taken:
            answering.acknowledge(Sighting.get_by_id(sighting), by=town.officer.id, by_role="officer", now=now)
            taken = True
        elif what == "crash":
            with pytest.raises(ZeroDivisionError):
                escalate_and_crash(now)
        else:
            escalate(now)
            assert escalate(now) == 0
        alert = Alert.get(Alert.subject == subject)
        ways = [one.passed_to for one in alert.escalations.where(~Escalation.again)]
        assert len(set(ways)) == len(ways)
        if not taken and what == "passes":
            assert alert.escalate_at > now
    if not taken:
        for _ in range(6):
            now += HOUR
            escalate(now)
        last = Escalation.select().where(Escalation.alert == alert).order_by(Escalation.number.desc()).first()
        assert (last.passed_to, last.again) == ("admins", True)
    recipients = Recipient.select().where(Recipient.alert == alert).count()
    messages = [len([m for m in inbox(person) if m.subject == subject]) for person in town.in_turn[:3]]
    assert max(messages) <= 1
    assert recipients == 1 + sum(messages) + bool([m for m in inbox(town.admin) if m.subject == subject])


def escalate_and_crash(now):
    with transaction():
        escalate(now)
        raise ZeroDivisionError
