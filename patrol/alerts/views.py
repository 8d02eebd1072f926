"""Drills over HTTP."""

from typing import Any
from uuid import UUID

from flask import Response
from flask.views import MethodView

from patrol.alerts import schemas
from patrol.alerts.models import Drill
from patrol.alerts.operations import drills
from patrol.http.api import fails, subject
from patrol.http.caller import allow, caller, now
from patrol.http.idempotency import replayable
from patrol.http.paging import PageQuery, page, page_of
from patrol.places.operations.cities import city_of

blueprint = subject("drills", "Exercises that show who can be reached for every police box.")

STAFF_ROLES = ("officer", "coordinator", "admin")
ORDER = ((Drill.started_at, True), (Drill.id, True))


@blueprint.route("/drills")
class Drills(MethodView):
    """The city's drills."""

    @allow("coordinator", "admin")
    @blueprint.arguments(PageQuery, location="query")
    @blueprint.response(200, page_of(schemas.DrillOut))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Newest first."""
        return page(drills.drills_of(caller().city), by=ORDER, **query)

    @replayable
    @allow("coordinator", "admin")
    @blueprint.response(201, schemas.DrillOut)
    @fails(409)
    def post(self) -> Drill:
        """Start one: officers of every box are called, plainly as an exercise. 409 while one is under way."""
        return drills.start(city_of(caller().city), by=caller().person, now=now())


@blueprint.route("/drills/waiting")
@allow(own=STAFF_ROLES)
@blueprint.response(200, schemas.DrillsWaiting)
def waiting() -> dict[str, Any]:
    """Drills that wait for the caller to say that they are there."""
    return {"items": drills.waiting_for(caller().person, caller().city)}


@blueprint.route("/drills/<uuid:drill_id>")
@allow("coordinator", "admin")
@blueprint.response(200, schemas.DrillReport)
@fails(404)
def one_drill(drill_id: UUID) -> dict[str, Any]:
    """One with its report."""
    drill = drills.drill_of(caller().city, drill_id)
    names = ("id", "started_at", "scheduled_for", "ended_at")
    return {
        **{name: getattr(drill, name) for name in names},
        "boxes": drills.report(drill),
        "channels": drills.channels(drill),
    }


@blueprint.route("/drills/<uuid:drill_id>/report.csv")
@allow("coordinator", "admin")
@blueprint.response(200, content_type="text/csv", schema={"type": "string"})
@fails(404)
def drill_file(drill_id: UUID) -> Response:
    """The report as CSV."""
    drill = drills.drill_of(caller().city, drill_id)
    name = f"drill-{drill.started_at:%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(drills.report_csv(drill), content_type="text/csv; charset=utf-8", headers=headers)


@blueprint.route("/drills/<uuid:drill_id>/acknowledge", methods=["POST"])
@allow(own=STAFF_ROLES)
@blueprint.response(200, schemas.DrillAnswer)
@fails(404)
def answer(drill_id: UUID) -> dict[str, int]:
    """Say that one is there, for every call of the drill that was sent to the caller."""
    return {"answered": drills.answer(caller().city, drill_id, by=caller().person, now=now())}
