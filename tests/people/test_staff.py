"""Staff are invited, moved, charged with duties and let go; history stays, and nobody locks the city out."""

from datetime import timedelta

import pytest

from notifications.models import Message
from patrol.errors import NotFound, Stale
from patrol.people.models import Duty, Link, Person, Role, RotaEntry, Session, StaffStep
from patrol.people.operations import staffing
from patrol.people.operations.accounts import invite
from patrol.people.operations.rota import NoSuchDuty
from patrol.people.operations.staff import history, members, staff_of
from patrol.people.operations.staffing import Charge
from tests.support.factories import (
    NOW,
    bearer,
    client_of,
    make_box,
    make_city,
    make_district,
    make_duty,
    make_person,
    make_rota_entry,
)
from tests.support.patrols import API, at_once

LATER = NOW + timedelta(days=1)


@pytest.fixture
def admin(city):
    return make_person(city, "admin")


def put_roles(city, person, *charges, admin=None, why="A test.", expected=None):
    by = admin and admin.id
    return staffing.put_roles(city, person.id, charges, why=why, expected=expected, by=by, now=LATER)


def put_duties(city, person, *duties, now=LATER):
    return staffing.put_duties(city, person.id, duties, why="A test.", expected=None, by=None, now=now)


def standing(person):
    rows = Role.select().where((Role.person == person) & Role.ended_at.is_null())
    return {(row.role, row.box_id or row.district_id) for row in rows}


def steps(person):
    done = StaffStep.select().where(StaffStep.person == person).order_by(StaffStep.at)
    return [(step.action, step.facts, step.why, step.by, step.at) for step in done]


def said_to(person):
    return [row.words["en"]["body"] for row in Message.select().where(Message.person == person.id)]


class TestRoles:
    def test_an_officer_moves_box_and_both_times_stay_as_history(self, city, admin):
        old, new = make_box(city, "Old"), make_box(city, "New")
        officer = make_person(city, "officer", "walker", box=old)
        put_roles(city, officer, Charge("officer", box=new.id), admin=admin, why="Moved at New Year.")
        assert standing(officer) == {("officer", new.id), ("walker", None)}
        roles, _ = history(officer)
        assert [(role.box.name, role.created_at, role.ended_at) for role in roles] == [
            ("Old", NOW, LATER),
            ("New", LATER, None),
        ]
        facts = {
            "roles": [{"role": "officer", "box": "New", "district": ""}],
            "before": [{"role": "officer", "box": "Old", "district": ""}],
        }
        assert steps(officer) == [("change_role", facts, "Moved at New Year.", admin.id, LATER)]
        assert said_to(officer) == ["Your roles are now: officer (New). (Moved at New Year.)"]

    def test_a_role_that_stays_goes_on_as_it_was(self, city):
        here, there = make_district(city, "1", "Here"), make_district(city, "2", "There")
        person = make_person(city, "coordinator", district=here)
        put_roles(city, person, *(Charge("coordinator", district=district.id) for district in (here, there)))
        assert standing(person) == {("coordinator", here.id), ("coordinator", there.id)}
        kept = Role.get((Role.person == person) & (Role.district == here))
        assert (kept.created_at, kept.ended_at) == (NOW, None)

    def test_the_same_again_changes_nothing_and_tells_nobody(self, city):
        person = make_person(city, "officer")
        put_roles(city, person, Charge("officer"))
        assert (StaffStep.select().count(), Message.select().count(), Role.select().count()) == (0, 0, 1)

    def test_who_has_no_role_left_has_no_duty_and_no_rota_left(self, city):
        person = make_person(city, "officer")
        make_duty(person, "station_officer")
        make_rota_entry(person, "station_officer", NOW, LATER + timedelta(hours=1))
        make_rota_entry(person, "station_officer", LATER + timedelta(hours=2), LATER + timedelta(hours=3))
        put_roles(city, person)
        assert standing(person) == set()
        assert Duty.get().ended_at == LATER
        assert [entry.ends_at for entry in RotaEntry.select()] == [LATER]
        assert list(staff_of(city.id, former=True)) == [person]

    def test_a_box_goes_with_officers_and_a_district_with_coordinators_of_the_same_city(self, city):
        other = make_city("Ulsan")
        box, district = make_box(city), make_district(city)
        person = make_person(city, "officer")
        for wrong, field in (
            (Charge("coordinator", box=box.id), "box"),
            (Charge("officer", box=make_box(other).id), "box"),
            (Charge("officer", district=district.id), "district"),
            (Charge("coordinator", district=make_district(other).id), "district"),
        ):
            with pytest.raises(staffing.NoSuchPlace) as refused:
                put_roles(city, person, Charge("admin"), wrong)
            assert refused.value.pointer == f"/roles/1/{field}"
        assert standing(person) == {("officer", None)}

    def test_a_role_twice_or_for_a_part_beside_the_whole_is_refused(self, city):
        district, person = make_district(city), make_person(city, "officer")
        for charges in (
            (Charge("officer"), Charge("officer")),
            (Charge("coordinator"), Charge("coordinator", district=district.id)),
        ):
            with pytest.raises(staffing.RoleTwice):
                put_roles(city, person, *charges)

    def test_somebody_else_who_changed_it_meanwhile_is_not_overwritten(self, city):
        person = make_person(city, "officer")
        put_roles(city, person, Charge("coordinator"), expected=0)
        with pytest.raises(Stale):
            put_roles(city, person, Charge("admin"), expected=0)
        assert standing(person) == {("coordinator", None)}

    def test_a_walker_is_no_member_of_staff(self, city):
        with pytest.raises(NotFound):
            put_roles(city, make_person(city), Charge("admin"))


