"""Devices and preferences on the wire."""

from typing import Any

import marshmallow as ma

from notifications.models import CHANNELS, DEVICE_KINDS, LANGUAGES, RETIRED_BECAUSE
from notifications.preferences import GROUPS
from notifications.templates import BODY_MOST, TITLE_MOST
from patrol.http.schemas import Moment, Schema, Text, Whole

LONGEST_ADDRESS = 2000
CLOCK = r"^([01]\d|2[0-3]):[0-5]\d$"
MOST_MINUTES, MOST_A_WEEK = 120, 1000


class SubscriptionKeys(Schema):
    """Keys of a browser's subscription, base64url."""

    p256dh = Text(least=1, most=200, required=True)
    auth = Text(least=1, most=100, required=True)


class DeviceIn(Schema):
    """A phone or browser that takes pushes."""

    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(list(DEVICE_KINDS)))
    address = Text(
        least=1,
        most=LONGEST_ADDRESS,
        required=True,
        metadata={"description": "FCM installation id or registration token, or the endpoint of a web push."},
    )
    keys = ma.fields.Nested(
        SubscriptionKeys, load_default=None, allow_none=True, metadata={"description": "Of a web push; else none."}
    )
    label = Text(most=80, load_default="", metadata={"description": "What its holder calls it."})
    language = ma.fields.String(load_default="ko", validate=ma.validate.OneOf(LANGUAGES))


class DeviceOut(Schema):
    """A device. Its address is never given out."""

    id = ma.fields.UUID(required=True)
    kind = ma.fields.String(required=True)
    label = ma.fields.String(required=True)
    language = ma.fields.String(required=True)
    created_at = Moment(required=True)
    registered_at = Moment(required=True)
    retired_at = Moment(required=True, allow_none=True)
    retired_because = ma.fields.String(
        required=True,
        allow_none=True,
        validate=ma.validate.OneOf(RETIRED_BECAUSE),
        metadata={"description": "The push service knows it no more, its address moved to another, or signed out."},
    )


def _clock(**given: Any) -> ma.fields.String:
    return ma.fields.String(required=True, allow_none=True, validate=ma.validate.Regexp(CLOCK), **given)


Channels = Schema.from_dict(
    {
        group: ma.fields.List(
            ma.fields.String(validate=ma.validate.OneOf(CHANNELS)),
            required=True,
            validate=ma.validate.Length(max=len(CHANNELS)),
        )
        for group in GROUPS
    },
    name="Channels",
)
"""By group of messages, the channels by which those that are not urgent come; the inbox has them all."""


class PreferenceIn(Schema):
    """How one wants to be reached. What is urgent heeds none of it."""

    language = ma.fields.String(
        required=True,
        allow_none=True,
        validate=ma.validate.OneOf(LANGUAGES),
        metadata={"description": "Of pushes; null: as each device has it."},
    )
    channels = ma.fields.Nested(Channels, required=True)
    quiet_from = _clock(metadata={"description": "HH:MM in the city's time; null, with quiet_until, for none."})
    quiet_until = _clock()
    weekly_budget = Whole(
        required=True,
        allow_none=True,
        validate=ma.validate.Range(0, MOST_A_WEEK),
        metadata={"description": "Pushes to a device in seven days at most; null: no limit."},
    )
    bundle_min = Whole(
        required=True,
        validate=ma.validate.Range(0, MOST_MINUTES),
        metadata={"description": "Messages within so many minutes are one push."},
    )


class PreferenceOut(PreferenceIn):
    """What holds."""

    usual = ma.fields.Boolean(required=True, metadata={"description": "Nothing was chosen: the city's holds."})
    addresses = ma.fields.List(
        ma.fields.String(), required=True, metadata={"description": "Channels by which one has an address."}
    )
    push_key = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "`applicationServerKey` for browsers; null: this installation sends no web push."},
    )


class SaidOut(Schema):
    """A push in one language."""

    title = ma.fields.String(required=True, validate=ma.validate.Length(max=TITLE_MOST))
    body = ma.fields.String(required=True, validate=ma.validate.Length(max=BODY_MOST))


class TemplateOut(Schema):
    """A push as it leaves the house."""

    name = ma.fields.String(required=True)
    ko = ma.fields.Nested(SaidOut, required=True)
    en = ma.fields.Nested(SaidOut, required=True)


class TestSent(Schema):
    """A test that is on its way."""

    message = ma.fields.UUID(required=True, metadata={"description": "Its deliveries are at /deliveries?message=…"})
    devices = ma.fields.Integer(required=True)
