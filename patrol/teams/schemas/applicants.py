"""The coordinators' queue on the wire."""

import marshmallow as ma

from patrol.http.paging import LIMIT, LONGEST_CURSOR, MOST
from patrol.http.schemas import Day, Moment, Problem, Schema, Text, Whole
from patrol.people.schemas import PagedPurposeQuery, PurposeQuery
from patrol.teams.rules import TEAM_STATES, WAITS, WAITS_ON
from patrol.teams.schemas.teams import TeamOut

LONGEST_NOTE = 2000
MOST_AT_ONCE = 200


class Filters(ma.Schema):
    """Which teams; what is left out lets every team pass. Days are the city's, both ends included."""

    state = ma.fields.List(
        ma.fields.String(validate=ma.validate.OneOf(TEAM_STATES)),
        load_default=list,
        validate=ma.validate.Length(max=len(TEAM_STATES)),
        metadata={"description": "Any of these states."},
    )
    district = ma.fields.UUID(load_default=None, allow_none=True)
    applied_from = Day(load_default=None, allow_none=True)
    applied_until = Day(load_default=None, allow_none=True)
    waiting_since = Day(
        load_default=None, allow_none=True, metadata={"description": "Has waited since that day, or longer."}
    )
    lacks_consent = ma.fields.Boolean(
        load_default=None, allow_none=True, metadata={"description": "Whether a required consent is missing."}
    )
    lapses_within = ma.fields.Integer(
        load_default=None,
        allow_none=True,
        validate=ma.validate.Range(0, 366),
        metadata={"description": "Days within which something ends that the team needs to patrol, or that has ended."},
    )
    disputed = ma.fields.Boolean(
        load_default=None, allow_none=True, metadata={"description": "Whether two teams claim one of the dogs."}
    )


class TeamsQuery(PagedPurposeQuery, Filters):
    """A page of the queue."""


class WrittenFilters(Filters):
    """As a body has them: with a text to look for. No address holds names and numbers: logs and caches keep those."""

    text = Text(
        most=80,
        load_default="",
        metadata={
            "description": "Part of the code or of a team's, dog's or handler's name; "
            "or the last digits, four at least, of a registration or phone number."
        },
    )
    lapses_within = Whole(
        load_default=None, allow_none=True, validate=ma.validate.Range(0, 366), metadata={"description": "In days."}
    )

    class Meta:
        unknown = ma.RAISE


class TeamsSearch(PurposeQuery):
    """A page of the queue, looked for by a body."""

    filters = ma.fields.Nested(WrittenFilters, load_default=dict)
    cursor = Text(most=LONGEST_CURSOR, load_default=None, metadata={"description": "`next` of the page before."})
    limit = Whole(load_default=LIMIT, validate=ma.validate.Range(1, MOST), metadata={"description": f"1 to {MOST}."})


class ApplicantOut(TeamOut):
    """A team in the queue, to coordinators and admins."""

    waiting_since = Moment(required=True, attribute="team.waiting_since")
    waits_for = ma.fields.List(ma.fields.String(validate=ma.validate.OneOf(WAITS)), required=True)
    waits_on = ma.fields.String(required=True, allow_none=True, validate=ma.validate.OneOf([*WAITS_ON, None]))
    lacks = ma.fields.List(ma.fields.String(), required=True, metadata={"description": "Required consents missing."})
    pinned_note = ma.fields.String(required=True, allow_none=True)


class DecideMany(Schema):
    """What the papers of several teams are like."""

    teams = ma.fields.List(ma.fields.UUID(), required=True, validate=ma.validate.Length(1, MOST_AT_ONCE))
    ok = ma.fields.Boolean(required=True)
    note = Text(most=1000, load_default="")


class Result(Schema):
    """What became of one team: its state now, or the problem why nothing was done with it."""

    id = ma.fields.UUID(required=True)
    ok = ma.fields.Boolean(required=True)
    state = ma.fields.String(required=True, allow_none=True)
    problem = ma.fields.Nested(Problem, required=True, allow_none=True)


class Results(Schema):
    """What became of each, in the order asked."""

    results = ma.fields.List(ma.fields.Nested(Result), required=True)


class ContactOut(Schema):
    """How a handler is reached."""

    name = ma.fields.String(required=True)
    phone = ma.fields.String(required=True, allow_none=True)
    email = ma.fields.String(required=True, allow_none=True)


class NoteIn(Schema):
    """A note about a team; the handler does not see it."""

    text = Text(most=LONGEST_NOTE, least=1, required=True)
    pinned = ma.fields.Boolean(load_default=False)


class PinIn(Schema):
    """Which of a team's notes stands on top; null: none."""

    note = ma.fields.UUID(required=True, allow_none=True)


class NoteOut(Schema):
    """A note about a team."""

    id = ma.fields.UUID(required=True)
    text = ma.fields.String(required=True)
    pinned = ma.fields.Boolean(required=True)
    author = ma.fields.Function(
        lambda note: note.author.name if note.author_id else None, required=True, metadata={"type": ["string", "null"]}
    )
    created_at = Moment(required=True)
