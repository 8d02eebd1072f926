"""What a person may do now: how far roles reach, and when a duty is in force."""

from datetime import timedelta

import pytest
from peewee import IntegrityError

from config.database import transaction
from patrol.people.models import Duty, Role, RotaEntry
from patrol.people.operations.powers import powers_of, reach
from tests.support.factories import NOW, make_box, make_city, make_district, make_duty, make_person, make_rota_entry

HOUR = timedelta(hours=1)


def duties_of(person, at=NOW):
    return powers_of(person.id, now=at).duties


def test_roles_boxes_districts_and_duties_come_together(database):
    city = make_city()
    box, district = make_box(city), make_district(city)
    person = make_person(city, "officer", "coordinator", "walker", box=box, district=district)
    make_duty(person, "station_officer")
    found = powers_of(person.id, now=NOW)
    assert found.roles == {"officer", "coordinator", "walker"}
    assert (found.boxes, found.districts, found.duties) == ({box.id}, {district.id}, {"station_officer"})


def test_what_has_ended_counts_no_more(database):
    city = make_city()
    person = make_person(city, "coordinator", district=make_district(city))
    make_duty(person, "station_officer")
    Role.update(ended_at=NOW).execute()
    Duty.update(ended_at=NOW).execute()
    found = powers_of(person.id, now=NOW)
    assert found.roles | found.districts | found.duties == set()


def test_a_coordinator_of_several_districts_reaches_each():
    assert reach([("coordinator", 1), ("coordinator", 2), ("walker", None)]) == {1, 2}


@pytest.mark.parametrize("more", [("coordinator", None), ("admin", None)])
def test_one_role_for_the_whole_city_lifts_every_limit(more):
    assert reach([("coordinator", 1), more]) == frozenset()


def test_being_an_officer_of_the_whole_city_lifts_no_limit_of_a_coordinator():
    assert reach([("coordinator", 1), ("officer", None)]) == {1}


@pytest.mark.both_fast
def test_only_coordinators_have_a_district(database):
    city = make_city()
    district, person = make_district(city), make_person(city)
    with pytest.raises(IntegrityError), transaction():
        Role.create(city=city, person=person, role="officer", district=district, created_at=NOW)


def test_without_a_rota_whoever_holds_the_duty_is_on_it(database):
    person = make_person(make_city(), "officer")
    make_duty(person, "child_protection")
    assert duties_of(person) == {"child_protection"}


def test_with_a_rota_only_who_is_on_call_is_on_duty(database):
    city = make_city()
    one, other = make_person(city, "officer"), make_person(city, "officer")
    for person in (one, other):
        make_duty(person, "child_protection")
    make_rota_entry(one, "child_protection", NOW - HOUR, NOW + HOUR)
    make_rota_entry(other, "child_protection", NOW + HOUR, NOW + 2 * HOUR)
    assert (duties_of(one), duties_of(other)) == ({"child_protection"}, set())
    later = NOW + HOUR  # the first ends as the second begins
    assert (duties_of(one, later), duties_of(other, later)) == (set(), {"child_protection"})


def test_in_a_gap_of_the_rota_nobody_is_on_duty(database):
    person = make_person(make_city(), "officer")
    make_duty(person, "child_protection")
    make_rota_entry(person, "child_protection", NOW - 2 * HOUR, NOW - HOUR)
    assert duties_of(person) == set()


def test_a_rota_entered_ahead_changes_nothing_until_it_begins(database):
    person = make_person(make_city(), "officer")
    make_duty(person, "child_protection")
    make_rota_entry(make_person(person.city, "officer"), "child_protection", NOW + HOUR, NOW + 2 * HOUR)
    assert duties_of(person) == {"child_protection"}
    assert duties_of(person, NOW + HOUR) == set()


def test_a_rota_given_up_for_four_weeks_is_none_any_more(database):
    person = make_person(make_city(), "officer")
    make_duty(person, "child_protection")
    make_rota_entry(person, "child_protection", NOW - HOUR, NOW)
    assert duties_of(person, NOW + timedelta(days=28, seconds=-1)) == set()
    assert duties_of(person, NOW + timedelta(days=28)) == {"child_protection"}


def test_being_on_call_without_holding_the_duty_is_none(database):
    person = make_person(make_city(), "officer")
    make_rota_entry(person, "child_protection", NOW - HOUR, NOW + HOUR)
    assert duties_of(person) == set()


def test_another_citys_rota_counts_for_nothing(database):
    here, there = make_person(make_city(), "officer"), make_person(make_city("Ulsan"), "officer")
    make_duty(here, "child_protection")
    make_rota_entry(there, "child_protection", NOW - HOUR, NOW + HOUR)
    assert duties_of(here) == {"child_protection"}


@pytest.mark.both_fast
def test_an_entry_ends_after_it_begins(database):
    person = make_person(make_city(), "officer")
    with pytest.raises(IntegrityError), transaction():
        make_rota_entry(person, "child_protection", NOW, NOW)
    assert not RotaEntry.select().exists()
