"""Screening on the wire."""

import marshmallow as ma

from patrol.http.schemas import Moment, Schema, Text, Whole


class TestOut(Schema):
    """A try at the practical test."""

    attempt = ma.fields.Integer(required=True)
    state = ma.fields.String(required=True)
    booked_for = Moment(required=True)
    scores = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Integer(), required=True, allow_none=True)
    total = ma.fields.Integer(required=True, allow_none=True)
    failed_at_once = ma.fields.String(required=True, allow_none=True)


class DocumentsIn(Schema):
    """What the papers are like; what is missing goes into the note, to the handler."""

    ok = ma.fields.Boolean(required=True)
    note = Text(most=1000, load_default="")


class BookingIn(Schema):
    """When the practical test is."""

    booked_for = Moment(required=True)


class SheetIn(Schema):
    """A practical test's sheet: points by item of the policy's rubric."""

    scores = ma.fields.Dict(
        keys=ma.fields.String(),
        values=Whole(validate=ma.validate.Range(0, 100)),
        required=True,
    )
    failed_at_once = Text(most=40, load_default=None, allow_none=True)
