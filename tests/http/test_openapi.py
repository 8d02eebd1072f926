"""The OpenAPI document, and that what it says of who may call an endpoint is what happens."""

import itertools
import json
from uuid import uuid4

import marshmallow as ma
import pytest
from openapi_spec_validator import validate

from notifications.models import Message
from patrol.http.api import BASE
from patrol.http.caller import stated
from patrol.http.idempotency import HEADER
from patrol.people.models import Session
from patrol.places.models import Block
from patrol.planning.models import Pairing, PlanRun
from patrol.shifts.models import Shift
from patrol.sightings.models import Sighting
from patrol.teams.models import Team
from patrol.walks.models import Walk
from tests.support.factories import LAT, LON, NOW, client_of
from tests.support.patrols import seen
from tests.support.world import ROLES, make_world

METHODS = ("get", "post", "put", "patch", "delete")
SOMETHING = {"uuid": str(uuid4()), "string": "service", "integer": "1"}


@pytest.fixture
def client(database):
    return client_of(database)


@pytest.fixture
def document(client):
    return client.get("/api/openapi.json").json


def operations(document):
    """(method, path, operation) of every endpoint."""
    return [
        (method, path, rest[method]) for path, rest in document["paths"].items() for method in METHODS if method in rest
    ]


def views(app):
    """(rule, method, function) of every endpoint of the API."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(BASE):
            view = app.view_functions[rule.endpoint]
            for method in rule.methods - {"HEAD", "OPTIONS"}:
                kind = getattr(view, "view_class", None)
                yield rule, method, getattr(kind, method.lower()) if kind else view


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
class TestDocument:
    def test_it_is_valid_openapi(self, document):
        validate(document)
        assert document["openapi"].startswith("3.1")

    def test_every_endpoint_is_in_it_and_states_who_may_call_it(self, client, document):
        documented = {(method, path) for method, path, _ in operations(document)}
        found = list(views(client.application))
        assert len(found) == len(documented) > 50
        for rule, method, view in found:
            assert any(hasattr(inner, "allowed_roles") for inner in unwrapped(view)), f"{method} {rule.rule}"

    def test_every_endpoint_says_what_it_does_and_what_it_answers(self, document):
        for method, path, operation in operations(document):
            at = f"{method} {path}"
            assert operation["summary"].strip(), at
            assert operation["x-roles"], at
            assert any(status.startswith(("2", "3")) for status in operation["responses"]), at
            assert "default" not in operation["responses"], at

    def test_every_problem_is_a_problem_document(self, document):
        for method, path, operation in operations(document):
            for status, response in operation["responses"].items():
                if status >= "400":
                    assert list(response["content"]) == ["application/problem+json"], f"{method} {path} {status}"

    def test_security_says_the_same_as_the_roles(self, document):
        for method, path, operation in operations(document):
            open_to_all = operation["x-roles"] == ["anyone"]
            assert (operation["security"] == []) == open_to_all, f"{method} {path}"
            assert ("401" in operation["responses"]) != open_to_all, f"{method} {path}"

    def test_endpoints_that_take_a_key_say_so(self, client, document):
        for rule, method, view in views(client.application):
            if stated(view, "takes_key"):
                path = [p for m, p, _ in operations(document) if m == method.lower() and same_path(p, rule.rule)]
                parameters = document["paths"][path[0]][method.lower()]["parameters"]
                assert HEADER in [parameter["name"] for parameter in parameters]

    def test_no_body_takes_what_it_does_not_know(self, document):
        schemas = document["components"]["schemas"]
        for method, path, operation in operations(document):
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if body:
                whole = body["schema"]
                name = whole.get("items", whole)["$ref"].rsplit("/", 1)[1]
                assert schemas[name].get("additionalProperties") is False, f"{method} {path}: {name}"

    def test_no_body_takes_a_fraction_or_a_truth_for_a_whole_number(self, client):
        looked_at = 0
        for rule, method, view in views(client.application):
            for schema in bodies(view):
                loose = [field for field in fields_of(schema) if type(field) is ma.fields.Integer]
                assert loose == [], f"{method} {rule.rule}"
                looked_at += 1
        assert looked_at > 20

    def test_lists_are_pages_with_a_cursor_and_a_limit(self, document):
        for _, path, operation in operations(document):
            names = {parameter.get("name") for parameter in operation.get("parameters", [])}
            assert ("cursor" in names) <= ("limit" in names), path


def bodies(view):
    """The schemas of an endpoint's JSON body."""
    parameters = (stated(view, "_apidoc") or {}).get("arguments", {}).get("parameters", [])
    return [parameter["schema"] for parameter in parameters if parameter["in"] == "json"]


