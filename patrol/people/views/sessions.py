"""Signing in and out over HTTP."""

import ipaddress
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, g, make_response, request
from flask.views import MethodView

from patrol.errors import Forbidden, NotFound
from patrol.http.api import fails
from patrol.http.browsers import forget, set_cookie
from patrol.http.caller import OWN_ONLY, Caller, allow, anyone, caller, now
from patrol.http.paging import PageQuery, page, page_of
from patrol.http.watch import acts, noteworthy
from patrol.people import schemas
from patrol.people.models import Session
from patrol.people.operations import sessions, signing_in
from patrol.people.rules import device_named
from patrol.people.views.blueprint import DEVICE_COOKIE, blueprint, keys, lifetimes, origin_of, settings
from patrol.places.operations.cities import city_named

COOKIE_S = 400 * 86_400  # as long as browsers keep one; the session's own end is what counts, and it slides


def authenticate(token: str, at: datetime, *, lasting: sessions.Lifetimes) -> Caller | None:
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
        roles=found.powers.roles,
        boxes=found.powers.boxes,
        districts=found.powers.districts,
        duties=found.powers.duties,
        needs=found.needs,
    )


@blueprint.route("/sessions")
class Sessions(MethodView):
    """Signed-in devices and pages."""

    @noteworthy("sign-in")
    @anyone
    @blueprint.arguments(schemas.SignIn)
    @blueprint.response(201, schemas.TokenOut)
    @fails(404, 429)
    def post(self, given: dict[str, Any]) -> Response:
        """Sign in; where `needs` says so, half-way: `POST /sessions/factor` completes it."""
        signed = signing_in.sign_in(
            city_named(given["city"]),
            name=given["name"],
            password=given["password"],
            origin=origin_of(given["known_device"]),
            cost=settings().password_cost,
            keys=keys(),
            **begun(page=given["page"], device=given["device"]),
        )
        return answer(signed)

    @allow(own=OWN_ONLY)
    @blueprint.arguments(PageQuery, location="query")
    @blueprint.response(200, page_of(schemas.SessionOut))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Own sessions, newest first."""
        mine = sessions.sessions_of(caller().person, now=now())
        found = page(mine, by=((Session.created_at, True), (Session.id, True)), **query)
        for session in found["items"]:
            session.current = session.id == caller().session
        return found

    @noteworthy("sign-out")
    @allow(own=OWN_ONLY)
    @blueprint.response(204)
    def delete(self) -> None:
        """End every other session of one's own."""
        sessions.revoke_all(caller().person, but=caller().session, now=now())


@blueprint.route("/sessions/factor", methods=["POST"])
@noteworthy("sign-in")
@allow(own=OWN_ONLY, before=("code",))
@blueprint.arguments(schemas.SecondStep)
@blueprint.response(201, schemas.TokenOut)
@fails(409, 429)
def complete(given: dict[str, Any]) -> Response:
    """Complete a sign-in by the app's code or a recovery code; the session's token is another from now on."""
    signed = signing_in.complete(
        caller().session,
        given["code"],
        origin=origin_of(given["known_device"]),
        keys=keys(),
        lasting=lifetimes(settings()),
        now=now(),
    )
    return answer(signed)


@blueprint.route("/sessions/<uuid:session_id>", methods=["DELETE"])
@noteworthy("sign-out")
@allow(own=OWN_ONLY, before=("code", "enrolment"))
@blueprint.response(204)
@fails(404)
def sign_out(session_id: UUID) -> Response:
    """End a session of one's own; its streams end with it."""
    sessions.revoke(caller().person, session_id, now=now())
    reply = make_response("", 204)
    if session_id == caller().session:
        forget(reply)
    return reply


@blueprint.route("/sessions/link", methods=["POST"])
@noteworthy("sign-in")
@anyone
@blueprint.arguments(schemas.LinkIn)
@blueprint.response(201, schemas.TokenOut)
@fails(403, 409)
def enter(given: dict[str, Any]) -> Response:
    """Sign in by a one-time link of the demo; only from the machine itself."""
    if not from_this_machine():
        raise Forbidden
    return answer(signing_in.sign_in_by_link(given["token"], **begun(page=given["page"])))


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
        "device": device or device_named(request.user_agent.string),
        "channel": "page" if page else "device",
        "lasting": lifetimes(settings()),
        "now": now(),
    }


def answer(signed: sessions.SignedIn) -> Response:
    """The token in the body for a device, in a HttpOnly cookie for a page."""
    acts(signed.person.id)
    page = signed.session.channel == "page"
    content = {
        "token": None if page else signed.token,
        "session": signed.session.id,
        "person": signed.person.id,
        "expires_at": signed.session.expires_at,
        "needs": signed.needs or None,
        "device_token": None if page else signed.device_token or None,
    }
    reply = make_response(schemas.TokenOut().dump(content), 201)
    if page:
        _end_the_one_before(signed)
        keep(reply, signed.token)
        if signed.device_token:
            set_cookie(reply, signed.device_token, max_age_s=COOKIE_S, name=DEVICE_COOKIE)
    return reply


def _end_the_one_before(signed: sessions.SignedIn) -> None:
    """A page holds one session: that of whoever was signed in on it ends with the new one."""
    before: Caller | None = g.get("caller")
    if before is not None and before.session != signed.session.id:
        with suppress(NotFound):  # the second step has ended it
            sessions.revoke(before.person, before.session, now=now())


def keep(reply: Response, token: str) -> None:
    """Have the page's browser keep the session's token."""
    set_cookie(reply, token, max_age_s=COOKIE_S)
