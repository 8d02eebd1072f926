"""The reporter is shown to nobody; restricted kinds to those alone whom they were sent to."""

import json

import pytest

from config.policy import read_policy, shipped
from notifications.models import Event, Message
from patrol.people.models import AccessEntry, Role
from patrol.sightings import rules
from patrol.sightings.models import Sighting
from tests.support.factories import (
    LON,
    NOW,
    client_of,
    consent_to,
    make_box,
    make_city,
    make_duty,
    make_person,
    make_shift,
    make_team,
)
from tests.support.patrols import act, ask, inbox, listed, reported, started, stream, texts_in

ALL_ROLES = ("walker", "officer", "coordinator", "admin")
RESTRICTED = [kind for kind in read_policy(shipped("busan")).kinds if kind.restricted]


@pytest.fixture
def town(database):
    city = make_city()
    box = make_box(city)
    walker = make_person(city, name="Sample reporter Ganada", email="ganada@example.org")
    consent_to(walker, "service", "location", "police")
    return city, box, walker, client_of(database)


def answers_of_a_whole_life(client, officer, walker, sighting):
    """Every answer that somebody who answers can get about a sighting."""
    yield ask(client, officer, f"/sightings/{sighting}")
    yield ask(client, officer, "/sightings")
    yield act(client, officer, sighting, "acknowledge")
    yield act(client, officer, sighting, "acknowledge")
    yield act(client, officer, sighting, "respond")
    yield act(client, officer, sighting, "respond")
    yield act(client, officer, sighting, "resolve", outcome="fixed")
    act(client, walker, sighting, "reopen", reason="Still open.")
    yield act(client, officer, sighting, "reopen", reason="Whose is it?")
    yield ask(client, officer, f"/sightings/{sighting}")
    yield ask(client, officer, "/sightings?state=reopened")
    yield ask(client, officer, "/sightings?mine=true")
    yield ask(client, officer, "/me/messages")


@pytest.mark.parametrize("kind", ["P1", "E6"])
def test_who_answers_never_learns_who_reported(town, kind):
    city, box, walker, client = town
    team = make_team(city, walker)
    walk = started(client, make_shift(team))
    officer = make_person(city, "officer", box=box)
    sighting = reported(client, walker, kind=kind, walk=walk)
    secrets = [str(walker.id), walker.name, walker.email, walker.phone, walk, str(team.id), team.name, team.code]
    for answer in answers_of_a_whole_life(client, officer, walker, sighting):
        found = [text for text in texts_in(answer.json) for secret in secrets if secret in text]
        assert found == [], answer.request.path
    told = [row.content for row in Event.select().where(Event.person == officer.id)]
    told += [message.words | {"link": message.link} for message in inbox(officer)]
    assert not [secret for secret in secrets if secret in json.dumps(told, ensure_ascii=False)]


def test_officers_cannot_ask_for_walks(town):
    city, box, _, client = town
    officer = make_person(city, "officer", box=box)
    paths = ("/walks", "/walks/under-way?purpose=safety")
    assert [ask(client, officer, path).status_code for path in paths] == [403, 403]


def test_the_reporter_learns_that_somebody_has_it_and_not_who(town):
    city, box, walker, client = town
    officer = make_person(city, "officer", box=box, name="Sample officer Mabasa")
    sighting = reported(client, walker)
    act(client, officer, sighting, "acknowledge")
    shown = ask(client, walker, f"/sightings/{sighting}").json
    assert shown["acknowledged_at"] is not None
    assert officer.name not in json.dumps(shown)
    assert str(officer.id) not in json.dumps(shown)


def test_walkers_see_no_sighting_of_others(town):
    city, _, walker, client = town
    sighting = reported(client, walker)
    other = make_person(city)
    assert listed(client, other) == []
    assert ask(client, other, f"/sightings/{sighting}").status_code == 404
    assert act(client, other, sighting, "acknowledge").status_code == 403


def test_officers_see_what_went_to_their_box(town):
    city, _, walker, client = town
    there = make_box(city, "Jeonpo", lon=LON + 0.012)
    other = make_person(city, "officer", box=there)
    for kind in ("P1", "C1"):
        sighting = reported(client, walker, kind=kind)
        assert listed(client, other) == []
        assert ask(client, other, f"/sightings/{sighting}").status_code == 404
        assert act(client, other, sighting, "acknowledge").status_code == 404


def test_coordinators_oversee_what_others_answer_and_take_what_is_theirs(town):
    city, box, walker, client = town
    make_person(city, "officer", box=box)
    coordinator = make_person(city, "coordinator")
    theirs, others = reported(client, walker, kind="C1"), reported(client, walker, kind="P1")
    assert set(listed(client, coordinator)) == {theirs, others}
    assert act(client, coordinator, others, "acknowledge").status_code == 403
    assert act(client, coordinator, theirs, "acknowledge").status_code == 200


