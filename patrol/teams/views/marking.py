"""Examiners at work: candidates, points, faults, and what the lead settles."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from patrol.errors import NotFound
from patrol.http.api import fails
from patrol.http.caller import allow, caller, now
from patrol.http.idempotency import replayable
from patrol.http.paging import page, page_of
from patrol.people.schemas import PagedPurposeQuery
from patrol.people.views import purposes
from patrol.people.views.purposes import purpose_of
from patrol.teams import schemas
from patrol.teams.models import Candidate, ScreeningDay, Team
from patrol.teams.operations import marking
from patrol.teams.operations.progress import Difference, Seen, differences, seen
from patrol.teams.views.blueprint import STAFF, blueprint
from patrol.teams.views.days import EXAMINERS, one_day

AT_WORK = timedelta(hours=1)
"""An examiner's page reads the list anew after each candidate; so long that is one read."""


def _led(day_id: UUID) -> ScreeningDay:
    """A day that the caller leads, as coordinators and admins do every one. Raises NotFound."""
    day = one_day(day_id)
    if not caller().has(*STAFF) and day.lead_id != caller().person:
        raise NotFound
    return day


def _seen(day: ScreeningDay, candidate: Candidate) -> Seen:
    return seen(day, [candidate])[0]


@blueprint.route("/screening-days/<uuid:day_id>/candidates", methods=["GET"])
@allow(*STAFF, within=EXAMINERS)
@blueprint.arguments(PagedPurposeQuery, location="query")
@blueprint.response(200, page_of(schemas.CandidateOut))
@fails(404)
def candidates(query: dict[str, Any], day_id: UUID) -> dict[str, Any]:
    """A day's candidates by number, with the points that stand. The read is logged, once for as long as one works."""
    purpose = purpose_of(query.pop("purpose"), inherent="screening")
    day = one_day(day_id)
    wanted = Candidate.select(Candidate, Team).join(Team).where(Candidate.day == day)
    found = page(wanted, by=((Candidate.number, False),), **query)
    handlers = [candidate.team.handler_id for candidate in found["items"]]
    purposes.note(handlers, what="screening", purpose=purpose, again_after=AT_WORK)
    return {**found, "items": seen(day, found["items"])}


@blueprint.route("/screening-days/<uuid:day_id>/candidates/<int(min=1, max=100000):number>/check-in", methods=["POST"])
@replayable
@allow(*STAFF, within=EXAMINERS)
@blueprint.response(200, schemas.CandidateOut)
@fails(404)
def check_in(day_id: UUID, number: int) -> Seen:
    """A candidate has come. Again is the same."""
    day = one_day(day_id)
    return _seen(day, marking.check_in(day, number, now=now()))


@blueprint.route("/screening-days/<uuid:day_id>/marks/<uuid:mark_id>", methods=["PUT"])
@allow(*STAFF, within=EXAMINERS)
@blueprint.arguments(schemas.PointsIn)
@blueprint.response(200, schemas.CandidateOut)
@fails(404, 409)
def put_points(given: dict[str, Any], day_id: UUID, mark_id: UUID) -> Seen:
    """Points for an item, under the phone's UUID: safe to send again.

    Of two examiners who mark the same item the first stands; other points than theirs are kept, and the lead settles.
    """
    day = one_day(day_id)
    return _seen(day, marking.note_points(day, mark_id, **given, by=caller().person, now=now()))


@blueprint.route("/screening-days/<uuid:day_id>/faults/<uuid:mark_id>", methods=["PUT"])
@allow(*STAFF, within=EXAMINERS)
@blueprint.arguments(schemas.FaultIn)
@blueprint.response(200, schemas.CandidateOut)
@fails(404, 409)
def put_fault(given: dict[str, Any], day_id: UUID, mark_id: UUID) -> Seen:
    """A fault that ends the test at once, under the phone's UUID: safe to send again."""
    day = one_day(day_id)
    return _seen(day, marking.note_fault(day, mark_id, **given, by=caller().person, now=now()))


@blueprint.route("/screening-days/<uuid:day_id>/differing")
@allow(*STAFF, within=EXAMINERS)
@blueprint.response(200, schemas.Differences)
@fails(404)
def differing(day_id: UUID) -> dict[str, list[Difference]]:
    """What examiners differ on and the lead is to settle."""
    return {"items": differences(_led(day_id))}


@blueprint.route(
    "/screening-days/<uuid:day_id>/candidates/<int(min=1, max=100000):number>/settlements", methods=["POST"]
)
@replayable
@allow(*STAFF, within=EXAMINERS)
@blueprint.arguments(schemas.SettleIn)
@blueprint.response(200, schemas.CandidateOut)
@fails(404, 409)
def settle(given: dict[str, Any], day_id: UUID, number: int) -> Seen:
    """The lead says what stands for an item."""
    day = _led(day_id)
    return _seen(day, marking.settle(day, number, **given, by=caller().person, now=now()))


@blueprint.route("/screening-days/<uuid:day_id>/candidates/<int(min=1, max=100000):number>/lift", methods=["POST"])
@replayable
@allow(*STAFF, within=EXAMINERS)
@blueprint.arguments(schemas.ReasonIn)
@blueprint.response(200, schemas.CandidateOut)
@fails(404, 409)
def lift(given: dict[str, Any], day_id: UUID, number: int) -> Seen:
    """The lead takes back a fault that was noted by mistake, saying why."""
    day = _led(day_id)
    return _seen(day, marking.lift(day, number, **given, by=caller().person, now=now()))
