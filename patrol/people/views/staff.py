"""Staff over HTTP: inviting, listing, moving, charging with duties, disabling."""

from typing import Any
from uuid import UUID

from flask import Response
from flask.views import MethodView

from patrol.http.api import expected_version, fails, with_etag
from patrol.http.caller import allow, anyone, caller, now
from patrol.http.paging import PageQuery, page, page_of
from patrol.http.watch import noteworthy
from patrol.people import schemas
from patrol.people.models import Person, StaffStep
from patrol.people.operations import accounts, staff, staffing
from patrol.people.operations.staffing import Charge
from patrol.people.schemas import PurposeQuery
from patrol.people.views import purposes
from patrol.people.views.blueprint import blueprint, by_post, handed_over, settings, shown
from patrol.people.views.purposes import purpose_of
from patrol.people.views.sessions import answer, begun
from patrol.places.models import City
from patrol.places.operations.cities import city_of


@blueprint.route("/invitations/accept", methods=["POST"])
@noteworthy("invitation accepted")
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


@blueprint.route("/staff")
class Staff(MethodView):
    """Coordinators, officers and admins."""

    @noteworthy("staff invited")
    @allow("admin")
    @blueprint.arguments(schemas.StaffIn)
    @blueprint.response(201, schemas.Invited)
    @fails(409, 429)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Invite a coordinator, officer or admin: by text message or mail, else by a link to hand over.

        The link is shown once, so this takes no Idempotency-Key.
        """
        person, found = accounts.invite(own_city(), **given, by=caller().person, post=by_post(), now=now())
        return {"person": person.id, **handed_over(found)}

    @allow("admin")
    @blueprint.arguments(schemas.StaffQuery, location="query")
    @blueprint.response(200, page_of(schemas.MemberOut))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The city's staff by name. Each read is logged."""
        purpose = purpose_of(query.pop("purpose"), inherent="roster")
        which = {name: query.pop(name) for name in ("role", "district", "box", "duty", "former")}
        found = page(staff.staff_of(caller().city, **which), by=((Person.name, False), (Person.id, False)), **query)
        note(found["items"], purpose=purpose)
        people = [shown(person) for person in found["items"]]
        return {**found, "items": staff.members(people, now=now())}


@blueprint.route("/staff/<uuid:person_id>", methods=["GET"])
@allow("admin")
@blueprint.arguments(PurposeQuery, location="query")
@blueprint.response(200, schemas.WholeMemberOut)
@fails(404)
def member(query: dict[str, Any], person_id: UUID) -> Any:
    """A member of staff with every role and duty they had; the ETag is for changing these. The read is logged."""
    purpose = purpose_of(query["purpose"], inherent="roster")
    found = staff.member_of(caller().city, person_id)
    note([found], purpose=purpose)
    return whole(found)


@blueprint.route("/staff/<uuid:person_id>/steps", methods=["GET"])
@allow("admin")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(schemas.StaffStepOut))
@fails(404)
def steps(query: dict[str, Any], person_id: UUID) -> dict[str, Any]:
    """What was changed of a member of staff, by whom and why, newest first."""
    found = staff.member_of(caller().city, person_id)
    done = StaffStep.select().where(StaffStep.person == found)
    return page(done, by=((StaffStep.at, True), (StaffStep.id, True)), **query)


@blueprint.route("/staff/<uuid:person_id>/roles", methods=["PUT"])
@noteworthy("rights changed")
@allow("admin")
@blueprint.arguments(schemas.RolesIn)
@blueprint.response(200, schemas.WholeMemberOut)
@fails(404, 409, 412)
def put_roles(given: dict[str, Any], person_id: UUID) -> Any:
    """Give a person these roles instead of those they have, with a reason: move an officer, add a district, let go.

    What ends stays as history. The person is told.
    """
    charges = [Charge(**role) for role in given["roles"]]
    return whole(staffing.put_roles(own_city(), person_id, charges, why=given["why"], **changing()))


@blueprint.route("/staff/<uuid:person_id>/duties", methods=["PUT"])
@noteworthy("rights changed")
@allow("admin")
@blueprint.arguments(schemas.DutiesIn)
@blueprint.response(200, schemas.WholeMemberOut)
@fails(404, 409, 412)
def put_duties(given: dict[str, Any], person_id: UUID) -> Any:
    """Charge a person with these duties instead of those they have, with a reason. Who loses one leaves its rota."""
    return whole(staffing.put_duties(own_city(), person_id, given["duties"], why=given["why"], **changing()))


@blueprint.route("/staff/<uuid:person_id>/disable", methods=["POST"])
@noteworthy("rights changed")
@allow("admin")
@blueprint.arguments(schemas.WhyIn)
@blueprint.response(200, schemas.WholeMemberOut)
@fails(404, 409)
def disable(given: dict[str, Any], person_id: UUID) -> Any:
    """Let somebody sign in no more; their sessions end at once. Never the city's last admin."""
    return whole(staffing.disable(own_city(), person_id, **given, by=caller().person, now=now()))


@blueprint.route("/staff/<uuid:person_id>/enable", methods=["POST"])
@noteworthy("rights changed")
@allow("admin")
@blueprint.arguments(schemas.WhyIn)
@blueprint.response(200, schemas.WholeMemberOut)
@fails(404, 409)
def enable(given: dict[str, Any], person_id: UUID) -> Any:
    """Let somebody sign in again."""
    return whole(staffing.enable(own_city(), person_id, **given, by=caller().person, now=now()))


@blueprint.route("/staff/<uuid:person_id>/invitation")
class Invitation(MethodView):
    """The invitation of somebody who has not come yet."""

    @noteworthy("staff invited")
    @allow("admin")
    @blueprint.arguments(schemas.InvitationQuery, location="query")
    @blueprint.response(201, schemas.Invited)
    @fails(404, 409, 429)
    def post(self, query: dict[str, Any], person_id: UUID) -> dict[str, Any]:
        """A new link, sent or shown; earlier ones are void. It is shown once, so this takes no Idempotency-Key."""
        how = None if query["hand_over"] else by_post()
        found = staffing.renew_invitation(own_city(), person_id, post=how, by=caller().person, now=now())
        return {"person": person_id, **handed_over(found)}

    @noteworthy("staff invited")
    @allow("admin")
    @blueprint.response(204)
    @fails(404, 409)
    def delete(self, person_id: UUID) -> None:
        """Void it."""
        staffing.revoke_invitation(own_city(), person_id, by=caller().person, now=now())


def own_city() -> City:
    """The caller's city."""
    return city_of(caller().city)


def changing() -> dict[str, Any]:
    """Who changes something, when, and on top of what."""
    return {"expected": expected_version(), "by": caller().person, "now": now()}


def whole(found: Person) -> Any:
    """A member of staff with their history, and the ETag."""
    roles, duties = staff.history(found)
    version = staff.version_of(found)
    content = vars_of(staff.members([shown(found)], now=now())[0])
    return with_etag({**content, "all_roles": roles, "all_duties": duties, "version": version}, version)


def vars_of(found: staff.Member) -> dict[str, Any]:
    """A member as a mapping, whatever hangs on it as it is."""
    return {name: getattr(found, name) for name in staff.Member.__dataclass_fields__}


def note(people: list[Person], *, purpose: str) -> None:
    """Log that the caller read who these people are and how they are reached."""
    purposes.note([person.id for person in people], what="contact", purpose=purpose)