def test_admins_see_what_came_to_them(town):
    city, box, walker, client = town
    make_person(city, "officer", box=box)
    admin = make_person(city, "admin")
    sighting = reported(client, walker)
    assert listed(client, admin) == []
    assert ask(client, admin, f"/sightings/{sighting}").status_code == 404


def test_staff_who_also_walk_ask_for_their_own(town):
    city, box, _, client = town
    both = make_person(city, "officer", "walker", box=box)
    other = make_person(city)
    own, others = reported(client, both), reported(client, other, kind="P3")
    assert listed(client, both, "?mine=true") == [own]
    assert set(listed(client, both)) == {own, others}


@pytest.mark.parametrize("kind", [kind.code for kind in RESTRICTED])
def test_a_restricted_sighting_is_seen_by_its_recipients_and_its_reporter_alone(town, kind):
    city, box, walker, client = town
    on_call = make_person(city, "officer", box=box)
    make_duty(on_call, next(found.duty for found in RESTRICTED if found.code == kind))
    others = [make_person(city, role, box=box) for role in ALL_ROLES]
    others += [make_person(city, *ALL_ROLES, box=box), make_person(city, "officer")]
    sighting = reported(client, walker, kind=kind, text="Behind the blue gate.")
    for state in ("alerted", "acknowledged", "responding", "resolved"):
        for person in others:
            for path in ("/sightings", f"/sightings?state={state}", "/sightings?mine=true", "/me/messages"):
                assert "blue gate" not in ask(client, person, path).text
                assert sighting not in ask(client, person, path).text
            assert ask(client, person, f"/sightings/{sighting}").status_code == 404
            for action, content in (("respond", {}), ("resolve", {"outcome": "fixed"}), ("reopen", {"reason": "x"})):
                assert act(client, person, sighting, action, **content).status_code in (403, 404)
            assert stream(person, "sighting") == inbox(person) == []
        assert ask(client, on_call, f"/sightings/{sighting}").json["kind"] == kind
        assert ask(client, walker, f"/sightings/{sighting}").json["state"] == state
        action = next(iter(rules.NEXT[state]))
        if action != "reopen":
            content = {"outcome": "fixed"} if action == "resolve" else {}
            assert act(client, on_call, sighting, action, **content).status_code == 200


def test_who_has_lost_every_role_of_staff_no_longer_sees_it(town):
    city, box, walker, client = town
    on_call = make_person(city, "officer", "walker", box=box)
    make_duty(on_call, "child_protection")
    sighting = reported(client, walker, kind="E6")
    assert ask(client, on_call, f"/sightings/{sighting}").status_code == 200
    Role.update(ended_at=NOW).where((Role.person == on_call) & (Role.role == "officer")).execute()
    assert ask(client, on_call, f"/sightings/{sighting}").status_code == 404


@pytest.mark.parametrize("kind", ["E1", "E6", "E7", "E8", "P1", "C1"])
def test_what_is_pushed_names_no_person_no_place_and_no_kind(town, kind):
    city, box, walker, client = town
    make_person(city, "officer", box=box, name="Sample officer Mabasa")
    make_person(city, "coordinator")
    sighting = reported(client, walker, kind=kind, text="Behind the blue gate.")
    row = Sighting.get_by_id(sighting)
    named = next(found for found in read_policy(shipped("busan")).kinds if found.code == kind)
    telling = [kind, *named.name.values(), "blue gate", box.name, walker.name, str(row.lon), "Sample", "Busan"]
    for message in Message.select():
        said = json.dumps(message.words, ensure_ascii=False) + message.link
        assert [word for word in telling if word in said] == []


def test_the_stream_tells_the_kind_unless_it_is_restricted(town):
    city, box, walker, client = town
    officer = make_person(city, "officer", box=box)
    make_duty(officer, "child_protection")
    for kind in ("E1", "E6"):
        reported(client, walker, kind=kind)
    assert [event.get("kind") for event in stream(officer, "sighting")] == ["E1", None]


def test_every_read_of_a_restricted_sighting_is_logged_with_its_purpose(town):
    city, box, walker, client = town
    officer = make_person(city, "officer", box=box)
    make_duty(officer, "child_protection")
    sighting, plain = reported(client, walker, kind="E6"), reported(client, walker, kind="P1")
    ask(client, officer, f"/sightings/{sighting}?purpose=audit")
    ask(client, officer, "/sightings")
    ask(client, officer, f"/sightings/{plain}")
    ask(client, walker, f"/sightings/{sighting}")
    entries = list(AccessEntry.select().order_by(AccessEntry.at, AccessEntry.purpose))
    assert sorted(entry.purpose for entry in entries) == ["answer", "audit"]
    assert {(entry.reader, entry.subject, entry.what) for entry in entries} == {
        (officer.id, walker.id, "restricted_sighting")
    }


def test_a_sighting_whose_reporter_was_erased_stays(town):
    city, box, walker, client = town
    officer = make_person(city, "officer", box=box)
    sighting = reported(client, walker)
    walker.delete_instance()
    assert act(client, officer, sighting, "acknowledge").json["state"] == "acknowledged"
