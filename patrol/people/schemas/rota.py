"""Duties and their rota on the wire."""

import marshmallow as ma

from patrol.http.schemas import Day, Moment, Schema, Text
from patrol.people.schemas.staff import PlaceOut


class HolderOut(Schema):
    """Somebody who holds a duty."""

    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)


class DutyOut(Schema):
    """A duty of the city's policy, with who holds it and who is on it now."""

    code = ma.fields.String(required=True, attribute="duty.code")
    name = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.String(), required=True, attribute="duty.name")
    round_the_clock = ma.fields.Boolean(required=True, attribute="duty.round_the_clock")
    rota = ma.fields.Boolean(
        required=True, metadata={"description": "Whether it goes by a rota now; if not, every holder is on it."}
    )
    holders = ma.fields.List(ma.fields.Nested(HolderOut), required=True)
    on_duty = ma.fields.List(ma.fields.UUID(), required=True)


class RotaQuery(Schema):
    """Which part of the rota; without times, seven days from now on."""

    duty = Text(most=40, least=1, load_default=None)
    begins_at = Moment(load_default=None)
    ends_at = Moment(load_default=None)


class RotaIn(Schema):
    """Somebody to be on call: for a box, for a station's boxes, or with neither for the whole city."""

    duty = Text(most=40, least=1, required=True)
    person = ma.fields.UUID(required=True)
    begins_at = Moment(required=True)
    ends_at = Moment(required=True)
    box = ma.fields.UUID(load_default=None, allow_none=True)
    station = Text(most=80, load_default="")


class EntryOut(Schema):
    """An entry of the rota."""

    id = ma.fields.UUID(required=True)
    duty = ma.fields.String(required=True)
    person = ma.fields.Nested(HolderOut, required=True)
    begins_at = Moment(required=True)
    ends_at = Moment(required=True)
    box = ma.fields.UUID(required=True, allow_none=True, attribute="box_id")
    station = ma.fields.String(required=True)


class GapOut(Schema):
    """Nobody is on call then: for a box, for a station, or with neither at all."""

    duty = ma.fields.String(required=True)
    begins_at = Moment(required=True, attribute="gap.begins_at")
    ends_at = Moment(required=True, attribute="gap.ends_at")
    box = ma.fields.Nested(PlaceOut, required=True, allow_none=True, attribute="gap.box")
    station = ma.fields.String(required=True, attribute="gap.station")


class RotaOut(Schema):
    """A part of the rota: who is on call, and when nobody is."""

    begins_at = Moment(required=True)
    ends_at = Moment(required=True)
    entries = ma.fields.List(ma.fields.Nested(EntryOut), required=True)
    gaps = ma.fields.List(
        ma.fields.Nested(GapOut),
        required=True,
        metadata={"description": "Of duties that go by a rota within that time."},
    )


class WeekCopyIn(Schema):
    """Seven days of a duty's rota to enter once more."""

    duty = Text(most=40, least=1, required=True)
    source = Day(
        required=True,
        metadata={"description": "The first of the seven days, in the city's time."},
    )
    target = Day(required=True, metadata={"description": "The day that takes its place."})