def fields_of(schema):
    """Every field that is read, however deep it is nested."""
    found, todo = [], list((schema() if isinstance(schema, type) else schema).load_fields.values())
    while todo:
        field = todo.pop()
        found.append(field)
        if isinstance(field, ma.fields.Nested):
            todo += field.schema.load_fields.values()
        elif isinstance(field, ma.fields.List):
            todo.append(field.inner)
        elif isinstance(field, ma.fields.Dict) and field.value_field:
            todo.append(field.value_field)
    return found


def unwrapped(view):
    while view is not None:
        yield view
        view = getattr(view, "__wrapped__", None)


def same_path(documented, rule):
    return [part for part in documented.split("/") if "{" not in part] == [
        part for part in rule.split("/") if "<" not in part
    ]


NOTE = {"note": "For a test."}
BODIES = {
    ("patch", "/blocks/{block_id}"): {"weight": 9},
    ("patch", "/teams/{team_id}"): {"name": "Other name"},
    ("post", "/teams/{team_id}/dogs"): {
        "name": "Choco",
        "registration_no": "410000000000777",
        "breed": "Maltese",
        "born_on": "2023-05-01",
        "weight_kg": 4.0,
        "vaccinated_until": "2027-05-01",
    },
    ("put", "/teams/{team_id}/availability"): [{"weekday": 4, "begins": "19:00", "ends": "23:00"}],
    ("post", "/teams/{team_id}/documents"): {"ok": True},
    ("post", "/teams/{team_id}/notes"): {"text": "For a test."},
    ("put", "/teams/{team_id}/pinned-note"): {"note": None},
    ("post", "/teams/{team_id}/tests"): {"booked_for": "2026-11-20T10:00:00+09:00"},
    ("put", "/teams/{team_id}/tests/{attempt}"): {
        "scores": {"heel": 25, "wait_and_recall": 20, "people": 20, "other_dogs": 20, "objects_and_noise": 15},
    },
    ("patch", "/pairings/{pairing_id}"): NOTE,
    ("post", "/teams/{team_id}/suspend"): NOTE,
    ("post", "/shifts/{shift_id}/decline"): {"reason": "Rain."},
    ("put", "/sightings/{sighting_id}"): seen(text="Another thing."),
    ("post", "/sightings/{sighting_id}/resolve"): {"outcome": "fixed"},
    ("post", "/sightings/{sighting_id}/reopen"): {"reason": "Still open."},
    ("put", "/walks/{walk_id}"): {
        "shift": "{shift_id}",
        "started_at": NOW.isoformat(),
        "leash_attested": True,
    },
    ("put", "/walks/{walk_id}/positions/{batch_id}"): {
        "positions": [{"at": NOW.isoformat(), "lon": LON, "lat": LAT, "accuracy_m": 5.0}],
    },
    ("post", "/walks/{walk_id}/pause"): {},
    ("post", "/walks/{walk_id}/resume"): {},
    ("post", "/walks/{walk_id}/end"): {"ended_at": NOW.isoformat()},
}
NOBODYS = {"cities/{slug}/public", "me/consents/{kind}", "city/safety/{layer}/import"}
"""Paths whose places name nothing of a city's own."""


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_nobody_without_sign_in_gets_past_an_endpoint_that_names_roles(client, document):
    for method, path, operation in operations(document):
        answer = getattr(client, method)(anything(document, path), json={} if "requestBody" in operation else None)
        if operation["x-roles"] == ["anyone"]:
            assert answer.status_code != 401, f"{method} {path}"
        else:
            assert (answer.status_code, answer.json["type"]) == (401, "/problems/not-signed-in"), f"{method} {path}"


