"""Screening days on the wire. Candidates are known by their numbers: no handler is named."""

import marshmallow as ma

from patrol.http.paging import PageQuery
from patrol.http.schemas import Moment, Problem, Schema, Text, Whole
from patrol.teams.operations.booking import MOST_AT_ONCE
from patrol.teams.rules import DAY_STATES

MOST_STATIONS, MOST_EXAMINERS, MOST_CANDIDATES = 20, 60, 2000

NUMBER = Whole(required=True, validate=ma.validate.Range(1, 100_000), metadata={"description": "The candidate's."})
CAPACITY = ma.validate.Range(1, MOST_CANDIDATES)


class StationIn(Schema):
    """Where some items of the rubric are judged."""

    name = Text(most=60, least=1, required=True)
    items = ma.fields.List(ma.fields.String(), required=True, validate=ma.validate.Length(1, 40))


class DayIn(Schema):
    """A screening day. Each item of the rubric is judged at one station."""

    begins_at = Moment(required=True)
    place = Text(most=120, least=1, required=True)
    capacity = Whole(required=True, validate=CAPACITY)
    slot_min = Whole(load_default=10, validate=ma.validate.Range(1, 600), metadata={"description": "Minutes a slot."})
    slot_size = Whole(load_default=5, validate=ma.validate.Range(1, 200), metadata={"description": "Teams a slot."})
    stations = ma.fields.List(ma.fields.Nested(StationIn), required=True, validate=ma.validate.Length(1, MOST_STATIONS))
    examiners = ma.fields.List(ma.fields.UUID(), load_default=list, validate=ma.validate.Length(max=MOST_EXAMINERS))
    lead = ma.fields.UUID(load_default=None, allow_none=True)


class DayPatch(Schema):
    """What may be changed of an open day; what is left out stays."""

    begins_at = Moment()
    place = Text(most=120, least=1)
    capacity = Whole(validate=CAPACITY)
    stations = ma.fields.List(ma.fields.Nested(StationIn), validate=ma.validate.Length(1, MOST_STATIONS))
    examiners = ma.fields.List(ma.fields.UUID(), validate=ma.validate.Length(max=MOST_EXAMINERS))
    lead = ma.fields.UUID(allow_none=True)


class StationOut(StationIn):
    """A station with its number."""

    number = ma.fields.Integer(required=True)


class ExaminerOut(Schema):
    """Somebody who may examine."""

    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)


class Examiners(Schema):
    """Who may be an examiner: holders of the duty, coordinators and admins."""

    items = ma.fields.List(ma.fields.Nested(ExaminerOut), required=True)


class ProgressOut(Schema):
    """How far a day's candidates are; `ready` have all points or a fault and wait for the closing."""

    candidates = ma.fields.Integer(required=True)
    checked_in = ma.fields.Integer(required=True)
    ready = ma.fields.Integer(required=True)
    differing = ma.fields.Integer(required=True)
    passed = ma.fields.Integer(required=True)
    failed = ma.fields.Integer(required=True)
    absent = ma.fields.Integer(required=True)


class DayOut(Schema):
    """A screening day."""

    id = ma.fields.UUID(required=True, attribute="day.id")
    begins_at = Moment(required=True, attribute="day.begins_at")
    place = ma.fields.String(required=True, attribute="day.place")
    capacity = ma.fields.Integer(required=True, attribute="day.capacity")
    slot_min = ma.fields.Integer(required=True, attribute="day.slot_min")
    slot_size = ma.fields.Integer(required=True, attribute="day.slot_size")
    state = ma.fields.String(required=True, attribute="day.state")
    rubric = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Integer(), required=True, attribute="day.rubric")
    pass_mark = ma.fields.Integer(required=True, attribute="day.screening.pass_mark")
    fails_at_once = ma.fields.List(ma.fields.String(), required=True, attribute="day.screening.fails_at_once")
    stations = ma.fields.List(ma.fields.Nested(StationOut), required=True)
    examiners = ma.fields.List(ma.fields.Nested(ExaminerOut), required=True)
    lead = ma.fields.UUID(required=True, allow_none=True, attribute="day.lead_id")
    progress = ma.fields.Nested(ProgressOut, required=True)
    version = ma.fields.Integer(required=True, attribute="day.version")


class DaysQuery(PageQuery):
    """Which days."""

    state = ma.fields.String(load_default=None, validate=ma.validate.OneOf(DAY_STATES))


