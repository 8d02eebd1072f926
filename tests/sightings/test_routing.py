"""Who gets a sighting, and why: nobody's report is dropped."""

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import ON_PERSON_ERASED
from patrol.alerts.operations.reading import recipients
from patrol.people.models import Person, Role
from patrol.people.operations.erasing import erase
from patrol.places.models import Facility
from patrol.sightings import rules
from patrol.sightings.models import Sighting
from patrol.sightings.operations import personal
from patrol.sightings.operations.due import route, route_unheard
from patrol.sightings.rules import routing
from tests.support.databases import sqlite_only
from tests.support.factories import (
    LAT,
    LON,
    NOW,
    Time,
    bearer,
    client_of,
    make_box,
    make_city,
    make_duty,
    make_facility,
    make_person,
)
from tests.support.patrols import API, act, ask, inbox, listed, report, reported

FAR = 0.012
"""Degrees: in the city, beyond the first box's jurisdiction."""


def told(sighting):
    return recipients(Sighting.get_by_id(sighting).id)


def why(client, walker, sighting):
    shown = ask(client, walker, f"/sightings/{sighting}").json
    return shown["routed_to"], shown["routed_why"]["because"]


def passed(client, person, sighting):
    """Why each step before the one taken was none."""
    return [step["because"] for step in ask(client, person, f"/sightings/{sighting}").json["routed_why"]["passed"]]


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
    assert passed(client, walker, sighting) == ["nobody_on_call", "no_holder"]
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
        assert passed(client, walker, sighting) == ["nobody_on_call", "no_officer_at_box", "no_officer"]
        shown = ask(client, coordinator, f"/sightings/{sighting}").json["routed_why"]
        assert {"ko", "en"} == set(shown["passed"][0]["text"])
        assert shown["referred_to"] == ["112", "120"], "the numbers that its reporter was shown"

    def test_an_explanation_of_before_has_no_steps(self):
        old = {"because": "jurisdiction", "distance_m": 12}
        assert routing.explained(old)["passed"] == []


class TestFacilities:
    """A fault goes to whoever owns the facility at the place, and to the committee."""

    @pytest.fixture
    def town(self, database):
        city = make_city()
        return city, make_person(city, "coordinator"), make_person(city), client_of(database)

    def test_the_owners_duty_and_the_coordinators_are_told_and_both_may_answer(self, town):
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
    def test_an_owner_is_known_by_the_e_mail_address_of_an_account(self, town):
        city, coordinator, walker, client = town
        owner = make_person(city, "officer")
        Person.update(email="owner@example.org").where(Person.id == owner.id).execute()
        make_facility(city, email="owner@example.org")
        assert told(reported(client, walker, kind="C2")) == sorted([owner.id, coordinator.id])

    def test_an_owner_learns_how_it_ended_unless_they_ended_it_themselves(self, town):
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
            (title, "Closed, not fixed. Read why."),
            (title, "Fixed."),
        ]
        assert "sighting_closed" not in [message.kind for message in (*inbox(coordinator), *inbox(walker))]

    @sqlite_only
    def test_an_owners_address_is_given_out_to_them_and_gone_with_them(self, town):
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
        assert passed(client, walker, sighting) == ["no_owner"]

    @sqlite_only
    def test_an_owner_without_an_account_is_the_coordinators_to_reach(self, town):
        city, coordinator, walker, client = town
        make_facility(city, email="office@example.org")
        sighting = reported(client, walker, kind="C2")
        assert told(sighting) == [coordinator.id]
        assert passed(client, walker, sighting) == ["no_owner"]
        emails = [
            ask(client, each, f"/sightings/{sighting}").json["facility"]["email"] for each in (coordinator, walker)
        ]
        assert emails == ["office@example.org", ""], "an address is for staff"

    @sqlite_only
    def test_a_facility_farther_away_is_not_the_broken_one(self, town):
        city, _, walker, client = town
        make_facility(city, duty="traffic_authority")
        sighting = reported(client, walker, kind="C2", lat=LAT + 0.001)
        assert passed(client, walker, sighting) == ["no_facility"]