def test_every_endpoint_lets_in_the_roles_it_states_and_no_other(client, document):
    world = make_world(client)
    for (method, path, operation), role in itertools.product(operations(document), ROLES):
        if path == f"{BASE}/stream":
            continue  # never ends; tests/inbox has it
        answer = getattr(client, method)(anything(document, path), headers=world.headers[role])
        at = f"{role}: {method} {path} → {answer.status_code} {answer.text[:300]}"
        assert str(answer.status_code) in operation["responses"], at
        if set(operation["x-roles"]) & {"anyone", "any", role}:
            assert answer.status_code != 401, at
            assert answer.status_code != 403 or answer.json["type"] != "/problems/forbidden" or path in ENTRANCE, at
        else:
            assert (answer.status_code, answer.json["type"]) == (403, "/problems/forbidden"), at


ENTRANCE = {f"{BASE}/sessions/link"}
"""Answers 403 by where the caller sits, not by role."""


def test_what_is_another_citys_is_not_there_whoever_asks(client, document):
    ours, theirs = make_world(client), make_world(client, "Ulsan")
    before = kept(ours.city)
    for (method, path, operation), role in itertools.product(operations(document), ROLES):
        short = path.removeprefix(f"{BASE}/")
        if "{" not in path or short in NOBODYS or not set(operation["x-roles"]) & {"any", role}:
            continue
        asked = None
        if "application/json" in operation.get("requestBody", {}).get("content", {}):
            asked = json.loads(ours.at(json.dumps(BODIES[method, f"/{short}"])))
        answer = getattr(client, method)(ours.at(path), json=asked, headers=theirs.headers[role])
        at = f"{role}: {method} {path} → {answer.status_code} {answer.text[:300]}"
        taken = method == "put" and answer.status_code == 409  # a phone's own id that exists may be said to be taken
        assert taken or answer.status_code == 404 or answer.json["type"] == "/problems/no-such-shift", at
        assert_tells_nothing(answer, ours, asked=ours.at(path) + json.dumps(asked), at=f"{role}: {method} {path}")
    assert kept(ours.city) == before


def test_no_list_holds_what_is_another_citys(client, document):
    ours, theirs = make_world(client), make_world(client, "Ulsan")
    for (method, path, operation), role in itertools.product(operations(document), ROLES):
        if method != "get" or "{" in path or path == f"{BASE}/stream" or not set(operation["x-roles"]) & {"any", role}:
            continue
        answer = client.get(path, headers=theirs.headers[role])
        assert answer.status_code in (200, 422), f"{role}: {path} → {answer.status_code} {answer.text[:300]}"
        assert_tells_nothing(answer, ours, at=f"{role}: {path}")


def assert_tells_nothing(answer, world, *, at, asked=""):
    """Nobody's name and no id of `world` is in the answer, beyond what was asked with."""
    for name, value in world.ids.items():
        if len(value) == 36 and value not in asked:
            assert value not in answer.text, f"{at} tells {name}"
    for person in world.people.values():
        assert str(person.id) not in answer.text, at
        assert person.name not in answer.text, at


def kept(city):
    """What a city's things are at present."""
    found = {}
    for model in (Block, Team, Shift, Walk, Sighting, PlanRun, Pairing, Message, Session):
        rows = model.select().where(model.city == city.id).order_by(model._meta.primary_key).dicts()
        found[model.__name__] = list(rows)
    return found


def anything(document, path):
    """A path with something of the right form in its places, which is nobody's."""
    parameters = document["paths"][path].get("parameters", [])
    for parameter in parameters:
        schema = parameter["schema"]
        value = SOMETHING[schema.get("format", schema["type"])]
        path = path.replace(f"{{{parameter['name']}}}", value)
    assert "{" not in path, path
    return path