class BookManyIn(Schema):
    """Teams to put on a day, in this order; or how many of those that have waited longest."""

    teams = ma.fields.List(ma.fields.UUID(), validate=ma.validate.Length(1, MOST_AT_ONCE))
    next = Whole(validate=ma.validate.Range(1, MOST_AT_ONCE))

    @ma.validates_schema
    def one_of_both(self, given: dict[str, object], **_: object) -> None:
        """Exactly one of the two."""
        if ("teams" in given) == ("next" in given):
            raise ma.ValidationError("Give either teams or next.")


class BookedOut(Schema):
    """A team's number and time, or why it is not on the day."""

    team = ma.fields.UUID(required=True)
    code = ma.fields.String(required=True)
    number = ma.fields.Integer(required=True, allow_none=True)
    slot_at = Moment(required=True, allow_none=True)
    problem = ma.fields.Nested(Problem, required=True, allow_none=True)


class BookedMany(Schema):
    """What became of each."""

    results = ma.fields.List(ma.fields.Nested(BookedOut), required=True)


class CandidateOut(Schema):
    """A candidate and the test so far. `scores` are the points that stand; on `differing` items examiners differ."""

    number = ma.fields.Integer(required=True, attribute="candidate.number")
    code = ma.fields.String(required=True)
    dogs = ma.fields.List(ma.fields.String(), required=True)
    slot_at = Moment(required=True, attribute="candidate.slot_at")
    checked_in_at = Moment(required=True, allow_none=True, attribute="candidate.checked_in_at")
    scores = ma.fields.Dict(
        keys=ma.fields.String(), values=ma.fields.Integer(), required=True, attribute="sheet.scores"
    )
    missing = ma.fields.List(ma.fields.String(), required=True, attribute="sheet.missing")
    differing = ma.fields.List(ma.fields.String(), required=True, attribute="sheet.differing")
    fault = ma.fields.String(required=True, allow_none=True, attribute="sheet.fault")
    total = ma.fields.Integer(required=True, attribute="sheet.total")
    outcome = ma.fields.String(required=True, allow_none=True, attribute="candidate.outcome")
    marks = ma.fields.Integer(required=True, attribute="candidate.marks")


class PointsIn(Schema):
    """Points that an examiner gives. `replaces`: an earlier mark of their own that was wrong."""

    number = NUMBER
    item = ma.fields.String(required=True, validate=ma.validate.Length(1, 60))
    points = Whole(required=True, validate=ma.validate.Range(0, 100))
    replaces = ma.fields.UUID(load_default=None, allow_none=True)
    made_at = Moment(required=True)


class FaultIn(Schema):
    """Something that ends a test at once."""

    number = NUMBER
    fault = ma.fields.String(required=True, validate=ma.validate.Length(1, 60))
    made_at = Moment(required=True)


class SettleIn(Schema):
    """What stands for an item."""

    item = ma.fields.String(required=True, validate=ma.validate.Length(1, 60))
    points = Whole(required=True, validate=ma.validate.Range(0, 100))
    note = Text(most=500, load_default="")


class SaidMark(Schema):
    """One mark of an item."""

    points = ma.fields.Integer(required=True)
    examiner = ma.fields.String(required=True)
    made_at = Moment(required=True)


class DifferenceOut(Schema):
    """An item on which examiners differ."""

    number = ma.fields.Integer(required=True)
    item = ma.fields.String(required=True)
    stands = ma.fields.Integer(required=True)
    marks = ma.fields.List(ma.fields.Nested(SaidMark), required=True)


class Differences(Schema):
    """What the lead is to settle, by number."""

    items = ma.fields.List(ma.fields.Nested(DifferenceOut), required=True)


class UndecidedOut(Schema):
    """A candidate that something is still needed for."""

    number = ma.fields.Integer(required=True)
    missing = ma.fields.List(ma.fields.String(), required=True)
    differing = ma.fields.List(ma.fields.String(), required=True)
    problem = ma.fields.Nested(Problem, required=True, allow_none=True, metadata={"description": "Why not by you."})


class ClosingOut(Schema):
    """How the day stands; it is closed when nobody is undecided."""

    passed = ma.fields.Integer(required=True)
    failed = ma.fields.Integer(required=True)
    absent = ma.fields.Integer(required=True)
    moved = ma.fields.Integer(required=True)
    undecided = ma.fields.List(ma.fields.Nested(UndecidedOut), required=True)
