"""A reporter may give name and number with a sighting, and takes them back whenever they like."""

import pytest

from patrol.sightings.models import Sighting
from tests.support.factories import Time, bearer, client_of, make_box, make_city, make_person
from tests.support.patrols import ask, report, reported


@pytest.fixture
def clock():
    return Time()


@pytest.fixture
def client(database, clock):
    return client_of(database, clock=clock)


@pytest.fixture
def people(database):
    city = make_city()
    return make_person(city), make_person(city, "officer", box=make_box(city))


def contact(client, walker, sighting, method="put"):
    return getattr(client, method)(f"/api/v1/sightings/{sighting}/contact", headers=bearer(walker))


def consent(client, walker, method="put"):
    assert getattr(client, method)("/api/v1/me/consents/police", headers=bearer(walker)).status_code == 200


def seen(client, officer, sighting):
    return ask(client, officer, f"/sightings/{sighting}").json["reporter_contact"]


def test_name_and_number_are_seen_by_who_answers_until_they_are_taken_back(client, people):
    walker, officer = people
    sighting = reported(client, walker)
    assert seen(client, officer, sighting) is None
    consent(client, walker)
    assert contact(client, walker, sighting).json["contact_shared"] is True
    assert seen(client, officer, sighting)["name"] == walker.name
    assert seen(client, officer, sighting)["phone"].startswith("010-")
    assert contact(client, walker, sighting, "delete").json["contact_shared"] is False
    assert seen(client, officer, sighting) is None


def test_without_the_consent_they_are_not_taken(client, people):
    walker, officer = people
    sighting = reported(client, walker)
    answer = contact(client, walker, sighting)
    assert (answer.status_code, answer.json["type"]) == (403, "/problems/consent-needed")
    assert seen(client, officer, sighting) is None


def test_withdrawing_the_consent_takes_them_back_from_every_sighting(client, clock, people):
    walker, officer = people
    consent(client, walker)
    sightings = [reported(client, walker) for _ in range(2)]
    for sighting in sightings:
        contact(client, walker, sighting)
    consent(client, walker, "delete")
    assert [seen(client, officer, sighting) for sighting in sightings] == [None, None]
    clock.passes(minutes=1)
    consent(client, walker)
    assert [seen(client, officer, sighting) for sighting in sightings] == [None, None]
    assert Sighting.select().where(Sighting.contact_shared_at.is_null(is_null=False)).count() == 0


def test_withdrawing_another_consent_leaves_them(client, people):
    walker, officer = people
    consent(client, walker)
    sighting = reported(client, walker)
    contact(client, walker, sighting)
    client.delete("/api/v1/me/consents/photo", headers=bearer(walker))
    assert seen(client, officer, sighting)


def test_nobody_shares_for_somebody_else(client, people):
    walker, _ = people
    other = make_person(walker.city)
    sighting = reported(client, walker)
    consent(client, other)
    for method in ("put", "delete"):
        assert contact(client, other, sighting, method).status_code == 404


def test_another_sighting_of_the_same_reporter_stays_nameless(client, people):
    walker, officer = people
    consent(client, walker)
    contact(client, walker, reported(client, walker))
    other = report(client, walker, kind="P3").json["id"]
    assert seen(client, officer, other) is None
