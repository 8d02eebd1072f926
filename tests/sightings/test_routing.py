"""Who gets a sighting, and why: nobody's report is dropped."""

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.people.models import Person, Role
from patrol.sightings import rules
from patrol.sightings.models import Sighting
from patrol.sightings.operations.due import route, route_unheard
from patrol.sightings.rules import routing
from tests.support.databases import sqlite_only
from tests.support.factories import (
    LON,
    NOW,
    client_of,
    make_box,
    make_city,
    make_duty,
    make_person,
)
from tests.support.patrols import act, ask, inbox, listed, passed_over, report, reported, told, why

FAR = 0.012
"""Degrees: in the city, beyond the first box's jurisdiction."""


def test_the_officers_of_the_box_whose_jurisdiction_it_is_are_told(database):
    city = make_city()
    here, there = make_box(city), make_box(city, "Jeonpo", lon=LON + FAR)
    officers = [make_person(city, "officer", box=here) for _ in range(2)]
    make_person(city, "officer", box=there)
    make_person(city, "officer")
    walker, client = make_person(city), client_of(database)
    sighting = reported(client, walker)
    assert told(sighting) == sorted(officer.id for officer in officers)
    assert why(client, walker, sighting) == ("box", "jurisdiction")
    assert ask(client, walker, f"/sightings/{sighting}").json["box"]["name"] == "Seomyeon"


def test_a_box_without_officers_leaves_it_to_those_of_the_whole_city(database):
    city = make_city()
    make_box(city)
    officer, walker, client = make_person(city, "officer"), make_person(city), client_of(database)
    make_person(city, "coordinator")
    sighting = reported(client, walker)
    assert told(sighting) == [officer.id]
    assert why(client, walker, sighting) == ("box", "no_officer_at_box")
    assert listed(client, officer) == [sighting]


def test_without_any_officer_coordinators_are_told(database):
    city = make_city()
    make_box(city)
    coordinator, walker, client = make_person(city, "coordinator"), make_person(city), client_of(database)
    sighting = reported(client, walker)
    assert told(sighting) == [coordinator.id]
    assert why(client, walker, sighting) == ("coordinators", "no_officer")
    assert act(client, coordinator, sighting, "acknowledge").status_code == 200


def test_a_city_without_boxes_sends_to_its_coordinators(database):
    city = make_city()
    coordinator, walker, client = make_person(city, "coordinator"), make_person(city), client_of(database)
    make_person(city, "officer")
    sighting = reported(client, walker)
    assert told(sighting) == [coordinator.id]
    assert why(client, walker, sighting) == ("coordinators", "no_boxes")


def test_a_kind_for_coordinators_goes_to_them_wherever_it_was_seen(database):
    city = make_city()
    make_person(city, "officer", box=make_box(city))
    coordinator, walker, client = make_person(city, "coordinator"), make_person(city), client_of(database)
    sighting = reported(client, walker, kind="C1")
    assert told(sighting) == [coordinator.id]
    assert why(client, walker, sighting) == ("coordinators", "kind")


def test_without_coordinators_admins_are_told(database):
    city = make_city()
    admin, walker, client = make_person(city, "admin"), make_person(city), client_of(database)
    sighting = reported(client, walker)
    assert told(sighting) == [admin.id]
    assert why(client, walker, sighting) == ("admins", "no_coordinator")
    assert act(client, admin, sighting, "acknowledge").status_code == 200


def test_with_nobody_at_all_it_waits_for_whoever_comes(database):
    city = make_city()
    walker, client = make_person(city), client_of(database)
    sighting = reported(client, walker)
    assert told(sighting) == []
    assert why(client, walker, sighting) == ("admins", "nobody")
    assert route_unheard(NOW) == 0
    coordinator = make_person(city, "coordinator")
    assert route_unheard(NOW + timedelta(minutes=1)) == 1
    assert route_unheard(NOW + timedelta(minutes=2)) == 0
    assert told(sighting) == [coordinator.id]
    assert len(inbox(coordinator)) == 1
    assert listed(client, coordinator) == [sighting]
    assert act(client, coordinator, sighting, "acknowledge").status_code == 200


