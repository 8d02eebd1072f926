"""Shifts on the wire. Times and lengths are those of the part that the viewer sees: see rules.part."""

from typing import Any

import marshmallow as ma

from patrol.http.schemas import Day, Moment, Schema, Text
from patrol.people.schemas import PagedPurposeQuery
from patrol.shifts.operations.reading import SeenShift
from patrol.shifts.rules import STATES, say
from patrol.teams.rules import REASONS
from patrol.teams.schemas import TeamRef


class ShiftsQuery(PagedPurposeQuery):
    """Which shifts; `from` and `until` are evenings, both included."""

    state = ma.fields.String(load_default=None, validate=ma.validate.OneOf(STATES))
    since = Day(data_key="from", load_default=None)
    until = Day(load_default=None)


class FirstBlock(Schema):
    """Where the first block begins."""

    lon = ma.fields.Float(required=True)
    lat = ma.fields.Float(required=True)
    street = ma.fields.String(required=True)


class ShiftOut(Schema):
    """A shift. To its team it lasts from door to door, to others from the first block to the last."""

    id = ma.fields.UUID(required=True, attribute="shift.id")
    team = ma.fields.Nested(TeamRef, required=True, attribute="shift.team")
    evening = ma.fields.Date(required=True, attribute="shift.evening")
    state = ma.fields.String(required=True, attribute="shift.state")
    starts_at = Moment(required=True, attribute="part.starts_at")
    ends_at = Moment(required=True, attribute="part.ends_at")
    opens_at = Moment(
        required=True, attribute="part.opens_at", metadata={"description": "A walk may start from then on."}
    )
    closes_at = Moment(
        required=True, attribute="part.closes_at", metadata={"description": "A walk may start until then."}
    )
    answer_by = Moment(required=True, attribute="part.answer_by")
    distance_m = ma.fields.Float(required=True, attribute="part.distance_m")
    duration_s = ma.fields.Float(required=True, attribute="part.duration_s")
    weight = ma.fields.Float(required=True, attribute="shift.weight")
    blocks = ma.fields.Function(lambda seen: len(seen.part.stops), required=True, metadata={"type": "integer"})
    first_block = ma.fields.Method("begins", required=True, metadata={"type": "object"})
    decline_reason = ma.fields.String(required=True, attribute="shift.decline_reason")
    withdrawn_for = ma.fields.List(
        ma.fields.String(validate=ma.validate.OneOf(tuple(REASONS))),
        required=True,
        allow_none=True,
        attribute="shift.withdrawn_for",
        metadata={"description": "Why its dogs may not walk then, where that took it back."},
    )
    version = ma.fields.Integer(required=True, attribute="shift.version")

    def begins(self, seen: SeenShift) -> dict[str, Any]:
        """Where the first block begins."""
        lon, lat = seen.first[:2]
        content: dict[str, Any] = FirstBlock().dump(
            {"lon": lon, "lat": lat, "street": seen.part.stops[0]["street"]},
        )
        return content


class DeclineIn(Schema):
    """Why, if the handler likes to say."""

    reason = Text(most=500, load_default="")


class ReasonOut(Schema):
    """What gave a block its weight."""

    code = ma.fields.String(required=True)
    points = ma.fields.Float(required=True)


class StopOut(Schema):
    """A block on the route, in walking order."""

    position = ma.fields.Integer(required=True)
    block = ma.fields.UUID(required=True)
    code = ma.fields.String(required=True)
    kind = ma.fields.String(required=True)
    street = ma.fields.String(required=True)
    geometry = ma.fields.Dict(required=True, metadata={"description": "GeoJSON LineString or Point."})
    weight = ma.fields.Float(required=True)
    reasons = ma.fields.List(ma.fields.Nested(ReasonOut), required=True)
    arrives_at = Moment(required=True)
    leaves_at = Moment(required=True)
    length_m = ma.fields.Float(required=True)
    dwell_s = ma.fields.Float(required=True)
    along_m = ma.fields.Float(required=True, metadata={"description": "Metres from the line's beginning."})


class TurnOut(Schema):
    """What to do at a place, and how far it is to the next."""

    kind = ma.fields.String(required=True)
    street = ma.fields.String(required=True)
    at_m = ma.fields.Float(required=True, metadata={"description": "Metres from the line's beginning."})
    length_m = ma.fields.Float(required=True)
    lon = ma.fields.Float(required=True)
    lat = ma.fields.Float(required=True)
    say = ma.fields.Function(lambda turn: say(turn["kind"], turn["street"]), required=True, metadata={"type": "object"})


class RouteOut(Schema):
    """Where to walk."""

    shift = ma.fields.Function(lambda seen: ShiftOut().dump(seen), required=True, metadata={"type": "object"})
    whole = ma.fields.Boolean(
        required=True, attribute="part.whole", metadata={"description": "Door to door: to the team itself only."}
    )
    line = ma.fields.Function(
        lambda seen: {"type": "LineString", "coordinates": seen.part.line}, required=True, metadata={"type": "object"}
    )
    distance_m = ma.fields.Float(required=True, attribute="part.distance_m")
    duration_s = ma.fields.Float(required=True, attribute="part.duration_s")
    stops = ma.fields.List(ma.fields.Nested(StopOut), required=True, attribute="part.stops")
    turns = ma.fields.List(ma.fields.Nested(TurnOut), required=True, attribute="part.turns")
