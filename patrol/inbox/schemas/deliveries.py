"""Deliveries on the wire: neither what they say nor to whom."""

import marshmallow as ma

from notifications.channels import REASONS
from patrol.http.paging import PageQuery
from patrol.http.problems import language
from patrol.http.schemas import Moment, Schema
from patrol.inbox.operations.deliveries import CHANNELS, STATES

MOST_HOURS = 24 * 31


class DeliveriesQuery(PageQuery):
    """Which deliveries."""

    state = ma.fields.String(load_default=None, validate=ma.validate.OneOf(STATES))
    channel = ma.fields.String(load_default=None, validate=ma.validate.OneOf(CHANNELS))
    urgent = ma.fields.Boolean(load_default=None)
    message = ma.fields.UUID(load_default=None)
    since = Moment(load_default=None, metadata={"description": "Of messages told since then."})


class SummaryQuery(Schema):
    """Over which time."""

    hours = ma.fields.Integer(load_default=24, validate=ma.validate.Range(1, MOST_HOURS))


class DeliveryOut(Schema):
    """One message on its way by one channel."""

    id = ma.fields.UUID(required=True)
    message = ma.fields.UUID(attribute="message_id", required=True)
    kind = ma.fields.String(attribute="message.kind", required=True)
    urgent = ma.fields.Boolean(attribute="message.urgent", required=True)
    channel = ma.fields.String(required=True)
    state = ma.fields.Function(
        lambda row: "waiting" if row.state == "pending" else row.state,
        required=True,
        metadata={"type": "string", "enum": list(STATES)},
    )
    attempts = ma.fields.Integer(required=True, metadata={"description": "Above 1: it was tried again."})
    reason = ma.fields.String(required=True, metadata={"description": "A code; empty when there is nothing to say."})
    reason_text = ma.fields.Function(lambda row: said_of(row.reason), required=True, metadata={"type": "string"})
    created_at = Moment(attribute="message.created_at", required=True)
    due_at = Moment(required=True)
    settled_at = Moment(required=True, allow_none=True)


class ChannelOut(Schema):
    """How a channel fares, and what became of what went by it."""

    channel = ma.fields.String(required=True)
    down_since = Moment(required=True, allow_none=True, metadata={"description": "Null: it works, as far as known."})
    down_because = ma.fields.Function(
        lambda row: said_of(row["down_because"]), required=True, metadata={"type": "string"}
    )
    waiting = ma.fields.Integer(required=True)
    sent = ma.fields.Integer(required=True)
    failed = ma.fields.Integer(required=True)
    expired = ma.fields.Integer(required=True)
    bundled = ma.fields.Integer(required=True)
    withheld = ma.fields.Integer(required=True)
    retried = ma.fields.Integer(required=True, metadata={"description": "Of all these, tried more than once."})


class DeliveriesOut(Schema):
    """Counts."""

    since = Moment(required=True)
    channels = ma.fields.List(ma.fields.Nested(ChannelOut), required=True)


def said_of(code: str) -> str:
    """A reason in the caller's language."""
    ko, en = REASONS.get(code, REASONS["refused"])
    return ko if language() == "ko" else en
