"""Each way in, each change of an account and each change of rights leaves a line: who, from where, how it ended."""

import pytest
import structlog

from patrol.http.access import operations
from patrol.http.api import BASE
from patrol.http.caller import stated, view_of
from patrol.people.models import Person
from patrol.people.operations.passwords import digest
from tests.support.factories import bearer, make_city, make_person

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

PASSWORD = "an unlikely sample of a password"


@pytest.fixture
def told():
    with structlog.testing.capture_logs() as lines:
        yield lambda event: [line for line in lines if line["event"] == event]


@pytest.fixture
def walker(database):
    person = make_person(make_city(), email="walker@example.org")
    Person.update(password_hash=digest(PASSWORD, cost=(1, 8, 1))).where(Person.id == person.id).execute()
    return person


def test_every_endpoint_that_changes_something_of_people_leaves_a_line(client):
    app = client.application
    found = {}
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(BASE) and rule.endpoint.startswith("people."):
            for method in rule.methods - {"GET", "HEAD", "OPTIONS"}:
                view = view_of(app.view_functions[rule.endpoint], method)
                found[f"{method} {rule.rule.removeprefix(BASE)}"] = stated(view, "security_event")
    assert len(found) > 15
    assert {name for name, event in found.items() if event is None} == set(), "mark them with @noteworthy(…)"
    assert len(list(operations(client.get("/api/openapi.json").json))) > len(found)


def test_a_sign_in_leaves_a_line_with_who_it_was(client, walker, told):
    given = {"name": "walker@example.org", "password": PASSWORD}
    assert client.post("/api/v1/sessions", json=given).status_code == 201
    (line,) = told("sign-in")
    assert (line["outcome"], line["person"], line["address"]) == ("done", str(walker.id), "127.0.0.1")


@pytest.mark.parametrize("name", ["walker@example.org", "nobody@example.org"])
@pytest.mark.usefixtures("walker")
def test_one_that_failed_leaves_a_line_without_what_was_typed(client, told, name):
    client.post("/api/v1/sessions", json={"name": name, "password": "hunter2 hunter2"})
    (line,) = told("sign-in")
    assert (line["outcome"], line["log_level"], line["problem"]) == ("refused", "warning", "wrong-sign-in")
    assert "hunter2" not in str(line)
    assert name not in str(line)


def test_a_change_of_rights_leaves_a_line_with_whom_it_was_about_and_who_tried(client, walker, told):
    admin = make_person(walker.city, "admin")
    for person, outcome in ((admin, "done"), (walker, "refused")):
        path = f"/api/v1/staff/{make_person(walker.city, 'officer').id}/disable"
        client.post(path, json={"why": "For a test."}, headers=bearer(person))
        line = told("rights changed")[-1]
        assert (line["path"], line["person"]) == (path, str(person.id))
        assert line["outcome"] == outcome, line
