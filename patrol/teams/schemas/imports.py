"""Spreadsheets of teams on the wire: in by the file, out with a reason."""

import marshmallow as ma

from patrol.http.schemas import Schema, Text
from patrol.people.rules import CHANNELS
from patrol.teams.operations.exporting import COLUMNS
from patrol.teams.schemas.applicants import WrittenFilters


class ImportQuery(ma.Schema):
    """How a file is taken."""

    dry_run = ma.fields.Boolean(load_default=True, metadata={"description": "Look the file through and write nothing."})
    digest = ma.fields.String(
        load_default=None,
        validate=ma.validate.Regexp(r"^[0-9a-fA-F]{64}\Z"),
        metadata={"description": "SHA-256 of the file that was looked through; needed to bring it in."},
    )
    only_valid = ma.fields.Boolean(
        load_default=False, metadata={"description": "Leave teams with a problem out; else nothing is done."}
    )


class CellProblem(Schema):
    """What is wrong in one cell."""

    row = ma.fields.Integer(required=True)
    column = ma.fields.String(required=True)
    detail = ma.fields.String(required=True)


class OutcomeOut(Schema):
    """What becomes of one team of the file."""

    rows = ma.fields.List(ma.fields.Integer(), required=True)
    outcome = ma.fields.String(required=True, validate=ma.validate.OneOf(["new", "known", "invalid"]))
    name = ma.fields.String(required=True)
    dogs = ma.fields.List(ma.fields.String(), required=True)
    disputed = ma.fields.List(
        ma.fields.String(), required=True, metadata={"description": "Those that another team has registered."}
    )
    id = ma.fields.UUID(required=True, allow_none=True)
    code = ma.fields.String(required=True, allow_none=True)
    link = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The handler's invitation; shown once, good for 7 days; null when it was sent."},
    )
    sent_by = ma.fields.String(
        required=True,
        allow_none=True,
        validate=ma.validate.OneOf(CHANNELS),
        metadata={"description": "Channel by which the invitation went to the handler."},
    )
    problems = ma.fields.List(ma.fields.Nested(CellProblem), required=True)


class ImportOut(Schema):
    """What an import did, or would do."""

    digest = ma.fields.String(required=True)
    dry_run = ma.fields.Boolean(required=True)
    new = ma.fields.Integer(required=True)
    known = ma.fields.Integer(required=True)
    invalid = ma.fields.Integer(required=True)
    unknown_columns = ma.fields.List(ma.fields.String(), required=True)
    teams = ma.fields.List(ma.fields.Nested(OutcomeOut), required=True)


class TemplateQuery(ma.Schema):
    """Which kind of file."""

    format = ma.fields.String(load_default="csv", validate=ma.validate.OneOf(["csv", "xlsx"]))


class ExportIn(Schema):
    """Which teams, which columns, and why."""

    reason = Text(
        most=200,
        least=5,
        required=True,
        metadata={"description": "What it is for; each person in the file can read it in their access log."},
    )
    filters = ma.fields.Nested(WrittenFilters, load_default=dict)
    columns = ma.fields.List(
        ma.fields.String(validate=ma.validate.OneOf(COLUMNS)),
        load_default=list,
        validate=ma.validate.Length(max=len(COLUMNS)),
        metadata={"description": "In this order; none named: all. The door is not to be had."},
    )