class TestLastAdmin:
    def test_the_citys_last_admin_keeps_the_role_and_the_account(self, city, admin):
        make_person(make_city("Ulsan"), "admin")
        make_person(city, "admin", state="disabled")
        make_person(city, "admin", state="invited")
        with pytest.raises(staffing.LastAdmin):
            put_roles(city, admin, Charge("coordinator"))
        with pytest.raises(staffing.LastAdmin):
            staffing.disable(city, admin.id, why="x", by=None, now=LATER)
        assert standing(admin) == {("admin", None)}
        assert Person.get_by_id(admin.id).state == "active"
        assert StaffStep.select().count() == 0

    def test_with_another_one_there_it_may_go(self, city, admin):
        make_person(city, "admin")
        put_roles(city, admin)
        assert standing(admin) == set()

    def test_a_city_without_any_admin_changes_other_roles(self, city):
        person = make_person(city, "officer")
        put_roles(city, person, Charge("coordinator"))
        assert standing(person) == {("coordinator", None)}

    def test_two_admins_who_take_the_role_from_each_other_at_once_do_not_both_succeed(self, city, admin):
        other = make_person(city, "admin")

        def let_go(person):
            try:
                return put_roles(city, person) and "gone"
            except staffing.LastAdmin:
                return "last"

        assert sorted(at_once(lambda: let_go(admin), lambda: let_go(other))) == ["gone", "last"]


class TestDuties:
    def test_a_duty_is_granted_and_ended_with_history_and_told(self, city):
        person = make_person(city, "officer")
        put_duties(city, person, "child_protection")
        put_duties(city, person, now=LATER + timedelta(hours=1))
        put_duties(city, person, "station_officer", now=LATER + timedelta(hours=2))
        _, duties = history(person)
        assert [(duty.duty, duty.ended_at) for duty in duties] == [
            ("child_protection", LATER + timedelta(hours=1)),
            ("station_officer", None),
        ]
        assert [action for action, *_ in steps(person)] == ["grant_duty", "end_duty", "grant_duty"]
        assert "You are charged with a duty: Child protection. (A test.)" in said_to(person)
        assert "A duty of yours has ended: Child protection. (A test.)" in said_to(person)

    def test_who_loses_a_duty_leaves_its_rota_and_no_other(self, city):
        person = make_person(city, "officer")
        for duty in ("child_protection", "station_officer"):
            make_duty(person, duty)
            make_rota_entry(person, duty, LATER + timedelta(hours=1), LATER + timedelta(hours=2))
        put_duties(city, person, "station_officer")
        assert [entry.duty for entry in RotaEntry.select()] == ["station_officer"]

    def test_an_unknown_one_is_refused_and_one_without_a_role_too(self, city):
        person = make_person(city, "officer")
        with pytest.raises(NoSuchDuty) as refused:
            put_duties(city, person, "child_protection", "fire_brigade")
        assert refused.value.pointer == "/duties/1"
        put_roles(city, person)
        with pytest.raises(staffing.StaffOnly):
            put_duties(city, person, "child_protection")


