"""Screening over HTTP: papers, the practical test, activating."""

from typing import Any
from uuid import UUID

from patrol.http.api import fails
from patrol.http.caller import allow, caller, now
from patrol.http.idempotency import replayable
from patrol.teams import schemas
from patrol.teams.operations import screening
from patrol.teams.operations.reading import WholeTeam
from patrol.teams.views.blueprint import blueprint, looked_after, one


@blueprint.route("/teams/<uuid:team_id>/documents", methods=["POST"])
@replayable
@allow("admin", within=("coordinator",))
@blueprint.arguments(schemas.DocumentsIn)
@blueprint.response(200, schemas.TeamOut)
@fails(404, 409)
def decide_documents(given: dict[str, Any], team_id: UUID) -> WholeTeam:
    """Accept a team's papers, or tell the handler what is missing."""
    team = looked_after(team_id)
    return one(screening.decide_documents(team, **given, by=caller().person, now=now()))


@blueprint.route("/teams/<uuid:team_id>/tests", methods=["POST"])
@replayable
@allow("admin", within=("coordinator",))
@blueprint.arguments(schemas.BookingIn)
@blueprint.response(201, schemas.TeamOut)
@fails(404, 409)
def book_test(given: dict[str, Any], team_id: UUID) -> WholeTeam:
    """Book the practical test, or move the one that is booked."""
    team = looked_after(team_id)
    return one(screening.book_test(team, **given, by=caller().person, now=now()))


@blueprint.route("/teams/<uuid:team_id>/tests/<int(min=1, max=1000):attempt>", methods=["PUT"])
@allow("admin", within=("coordinator",))
@blueprint.arguments(schemas.SheetIn)
@blueprint.response(200, schemas.TeamOut)
@fails(404, 409)
def score_test(given: dict[str, Any], team_id: UUID, attempt: int) -> WholeTeam:
    """Enter a test's sheet: passed at the pass mark with no fault that fails at once, else failed."""
    team = looked_after(team_id)
    return one(screening.score_test(team, attempt, **given, by=caller().person, now=now()))


@blueprint.route("/teams/<uuid:team_id>/activate", methods=["POST"])
@replayable
@allow("admin", within=("coordinator",))
@blueprint.response(200, schemas.TeamOut)
@fails(404, 409)
def activate(team_id: UUID) -> WholeTeam:
    """Let a team that passed patrol."""
    return one(screening.activate(looked_after(team_id), by=caller().person, now=now()))
