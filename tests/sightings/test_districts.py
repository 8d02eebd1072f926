"""Sightings go to the coordinators of the district they lie in, and are seen by no others."""

import pytest

from patrol.alerts.operations.reading import recipients
from patrol.sightings.models import Sighting
from tests.support.factories import LAT, LON, client_of, make_city, make_district, make_person
from tests.support.patrols import act, ask, listed, reported

FAR = LAT - 0.01


@pytest.fixture
def scene(database):
    city = make_city()
    here = make_district(city, "1", "Here", half=0.004)
    there = make_district(city, "2", "South", lat=FAR, half=0.004)
    return client_of(database), city, make_person(city), here, there


def test_the_coordinators_of_the_district_are_told_with_those_of_the_whole_city(scene):
    client, city, walker, here, there = scene
    theirs, whole = make_person(city, "coordinator", district=here), make_person(city, "coordinator")
    make_person(city, "coordinator", district=there)
    sighting = reported(client, walker, kind="L1")
    assert recipients(Sighting.get_by_id(sighting).id) == sorted([theirs.id, whole.id])


def test_where_nobody_looks_after_the_district_admins_answer(scene):
    client, city, walker, _, there = scene
    make_person(city, "coordinator", district=there)
    admin = make_person(city, "admin")
    sighting = reported(client, walker, kind="L1")
    assert recipients(Sighting.get_by_id(sighting).id) == [admin.id]
    assert ask(client, walker, f"/sightings/{sighting}").json["routed_to"] == "admins"


def test_a_coordinator_of_a_district_sees_and_answers_its_sightings_alone(scene):
    client, city, walker, here, _ = scene
    theirs = make_person(city, "coordinator", district=here)
    mine = reported(client, walker, kind="L1")
    others = [reported(client, walker, kind="L1", **place) for place in ({"lat": FAR}, {"lon": LON + 0.014})]
    assert listed(client, theirs) == [mine]
    assert act(client, theirs, mine, "acknowledge").status_code == 200
    for sighting in others:
        assert ask(client, theirs, f"/sightings/{sighting}").status_code == 404
        assert act(client, theirs, sighting, "acknowledge").status_code == 404
    assert len(listed(client, make_person(city, "coordinator"))) == 3


def test_a_sighting_outside_the_city_lies_in_no_district(scene):
    client, _, walker, _, _ = scene
    sighting = reported(client, walker, kind="L1", lon=0.0, lat=0.0)
    assert Sighting.get_by_id(sighting).district_id is None
