"""Passing a sighting on by hand."""

from typing import Any
from uuid import UUID

from patrol.http.api import expected_version, fails
from patrol.http.caller import allow, caller, now
from patrol.sightings import schemas
from patrol.sightings.operations import passing_on, reading
from patrol.sightings.operations.routing import Target
from patrol.sightings.views.blueprint import STAFF_ROLES, answer, blueprint, viewer


@blueprint.route("/sightings/<uuid:sighting_id>/route", methods=["GET"])
@allow(within=STAFF_ROLES)
@blueprint.response(200, schemas.PassingOnWays)
@fails(404)
def ways(sighting_id: UUID) -> dict[str, Any]:
    """What it may be passed on to, for who may pass it on."""
    sighting = reading.sighting_for(viewer(), sighting_id)
    reading.overseer(viewer(), sighting)
    to, duties = passing_on.ways(sighting)
    return {"to": to, "duties": duties}


@blueprint.route("/sightings/<uuid:sighting_id>/route", methods=["POST"])
@allow(within=STAFF_ROLES)
@blueprint.arguments(schemas.PassingOn)
@blueprint.response(200, schemas.SightingOut)
@blueprint.alt_response(204, description="Passed on, and no longer the caller's to see.")
@fails(404, 409, 412)
def pass_on(given: dict[str, Any], sighting_id: UUID) -> Any:
    """Send it to others, with a reason, for who answers it and for coordinators. A restricted one stays in its rota."""
    sighting = reading.sighting_for(viewer(), sighting_id)
    moved = passing_on.pass_on(
        sighting,
        Target(**{name: given[name] for name in ("to", "box", "facility", "duty")}),
        reason=given["reason"],
        by=caller().person,
        by_role=reading.overseer(viewer(), sighting),
        expected=expected_version(),
        now=now(),
    )
    return answer(moved) if reading.still_seen(viewer(), moved) else ("", 204)
