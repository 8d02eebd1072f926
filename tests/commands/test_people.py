"""Staff are invited by command line: a link, never a password."""

import json

import pytest

from app import create_app
from patrol.people.models import Duty, Person, Role
from tests.support.factories import make_box, make_district, make_person
from tests.support.places import a_bare_city


def accept(settings, token):
    """Follow the link and choose a password."""
    client = create_app(settings).test_client()
    return client.post("/api/v1/invitations/accept", json={"token": token, "password": "a sample password"})


def link_of(done):
    assert done.exit_code == 0, done.stderr
    (link,) = done.stdout.splitlines()
    return link


def test_a_coordinator_is_invited_by_a_link_that_works_once(run, settings):
    a_bare_city()
    link = link_of(run("user", "add", "Sample coordinator", "--role", "coordinator", "--email", "c@example.org"))
    assert link.startswith("http://127.0.0.1:8000/join#")
    token = link.partition("#")[2]
    person = Person.get()
    assert (person.state, person.password_hash) == ("invited", None)
    assert accept(settings, token).status_code == 201
    assert Person.get().state == "active"
    assert accept(settings, token).status_code == 409


def test_the_link_is_data_for_scripts(run):
    a_bare_city()
    done = run("user", "add", "Sample admin", "--role", "admin", "--phone", "010-1234-5678", "--json")
    content = json.loads(done.stdout)
    assert {name: content[name] for name in ("city", "role")} == {"city": "busan", "role": "admin"}
    assert "/join#" in content["link"]
    assert Person.get().phone == "+821012345678"


def test_an_officer_serves_at_the_box_that_is_named(run):
    box = make_box(a_bare_city(), "서면")
    link_of(run("user", "add", "Sample officer", "--role", "officer", "--box", "서면", "--email", "o@example.org"))
    assert Role.get().box_id == box.id


def test_a_box_that_is_not_there_is_refused_with_those_that_come_near(run):
    make_box(a_bare_city(), "서면")
    words = ("user", "add", "Sample officer", "--role", "officer", "--email", "o@example.org")
    refused = run(*words, "--box", "서면역")
    assert refused.exit_code == 1
    assert "서면 (Busanjin)" in refused.stderr
    assert not Person.select().exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--role", "coordinator"), "phone"),
        (("--role", "coordinator", "--email", "nobody"), "email"),
        (("--role", "coordinator", "--phone", "12"), "phone"),
    ],
)
def test_what_cannot_be_used_is_named(run, words, says):
    a_bare_city()
    refused = run("user", "add", "Sample coordinator", *words)
    assert refused.exit_code == 1
    assert f"{says}: " in refused.stderr
    assert not Person.select().exists()


def test_a_password_is_taken_by_no_option(run):
    a_bare_city()
    words = ("user", "add", "Sample admin", "--role", "admin", "--email", "a@example.org")
    assert run(*words, "--password", "secret").exit_code == 2
    assert "password" not in run("user", "add", "--help").stdout.replace("set their password", "")


def test_an_account_that_is_in_use_is_not_invited_again(run, settings):
    a_bare_city()
    words = ("user", "add", "Sample admin", "--role", "admin", "--email", "a@example.org")
    token = link_of(run(*words)).partition("#")[2]
    assert accept(settings, token).status_code == 201
    refused = run(*words)
    assert refused.exit_code == 1
    assert "has an account already" in refused.stderr


class TestStaff:
    """The same changes as over HTTP, for whoever runs the installation."""

    ADDED = ("user", "add", "Sample coordinator", "--role", "coordinator", "--email", "c@example.org")

    def standing(self):
        rows = Role.select().where(Role.ended_at.is_null())
        return {(row.role, row.box.name if row.box else row.district and row.district.code) for row in rows}

    def test_a_coordinator_of_two_districts_with_a_duty_is_invited(self, run):
        city = a_bare_city()
        for code in ("26230", "26350"):
            make_district(city, code, f"District {code}", half=0)
        link_of(run(*self.ADDED, "--district", "26230", "--district", "26350", "--duty", "child_protection"))
        assert self.standing() == {("coordinator", "26230"), ("coordinator", "26350")}
        assert Duty.get().duty == "child_protection"

    def test_what_cannot_be_done_invites_nobody(self, run):
        make_district(a_bare_city(), "26230")
        for options, said in (
            (("--district", "1"), "26230"),
            (("--duty", "fire_brigade"), "child_protection, station_officer"),
            (("--box", "서면"), "--box goes with --role officer"),
        ):
            refused = run(*self.ADDED, *options)
            assert refused.exit_code == 1
            assert said in refused.stderr
        assert not Person.select().exists()

    def test_somebody_is_moved_charged_with_duties_disabled_and_listed(self, run):
        make_box(a_bare_city(), "서면")
        link_of(run(*self.ADDED))
        assert run("user", "move", "c@example.org", "--role", "officer", "--box", "서면", "--why", "x").exit_code == 0
        assert self.standing() == {("officer", "서면")}
        assert run("user", "duties", "c@example.org", "--duty", "station_officer").exit_code == 0
        assert run("user", "disable", "c@example.org", "--why", "Gone.").exit_code == 0
        assert run("user", "list").stdout == "Sample coordinator  disabled  officer (서면), station_officer\n"
        assert run("user", "enable", "c@example.org").stdout == "Sample coordinator is invited.\n"
        assert json.loads(run("user", "list", "--json").stdout)[0]["state"] == "invited"

    def test_the_last_admin_and_a_stranger_are_refused(self, run):
        make_person(a_bare_city(), "admin", email="a@example.org")
        for who, said in (("a@example.org", "last admin"), ("b@example.org", "nobody in Busan signs in by that")):
            refused = run("user", "disable", who)
            assert refused.exit_code == 1
            assert said in refused.stderr