@sqlite_only
def test_the_officers_of_a_box_that_came_later_see_what_they_are_told_of(database):
    city = make_city()
    walker, client = make_person(city), client_of(database)
    sighting = reported(client, walker)
    officer = make_person(city, "officer", box=make_box(city))
    assert route_unheard(NOW + timedelta(minutes=1)) == 1
    assert listed(client, officer) == [sighting]
    assert act(client, officer, sighting, "acknowledge").json["box"]["name"] == "Seomyeon"


@sqlite_only
def test_what_moved_meanwhile_is_not_routed_over_by_who_read_it_before(database):
    city = make_city()
    walker, client = make_person(city), client_of(database)
    sighting = reported(client, walker)
    as_it_was = Sighting.get_by_id(sighting)
    assert act(client, make_person(city, "admin"), sighting, "acknowledge").status_code == 200
    make_person(city, "coordinator")
    assert not route(as_it_was, NOW)
    assert why(client, walker, sighting) == ("admins", "nobody")
    assert told(sighting) == []


def test_a_place_outside_the_city_is_kept_flagged_and_goes_to_coordinators(database):
    city = make_city()
    make_person(city, "officer", box=make_box(city))
    coordinator, walker, client = make_person(city, "coordinator"), make_person(city), client_of(database)
    answer = report(client, walker, lon=126.98, lat=37.56)
    assert (answer.status_code, answer.json["outside_city"], answer.json["box"]) == (201, True, None)
    assert told(answer.json["id"]) == [coordinator.id]
    assert answer.json["routed_why"]["because"] == "outside_city"


def test_unknown_bounds_leave_no_place_outside(database):
    city = make_city(bbox=None)
    make_person(city, "coordinator")
    assert not report(client_of(database), make_person(city), lon=0, lat=0).json["outside_city"]


def test_a_kind_with_a_duty_goes_to_its_holders(database):
    city = make_city()
    box = make_box(city)
    on_call, colleague = (make_person(city, "officer", box=box) for _ in range(2))
    make_duty(on_call, "child_protection")
    make_duty(make_person(city), "child_protection")  # a walker cannot answer
    walker, client = make_person(city), client_of(database)
    sighting = reported(client, walker, kind="E6")
    assert told(sighting) == [on_call.id]
    assert why(client, walker, sighting) == ("duty", "duty")
    assert act(client, colleague, sighting, "acknowledge").status_code == 404
    assert act(client, on_call, sighting, "acknowledge").status_code == 200


def test_a_protected_kind_goes_to_station_officers_where_nobody_holds_its_duty_and_never_to_the_box(database):
    city = make_city()
    box = make_box(city)
    make_person(city, "officer", box=box)
    station = make_person(city, "officer", box=box)
    make_duty(station, "station_officer")
    walker, client = make_person(city), client_of(database)
    sighting = reported(client, walker, kind="E6")
    assert told(sighting) == [station.id]
    assert why(client, walker, sighting) == ("holders", "station_officers")
    assert passed_over(client, walker, sighting) == ["nobody_on_call", "no_holder"]
    assert act(client, station, sighting, "acknowledge").status_code == 200


def test_a_protected_kind_waits_for_its_duty_and_admins_learn_only_that_something_does(database):
    city = make_city()
    admin, walker, client = make_person(city, "admin"), make_person(city), client_of(database)
    officer = make_person(city, "officer", box=make_box(city))
    sighting = reported(client, walker, kind="E6")
    assert told(sighting) == []
    assert why(client, walker, sighting) == ("duty", "nobody")
    assert [message.kind for message in inbox(admin)] == ["rota_gap"]
    assert ask(client, admin, f"/sightings/{sighting}").status_code == 404
    make_duty(officer, "child_protection")
    assert route_unheard(NOW + timedelta(minutes=1)) == 1
    assert told(sighting) == [officer.id]


