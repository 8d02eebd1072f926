"""People over HTTP: registering, signing in and out, consents, inviting staff."""

import ipaddress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Response, current_app, make_response, request
from flask.views import MethodView

from config.settings import Settings
from patrol.errors import Forbidden
from patrol.http.api import COOKIE, fails, subject
from patrol.http.caller import Caller, allow, anyone, caller, now
from patrol.http.paging import PageQuery, page, page_of
from patrol.people import schemas
from patrol.people.models import Person, Session
from patrol.people.operations import accounts, consents, sessions
from patrol.people.operations.throttle import throttle
from patrol.people.rules import as_dialled
from patrol.places.operations.cities import city_named, city_of, policy_of

blueprint = subject("people", "Accounts, sign-in and consents.")

REGISTRATIONS, REGISTRATIONS_EVERY = 60, timedelta(hours=1)
SIGN_INS, SIGN_INS_EVERY = 100, timedelta(minutes=5)
COOKIE_DAYS = 400  # as long as browsers keep one; the session's own end is what counts, and it slides


def settings() -> Settings:
    """The process's settings."""
    found: Settings = current_app.extensions["settings"]
    return found


def authenticate(token: str, at: datetime, *, lasting: timedelta) -> Caller | None:
    """The caller that a token stands for; handed to http by create_app."""
    found = sessions.standing(token, lasting=lasting, now=at)
    if found is None:
        return None
    return Caller(
        person=found.person.id,
        city=found.person.city_id,
        session=found.session.id,
        name=found.person.name,
        language=found.person.language,
        roles=found.roles,
        boxes=found.boxes,
        duties=found.duties,
    )


def oneself() -> Person:
    """The caller's account."""
    person: Person = Person.get_by_id(caller().person)
    return person


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


@blueprint.route("/sessions")
class Sessions(MethodView):
    """Signed-in devices and pages."""

    @anyone
    @blueprint.arguments(schemas.SignIn)
    @blueprint.response(201, schemas.TokenOut)
    @fails(404, 429)
    def post(self, given: dict[str, Any]) -> Response:
        """Sign in."""
        throttle(f"sign-in-from:{request.remote_addr}", most=SIGN_INS, every=SIGN_INS_EVERY, now=now())
        signed = sessions.sign_in(
            city_named(given["city"]),
            name=given["name"],
            password=given["password"],
            cost=settings().password_cost,
            **begun(page=given["page"], device=given["device"]),
        )
        return answer(signed)

    @allow()
    @blueprint.arguments(PageQuery, location="query")
    @blueprint.response(200, page_of(schemas.SessionOut))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Own sessions, newest first."""
        mine = Session.select().where((Session.person == caller().person) & Session.revoked_at.is_null())
        found = page(mine, by=((Session.created_at, True), (Session.id, True)), **query)
        for session in found["items"]:
            session.current = session.id == caller().session
        return found


@blueprint.route("/sessions/<uuid:session_id>", methods=["DELETE"])
@allow()
@blueprint.response(204)
@fails(404)
def sign_out(session_id: UUID) -> Response:
    """End a session of one's own; its streams end with it."""
    sessions.revoke(caller().person, session_id, now=now())
    reply = make_response("", 204)
    if session_id == caller().session:
        reply.delete_cookie(COOKIE, httponly=True, samesite="Lax")
    return reply


@blueprint.route("/sessions/link", methods=["POST"])
@anyone
@blueprint.arguments(schemas.LinkIn)
@blueprint.response(201, schemas.TokenOut)
@fails(403, 409)
def enter(given: dict[str, Any]) -> Response:
    """Sign in by a one-time link of the demo; only from the machine itself."""
    if not from_this_machine():
        raise Forbidden
    return answer(sessions.sign_in_by_link(given["token"], **begun(page=given["page"])))


@blueprint.route("/invitations/accept", methods=["POST"])
@anyone
@blueprint.arguments(schemas.InvitationIn)
@blueprint.response(201, schemas.TokenOut)
@fails(409)
def accept_invitation(given: dict[str, Any]) -> Response:
    """Set the first password by an invitation, and be signed in."""
    signed = accounts.accept_invitation(
        given["token"], password=given["password"], cost=settings().password_cost, **begun(page=given["page"])
    )
    return answer(signed)


@blueprint.route("/staff", methods=["POST"])
@allow("admin")
@blueprint.arguments(schemas.StaffIn)
@blueprint.response(201, schemas.Invited)
@fails(409)
def invite(given: dict[str, Any]) -> dict[str, Any]:
    """Invite a coordinator, officer or admin. The link is shown once, so this takes no Idempotency-Key."""
    person, token = accounts.invite(city_of(caller().city), **given, now=now())
    return {"person": person.id, "link": f"{settings().public_url}/join#{token}"}


@blueprint.route("/me", methods=["GET"])
@allow()
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


@blueprint.route("/me/consents", methods=["GET"])
@allow()
@blueprint.response(200, schemas.ConsentOut(many=True))
def my_consents() -> list[dict[str, Any]]:
    """What the city asks consent for, and what stands."""
    return asked(oneself())


@blueprint.route("/me/consents/<string:kind>")
class MyConsent(MethodView):
    """One consent of one's own."""

    @allow()
    @blueprint.response(200, schemas.ConsentOut(many=True))
    @fails(404)
    def put(self, kind: str) -> list[dict[str, Any]]:
        """Give it, in its present version."""
        person = oneself()
        consents.give(person, kind, policy=policy_of(caller().city), now=now())
        return asked(person)

    @allow()
    @blueprint.response(200, schemas.ConsentOut(many=True))
    @fails(404)
    def delete(self, kind: str) -> list[dict[str, Any]]:
        """Withdraw it; what rests on it stops at once."""
        person = oneself()
        consents.withdraw(person, kind, effects=current_app.extensions["on_consent_withdrawn"], now=now())
        return asked(person)


def asked(person: Person) -> list[dict[str, Any]]:
    """Each consent the city asks for, with whether it stands."""
    stands = consents.given(person)
    return [
        {
            "kind": consent.kind,
            "version": consent.version,
            "required": consent.required,
            "text": consent.text,
            "given": (consent.kind, consent.version) in stands,
        }
        for consent in policy_of(person.city_id).consents
    ]


def shown(person: Person) -> Person:
    """The account with its number as people here write it."""
    person.phone = as_dialled(person.phone, policy_of(person.city_id).formats)
    return person


def from_this_machine() -> bool:
    """Whether the request comes from a loopback address and through no proxy."""
    passed_on = "Forwarded" in request.headers or "X-Forwarded-For" in request.headers
    try:
        return not passed_on and ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def begun(*, page: bool, device: str = "") -> dict[str, Any]:
    """How a session begins now: on which device, in a page or not, and for how long."""
    return {
        "device": device or request.user_agent.string[:80],
        "channel": "page" if page else "device",
        "lasting": timedelta(days=settings().session_days),
        "now": now(),
    }


def answer(signed: sessions.SignedIn) -> Response:
    """The token in the body for a device, in a HttpOnly cookie for a page."""
    page = signed.session.channel == "page"
    content = {
        "token": None if page else signed.token,
        "session": signed.session.id,
        "person": signed.person.id,
        "expires_at": signed.session.expires_at,
    }
    reply = make_response(schemas.TokenOut().dump(content), 201)
    if page:
        reply.set_cookie(
            COOKIE,
            signed.token,
            max_age=COOKIE_DAYS * 86_400,
            httponly=True,
            samesite="Lax",
            secure=settings().public_url.startswith("https:"),
        )
    return reply