class TestByHand:
    """Who answers a sighting, or oversees it, passes it on with a reason."""

    @pytest.fixture
    def town(self, database):
        city = make_city()
        here, there = make_box(city), make_box(city, "Elsewhere", lon=LON + 0.01)
        officers = [make_person(city, "officer", box=box) for box in (here, there)]
        walker, client = make_person(city), client_of(database)
        return city, there, officers, walker, client

    def test_another_box_has_it_from_then_on_with_the_whole_time(self, town):
        _, there, (officer, other), walker, client = town
        sighting = reported(client, walker)
        act(client, officer, sighting, "acknowledge")
        answer = act(client, officer, sighting, "route", to="box", box=str(there.id), reason="Across the line")
        assert answer.status_code == 204, "it is no longer theirs to see"
        shown = ask(client, other, f"/sightings/{sighting}").json
        assert (shown["state"], shown["routed_why"]["because"]) == ("alerted", "by_hand")
        assert shown["box"]["id"] == str(there.id)
        assert [step["action"] for step in shown["steps"]][-1] == "route"
        assert shown["steps"][-1]["note"] == "Across the line"
        assert other.id in told(sighting)
        assert act(client, other, sighting, "acknowledge").status_code == 200

    def test_opened_again_it_is_theirs_to_whom_it_was_sent(self, town, database):
        _, there, (officer, other), walker, _ = town
        time = Time()
        client = client_of(database, clock=time)
        sighting = reported(client, walker)
        time.passes(minutes=1)
        act(client, officer, sighting, "route", to="box", box=str(there.id), reason="Across the line")
        act(client, other, sighting, "acknowledge")
        act(client, other, sighting, "resolve", outcome="no_action")
        before = [len(inbox(person)) for person in (officer, other)]
        time.passes(minutes=1)
        assert act(client, walker, sighting, "reopen", reason="Still there").status_code == 200
        assert [len(inbox(person)) for person in (officer, other)] == [before[0], before[1] + 1]
        assert act(client, other, sighting, "acknowledge").json["box"]["id"] == str(there.id)

    @sqlite_only
    def test_opened_again_where_nobody_is_left_it_goes_by_its_place(self, town):
        _, there, (officer, other), walker, client = town
        sighting = reported(client, walker)
        act(client, officer, sighting, "route", to="box", box=str(there.id), reason="Across the line")
        act(client, other, sighting, "acknowledge")
        act(client, other, sighting, "resolve", outcome="no_action")
        Person.update(state="disabled").where(Person.id == other.id).execute()
        act(client, walker, sighting, "reopen", reason="Still there")
        assert act(client, officer, sighting, "acknowledge").json["box"]["name"] == "Seomyeon"

    @sqlite_only
    def test_a_coordinator_who_oversees_it_may_and_another_officer_may_not(self, town):
        city, there, (_, other), walker, client = town
        coordinator = make_person(city, "coordinator")
        sighting = reported(client, walker)
        assert act(client, other, sighting, "route", to="coordinators", reason="Ours").status_code == 404
        answer = act(client, coordinator, sighting, "route", to="box", box=str(there.id), reason="Theirs")
        assert (answer.status_code, answer.json["box"]["id"]) == (200, str(there.id))

    @sqlite_only
    @pytest.mark.parametrize(
        ("wrong", "pointer"),
        [
            ({"to": "box"}, "/box"),
            ({"to": "facility", "facility": str(uuid4())}, "/facility"),
            ({"to": "duty", "duty": "nonsense"}, "/duty"),
            ({"to": "duty", "duty": "traffic_authority"}, "/to"),
            ({"to": "coordinators"}, "/to"),
        ],
    )
    def test_where_nobody_is_it_does_not_go(self, town, wrong, pointer):
        _, _, (officer, _), walker, client = town
        answer = act(client, officer, reported(client, walker), "route", reason="Why not", **wrong)
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)

    @sqlite_only
    def test_what_it_may_be_passed_on_to_can_be_asked(self, town):
        _, _, (officer, other), walker, client = town
        make_duty(officer, "child_protection")
        path = f"/sightings/{reported(client, walker)}/route"
        found = ask(client, officer, path).json
        assert found["to"] == ["box", "facility", "duty", "coordinators"]
        assert {"station_officer", "child_protection", "traffic_authority"} <= {one["code"] for one in found["duties"]}
        assert ask(client, other, path).status_code == 404
        protected = ask(client, officer, f"/sightings/{reported(client, walker, kind='E6')}/route").json
        assert (protected["to"], {one["code"] for one in protected["duties"]}) == (
            ["duty"],
            {"child_protection", "station_officer"},
        )

    @sqlite_only
    def test_an_old_view_of_it_and_one_that_is_over_are_refused(self, town):
        _, there, (officer, _), walker, client = town
        sighting, there = reported(client, walker), str(there.id)
        path, content = f"{API}/sightings/{sighting}/route", {"to": "box", "box": there, "reason": "Theirs"}
        stale = client.post(path, json=content, headers={**bearer(officer), "If-Match": '"7"'})
        assert stale.status_code == 412
        act(client, officer, sighting, "acknowledge")
        act(client, officer, sighting, "resolve", outcome="fixed")
        assert act(client, officer, sighting, "route", **content).status_code == 409

    def test_a_protected_one_stays_among_those_charged_with_such(self, town):
        _, there, (officer, other), walker, client = town
        make_duty(officer, "child_protection")
        make_duty(other, "station_officer")
        sighting = reported(client, walker, kind="E6")
        to_box = act(client, officer, sighting, "route", to="box", box=str(there.id), reason="Theirs")
        assert to_box.json["type"] == "/problems/beyond-the-rota"
        passed_on = act(client, officer, sighting, "route", to="duty", duty="station_officer", reason="Theirs")
        assert passed_on.status_code == 200
        assert act(client, other, sighting, "acknowledge").status_code == 200


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
