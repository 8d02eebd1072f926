"""The coordinators' queue over HTTP: filters, papers of many at once, contacts, notes."""

import functools
from typing import Any
from uuid import UUID

from flask import Response
from flask.views import MethodView

from patrol.errors import Conflict
from patrol.http.api import fails
from patrol.http.caller import allow, caller, now
from patrol.http.idempotency import piece, replayable, resumable
from patrol.http.paging import page, page_of
from patrol.http.problems import document
from patrol.http.watch import noteworthy
from patrol.people.models import Person
from patrol.people.operations.accounts import is_staff
from patrol.people.rules import as_dialled
from patrol.people.schemas import ErasureReason, PagedPurposeQuery, PurposeQuery
from patrol.people.views import purposes
from patrol.people.views.privacy import erase_for
from patrol.people.views.purposes import purpose_of
from patrol.places.operations.cities import city_of, policy_of
from patrol.teams import schemas
from patrol.teams.models import Team, TeamNote
from patrol.teams.operations import applicants, notes
from patrol.teams.views.blueprint import blueprint, looked_after, note

QUEUE = page_of(schemas.ApplicantOut)


class HandlerIsStaff(Conflict):
    """The handler has a role of staff, too."""

    words = {
        "ko": "직원이기도 한 보호자입니다. 관리자에게 요청하세요.",
        "en": "This handler is a member of staff, too; an admin erases the account.",
    }


@blueprint.route("/teams", methods=["GET"])
@allow("admin", within=("coordinator",))
@blueprint.arguments(schemas.TeamsQuery, location="query")
@blueprint.response(200, QUEUE)
def teams(query: dict[str, Any]) -> dict[str, Any]:
    """The city's teams, those that have waited longest first, each with what it waits for. The read is logged."""
    paging = {name: query.pop(name) for name in ("cursor", "limit", "purpose")}
    return queue(query, **paging)


@blueprint.route("/teams/search", methods=["POST"])
@allow("admin", within=("coordinator",))
@blueprint.arguments(schemas.TeamsSearch)
@blueprint.response(200, QUEUE)
def search(given: dict[str, Any]) -> dict[str, Any]:
    """The same, looked for by a name or number, too. The read is logged."""
    return queue(given.pop("filters"), **given)


def queue(filters: dict[str, Any], *, purpose: str | None, **paging: Any) -> dict[str, Any]:
    """A page of the queue, its reading logged."""
    purpose = purpose_of(purpose, inherent="roster")
    wanted = applicants.queue(
        city_of(caller().city), applicants.Filters(**filters), districts=caller().districts, now=now()
    )
    found = page(wanted, by=((Team.waiting_since, False), (Team.id, False)), **paging)
    note(found["items"], purpose=purpose)
    return {**found, "items": applicants.applicants(found["items"], now=now())}


@blueprint.route("/teams/documents", methods=["POST"])
@resumable
@allow("admin", within=("coordinator",))
@blueprint.arguments(schemas.DecideMany)
@blueprint.response(200, schemas.Results)
def decide_many(given: dict[str, Any]) -> dict[str, Any]:
    """Accept or refuse the papers of several teams. Each has its own result; one that fails stops no other."""
    teams = dict.fromkeys(given.pop("teams"))
    return {"results": [piece(str(team), functools.partial(_decided, team, **given)) for team in teams]}


def _decided(team_id: UUID, **given: Any) -> dict[str, Any]:
    """What became of one of them, as it is answered."""
    found = applicants.decide_one(
        caller().city, team_id, **given, districts=caller().districts, by=caller().person, now=now()
    )
    return {
        "id": str(found.id),
        "ok": found.refused is None,
        "state": found.team.state if found.team else None,
        "problem": document(found.refused) if found.refused else None,
    }


@blueprint.route("/teams/<uuid:team_id>/contact", methods=["GET"])
@allow("admin", within=("coordinator",))
@blueprint.arguments(PurposeQuery, location="query")
@blueprint.response(200, schemas.ContactOut)
@fails(404)
def contact(query: dict[str, Any], team_id: UUID) -> dict[str, Any]:
    """How a team's handler is reached. The read is logged."""
    purpose = purpose_of(query["purpose"], inherent="contact")
    team = looked_after(team_id)
    handler = Person.get_by_id(team.handler_id)
    log([team], what="contact", purpose=purpose)
    phone = as_dialled(handler.phone, policy_of(team.city_id).formats)
    return {"name": handler.name, "phone": phone, "email": handler.email}


@blueprint.route("/teams/<uuid:team_id>/handler-erasure", methods=["POST"])
@noteworthy("erasure")
@allow("admin", within=("coordinator",))
@blueprint.arguments(ErasureReason)
@blueprint.response(204)
@fails(404, 409)
def erase_handler(given: dict[str, Any], team_id: UUID) -> Response:
    """Erase the account of a team's handler at their wish, with the team. One of staff is for admins to erase."""
    handler = looked_after(team_id).handler
    if is_staff(handler) and not caller().has("admin"):
        raise HandlerIsStaff
    return erase_for(handler.id, given["reason"])


@blueprint.route("/teams/<uuid:team_id>/notes")
class Notes(MethodView):
    """Coordinators' notes about a team."""

    @allow("admin", within=("coordinator",))
    @blueprint.arguments(PagedPurposeQuery, location="query")
    @blueprint.response(200, page_of(schemas.NoteOut))
    @fails(404)
    def get(self, query: dict[str, Any], team_id: UUID) -> dict[str, Any]:
        """The notes, newest first. The read is logged."""
        team = looked_after(team_id)
        log([team], what="team_note", purpose=purpose_of(query.pop("purpose"), inherent="roster"))
        found = TeamNote.select(TeamNote, Person).left_outer_join(Person).where(TeamNote.team == team)
        return page(found, by=((TeamNote.created_at, True), (TeamNote.id, True)), **query)

    @replayable
    @allow("admin", within=("coordinator",))
    @blueprint.arguments(schemas.NoteIn)
    @blueprint.response(201, schemas.NoteOut)
    @fails(404, 409)
    def post(self, given: dict[str, Any], team_id: UUID) -> TeamNote:
        """Add a note; none is ever changed. A pinned one stands on top in place of the one that did."""
        return notes.add_note(looked_after(team_id), **given, by=caller().person, now=now())


@blueprint.route("/teams/<uuid:team_id>/pinned-note", methods=["PUT"])
@allow("admin", within=("coordinator",))
@blueprint.arguments(schemas.PinIn)
@blueprint.response(204)
@fails(404)
def pin(given: dict[str, Any], team_id: UUID) -> str:
    """Say which of the notes stands on top, or that none does."""
    notes.pin(looked_after(team_id), given["note"])
    return ""


def log(teams: list[Team], *, what: str, purpose: str) -> None:
    """Log that the caller read something of the handlers."""
    purposes.note([team.handler_id for team in teams], what=what, purpose=purpose)
