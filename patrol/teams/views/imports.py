"""Spreadsheets of teams over HTTP: looked through, brought in, taken out with a reason."""

from typing import Any
from uuid import UUID

from flask import Response, current_app, request
from werkzeug.exceptions import UnsupportedMediaType

from patrol.errors import Invalid
from patrol.http.api import fails
from patrol.http.caller import allow, caller, now
from patrol.http.problems import language
from patrol.http.watch import noteworthy
from patrol.people.models import Person
from patrol.people.operations.inviting import invite_again
from patrol.people.schemas import InvitationOut, InvitationQuery
from patrol.people.views import purposes
from patrol.people.views.blueprint import by_post, handed_over
from patrol.places.operations.cities import city_of
from patrol.teams import schemas
from patrol.teams.operations import applicants
from patrol.teams.operations.exporting import export
from patrol.teams.operations.importing import ImportReport, Outcome, import_teams, try_out
from patrol.teams.operations.spreadsheets import LARGEST_FILE, XLSX, template
from patrol.teams.views.blueprint import blueprint, looked_after

CSV = "text/csv"
FORM = "multipart/form-data"
FILES = {
    CSV: {"schema": {"type": "string"}},
    XLSX: {"schema": {"type": "string", "format": "binary"}},
    FORM: {
        "schema": {
            "type": "object",
            "properties": {"file": {"type": "string", "format": "binary"}},
            "required": ["file"],
        }
    },
}
AROUND_A_FILE = 64 * 1024
"""What a form may add to the file in it, bytes."""


class TryOutFirst(Invalid):
    """A file is looked through before it is brought in."""

    words = {
        "ko": "먼저 미리보기(dry_run)를 하고 그 digest를 보내 주세요.",
        "en": "Try the file out first (dry_run), and send the digest that comes with it.",
    }


class NoFile(Invalid):
    """A form without its file."""

    words = {"ko": "'file' 항목에 파일이 없습니다.", "en": "The form has no file named 'file'."}


@blueprint.route("/teams/imports", methods=["POST"])
@noteworthy("people brought in")
@allow("admin", within=("coordinator",))
@blueprint.arguments(schemas.ImportQuery, location="query")
@blueprint.response(200, schemas.ImportOut)
@blueprint.doc(requestBody={"required": True, "content": FILES})
@fails(409)
def post_import(query: dict[str, Any]) -> dict[str, Any]:
    """Look a spreadsheet of teams through, or bring in the one that was: CSV or .xlsx, at most 5 MiB and 2,000 rows.

    Each new handler gets an account with an invitation; consents and, without a position, the door are theirs to give.
    Invitations go out by text message or mail where one is set up. Links to hand over are shown once, so this takes no
    Idempotency-Key: the same file again makes nothing twice.
    """
    content, name = _file()
    city, districts = city_of(caller().city), caller().districts
    if query["dry_run"]:
        return _told(try_out(city, content, name=name, districts=districts, now=now()))
    if query["digest"] is None:
        raise TryOutFirst("/query/digest")
    how = {"digest": query["digest"], "only_valid": query["only_valid"], "districts": districts}
    return _told(import_teams(city, content, name=name, **how, by=caller().person, post=by_post(), now=now()))


@blueprint.route("/teams/imports/template", methods=["GET"])
@allow("admin", within=("coordinator",))
@blueprint.arguments(schemas.TemplateQuery, location="query")
@blueprint.response(200)
@blueprint.doc(responses={200: {"description": "The file.", "content": {kind: FILES[kind] for kind in (CSV, XLSX)}}})
def get_template(query: dict[str, Any]) -> Response:
    """An empty spreadsheet with the headers and one row that is plainly a sample, .xlsx or CSV."""
    form = query["format"]
    return _download(template(language(), form), f"teams-template.{form}", CSV if form == "csv" else XLSX)


@blueprint.route("/teams/exports", methods=["POST"])
@noteworthy("people taken out")
@allow("admin", within=("coordinator",))
@blueprint.arguments(schemas.ExportIn)
@blueprint.response(200, content_type=CSV, schema={"type": "string"})
def post_export(given: dict[str, Any]) -> Response:
    """Teams as CSV, one row a dog, never the door. The reason is kept in each handler's access log."""
    city = city_of(caller().city)
    wanted = applicants.queue(city, applicants.Filters(**given["filters"]), districts=caller().districts, now=now())
    content, teams = export(city, wanted, columns=given["columns"], language=language())
    purposes.note([team.handler_id for team in teams], what="roster_file", purpose=given["reason"])
    return _download(content, "teams.csv", CSV)


@blueprint.route("/teams/<uuid:team_id>/invitation", methods=["POST"])
@noteworthy("walker invited")
@allow("admin", within=("coordinator",))
@blueprint.arguments(InvitationQuery, location="query")
@blueprint.response(201, InvitationOut)
@fails(404, 409, 429)
def invite(query: dict[str, Any], team_id: UUID) -> dict[str, Any]:
    """A new invitation for a handler who has not come yet; the one before is of no use then. A link is shown once."""
    handler = Person.get_by_id(looked_after(team_id).handler_id)
    how = None if query["hand_over"] else by_post()
    return {**handed_over(invite_again(handler, post=how, source=str(caller().person), now=now()))}


def _file() -> tuple[bytes, str]:
    """The file that came, by itself or in a form, and its name."""
    request.max_content_length = LARGEST_FILE + AROUND_A_FILE
    if request.mimetype == FORM:
        found = request.files.get("file")
        if found is None:
            raise NoFile("/file")
        return found.read(), (found.filename or "file")[:80]
    if request.mimetype not in (CSV, XLSX, "application/octet-stream"):
        raise UnsupportedMediaType(f"Send {CSV}, {XLSX} or {FORM}.")
    return request.get_data(), "file"


def _told(report: ImportReport) -> dict[str, Any]:
    return {
        "digest": report.digest,
        "dry_run": report.dry_run,
        **{outcome: report.count(outcome) for outcome in ("new", "known", "invalid")},
        "unknown_columns": list(report.strange),
        "teams": [_outcome(each) for each in report.outcomes],
    }


def _outcome(each: Outcome) -> dict[str, Any]:
    return {
        "rows": each.rows,
        "outcome": each.outcome,
        "name": each.name,
        "dogs": each.dogs,
        "disputed": each.disputed,
        "id": each.team.id if each.team else None,
        "code": each.team.code if each.team else None,
        **(handed_over(each.invitation) if each.invitation else {"link": None, "sent_by": None}),
        "problems": [
            {"row": problem.row, "column": problem.column, "detail": problem.ko if language() == "ko" else problem.en}
            for problem in each.problems
        ],
    }


def _download(content: bytes, name: str, kind: str) -> Response:
    answer: Response = current_app.response_class(
        content, content_type=f"{kind}; charset=utf-8" if kind == CSV else kind
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
