"""Messages and events on the wire."""

from typing import Any

import marshmallow as ma

from notifications.models import Message
from patrol.http.paging import LIMIT, MOST, PageQuery
from patrol.http.problems import language
from patrol.http.schemas import Moment, Schema

LARGEST_SEQ = 2**63 - 1


class InboxQuery(PageQuery):
    """Which messages."""

    unread = ma.fields.Boolean(load_default=False, metadata={"description": "Only those not yet read."})


class MessageOut(Schema):
    """A message, in the caller's language."""

    id = ma.fields.UUID(required=True)
    kind = ma.fields.String(required=True)
    title = ma.fields.Function(lambda message: _said(message, "title"), required=True, metadata={"type": "string"})
    body = ma.fields.Function(lambda message: _said(message, "body"), required=True, metadata={"type": "string"})
    link = ma.fields.String(required=True, metadata={"description": "Path of the page it leads to, or empty."})
    subject = ma.fields.UUID(required=True, allow_none=True, metadata={"description": "Id of what it is about."})
    urgent = ma.fields.Boolean(required=True)
    created_at = Moment(required=True)
    expires_at = Moment(required=True, allow_none=True)
    read_at = Moment(required=True, allow_none=True)


class EventsQuery(Schema):
    """Which events."""

    after = ma.fields.Integer(
        validate=ma.validate.Range(0, LARGEST_SEQ),
        metadata={"description": "`next` of the answer before; without it no events, only where to go on from."},
    )
    limit = ma.fields.Integer(load_default=LIMIT, validate=ma.validate.Range(1, MOST))


class LastSeen(ma.Schema):
    """Where a stream goes on from."""

    last_event_id = ma.fields.Integer(
        data_key="Last-Event-ID",
        validate=ma.validate.Range(0, LARGEST_SEQ),
        metadata={"description": "`id` of the last event seen; without it only what comes from now on."},
    )


class EventOut(Schema):
    """One event. What `content` holds depends on `kind`."""

    seq = ma.fields.Integer(required=True)
    kind = ma.fields.String(required=True)
    content = ma.fields.Dict(required=True)
    created_at = Moment(required=True)


class EventsOut(Schema):
    """Events in order."""

    items = ma.fields.List(ma.fields.Nested(EventOut), required=True)
    next = ma.fields.Integer(required=True, metadata={"description": "`after` of the next request."})
    reset = ma.fields.Boolean(
        required=True, metadata={"description": "Older events are no longer kept: fetch the lists again."}
    )


def _said(message: Message, part: str) -> Any:
    return message.words.get(language(), message.words["ko"])[part]
