"""Registering, and oneself, over HTTP."""

from datetime import timedelta
from typing import Any

from flask import request

from patrol.http.api import fails
from patrol.http.caller import OWN_ONLY, allow, anyone, caller, now
from patrol.people import schemas
from patrol.people.models import Person
from patrol.people.operations import accounts
from patrol.people.operations.throttle import throttle
from patrol.people.views.blueprint import blueprint, oneself, settings, shown
from patrol.people.views.consents import asked
from patrol.places.operations.cities import city_named, city_of

REGISTRATIONS, REGISTRATIONS_EVERY = 60, timedelta(hours=1)


@blueprint.route("/accounts", methods=["POST"])
@anyone
@blueprint.arguments(schemas.Registration)
@blueprint.response(201, schemas.PersonOut)
@fails(404, 409, 429)
def register(given: dict[str, Any]) -> Person:
    """Register as a walker."""
    throttle(f"register:{request.remote_addr}", most=REGISTRATIONS, every=REGISTRATIONS_EVERY, now=now())
    city = city_named(given.pop("city"))
    return shown(accounts.register(city, **given, cost=settings().password_cost, now=now()))


@blueprint.route("/me", methods=["GET"])
@allow(own=OWN_ONLY)
@blueprint.response(200, schemas.Me)
def me() -> dict[str, Any]:
    """Oneself."""
    person = shown(oneself())
    found = {name: getattr(person, name) for name in schemas.PersonOut().fields}
    return {
        **found,
        "city": city_of(caller().city).slug,
        "roles": sorted(caller().roles),
        "boxes": sorted(caller().boxes),
        "consents": asked(person),
    }
