"""Notices over HTTP."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from patrol.http.api import expected_version, fails, subject, with_etag
from patrol.http.caller import allow, caller, now
from patrol.http.idempotency import replayable
from patrol.http.paging import PageQuery, page, page_of
from patrol.notices import operations, rules, schemas
from patrol.notices.models import Notice
from patrol.places.operations.cities import city_of

blueprint = subject("notices", "Look-outs to teams that walk near a place, in force for some hours.")

WRITERS = ("officer", "coordinator", "admin")
ORDER = ((Notice.created_at, True), (Notice.id, True))


@blueprint.route("/notices")
class Notices(MethodView):
    """Those in force."""

    @allow(*WRITERS, own=("walker",))
    @blueprint.arguments(PageQuery, location="query")
    @blueprint.response(200, page_of(schemas.NoticeOut))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """For staff the city's, for walkers those they were told of; newest first."""
        asking = caller()
        if asking.has(*WRITERS):
            rows = operations.in_force(asking.city, now())
        else:
            rows = operations.told_to(asking.person, asking.city, now())
        found = page(rows, by=ORDER, **query)
        return {"items": [shown(notice) for notice in found["items"]], "next": found["next"]}

    @replayable
    @allow(*WRITERS)
    @blueprint.arguments(schemas.NoticeIn)
    @blueprint.response(201, schemas.NoticeOut)
    @fails(409)
    def post(self, given: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """Write one. Teams walking within the radius are told at once, others as they are about to walk there."""
        notice = operations.issue(city_of(caller().city), by=caller().person, **given, now=now())
        return with_etag(shown(notice), notice.version)


@blueprint.route("/notices/<uuid:notice_id>/extend", methods=["POST"])
@allow("coordinator", "admin", own=("officer",))
@blueprint.arguments(schemas.NoticeEnd)
@blueprint.response(200, schemas.NoticeOut)
@fails(404, 412)
def extend(given: dict[str, Any], notice_id: UUID) -> tuple[dict[str, Any], dict[str, str]]:
    """Let it end at another time; who was told keeps it until then."""
    notice = operations.extend(changed(notice_id), **given, expected=expected_version(), now=now())
    return with_etag(shown(notice), notice.version)


@blueprint.route("/notices/<uuid:notice_id>", methods=["DELETE"])
@allow("coordinator", "admin", own=("officer",))
@blueprint.response(204)
@fails(404, 412)
def withdraw(notice_id: UUID) -> None:
    """Take it back: it goes from every inbox and page."""
    operations.withdraw(changed(notice_id), expected=expected_version(), now=now())


def changed(notice_id: UUID) -> Notice:
    """The notice that the caller wants to change: an officer their own, others any of the city. Raises NotFound."""
    author = None if caller().has("coordinator", "admin") else caller().person
    return operations.notice_of(caller().city, notice_id, author=author, now=now())


def shown(notice: Notice) -> dict[str, Any]:
    """What the caller sees of one."""
    asking = caller()
    names = ("id", "kind", "words", "lon", "lat", "radius_m", "created_at", "expires_at", "version")
    return {
        **{name: getattr(notice, name) for name in names},
        "kind_name": rules.KIND_NAMES[notice.kind],
        "told": notice.told if asking.has(*WRITERS) else None,
        "may_change": asking.has("coordinator", "admin")
        or (asking.has("officer") and notice.author_id == asking.person),
    }
