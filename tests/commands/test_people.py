"""Staff are invited by command line: a link, never a password."""

import json

import pytest

from app import create_app
from patrol.people.models import Person, Role
from tests.support.factories import make_box
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
