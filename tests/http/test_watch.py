"""The security log: who signed in, what was refused, which rights changed; and nothing that a person typed."""

import pytest
import structlog
from flask import Flask

from config.clock import utc_now
from patrol.http import api, openapi
from patrol.http.caller import allow, anyone
from patrol.http.watch import acts, noteworthy
from tests.support.factories import bearer, client_of, make_city, make_person
from tests.support.patrols import seen

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def told():
    """What is told while the test runs, as the collector reads it."""
    with structlog.testing.capture_logs() as lines:
        yield lambda: list(lines)


def test_an_endpoint_that_a_role_may_not_call_is_told_with_who_tried(database, told):
    client, person = client_of(database), make_person(make_city(), "walker")
    client.get("/api/v1/teams", headers=bearer(person), environ_base={"REMOTE_ADDR": "203.0.113.9"})
    (line,) = told()
    assert (line["event"], line["log_level"], line["status"], line["problem"]) == (
        "refused",
        "warning",
        403,
        "forbidden",
    )
    assert (line["method"], line["path"], line["address"]) == ("GET", "/api/v1/teams", "203.0.113.9")
    assert (line["person"], line["city"]) == (str(person.id), str(person.city_id))
    assert line["request_id"]


def test_a_thing_that_is_anothers_is_told_too(database, told):
    client, person = client_of(database), make_person(make_city(), "walker")
    path = "/api/v1/shifts/00000000-0000-4000-8000-000000000001"
    client.get(path, headers=bearer(person))
    (line,) = told()
    assert (line["status"], line["path"], line["person"]) == (404, path, str(person.id))


def test_a_request_without_sign_in_is_told_with_its_address(database, told):
    client_of(database).get("/api/v1/me", headers={"Authorization": "Bearer hunter2"})
    (line,) = told()
    assert (line["status"], line["problem"], line["address"]) == (401, "not-signed-in", "127.0.0.1")
    assert "person" not in line


@pytest.mark.parametrize(("proxies", "believed"), [("0", "127.0.0.1"), ("1", "203.0.113.9"), ("2", "198.51.100.1")])
def test_an_address_is_believed_from_as_many_proxies_as_there_are(database, told, proxies, believed):
    client = client_of(database, proxies=proxies)
    client.get("/api/v1/me", headers={"X-Forwarded-For": "192.0.2.1, 198.51.100.1, 203.0.113.9"})
    (line,) = told()
    assert line["address"] == believed


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"json": seen(kind="no such kind")}, 422),
        ({"json": {"unknown": "hunter2"}}, 422),
        ({"data": "hunter2", "content_type": "text/plain"}, 415),
        ({"data": '{"text": "hunter2"', "content_type": "application/json"}, 400),
        ({"data": b" " * (api.LARGEST_JSON + 1), "content_type": "application/json"}, 413),
    ],
)
def test_input_at_a_limit_is_told_without_what_it_held(database, told, given, status):
    client, person = client_of(database), make_person(make_city(), "walker")
    path = "/api/v1/sightings/00000000-0000-4000-8000-000000000001"
    client.put(f"{path}?token=hunter2", headers=bearer(person), **given)
    (line,) = told()
    assert (line["event"], line["status"], line["path"]) == ("refused", status, path)
    assert "hunter2" not in str(line)


def test_what_went_well_and_is_nothing_special_is_not_told(database, told):
    client, person = client_of(database), make_person(make_city(), "walker")
    client.get("/api/v1/me", headers=bearer(person))
    assert told() == []


@pytest.mark.usefixtures("database")
class TestNoteworthy:
    @pytest.fixture
    def client(self):
        app = Flask("doors")
        rest = api.install(app, clock=utc_now, authenticate=lambda *_: None)
        doors = api.subject("doors", "For tests.")

        @doors.route("/open", methods=["POST"])
        @noteworthy("door opened")
        @anyone
        @doors.response(204)
        def open_door() -> None:
            acts("somebody")

        @doors.route("/close", methods=["POST"])
        @noteworthy("door closed")
        @allow()
        @doors.response(204)
        def close_door() -> None:
            """Nobody is signed in."""

        rest.register_blueprint(doors)
        openapi.complete(app, rest.spec)
        return app.test_client()

    def test_each_call_is_told_by_its_own_name_with_whom_it_was(self, client, told):
        client.post("/api/v1/open")
        (line,) = told()
        assert (line["event"], line["outcome"], line["person"], line["log_level"]) == (
            "door opened",
            "done",
            "somebody",
            "info",
        )

    def test_so_is_one_that_is_refused(self, client, told):
        client.post("/api/v1/close")
        (line,) = told()
        assert (line["event"], line["outcome"], line["status"], line["log_level"]) == (
            "door closed",
            "refused",
            401,
            "warning",
        )
