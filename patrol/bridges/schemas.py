"""Keys, webhooks and exports on the wire."""

import marshmallow as ma

from notifications.models import DELIVERY_STATES
from patrol.bridges import rules
from patrol.http.schemas import Day, Moment, Schema, Text, Whole


class BridgeKeyIn(Schema):
    """A key for another system."""

    name = Text(most=100, least=1, required=True, metadata={"description": "Whose it is, for people."})
    rights = ma.fields.List(
        ma.fields.String(validate=ma.validate.OneOf(rules.RIGHTS)),
        required=True,
        validate=ma.validate.Length(1, len(rules.RIGHTS)),
        metadata={"description": "`file`: send requests by Open311. `alerts`: read notices as CAP."},
    )


class BridgeKeyOut(Schema):
    """A key, without its text."""

    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    rights = ma.fields.List(ma.fields.String(), required=True)
    created_at = Moment(required=True)
    revoked_at = Moment(required=True, allow_none=True)


class BridgeKeyMade(BridgeKeyOut):
    """A key, the only time with its text."""

    api_key = ma.fields.String(required=True)


class WebhookIn(Schema):
    """Where another system is told of what."""

    name = Text(most=100, least=1, required=True)
    url = Text(most=500, least=8, required=True)
    events = ma.fields.List(
        ma.fields.String(validate=ma.validate.OneOf(rules.EVENTS)),
        required=True,
        validate=ma.validate.Length(1, len(rules.EVENTS)),
    )


class WebhookOut(Schema):
    """A webhook, without its secret."""

    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    url = ma.fields.String(required=True)
    events = ma.fields.List(ma.fields.String(), required=True)
    state = ma.fields.String(required=True, validate=ma.validate.OneOf(rules.WEBHOOK_STATES))
    key_id = ma.fields.String(required=True, metadata={"description": "Of the secret that signs now."})
    next_key_id = ma.fields.String(required=True, allow_none=True)
    next_from = Moment(required=True, allow_none=True, metadata={"description": "When the next secret begins to sign."})
    created_at = Moment(required=True)


class WebhookMade(WebhookOut):
    """A webhook, the only time with its secret."""

    secret = ma.fields.String(required=True)


class WebhookSecretIn(Schema):
    """When the new secret takes the present one's place."""

    after_h = Whole(
        load_default=24,
        validate=ma.validate.Range(0, 168),
        metadata={"description": "Hours in which the receiver is to learn of it. 0, after a leak: at once."},
    )


class WebhookSecret(ma.Schema):
    """A webhook's new secret, the only time that it is shown."""

    secret = ma.fields.String(required=True)
    key_id = ma.fields.String(required=True)
    signs_from = Moment(required=True)


class WebhookDelivery(Schema):
    """An event on its way. `id` is the event's, the same at every try."""

    id = ma.fields.UUID(required=True)
    event = ma.fields.String(required=True)
    state = ma.fields.String(required=True, validate=ma.validate.OneOf(DELIVERY_STATES))
    attempts = ma.fields.Integer(required=True)
    reason = ma.fields.String(required=True)
    said = ma.fields.String(required=True, metadata={"description": "What the other side answered at the last try."})
    created_at = Moment(required=True)
    due_at = Moment(required=True)
    settled_at = Moment(required=True, allow_none=True)


class WebhookTested(Schema):
    """The id of the test event."""

    id = ma.fields.UUID(required=True)


class FileWanted(Schema):
    """What is taken out, and what for."""

    what = ma.fields.String(required=True, validate=ma.validate.OneOf(rules.EXPORTS))
    form = ma.fields.String(required=True, validate=ma.validate.OneOf(rules.FORMS))
    reason = Text(most=500, least=5, required=True, metadata={"description": "Logged with who asked, and when."})
    begins_on = Day(required=True, metadata={"description": "First day, in the city's time."})
    ends_on = Day(required=True, metadata={"description": "Last day; at most 366 days in all."})


class FileTaken(Schema):
    """A file that somebody took out."""

    id = ma.fields.UUID(required=True)
    by = ma.fields.UUID(required=True)
    what = ma.fields.String(required=True)
    form = ma.fields.String(required=True)
    reason = ma.fields.String(required=True)
    rows = ma.fields.Integer(required=True)
    at = Moment(required=True)
