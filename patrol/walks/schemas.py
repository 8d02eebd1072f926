"""Walks on the wire."""

import marshmallow as ma

from patrol.http.schemas import Lat, Lon, Moment, Schema
from patrol.people.schemas import PagedPurposeQuery
from patrol.teams.rules import REASONS, VERDICTS
from patrol.teams.schemas import TeamRef
from patrol.walks import rules

MOST_POSITIONS = 500


class WalkIn(Schema):
    """A walk that begins."""

    shift = ma.fields.UUID(required=True)
    started_at = Moment(required=True)
    leash_attested = ma.fields.Boolean(required=True)


class PositionIn(Schema):
    """Where the phone was."""

    at = Moment(required=True)
    lon = Lon(required=True)
    lat = Lat(required=True)
    accuracy_m = ma.fields.Float(load_default=None, allow_none=True, validate=ma.validate.Range(0, 100_000))


class PositionsIn(Schema):
    """Positions in one batch, in any order."""

    positions = ma.fields.List(
        ma.fields.Nested(PositionIn), required=True, validate=ma.validate.Length(1, MOST_POSITIONS)
    )


class WalkAtIn(Schema):
    """When it happened; now, when nothing is said."""

    at = Moment(load_default=None, allow_none=True)


class WalkEndIn(Schema):
    """When the walk ended."""

    ended_at = Moment(required=True)


class WalkQuery(PagedPurposeQuery):
    """Which walks."""

    state = ma.fields.String(load_default=None, validate=ma.validate.OneOf(rules.STATES))
    mine = ma.fields.Boolean(
        load_default=False, metadata={"description": "For coordinators who also walk: their own only."}
    )


class WalkedBlockOut(Schema):
    """A block that counts as walked: how much of it, and seconds near it."""

    block = ma.fields.UUID(required=True)
    code = ma.fields.String(required=True)
    share = ma.fields.Float(required=True)
    dose_s = ma.fields.Float(required=True)


class WalkGateOut(Schema):
    """What the weather allowed at the start."""

    verdict = ma.fields.String(required=True)
    most_min = ma.fields.Integer(required=True)
    reasons = ma.fields.List(ma.fields.String(), required=True)


class WelfareOut(Schema):
    """What the dogs may do, in words too, and when they are to be home."""

    verdict = ma.fields.String(required=True, validate=ma.validate.OneOf(VERDICTS))
    most_min = ma.fields.Integer(required=True)
    reasons = ma.fields.List(ma.fields.String(validate=ma.validate.OneOf(tuple(REASONS))), required=True)
    dogs = ma.fields.List(
        ma.fields.String(), required=True, metadata={"description": "Names of those that the verdict goes by."}
    )
    words = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.String(), required=True)


class WalkWelfareOut(WelfareOut):
    """The strictest since the walk began."""

    end_by = Moment(
        required=True,
        allow_none=True,
        metadata={"description": "When the dogs are to be home; for others than the walker the quarter hour after."},
    )
    flag = ma.fields.String(
        required=True,
        allow_none=True,
        validate=ma.validate.OneOf(rules.FLAGS),
        metadata={"description": "Why they should be home by now."},
    )


class WeatherOut(Schema):
    """A reading: °C in the shade, m/s, and whether the sun shines, if anybody says."""

    temperature_c = ma.fields.Float(required=True)
    wind_mps = ma.fields.Float(required=True)
    sun = ma.fields.Boolean(required=True, allow_none=True)


class PresentQuery(Schema):
    """For which walk."""

    shift = ma.fields.UUID(load_default=None, metadata={"description": "One's own; otherwise a walk as usual."})


class PresentOut(WelfareOut):
    """What one's own dogs may do now."""

    team = ma.fields.UUID(required=True)
    at = Moment(required=True)
    wanted_min = ma.fields.Integer(required=True)
    until = Moment(
        required=True, allow_none=True, metadata={"description": "Where they are kept in: until then, if foreseen."}
    )
    weather = ma.fields.Nested(WeatherOut, required=True, allow_none=True)
    daylight = ma.fields.Boolean(required=True)


class WalkOut(Schema):
    """A walk under way or over."""

    id = ma.fields.UUID(required=True)
    shift = ma.fields.UUID(required=True)
    team = ma.fields.Nested(TeamRef, required=True)
    state = ma.fields.String(required=True, validate=ma.validate.OneOf(rules.STATES))
    started_at = Moment(required=True, metadata={"description": "For others than the walker the quarter hour before."})
    ended_at = Moment(
        required=True, allow_none=True, metadata={"description": "For others than the walker the quarter hour after."}
    )
    ended_by = ma.fields.String(required=True, allow_none=True, validate=ma.validate.OneOf(rules.ENDED_BY))
    distance_m = ma.fields.Float(
        required=True, allow_none=True, metadata={"description": "For the walker; null for others."}
    )
    duration_s = ma.fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "Without pauses, for the walker; null for others and while it lasts."},
    )
    gate = ma.fields.Nested(WalkGateOut, required=True)
    welfare = ma.fields.Nested(WalkWelfareOut, required=True)
    blocks_walked = ma.fields.List(ma.fields.Nested(WalkedBlockOut), required=True)
    blocks_planned = ma.fields.Integer(required=True)


class BatchReceived(Schema):
    """What a batch came to."""

    received = ma.fields.Integer(required=True)
    distance_m = ma.fields.Float(required=True)
    blocks_walked = ma.fields.List(ma.fields.Nested(WalkedBlockOut), required=True)
    welfare = ma.fields.Nested(WalkWelfareOut, required=True)


class LastPlace(Schema):
    """Where and when."""

    lon = ma.fields.Float(required=True)
    lat = ma.fields.Float(required=True)
    at = Moment(required=True)


class UnderWay(Schema):
    """A walk under way with its last place; `withheld`: it is on the way from or to its door."""

    id = ma.fields.UUID(required=True)
    shift = ma.fields.UUID(required=True)
    team = ma.fields.Nested(TeamRef, required=True)
    state = ma.fields.String(required=True)
    started_at = Moment(required=True)
    last = ma.fields.Nested(LastPlace, required=True, allow_none=True)
    withheld = ma.fields.Boolean(required=True)
    welfare = ma.fields.Nested(WalkWelfareOut, required=True)


class WalkTrack(Schema):
    """GeoJSON Feature, a line for each leg of the walk."""

    type = ma.fields.String(required=True, validate=ma.validate.Equal("Feature"))
    id = ma.fields.UUID(required=True)
    geometry = ma.fields.Dict(required=True)
    properties = ma.fields.Dict(required=True)
