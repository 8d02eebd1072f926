"""Duties and their rota over HTTP."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask.views import MethodView

from patrol.errors import Invalid
from patrol.http.api import fails
from patrol.http.caller import allow, caller, now
from patrol.http.idempotency import replayable
from patrol.http.watch import noteworthy
from patrol.people import schemas
from patrol.people.models import RotaEntry
from patrol.people.operations import rota
from patrol.people.operations.staff import holders
from patrol.people.views.blueprint import blueprint
from patrol.places.operations.cities import city_of, policy_of

USUAL, LONGEST = timedelta(days=7), timedelta(days=62)


class TooMuchRota(Invalid):
    """As much of the rota as is shown at once. Facts: `days`."""

    words = {
        "ko": "끝은 시작보다 뒤, {days}일 이내여야 합니다.",
        "en": "It must end after it begins, {days} days later at most.",
    }


@blueprint.route("/duties", methods=["GET"])
@allow("coordinator", "admin")
@blueprint.response(200, schemas.DutyOut(many=True))
def duties() -> list[dict[str, Any]]:
    """The duties of the city's policy, who holds each, and who is on it now."""
    city = caller().city
    held = holders(city, now=now())
    return [
        {
            "duty": duty,
            "rota": rota.in_force(city, duty.code, now()),
            "holders": [person for person, _ in held[duty.code]],
            "on_duty": [person.id for person, on in held[duty.code] if on],
        }
        for duty in policy_of(city).every_duty()
    ]


@blueprint.route("/rota")
class Rota(MethodView):
    """Who is on call."""

    @allow("coordinator", "admin")
    @blueprint.arguments(schemas.RotaQuery, location="query")
    @blueprint.response(200, schemas.RotaOut)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Who is on call in a time, and when nobody is; a week from now on unless other times are given."""
        begins = query["begins_at"] or now()
        ends = query["ends_at"] or begins + USUAL
        if not begins < ends <= begins + LONGEST:
            raise TooMuchRota("/query/ends_at", days=LONGEST.days)
        city, wanted = caller().city, query["duty"]
        entries = rota.entries_of(city, duty=wanted, begins_at=begins, ends_at=ends)
        codes = [duty.code for duty in policy_of(city).every_duty() if wanted in (None, duty.code)]
        found = [
            {"duty": code, "gap": gap}
            for code in codes
            for gap in rota.gaps(city, code, begins_at=begins, ends_at=ends)
        ]
        return {
            "begins_at": begins,
            "ends_at": ends,
            "entries": list(entries.order_by(RotaEntry.begins_at, RotaEntry.id)),
            "gaps": found,
        }

    @noteworthy("rights changed")
    @replayable
    @allow("admin")
    @blueprint.arguments(schemas.RotaIn)
    @blueprint.response(201, schemas.EntryOut)
    @fails(409)
    def post(self, given: dict[str, Any]) -> RotaEntry:
        """Put somebody on call who holds the duty. 409 when they are on call then already."""
        return rota.enter(city_of(caller().city), **given, by=caller().person, now=now())


@blueprint.route("/rota/<uuid:entry_id>", methods=["DELETE"])
@noteworthy("rights changed")
@allow("admin")
@blueprint.response(204)
@fails(404)
def take_off(entry_id: UUID) -> None:
    """Take an entry back; of one that has begun, what is left of it. What is over stays."""
    rota.take_off(caller().city, entry_id, now=now())


@blueprint.route("/rota/copy", methods=["POST"])
@noteworthy("rights changed")
@replayable
@allow("admin")
@blueprint.arguments(schemas.WeekCopyIn)
@blueprint.response(201, schemas.EntryOut(many=True))
@fails(409)
def copy_week(given: dict[str, Any]) -> list[RotaEntry]:
    """Enter seven days of a duty's rota once more from another day on, all or none."""
    return rota.copy_week(city_of(caller().city), **given, by=caller().person, now=now())
