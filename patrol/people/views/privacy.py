"""One's own data over HTTP: who read it, a copy of all of it, its end; and what is kept no longer."""

from collections.abc import Iterator
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from uuid import UUID

from flask import Response, current_app, g

from patrol.http.api import fails
from patrol.http.browsers import forget
from patrol.http.caller import OWN_ONLY, allow, caller, now
from patrol.http.paging import PageQuery, page, page_of
from patrol.http.watch import noteworthy
from patrol.people import schemas
from patrol.people.models import Person, RetentionReceipt
from patrol.people.operations import audit, erasing
from patrol.people.operations.exporting import allow_copy, archive
from patrol.people.operations.renewing import require_password
from patrol.people.views.blueprint import blueprint, oneself, settings

SMALL_BYTES, AT_ONCE_BYTES = 4 * 1024 * 1024, 64 * 1024
"""A larger archive is written to a file without a name, which is gone when it is sent."""


@blueprint.route("/me/access-log", methods=["GET"])
@allow(own=OWN_ONLY)
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(schemas.AccessOut))
def my_access_log(query: dict[str, Any]) -> dict[str, Any]:
    """Who read one's own data and what for, newest first: their role and office, not their name."""
    return page(audit.reads_of(caller().person), by=audit.OWN_ORDER, **query)


@blueprint.route("/retention-receipts", methods=["GET"])
@allow("admin")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(schemas.ReceiptOut))
def retention_receipts(query: dict[str, Any]) -> dict[str, Any]:
    """What was kept no longer in the city and in the whole installation, newest first."""
    mine = (RetentionReceipt.city == caller().city) | RetentionReceipt.city.is_null()
    found = RetentionReceipt.select().where(mine)
    return page(found, by=((RetentionReceipt.at, True), (RetentionReceipt.id, True)), **query)


@blueprint.route("/me/export", methods=["GET"])
@noteworthy("copy taken")
@allow(own=OWN_ONLY)
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="application/zip")
@fails(429)
def export() -> Response:
    """All that is held of oneself: a ZIP archive of data.json, for programs, index.html, to be read, and one's photos.

    So many an hour; 429 says when the next may be had.
    """
    person = oneself()
    allow_copy(person, now=now())
    file = _copy_of(person)
    size = file.tell()
    answer = Response(_sent(file), content_type="application/zip", direct_passthrough=True)
    answer.content_length = size
    answer.headers["Content-Disposition"] = 'attachment; filename="patrol-my-data.zip"'
    return answer


def _copy_of(person: Person) -> IO[bytes]:
    with ExitStack() as unless_whole:
        file = unless_whole.enter_context(SpooledTemporaryFile(SMALL_BYTES))
        archive(person, file, gathered=current_app.extensions["on_person_exported"], now=now())
        unless_whole.pop_all()
    return file


def _sent(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while some := file.read(AT_ONCE_BYTES):
            yield some


@blueprint.route("/me", methods=["DELETE"])
@noteworthy("erasure")
@allow(own=OWN_ONLY)
@blueprint.arguments(schemas.ErasureIn)
@blueprint.response(204)
@fails(409, 429)
def erase_oneself(given: dict[str, Any]) -> Response:
    """Erase one's account: everything that tells of the person goes, everywhere and at once. Asks for the password."""
    require_password(oneself(), given["password"], cost=settings().password_cost, pointer="/password", now=now())
    erasing.erase(caller().person, effects=current_app.extensions["on_person_erased"], now=now())
    answer = Response(status=204)
    forget(answer)
    return answer


@blueprint.route("/people/<uuid:account_id>/erasure", methods=["POST"])
@noteworthy("erasure")
@allow("admin")
@blueprint.arguments(schemas.ErasureReason)
@blueprint.response(204)
@fails(404, 409)
def erase_person(given: dict[str, Any], account_id: UUID) -> Response:
    """Erase somebody's account for a stated reason, such as their own letter. Logged; cannot be undone."""
    return erase_for(account_id, given["reason"])


def erase_for(person: UUID, reason: str) -> Response:
    """Erase somebody of the caller's city. Raises NotFound, LastAdmin."""
    erasing.erase_for(
        person,
        city=caller().city,
        by=caller().person,
        reason=reason,
        effects=current_app.extensions["on_person_erased"],
        request_id=g.request_id,
        now=now(),
    )
    return Response(status=204)
