"""The eligibility clock, renewal, training and disputed dogs over HTTP."""

from typing import Any
from uuid import UUID

from flask import current_app

from patrol.http.api import fails
from patrol.http.caller import allow, caller, now
from patrol.http.idempotency import replayable
from patrol.http.paging import page, page_among, page_of
from patrol.people.schemas import PurposeQuery
from patrol.people.views import purposes
from patrol.people.views.purposes import purpose_of
from patrol.places.operations.cities import city_of
from patrol.teams import schemas
from patrol.teams.models import DogDispute, Team
from patrol.teams.operations import applying, disputes, eligibility, renewing, screening
from patrol.teams.operations.eligibility import BlockedShifts, Dated
from patrol.teams.operations.reading import WholeTeam, within
from patrol.teams.rules import RENEWABLE
from patrol.teams.views.blueprint import blueprint, looked_after, one, within_reach


def blocked() -> BlockedShifts:
    """What create_app got from the subject above: a team's shifts after a day."""
    found: BlockedShifts = current_app.extensions["blocked_shifts"]
    return found


@blueprint.route("/teams/eligibility")
@allow("admin", within=("coordinator",))
@blueprint.arguments(schemas.EligibilityQuery, location="query")
@blueprint.response(200, page_of(schemas.EligibilityOut))
def lapsing(query: dict[str, Any]) -> dict[str, Any]:
    """Active, paused and lapsed teams for which something ends within so many days, has ended, or is lacking.

    The most urgent first. The read is logged.
    """
    purpose = purpose_of(query.pop("purpose"), inherent="roster")
    wanted = (Team.city == caller().city) & within(caller().districts) & Team.state.in_(RENEWABLE)
    within_days = query.pop("within_days")
    found = page_among(
        eligibility.lapsing(
            city_of(caller().city), list(Team.select().where(wanted)), within_days=within_days, now=now()
        ),
        by="until,team.code",
        place=eligibility.urgency,
        **query,
    )
    purposes.note([team.handler_id for team, _ in found["items"]], what="eligibility", purpose=purpose)
    items = [eligibility.at_present(team, each, blocked=blocked(), now=now()) for team, each in found["items"]]
    return {**found, "items": items}


@blueprint.route("/teams/<uuid:team_id>/eligibility")
@allow("admin", within=("coordinator",), own=("walker",))
@blueprint.arguments(PurposeQuery, location="query")
@blueprint.response(200, schemas.EligibilityOut)
@fails(404)
def clock(query: dict[str, Any], team_id: UUID) -> Dated:
    """Until when a team may patrol, what ends first, and which shifts would then fall away. The read is logged."""
    purpose = purpose_of(query["purpose"], inherent="roster")
    team = within_reach(team_id)
    purposes.note([team.handler_id], what="eligibility", purpose=purpose)
    return eligibility.dated(team, blocked=blocked(), now=now())


@blueprint.route("/teams/<uuid:team_id>/dogs/<uuid:dog_id>/vaccination", methods=["PUT"])
@allow("admin", within=("coordinator",), own=("walker",))
@blueprint.arguments(schemas.VaccinationIn)
@blueprint.response(200, schemas.TeamOut)
@fails(404, 409)
def put_vaccination(given: dict[str, Any], team_id: UUID, dog_id: UUID) -> WholeTeam:
    """State until when a dog is vaccinated. A team that had lapsed for nothing else is active again."""
    return one(applying.vaccinate(within_reach(team_id), dog_id, **given, by=caller().person, now=now()))


@blueprint.route("/teams/<uuid:team_id>/training", methods=["POST"])
@replayable
@allow("admin", within=("coordinator",))
@blueprint.arguments(schemas.TrainingIn)
@blueprint.response(200, schemas.TeamOut)
@fails(404, 409)
def train(given: dict[str, Any], team_id: UUID) -> WholeTeam:
    """Note that a team was trained: after its test, and again before that runs out."""
    return one(screening.train(looked_after(team_id), **given, by=caller().person, now=now()))


@blueprint.route("/teams/<uuid:team_id>/renewal", methods=["POST"])
@replayable
@allow("admin", within=("coordinator",), own=("walker",))
@blueprint.response(201, schemas.TeamOut)
@fails(404, 409)
def ask_renewal(team_id: UUID) -> WholeTeam:
    """Ask for another year, in the last days of the present one. The team goes on patrolling meanwhile."""
    return one(renewing.ask(within_reach(team_id), by=caller().person, now=now()))


@blueprint.route("/dog-disputes")
@allow("admin", within=("coordinator",))
@blueprint.arguments(schemas.DisputesQuery, location="query")
@blueprint.response(200, page_of(schemas.DisputeOut))
def dog_disputes(query: dict[str, Any]) -> dict[str, Any]:
    """Dogs that two teams claim, the latest first. The read is logged."""
    purpose = purpose_of(query.pop("purpose"), inherent="dispute")
    wanted = _disputes()
    state = query.pop("state")
    if state:
        wanted = wanted.where(DogDispute.state == state)
    found = page(wanted, by=((DogDispute.created_at, True), (DogDispute.id, True)), **query)
    purposes.note(disputes.handlers_of(found["items"]), what="dog_dispute", purpose=purpose)
    return found


@blueprint.route("/dog-disputes/<uuid:dispute_id>/decision", methods=["POST"])
@replayable
@allow("admin", within=("coordinator",))
@blueprint.arguments(schemas.DecisionIn)
@blueprint.response(200, schemas.DisputeOut)
@fails(404, 409)
def decide_dispute(given: dict[str, Any], dispute_id: UUID) -> DogDispute:
    """Say whose the dog is: it stays with that team and leaves the other; both handlers are told.

    Where the teams are of two districts, by somebody who looks after both.
    """
    found = disputes.dispute_of(_disputes(), dispute_id)
    return disputes.decide(found, **given, districts=caller().districts, by=caller().person, now=now())


def _disputes() -> Any:
    """Disputes of the city in which a team of the caller's districts takes part, with both teams."""
    mine = Team.select(Team.id).where((Team.city == caller().city) & within(caller().districts))
    holder, claimant = Team.alias(), Team.alias()
    rows = DogDispute.select(DogDispute, holder, claimant)
    rows = rows.join_from(DogDispute, holder, on=DogDispute.holder, attr="holder")
    rows = rows.join_from(DogDispute, claimant, on=DogDispute.claimant, attr="claimant")
    return rows.where(DogDispute.holder.in_(mine) | DogDispute.claimant.in_(mine))
