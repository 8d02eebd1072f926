"""Inviting staff over HTTP."""

from typing import Any

from flask import Response

from patrol.http.api import fails
from patrol.http.caller import allow, anyone, caller, now
from patrol.people import schemas
from patrol.people.operations import accounts
from patrol.people.views.blueprint import blueprint, settings
from patrol.people.views.sessions import answer, begun
from patrol.places.operations.cities import city_of


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
