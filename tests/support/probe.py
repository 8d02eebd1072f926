"""An application of a few endpoints made for tests of what every view shares; sign-in is a token per role."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import marshmallow as ma
from flask import Flask
from flask.testing import FlaskClient

from patrol import errors
from patrol.http import api, openapi
from patrol.http.api import expected_version, fails, subject, with_etag
from patrol.http.caller import Caller, allow, anyone, caller
from patrol.http.idempotency import replayable
from patrol.http.paging import PageQuery, page, page_of
from patrol.http.schemas import Lat, Lon, Moment, Schema, Text, Whole
from patrol.places.models import SafetyPoint
from tests.support.factories import NOW

CITY = UUID(int=1)


class Part(Schema):
    name = Text(most=10, least=1, required=True)


class Thing(Schema):
    name = Text(most=10, least=1, required=True)
    number = Whole(load_default=0, validate=ma.validate.Range(0, 99))
    at = Moment(load_default=None)
    lon = Lon(load_default=0.0)
    lat = Lat(load_default=0.0)
    parts = ma.fields.List(ma.fields.Nested(Part), load_default=list)
    scores = ma.fields.Dict(keys=ma.fields.String(), values=Whole(), load_default=dict)
    free = ma.fields.Dict(load_default=dict)


class Point(Schema):
    id = ma.fields.Integer(required=True)
    label = ma.fields.String(required=True)


RAISED: dict[str, Any] = {
    "not-found": errors.NotFound,
    "conflict": errors.Conflict,
    "forbidden": errors.Forbidden,
    "stale": errors.Stale,
    "gone": errors.Gone,
    "too-many": lambda: errors.TooMany(retry_after_s=7),
    "invalid": lambda: errors.Invalid("/dogs/0/registration_no"),
    "invalid-rows": lambda: errors.InvalidRows([(3, "no name"), (9, "no place")]),
    "unexpected": lambda: RuntimeError("password=hunter2"),
}


def probe_app() -> Flask:
    """The application; `Bearer walker` signs in as a walker, and so on."""
    app = Flask("probe")
    rest = api.install(app, clock=lambda: NOW, authenticate=authenticate)
    rest.register_blueprint(_blueprint())
    openapi.complete(app, rest.spec)
    app.extensions["openapi"] = rest.spec.to_dict
    return app


def probe_client(app: Flask | None = None, *, role: str = "", language: str = "en") -> FlaskClient:
    """A client that asks in `language`, signed in with `role` when one is given."""
    client = (app or probe_app()).test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    if role:
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {role}"
    return client


def authenticate(token: str, _now: datetime) -> Caller | None:
    if token not in ("walker", "coordinator"):
        return None
    return Caller(
        person=UUID(int=len(token)),
        city=CITY,
        session=uuid4(),
        name="Sample person",
        language="en",
        roles=frozenset({token}),
        boxes=frozenset(),
        districts=frozenset(),
        duties=frozenset(),
    )


def _blueprint() -> Any:
    blueprint = subject("probe", "For tests.")

    @blueprint.route("/raise/<string:what>", methods=["GET"])
    @anyone
    @blueprint.response(200)
    def fail(what: str) -> None:
        error: Exception = RAISED[what]()
        raise error

    @blueprint.route("/things", methods=["POST"])
    @anyone
    @blueprint.arguments(Thing)
    @blueprint.response(200, Thing)
    def echo(given: dict[str, Any]) -> dict[str, Any]:
        return given

    @blueprint.route("/points", methods=["GET"])
    @anyone
    @blueprint.arguments(PageQuery, location="query")
    @blueprint.response(200, page_of(Point))
    def points(query: dict[str, Any]) -> dict[str, Any]:
        return page(SafetyPoint.select(), by=((SafetyPoint.label, False), (SafetyPoint.id, True)), **query)

    @blueprint.route("/points", methods=["POST"])
    @replayable
    @allow("walker")
    @blueprint.arguments(Thing)
    @blueprint.response(201, Point)
    @fails(409)
    def make(given: dict[str, Any]) -> tuple[SafetyPoint, dict[str, str]]:
        point = SafetyPoint.create(city=caller().city, layer="bar", label=given["name"], lon=0, lat=0)
        if given["number"] == 99:
            raise errors.Conflict
        return point, {"Location": f"/points/{point.id}", "ETag": '"1"', "X-Other": "not kept"}

    @blueprint.route("/versions", methods=["PATCH"])
    @allow()
    @blueprint.response(200)
    @fails(412)
    def edit() -> Any:
        expected = expected_version()
        if expected not in (None, 3):
            raise errors.Stale
        return with_etag({}, 4)

    return blueprint
