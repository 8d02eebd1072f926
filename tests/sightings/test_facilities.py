"""A fault goes to whoever owns the facility at the place, and to the committee."""

import pytest

from app import ON_PERSON_ERASED
from patrol.people.models import Person
from patrol.people.operations.erasing import erase
from patrol.places.models import Facility
from patrol.sightings.operations import personal
from tests.support.databases import sqlite_only
from tests.support.factories import LAT, NOW, client_of, make_box, make_city, make_duty, make_facility, make_person
from tests.support.patrols import act, ask, inbox, passed_over, reported, told, why


@pytest.fixture
def town(database):
    city = make_city()
    return city, make_person(city, "coordinator"), make_person(city), client_of(database)


def test_the_owners_duty_and_the_coordinators_are_told_and_both_may_answer(town):
    city, coordinator, walker, client = town
    owner = make_person(city, "officer", box=make_box(city))
    make_duty(owner, "traffic_authority")
    facility = make_facility(city, duty="traffic_authority")
    sighting = reported(client, walker, kind="C2")
    assert told(sighting) == sorted([owner.id, coordinator.id])
    assert why(client, walker, sighting) == ("facility", "facility")
    assert ask(client, owner, f"/sightings/{sighting}").json["facility"]["id"] == str(facility.id)
    assert act(client, owner, sighting, "acknowledge").status_code == 200


@sqlite_only
def test_an_owner_is_known_by_the_e_mail_address_of_an_account(town):
    city, coordinator, walker, client = town
    owner = make_person(city, "officer")
    Person.update(email="owner@example.org").where(Person.id == owner.id).execute()
    make_facility(city, email="owner@example.org")
    assert told(reported(client, walker, kind="C2")) == sorted([owner.id, coordinator.id])


def test_an_owner_learns_how_it_ended_unless_they_ended_it_themselves(town):
    city, coordinator, walker, client = town
    owner = make_person(city, "officer", email="owner@example.org")
    make_facility(city, email="owner@example.org")
    for answering, outcome in ((coordinator, "fixed"), (coordinator, "closed_unfixed"), (owner, "fixed")):
        sighting = reported(client, walker, kind="C2")
        act(client, answering, sighting, "acknowledge")
        act(client, answering, sighting, "resolve", outcome=outcome)
    closed = [message.words["en"] for message in inbox(owner) if message.kind == "sighting_closed"]
    title = "A sighting at your facility was closed"
    assert sorted((said["title"], said["body"]) for said in closed) == [
        (title, "Closed, not fixed."),
        (title, "Fixed."),
    ]
    assert "sighting_closed" not in [message.kind for message in (*inbox(coordinator), *inbox(walker))]


@sqlite_only
def test_an_owners_address_is_given_out_to_them_and_gone_with_them(town):
    city, coordinator, walker, client = town
    owner, other = (make_person(city, "officer", email=f"{name}@example.org") for name in ("owner", "other"))
    mirror = make_facility(city, email=owner.email)
    bell = make_facility(city, "Bell", email=other.email, lat=LAT + 1)
    abroad = make_facility(make_city("Ulsan"), email=owner.email)
    given_out = [
        [row["name"] for part in personal.exported(each.id) if part.table == "facility" for row in part.rows]
        for each in (owner, walker)
    ]
    assert given_out == [["Mirror 1"], []]
    erase(owner.id, effects=ON_PERSON_ERASED, now=NOW)
    kept = [Facility.get_by_id(each.id).email for each in (mirror, bell, abroad)]
    assert kept == ["", "other@example.org", "owner@example.org"]
    sighting = reported(client, walker, kind="C2")
    assert told(sighting) == [coordinator.id]
    assert passed_over(client, walker, sighting) == ["no_owner"]


@sqlite_only
def test_an_owner_without_an_account_is_the_coordinators_to_reach(town):
    city, coordinator, walker, client = town
    make_facility(city, email="office@example.org")
    sighting = reported(client, walker, kind="C2")
    assert told(sighting) == [coordinator.id]
    assert passed_over(client, walker, sighting) == ["no_owner"]
    emails = [ask(client, each, f"/sightings/{sighting}").json["facility"]["email"] for each in (coordinator, walker)]
    assert emails == ["office@example.org", ""], "an address is for staff"


@sqlite_only
def test_a_facility_farther_away_is_not_the_broken_one(town):
    city, _, walker, client = town
    make_facility(city, duty="traffic_authority")
    sighting = reported(client, walker, kind="C2", lat=LAT + 0.001)
    assert passed_over(client, walker, sighting) == ["no_facility"]