def test_who_left_or_is_disabled_is_not_told(database):
    city = make_city()
    box = make_box(city)
    gone, disabled, there = (make_person(city, "officer", box=box) for _ in range(3))
    Role.update(ended_at=NOW).where(Role.person == gone).execute()
    Person.update(state="disabled").where(Person.id == disabled.id).execute()
    assert told(reported(client_of(database), make_person(city))) == [there.id]


def test_the_service_level_of_its_urgency_is_when_it_is_due(database):
    city = make_city()
    make_person(city, "officer", box=make_box(city))
    walker, client = make_person(city), client_of(database)
    due = {kind: report(client, walker, kind=kind).json["due_at"] for kind in ("E1", "P1", "C1")}
    minutes = {kind: timedelta(minutes=span) for kind, span in (("E1", 3), ("P1", 30), ("C1", 1440))}
    assert due == {kind: (NOW + span).isoformat() for kind, span in minutes.items()}


class TestExplained:
    """Whoever sees a sighting sees each step that was considered for it, and why it was none."""

    def test_each_step_that_was_passed_over_is_kept_and_said(self, database):
        city = make_city()
        make_box(city)
        coordinator, walker, client = make_person(city, "coordinator"), make_person(city), client_of(database)
        sighting = reported(client, walker, kind="C3")
        assert passed_over(client, walker, sighting) == ["nobody_on_call", "no_officer_at_box", "no_officer"]
        shown = ask(client, coordinator, f"/sightings/{sighting}").json["routed_why"]
        assert {"ko", "en"} == set(shown["passed"][0]["text"])
        assert shown["referred_to"] == ["112", "120"], "the numbers that its reporter was shown"

    def test_an_explanation_of_before_has_no_steps(self):
        old = {"because": "jurisdiction", "distance_m": 12}
        assert routing.explained(old)["passed"] == []


people = st.lists(st.uuids(), max_size=2)


@given(
    goes_to=st.sampled_from(["box", "coordinators", "duty", "facility"]),
    owners=people,
    outside=st.booleans(),
    because=st.sampled_from(["jurisdiction", "nearest", "nearest_on_foot", "no_boxes"]),
    duty=people,
    box_officers=people,
    city_officers=people,
    coordinators=people,
    admins=people,
)
def test_somebody_is_told_whenever_somebody_is_there(goes_to, outside, because, **those):
    found = routing.route(goes_to, routing.Contacts(because=because, **those), outside=outside)
    reachable = {*those["coordinators"], *those["admins"]}
    assert bool(found.people) >= bool(reachable)
    assert found.to in rules.ROUTES
    assert found.because in routing.BECAUSE
    if outside or because == "no_boxes":
        assert found.to != "box"
    if found.to == "duty":
        assert goes_to == "duty"


@pytest.mark.parametrize("routed_to", rules.ROUTES)
@pytest.mark.parametrize("role", ["walker", "officer", "coordinator", "admin"])
@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("restricted", [True, False])
def test_who_answers(routed_to, role, told, restricted):
    box = uuid4()
    viewer = viewer_of(roles=frozenset({role}), boxes=frozenset({box}))
    needed = {"box": {"officer"}, "coordinators": {"coordinator"}, "admins": {"admin"}, "facility": {"coordinator"}}
    by_place = role in needed.get(routed_to, ()) and (told or not restricted)
    by_name = told and role != "walker" and routed_to in ("duty", "holders", "facility")
    may = by_place or by_name
    answered = rules.answering_role(viewer, routed_to=routed_to, box=box, restricted=restricted, told=told)
    assert answered == (role if may else None)


def test_an_officer_of_another_box_does_not_answer():
    viewer = viewer_of(roles=frozenset({"officer"}), boxes=frozenset({uuid4()}))
    assert rules.answering_role(viewer, routed_to="box", box=uuid4(), restricted=False, told=False) is None


def viewer_of(*, roles, boxes):
    nowhere = frozenset()
    return rules.Viewer(
        person=uuid4(), city=uuid4(), roles=roles, boxes=boxes, districts=nowhere, kinds_on_duty=nowhere
    )
