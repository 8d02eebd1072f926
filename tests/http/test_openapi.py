"""The OpenAPI document, and that what it says of who may call an endpoint is what happens."""

import re

import marshmallow as ma
import pytest
from flask import Flask
from openapi_spec_validator import validate

from config.clock import utc_now
from patrol.http import api, openapi
from patrol.http.access import ANSWERS, SIGNED_IN, operations
from patrol.http.api import BASE
from patrol.http.caller import stated
from patrol.http.idempotency import HEADER
from patrol.http.schemas import Day, Moment
from patrol.people.rules import ROLES
from tests.support.examples import EXAMPLES
from tests.support.world import make_world


@pytest.fixture
def document(client):
    return client.get("/api/openapi.json").json


def views(app):
    """(rule, method, function) of every endpoint of the API."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(BASE):
            view = app.view_functions[rule.endpoint]
            for method in rule.methods - {"HEAD", "OPTIONS"}:
                kind = getattr(view, "view_class", None)
                yield rule, method, getattr(kind, method.lower()) if kind else view


def asked_for(view):
    """Every field, nested ones too, of what an endpoint takes."""
    parameters = getattr(view, "_apidoc", {}).get("arguments", {}).get("parameters", [])
    waiting = [one["schema"] for one in parameters if "schema" in one]
    while waiting:
        schema = waiting.pop()
        if not isinstance(schema, type | ma.Schema):
            continue
        for field in (schema() if isinstance(schema, type) else schema).fields.values():
            inner = field.inner if isinstance(field, ma.fields.List) else field
            if isinstance(inner, ma.fields.Nested):
                waiting.append(inner.schema)
            yield inner


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
class TestDocument:
    def test_every_day_and_instant_that_is_asked_for_is_within_the_calendar(self, client):
        taken = [
            (f"{method} {rule.rule} {field.name}", field)
            for rule, method, view in views(client.application)
            for field in asked_for(view)
            if isinstance(field, ma.fields.DateTime)  # a Date is one, too
        ]
        assert len(taken) > 20
        assert [at for at, field in taken if not isinstance(field, Day | Moment)] == []

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
            open_to_all = operation["x-roles"] == {"anyone": "all"}
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


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
class TestWhoMayCall:
    def test_each_endpoint_names_roles_that_there_are_and_what_each_reaches(self, document):
        for method, path, operation in operations(document):
            named = operation["x-roles"]
            assert set(named) <= {*ROLES, SIGNED_IN} or named == {"anyone": "all"}, f"{method} {path}"
            assert set(named.values()) <= set(ANSWERS), f"{method} {path}"

    def test_each_endpoint_can_be_tried_as_each_role(self, client, document):
        ids = make_world(client).ids
        for method, path, operation in operations(document):
            name = f"{method.upper()} {path.removeprefix(BASE)}"
            unknown = set(re.findall(r"{(\w+)}", path)) - set(ids)
            assert not unknown, f"{name}: put {unknown} into the ids of make_world in tests/support/world.py"
            needed = [each for each in operation.get("parameters", []) if each.get("required") and each["in"] != "path"]
            assert name in EXAMPLES or not (needed or "requestBody" in operation), (
                f"{name}: put a request that it would accept into EXAMPLES in tests/support/examples.py,"
                " so that tests/http/test_access.py can ask it as each role"
            )

    def test_each_example_is_of_an_endpoint(self, document):
        known = {f"{method.upper()} {path.removeprefix(BASE)}" for method, path, _ in operations(document)}
        assert set(EXAMPLES) - known == set()


def test_an_application_with_an_endpoint_that_names_nobody_does_not_start():
    app = Flask("a-test")
    rest = api.install(app, clock=utc_now, authenticate=lambda *_: None)
    forgotten = api.subject("forgotten", "A subject whose author forgot.")
    forgotten.route("/forgotten")(forgotten.response(200)(lambda: None))
    rest.register_blueprint(forgotten)
    with pytest.raises(openapi.Unstated, match="does not state who may call it: mark it with @allow"):
        openapi.complete(app, rest.spec)
