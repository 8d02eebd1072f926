"""Walks on the wire."""

import marshmallow as ma

from patrol.http.schemas import Lat, Lon, Moment, Schema
from patrol.people.schemas import PagedPurposeQuery
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


class TeamOfWalk(Schema):
    """A team as others know it."""

    id = ma.fields.UUID(required=True)
    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)


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


class WalkOut(Schema):
    """A walk under way or over."""

    id = ma.fields.UUID(required=True)
    shift = ma.fields.UUID(required=True)
    team = ma.fields.Nested(TeamOfWalk, required=True)
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
    blocks_walked = ma.fields.List(ma.fields.Nested(WalkedBlockOut), required=True)
    blocks_planned = ma.fields.Integer(required=True)


class BatchReceived(Schema):
    """What a batch came to."""

    received = ma.fields.Integer(required=True)
    distance_m = ma.fields.Float(required=True)
    blocks_walked = ma.fields.List(ma.fields.Nested(WalkedBlockOut), required=True)


class LastPlace(Schema):
    """Where and when."""

    lon = ma.fields.Float(required=True)
    lat = ma.fields.Float(required=True)
    at = Moment(required=True)


class UnderWay(Schema):
    """A walk under way with its last place; `withheld`: it is on the way from or to its door."""

    id = ma.fields.UUID(required=True)
    shift = ma.fields.UUID(required=True)
    team = ma.fields.Nested(TeamOfWalk, required=True)
    state = ma.fields.String(required=True)
    started_at = Moment(required=True)
    last = ma.fields.Nested(LastPlace, required=True, allow_none=True)
    withheld = ma.fields.Boolean(required=True)


class WalkTrack(Schema):
    """GeoJSON Feature, a line for each leg of the walk."""

    type = ma.fields.String(required=True, validate=ma.validate.Equal("Feature"))
    id = ma.fields.UUID(required=True)
    geometry = ma.fields.Dict(required=True)
    properties = ma.fields.Dict(required=True)
