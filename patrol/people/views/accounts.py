"""Registering, resetting a password, and oneself, over HTTP. Who is not signed in learns nothing of accounts."""

from datetime import timedelta
from typing import Any

from flask import request

from patrol.http.api import fails
from patrol.http.caller import OWN_ONLY, allow, anyone, caller, now
from patrol.http.problems import language
from patrol.http.watch import noteworthy
from patrol.people import schemas
from patrol.people.models import Person
from patrol.people.operations import contacts, registering, renewing
from patrol.people.operations.renewing import ASKED, ASKED_EVERY, TRIED, TRIED_EVERY
from patrol.people.operations.throttle import throttle
from patrol.people.rules import network_of
from patrol.people.views.blueprint import blueprint, keys, oneself, origin_of, settings, shown
from patrol.people.views.consents import asked
from patrol.places.operations.cities import city_named, city_of

SENT = {
    "ko": "쓸 수 있는 연락처라면 인증번호나 안내를 보냈습니다. 10분 안에 확인해 주세요.",
    "en": "If it can be reached, a code or a note is on its way there; it holds for 10 minutes.",
}


@blueprint.route("/accounts", methods=["POST"])
@noteworthy("registration")
@anyone
@blueprint.arguments(schemas.Registration)
@blueprint.response(202, schemas.Registering)
@fails(404, 429)
def register(given: dict[str, Any]) -> dict[str, Any]:
    """Register as a walker: a code goes to the phone, or to the mailbox without one."""
    _spare("register", most=ASKED, every=ASKED_EVERY)
    city = city_named(given.pop("city"))
    found = registering.register(city, **given, source=_source(), cost=settings().password_cost, keys=keys(), now=now())
    return {"registration": found, "detail": SENT[language()]}


@blueprint.route("/accounts/confirm", methods=["POST"])
@noteworthy("registration")
@anyone
@blueprint.arguments(schemas.RegistrationCode)
@blueprint.response(201, schemas.Registered)
@fails(429)
def confirm_registration(given: dict[str, Any]) -> dict[str, Any]:
    """Make the account by the code that came."""
    _spare("code", most=TRIED, every=TRIED_EVERY)
    person, contact = registering.confirm(given["registration"], given["code"], keys=keys(), now=now())
    return {**_fields(shown(person)), "contact": contact}


@blueprint.route("/password-resets", methods=["POST"])
@noteworthy("password reset")
@anyone
@blueprint.arguments(schemas.ResetIn)
@blueprint.response(202, schemas.Resetting)
@fails(404, 429)
def ask_reset(given: dict[str, Any]) -> dict[str, Any]:
    """Ask for a code with which to set another password."""
    place, origin = city_named(given["city"]), origin_of(given["known_device"])
    found = renewing.ask_reset(place, name=given["name"], origin=origin, keys=keys(), now=now())
    return {"reset": found, "detail": SENT[language()]}


@blueprint.route("/password-resets/confirm", methods=["POST"])
@noteworthy("password reset")
@anyone
@blueprint.arguments(schemas.ResetCode)
@blueprint.response(204)
@fails(429)
def reset(given: dict[str, Any]) -> None:
    """Set another password by the code that came; every session of the account ends."""
    renewing.reset(
        given["reset"],
        given["code"],
        password=given["password"],
        origin=origin_of(given["known_device"]),
        cost=settings().password_cost,
        keys=keys(),
        now=now(),
    )


@blueprint.route("/me/password", methods=["PUT"])
@noteworthy("password changed")
@allow(own=OWN_ONLY)
@blueprint.arguments(schemas.PasswordChange)
@blueprint.response(204)
@fails(429)
def change_password(given: dict[str, Any]) -> None:
    """Set another password; the other sessions end."""
    renewing.change_password(oneself(), **given, session=caller().session, cost=settings().password_cost, now=now())


@blueprint.route("/me/contacts", methods=["POST"])
@noteworthy("contact changed")
@allow(own=OWN_ONLY)
@blueprint.arguments(schemas.ContactIn)
@blueprint.response(202, schemas.ContactAsked)
@fails(429)
def ask_contact(given: dict[str, Any]) -> dict[str, Any]:
    """Have a code sent to a new phone number or e-mail address of one's own."""
    found = contacts.ask(oneself(), **given, cost=settings().password_cost, keys=keys(), now=now())
    return {"contact": found, "detail": SENT[language()]}


@blueprint.route("/me/contacts/confirm", methods=["POST"])
@noteworthy("contact changed")
@allow(own=OWN_ONLY)
@blueprint.arguments(schemas.ContactCode)
@blueprint.response(200, schemas.PersonOut)
def confirm_contact(given: dict[str, Any]) -> Person:
    """From now on reached, and signing in, there."""
    return shown(contacts.confirm(oneself(), given["contact"], given["code"], keys=keys(), now=now()))


@blueprint.route("/me", methods=["GET"])
@allow(own=OWN_ONLY, before=("enrolment",))
@blueprint.response(200, schemas.Me)
def me() -> dict[str, Any]:
    """Oneself."""
    person = shown(oneself())
    return {
        **_fields(person),
        "city": city_of(caller().city).slug,
        "roles": sorted(caller().roles),
        "boxes": sorted(caller().boxes),
        "consents": asked(person),
    }


def _fields(person: Person) -> dict[str, Any]:
    return {name: getattr(person, name) for name in schemas.PersonOut().fields}


def _spare(what: str, *, most: int, every: timedelta) -> None:
    """Count one request of this network address. Raises TooMany."""
    throttle(f"{what}:{_source()}", most=most, every=every, now=now())


def _source() -> str:
    return network_of(request.remote_addr or "")