class TestAccounts:
    def test_who_is_disabled_is_out_at_once_and_may_come_again(self, database, city, admin):
        client, person = client_of(database), make_person(city, "officer")
        headers = bearer(person)
        assert client.get(f"{API}/me", headers=headers).status_code == 200
        staffing.disable(city, person.id, why="On leave.", by=admin.id, now=LATER)
        assert client.get(f"{API}/me", headers=headers).status_code == 401
        assert Session.get().revoked_at == LATER
        with pytest.raises(staffing.NotNow):
            staffing.disable(city, person.id, why="x", by=admin.id, now=LATER)
        Person.update(password_hash="x").where(Person.id == person.id).execute()
        assert (
            staffing.enable(city, person.id, why="Back.", by=admin.id, now=LATER + timedelta(hours=1)).state == "active"
        )
        assert client.get(f"{API}/me", headers=headers).status_code == 401  # sessions stay ended
        assert [(action, why) for action, _, why, *_ in steps(person)] == [
            ("disable", "On leave."),
            ("enable", "Back."),
        ]

    def test_who_never_came_needs_a_new_invitation(self, city):
        person, _ = invite(city, name="Sample", email="a@example.org", role="officer", now=NOW)
        staffing.disable(city, person.id, why="x", by=None, now=LATER)
        assert staffing.enable(city, person.id, why="x", by=None, now=LATER).state == "invited"
        assert members([person], now=LATER)[0].invited_until is None


class TestInvitations:
    def test_a_coordinator_is_invited_to_a_district(self, city):
        district = make_district(city)
        person, _ = invite(
            city, name="Sample", email="a@example.org", role="coordinator", district=district.id, now=NOW
        )
        assert standing(person) == {("coordinator", district.id)}
        elsewhere = make_district(make_city("Ulsan"))
        for role, place in (("officer", district), ("coordinator", elsewhere)):
            with pytest.raises(staffing.NoSuchPlace):
                invite(city, name="Sample", email="b@example.org", role=role, district=place.id, now=NOW)

    def test_it_is_renewed_and_the_earlier_link_is_void(self, city):
        person, _ = invite(city, name="Sample", email="a@example.org", role="officer", now=NOW)
        staffing.renew_invitation(city, person.id, by=None, now=LATER)
        assert Link.select().where(Link.expires_at > LATER).count() == 1
        assert members([person], now=LATER)[0].invited_until == LATER + timedelta(days=7)

    def test_it_is_revoked_and_can_be_renewed(self, city):
        person, _ = invite(city, name="Sample", email="a@example.org", role="officer", now=NOW)
        staffing.revoke_invitation(city, person.id, by=None, now=LATER)
        assert members([person], now=LATER)[0].invited_until is None
        staffing.renew_invitation(city, person.id, by=None, now=LATER + timedelta(hours=1))
        assert [action for action, *_ in steps(person)] == ["invite", "revoke_invitation", "renew_invitation"]

    def test_who_has_come_has_no_invitation(self, city):
        person = make_person(city, "officer")
        for change in (staffing.renew_invitation, staffing.revoke_invitation):
            with pytest.raises(staffing.NotNow):
                change(city, person.id, by=None, now=NOW)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
