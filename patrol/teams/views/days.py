"""Screening days over HTTP: coordinators make, fill and close them."""

from typing import Any
from uuid import UUID

from patrol.http.api import expected_version, fails, with_etag
from patrol.http.caller import allow, caller, now
from patrol.http.idempotency import replayable, resumable
from patrol.http.paging import page, page_of
from patrol.http.problems import document
from patrol.places.operations.cities import city_of
from patrol.teams import schemas
from patrol.teams.models import DayExaminer, ScreeningDay
from patrol.teams.operations import booking, closing, days
from patrol.teams.operations.days import DUTY, NewStation
from patrol.teams.operations.progress import WholeDay, whole_days
from patrol.teams.rules import OUTCOMES
from patrol.teams.views.blueprint import STAFF, blueprint

EXAMINERS = ("officer", "walker")
"""Roles besides coordinators and admins of whom some hold the duty of examiner; they reach the days they examine."""


def within_reach() -> Any:
    """Days that the caller may see: all of the city's; for who only examines those that they examine."""
    wanted = ScreeningDay.select().where(ScreeningDay.city == caller().city)
    if caller().has(*STAFF):
        return wanted
    mine = DayExaminer.select(DayExaminer.day).where(DayExaminer.person == caller().person)
    on_duty = DUTY in caller().duties
    return wanted.where(ScreeningDay.id.in_(mine) if on_duty else ScreeningDay.id.is_null())


def one_day(day_id: UUID) -> ScreeningDay:
    """A day that the caller may see. Raises NotFound."""
    return days.day_of(within_reach(), day_id)


def _whole(day: ScreeningDay) -> WholeDay:
    return whole_days([day])[0]


def _planned(given: dict[str, Any]) -> dict[str, Any]:
    if "stations" in given:
        given["stations"] = [NewStation(**station) for station in given["stations"]]
    return given


@blueprint.route("/examiners")
@allow(*STAFF)
@blueprint.response(200, schemas.Examiners)
def examiners() -> dict[str, Any]:
    """Who may be an examiner: holders of the duty, coordinators and admins."""
    return {"items": days.may_examine(caller().city)}


@blueprint.route("/screening-days", methods=["GET"])
@allow(*STAFF, within=EXAMINERS)
@blueprint.arguments(schemas.DaysQuery, location="query")
@blueprint.response(200, page_of(schemas.DayOut))
def screening_days(query: dict[str, Any]) -> dict[str, Any]:
    """Screening days, the latest first; examiners see those that they examine."""
    wanted, state = within_reach(), query.pop("state")
    if state:
        wanted = wanted.where(ScreeningDay.state == state)
    found = page(wanted, by=((ScreeningDay.begins_at, True), (ScreeningDay.id, True)), **query)
    return {**found, "items": whole_days(found["items"])}


@blueprint.route("/screening-days", methods=["POST"])
@replayable
@allow(*STAFF)
@blueprint.arguments(schemas.DayIn)
@blueprint.response(201, schemas.DayOut)
def make_day(given: dict[str, Any]) -> WholeDay:
    """Make a screening day; the rubric stays as it is now, whatever the policy becomes."""
    city = city_of(caller().city)
    return _whole(days.make_day(city, **_planned(given), by=caller().person, now=now()))


@blueprint.route("/screening-days/<uuid:day_id>", methods=["GET"])
@allow(*STAFF, within=EXAMINERS)
@blueprint.response(200, schemas.DayOut)
@fails(404)
def screening_day(day_id: UUID) -> Any:
    """A day and how far its candidates are."""
    day = one_day(day_id)
    return with_etag(_whole(day), day.version)


@blueprint.route("/screening-days/<uuid:day_id>", methods=["PATCH"])
@allow(*STAFF)
@blueprint.arguments(schemas.DayPatch)
@blueprint.response(200, schemas.DayOut)
@fails(404, 409, 412)
def change_day(given: dict[str, Any], day_id: UUID) -> Any:
    """Change an open day. With If-Match, 412 when it was changed in between."""
    day = days.change_day(one_day(day_id), _planned(given), expected=expected_version(), now=now())
    return with_etag(_whole(day), day.version)


@blueprint.route("/screening-days/<uuid:day_id>/candidates", methods=["POST"])
@replayable
@allow(*STAFF)
@blueprint.arguments(schemas.BookManyIn)
@blueprint.response(200, schemas.BookedMany)
@fails(404, 409)
def book_many(given: dict[str, Any], day_id: UUID) -> dict[str, Any]:
    """Put teams on a day: these, or those that have waited longest. Each is told its number and time."""
    day, districts, by = one_day(day_id), caller().districts, caller().person
    if "teams" in given:
        found = booking.book_many(day, given["teams"], districts=districts, by=by, now=now())
    else:
        found = booking.book_next(day, at_most=given["next"], districts=districts, by=by, now=now())
    results = [
        {
            "team": each.team,
            "code": each.code,
            "number": each.number,
            "slot_at": each.slot_at,
            "problem": document(each.refused) if each.refused else None,
        }
        for each in found
    ]
    return {"results": results}


@blueprint.route("/screening-days/<uuid:day_id>/close", methods=["POST"])
@resumable
@allow(*STAFF)
@blueprint.response(200, schemas.ClosingOut)
@fails(404)
def close_day(day_id: UUID) -> dict[str, Any]:
    """Decide all who can be. Who lacks an item, or has one on which examiners differ, stays open and is listed.

    So does one's own team, for a colleague.
    """
    found = closing.close(one_day(day_id), by=caller().person, now=now())
    undecided = [
        {
            "number": left.number,
            "missing": left.missing,
            "differing": left.differing,
            "problem": document(left.refused) if left.refused else None,
        }
        for left in found.undecided
    ]
    return {**{outcome: found.counts[outcome] for outcome in OUTCOMES}, "undecided": undecided}
