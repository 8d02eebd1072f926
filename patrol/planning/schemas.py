"""Plan runs on the wire."""

import marshmallow as ma

from patrol.http.paging import PageQuery
from patrol.http.schemas import Moment, Schema, Whole
from patrol.planning.rules import STATES

MOST_SECONDS = 600.0


class RunIn(Schema):
    """An evening to plan. Times outside the policy's evening are given as begins_at and ends_at."""

    evening = ma.fields.Date(required=True, metadata={"description": "The day in the city's time."})
    begins_at = Moment(load_default=None)
    ends_at = Moment(load_default=None)
    seconds = ma.fields.Float(
        load_default=None, validate=ma.validate.Range(0, MOST_SECONDS, min_inclusive=False), allow_none=True
    )
    seed = Whole(load_default=None, allow_none=True, validate=ma.validate.Range(0, 2**31 - 1))


class FreeOut(Schema):
    """What free walking from the same doors for the same minutes would have covered, in the mean."""

    weight = ma.fields.Float()
    blocks = ma.fields.Float()
    share_on_blocks = ma.fields.Float()
    minutes = ma.fields.Float()


class SummaryOut(Schema):
    """The table that a plan comes with."""

    teams = ma.fields.Integer()
    routes = ma.fields.Integer()
    blocks = ma.fields.Integer()
    blocks_covered = ma.fields.Integer()
    weight_covered = ma.fields.Float()
    weight_reachable = ma.fields.Float()
    weight_total = ma.fields.Float()
    minutes_walked = ma.fields.Float()
    walked_m = ma.fields.Float()
    share_on_blocks = ma.fields.Float(metadata={"description": "Share of walked metres on target blocks."})
    solve_s = ma.fields.Float()
    solver = ma.fields.String()
    seed = ma.fields.Integer()
    bound = ma.fields.Float(allow_none=True)
    free = ma.fields.Nested(FreeOut, allow_none=True)


class RunOut(Schema):
    """A run: how far it is, and what came out."""

    id = ma.fields.UUID(required=True)
    evening = ma.fields.Date(required=True)
    begins_at = Moment(required=True)
    ends_at = Moment(required=True)
    seconds = ma.fields.Float(required=True)
    seed = ma.fields.Integer(required=True)
    state = ma.fields.String(required=True, validate=ma.validate.OneOf(STATES))
    phase = ma.fields.String(required=True)
    progress = ma.fields.Float(required=True, metadata={"description": "0 to 1."})
    weight = ma.fields.Float(allow_none=True, required=True, metadata={"description": "Of the best plan so far."})
    bound = ma.fields.Float(allow_none=True, required=True)
    problem = ma.fields.String(required=True, metadata={"description": "Why it failed; empty otherwise."})
    summary = ma.fields.Nested(SummaryOut, allow_none=True, required=True)
    created_at = Moment(required=True)
    finished_at = Moment(allow_none=True, required=True)
    published_at = Moment(allow_none=True, required=True)


class RunsQuery(PageQuery):
    """Which runs."""

    state = ma.fields.String(load_default=None, validate=ma.validate.OneOf(STATES))
    evening = ma.fields.Date(load_default=None)


class TeamRef(Schema):
    """Which team."""

    id = ma.fields.UUID(required=True)
    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)


class PlannedRouteOut(Schema):
    """A team's route from first to last block; the way from and to the door is the team's alone."""

    team = ma.fields.Nested(TeamRef, required=True)
    starts_at = Moment(required=True)
    ends_at = Moment(required=True)
    distance_m = ma.fields.Float(required=True)
    duration_s = ma.fields.Float(required=True)
    weight = ma.fields.Float(required=True)
    line = ma.fields.Dict(required=True, metadata={"description": "GeoJSON LineString."})
    blocks = ma.fields.List(ma.fields.UUID(), required=True, metadata={"description": "In walking order."})


class LeftOutOut(Schema):
    """A block left out, and why."""

    block = ma.fields.UUID(required=True)
    code = ma.fields.String(required=True)
    weight = ma.fields.Float(required=True)
    reason = ma.fields.String(required=True)
    amount = ma.fields.Float(allow_none=True, required=True)
    words = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.String(), required=True)


class PublishedOut(Schema):
    """What publishing did."""

    shifts = ma.fields.List(ma.fields.UUID(), required=True)
    passed_over = ma.fields.List(ma.fields.Nested(TeamRef), required=True)


class WithdrawnOut(Schema):
    """How many shifts were taken back."""

    shifts = ma.fields.Integer(required=True)