class TestOverHttp:
    @pytest.fixture
    def client(self, database):
        return client_of(database)

    def names(self, client, admin, query=""):
        found = client.get(f"{API}/staff{query}", headers=bearer(admin)).json["items"]
        return [member["name"] for member in found]

    def test_staff_are_listed_by_name_with_what_they_do(self, client, city, admin):
        box, district = make_box(city), make_district(city)
        officer = make_person(city, "officer", box=box, name="Sample B")
        make_duty(officer, "child_protection")
        make_person(city, "coordinator", district=district, name="Sample A")
        make_person(city, name="Sample walker")
        make_person(make_city("Ulsan"), "officer", name="Sample elsewhere")
        assert self.names(client, admin) == sorted(["Sample A", "Sample B", admin.name])
        assert self.names(client, admin, "?role=officer") == ["Sample B"]
        assert self.names(client, admin, f"?box={box.id}") == ["Sample B"]
        assert self.names(client, admin, f"?district={district.id}") == ["Sample A"]
        assert self.names(client, admin, "?duty=child_protection") == ["Sample B"]
        assert self.names(client, admin, "?former=true") == []
        [found] = client.get(f"{API}/staff?role=officer", headers=bearer(admin)).json["items"]
        assert (found["roles"][0]["box"]["name"], found["duties"], found["on_duty"]) == (
            "Seomyeon",
            ["child_protection"],
            ["child_protection"],
        )

    def test_a_change_goes_by_the_version_seen_and_says_why(self, client, city, admin):
        box, officer = make_box(city), make_person(city, "officer")
        path, headers = f"{API}/staff/{officer.id}", bearer(admin)
        seen = client.get(path, headers=headers).headers["ETag"]
        wanted = {"roles": [{"role": "officer", "box": str(box.id)}], "why": "Moved."}
        moved = client.put(f"{path}/roles", json=wanted, headers=headers | {"If-Match": seen})
        assert (moved.status_code, len(moved.json["all_roles"])) == (200, 2)
        stale = client.put(f"{path}/duties", json={"duties": [], "why": "x"}, headers=headers | {"If-Match": seen})
        assert stale.status_code == 412
        silent = client.put(f"{path}/roles", json={"roles": []}, headers=headers)
        assert (silent.status_code, silent.json["errors"][0]["pointer"]) == (422, "/why")
        [step] = client.get(f"{path}/steps", headers=headers).json["items"]
        assert (step["action"], step["why"], step["by"]) == ("change_role", "Moved.", str(admin.id))

    def test_an_invitation_is_renewed_and_revoked(self, client, admin):
        headers = bearer(admin)
        given = {"name": "Sample", "email": "a@example.org", "role": "officer"}
        made = client.post(f"{API}/staff", json=given, headers=headers).json
        again = client.post(f"{API}/staff/{made['person']}/invitation", headers=headers)
        assert (again.status_code, again.json["link"] != made["link"]) == (201, True)
        assert client.delete(f"{API}/staff/{made['person']}/invitation", headers=headers).status_code == 204
        [found] = client.get(f"{API}/staff?role=officer", headers=headers).json["items"]
        assert (found["state"], found["invited_until"]) == ("invited", None)

    def test_the_last_admin_is_told_why_not(self, client, admin):
        path, headers = f"{API}/staff/{admin.id}", bearer(admin)
        for answer in (
            client.put(f"{path}/roles", json={"roles": [], "why": "x"}, headers=headers),
            client.post(f"{path}/disable", json={"why": "x"}, headers=headers),
        ):
            assert (answer.status_code, answer.json["type"].rsplit("/", 1)[-1]) == (409, "last-admin")

    def test_only_admins_and_only_of_the_same_city(self, client, city):
        officer, stranger = make_person(city, "officer"), make_person(make_city("Ulsan"), "admin")
        path = f"{API}/staff/{officer.id}"
        calls = [
            ("get", "", None),
            ("get", "/steps", None),
            ("put", "/roles", {"roles": [], "why": "x"}),
            ("put", "/duties", {"duties": [], "why": "x"}),
            ("post", "/disable", {"why": "x"}),
            ("post", "/enable", {"why": "x"}),
            ("post", "/invitation", None),
            ("delete", "/invitation", None),
        ]
        for method, part, content in calls:
            for person, status in ((make_person(city, "coordinator"), 403), (officer, 403), (stranger, 404)):
                given = {"json": content} if content else {}
                answer = getattr(client, method)(path + part, headers=bearer(person), **given)
                assert answer.status_code == status, (method, part, person.name)
        assert standing(officer) == {("officer", None)}
