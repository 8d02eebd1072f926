"""The second factor over HTTP. Answers that hold a secret are never kept for replay."""

from typing import Any
from uuid import UUID

from flask import Response, g, make_response
from flask.views import MethodView

from patrol.http.api import fails, request_token
from patrol.http.caller import OWN_ONLY, allow, caller, now
from patrol.http.watch import noteworthy
from patrol.people import schemas
from patrol.people.operations import factors
from patrol.people.rules import STAFF
from patrol.people.views.blueprint import blueprint, keys, oneself
from patrol.people.views.sessions import keep


@blueprint.route("/me/factor")
class MyFactor(MethodView):
    """One's second factor: an authenticator app."""

    @allow(own=OWN_ONLY, before=("enrolment",))
    @blueprint.response(200, schemas.FactorOut)
    def get(self) -> dict[str, Any]:
        """Whether one is set up."""
        found = factors.state_of(caller().person)
        return {
            "confirmed_at": found.confirmed_at,
            "recovery_codes_left": found.recovery_codes_left,
            "required": caller().has(*STAFF),
        }

    @noteworthy("second factor changed")
    @allow(own=OWN_ONLY, before=("enrolment",))
    @blueprint.arguments(schemas.FactorIn)
    @blueprint.response(201, schemas.FactorOffered)
    @fails(429)
    def post(self, given: dict[str, Any]) -> factors.Offered:
        """Begin to set one up, or to replace it; it counts from its first code on."""
        return factors.offer(oneself(), code=given["code"], keys=keys(), now=now())


@blueprint.route("/me/factor/confirm", methods=["POST"])
@noteworthy("second factor changed")
@allow(own=OWN_ONLY, before=("enrolment",))
@blueprint.arguments(schemas.FactorCode)
@blueprint.response(200, schemas.FactorConfirmed)
@fails(409, 429)
def confirm_factor(given: dict[str, Any]) -> Response:
    """Put it in force by the app's first code. The session goes on under another token, every other one ends."""
    codes, token = factors.confirm(oneself(), given["code"], session=caller().session, keys=keys(), now=now())
    _, page = request_token()
    reply = make_response({"recovery_codes": codes, "token": None if page else token})
    if page:
        keep(reply, token)
    return reply


@blueprint.route("/me/factor/recovery-codes", methods=["POST"])
@noteworthy("second factor changed")
@allow(own=OWN_ONLY)
@blueprint.arguments(schemas.FactorCode)
@blueprint.response(201, schemas.RecoveryCodes)
@fails(409, 429)
def renew_recovery_codes(given: dict[str, Any]) -> dict[str, Any]:
    """New recovery codes in place of those before."""
    return {"recovery_codes": factors.renew_recovery_codes(oneself(), given["code"], keys=keys(), now=now())}


@blueprint.route("/me/factor/remove", methods=["POST"])
@noteworthy("second factor changed")
@allow(own=OWN_ONLY)
@blueprint.arguments(schemas.FactorCode)
@blueprint.response(204)
@fails(409, 429)
def remove_factor(given: dict[str, Any]) -> None:
    """Do without; staff can then only set up another. Every other session ends."""
    factors.remove(oneself(), given["code"], session=caller().session, keys=keys(), now=now())


@blueprint.route("/staff/<uuid:person_id>/factor", methods=["DELETE"])
@noteworthy("second factor changed")
@allow("admin")
@blueprint.response(204)
@fails(404, 409)
def reset_factor(person_id: UUID) -> None:
    """Take away the second factor of a colleague who lost theirs; logged, and they are told. Their sessions end."""
    factors.reset_of_colleague(person_id, by=oneself(), request_id=g.request_id, now=now())
