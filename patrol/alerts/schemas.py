"""Drills on the wire."""

import marshmallow as ma

from patrol.alerts import rules
from patrol.http.schemas import Moment


class DrillOut(ma.Schema):
    """A drill; `status` says in CAP's word that it is none in earnest."""

    id = ma.fields.UUID(required=True)
    status = ma.fields.Constant("Exercise")
    started_at = Moment(required=True)
    scheduled_for = Moment(required=True, allow_none=True)
    ended_at = Moment(required=True, allow_none=True)


class DrillLine(ma.Schema):
    """Whether anybody answered for a box: on which rung, within how many seconds; `told`: how many were called."""

    box = ma.fields.String(required=True)
    station = ma.fields.String(required=True)
    state = ma.fields.String(required=True, validate=ma.validate.OneOf(rules.DRILL_STATES))
    reached_by = ma.fields.String(required=True, allow_none=True, validate=ma.validate.OneOf(rules.RUNGS))
    seconds = ma.fields.Integer(required=True, allow_none=True)
    told = ma.fields.Integer(required=True)


class DrillChannel(ma.Schema):
    """By one way, or in the `inbox`: how many of the drill's messages went, wait, or did not go."""

    channel = ma.fields.String(required=True)
    sent = ma.fields.Integer(required=True)
    waiting = ma.fields.Integer(required=True)
    failed = ma.fields.Integer(required=True)
    expired = ma.fields.Integer(required=True)
    withheld = ma.fields.Integer(required=True)


class DrillReport(DrillOut):
    """A drill with its lines, the unreachable boxes first, and by which ways it called."""

    channels = ma.fields.List(ma.fields.Nested(DrillChannel), required=True)
    boxes = ma.fields.List(ma.fields.Nested(DrillLine), required=True)


class DrillsWaiting(ma.Schema):
    """Drills that wait for the caller."""

    items = ma.fields.List(ma.fields.Nested(DrillOut), required=True)


class DrillAnswer(ma.Schema):
    """For how many boxes the caller answered."""

    answered = ma.fields.Integer(required=True)
