"""Shifts over HTTP: a walker's own, whole; for coordinators and admins the city's, from first block to last."""

from typing import Any
from uuid import UUID

from flask import Response, json

from patrol.errors import NotFound
from patrol.http.api import fails, subject
from patrol.http.caller import allow, caller, now
from patrol.http.idempotency import replayable
from patrol.http.paging import page, page_of
from patrol.people.schemas import PurposeQuery
from patrol.people.views import purposes
from patrol.people.views.purposes import purpose_of
from patrol.shifts import schemas
from patrol.shifts.models import Shift
from patrol.shifts.operations import answering
from patrol.shifts.operations.exporting import route_geojson, route_gpx
from patrol.shifts.operations.moving import shift_of, shifts_of
from patrol.shifts.operations.reading import SeenShift, seen_by

blueprint = subject("shifts", "Tonight's walks: offered, accepted, with their routes.")

STAFF = ("coordinator", "admin")


@blueprint.route("/shifts", methods=["GET"])
@allow("admin", within=("coordinator",), own=("walker",))
@blueprint.arguments(schemas.ShiftsQuery, location="query")
@blueprint.response(200, page_of(schemas.ShiftOut))
def shifts(query: dict[str, Any]) -> dict[str, Any]:
    """A walker's own shifts, or those of the teams that the caller looks after; latest evening first.

    Chosen and ordered by evening and not by time, which would tell when a team leaves its door.
    """
    purpose = purpose_of(query.pop("purpose"), inherent="roster")
    handler = None if caller().has(*STAFF) else caller().person
    wanted = shifts_of(caller().city, handler=handler, districts=caller().districts)
    state, since, until = (query.pop(name) for name in ("state", "since", "until"))
    if state:
        wanted = wanted.where(Shift.state == state)
    if since:
        wanted = wanted.where(Shift.evening >= since)
    if until:
        wanted = wanted.where(Shift.evening <= until)
    found = page(wanted, by=((Shift.evening, True), (Shift.id, True)), **query)
    note(found["items"], purpose=purpose)
    return {**found, "items": [seen(shift) for shift in found["items"]]}


@blueprint.route("/shifts/<uuid:shift_id>", methods=["GET"])
@allow("admin", within=("coordinator",), own=("walker",))
@blueprint.arguments(PurposeQuery, location="query")
@blueprint.response(200, schemas.ShiftOut)
@fails(404)
def shift(query: dict[str, Any], shift_id: UUID) -> SeenShift:
    """One shift."""
    return seen(read(shift_id, query["purpose"]))


@blueprint.route("/shifts/<uuid:shift_id>/accept", methods=["POST"])
@replayable
@allow(own=("walker",))
@blueprint.response(200, schemas.ShiftOut)
@fails(404, 409, 410)
def accept(shift_id: UUID) -> SeenShift:
    """Take a shift of one's own. 410 once the time to answer is over."""
    return seen(answering.accept(own(shift_id), now=now()))


@blueprint.route("/shifts/<uuid:shift_id>/decline", methods=["POST"])
@replayable
@allow(own=("walker",))
@blueprint.arguments(schemas.DeclineIn)
@blueprint.response(200, schemas.ShiftOut)
@fails(404, 409, 410)
def decline(given: dict[str, Any], shift_id: UUID) -> SeenShift:
    """Give a shift of one's own back, accepted ones too; it goes back to the plan."""
    return seen(answering.decline(own(shift_id), **given, now=now()))


@blueprint.route("/shifts/<uuid:shift_id>/route", methods=["GET"])
@allow("admin", within=("coordinator",), own=("walker",))
@blueprint.arguments(PurposeQuery, location="query")
@blueprint.response(200, schemas.RouteOut)
@fails(404)
def route(query: dict[str, Any], shift_id: UUID) -> SeenShift:
    """Where to walk: line, blocks with their reasons, turns."""
    return seen(read(shift_id, query["purpose"]))


@blueprint.route("/shifts/<uuid:shift_id>/route.geojson", methods=["GET"])
@allow("admin", within=("coordinator",), own=("walker",))
@blueprint.arguments(PurposeQuery, location="query")
@blueprint.response(200, {"type": "object"}, content_type="application/geo+json")
@fails(404)
def geojson(query: dict[str, Any], shift_id: UUID) -> Response:
    """The line and its blocks as a FeatureCollection."""
    found = read(shift_id, query["purpose"])
    content = json.dumps(route_geojson(found, whole=seen(found).part.whole))
    return download(content, "application/geo+json", found, "geojson")


@blueprint.route("/shifts/<uuid:shift_id>/route.gpx", methods=["GET"])
@allow("admin", within=("coordinator",), own=("walker",))
@blueprint.arguments(PurposeQuery, location="query")
@blueprint.response(200, {"type": "string"}, content_type="application/gpx+xml")
@fails(404)
def gpx(query: dict[str, Any], shift_id: UUID) -> Response:
    """The line as a track and its blocks as waypoints, GPX 1.1."""
    found = read(shift_id, query["purpose"])
    return download(route_gpx(found, whole=seen(found).part.whole), "application/gpx+xml; charset=utf-8", found, "gpx")


def own(shift_id: UUID) -> Shift:
    """A shift of the caller's own team. Raises NotFound."""
    return shift_of(caller().city, shift_id, handler=caller().person)


def read(shift_id: UUID, asked: str | None) -> Shift:
    """What coordinators and admins look after, which is logged; for walkers their own. Raises NotFound."""
    purpose = purpose_of(asked, inherent="roster")
    found = within_reach(shift_id)
    note([found], purpose=purpose)
    return found


def note(found: list[Shift], *, purpose: str) -> None:
    """Log that the caller read of these shifts, but for their own."""
    purposes.note([shift.team.handler_id for shift in found], what="shift", purpose=purpose)


def within_reach(shift_id: UUID) -> Shift:
    """What coordinators and admins look after; for walkers their own. Raises NotFound."""
    try:
        return own(shift_id)
    except NotFound:
        if not caller().has(*STAFF):
            raise
        return shift_of(caller().city, shift_id, districts=caller().districts)


def seen(shift: Shift) -> SeenShift:
    """What the caller sees of a shift."""
    return seen_by(caller().person, shift)


def download(content: str, media_type: str, shift: Shift, ending: str) -> Response:
    """A file, named by team and evening."""
    answer = Response(content, content_type=media_type)
    name = f"{shift.team.code}-{shift.evening.isoformat()}.{ending}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
