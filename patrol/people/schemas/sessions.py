"""Sessions on the wire: signing in, the second factor, devices."""

import marshmallow as ma

from patrol.http.schemas import Moment, Schema, Text
from patrol.people.schemas.accounts import CITY, KNOWN_DEVICE, new_password, password

CODE = {"description": "Six digits of the app, or a recovery code."}
NEEDS = {"description": "What must come before anything else: `code` or `enrolment` of a second factor, or null."}


class SignIn(Schema):
    """Phone or e-mail, and password."""

    city = Text(most=80, load_default=None, metadata=CITY)
    name = Text(most=254, least=1, required=True, metadata={"description": "Phone number or e-mail address."})
    password = password()
    device = Text(most=80, load_default="")
    known_device = Text(most=300, load_default="", metadata=KNOWN_DEVICE)
    page = ma.fields.Boolean(load_default=False, metadata={"description": "Set a cookie instead of giving a token."})


class SecondStep(Schema):
    """What completes a sign-in."""

    code = Text(most=40, least=1, required=True, metadata=CODE)
    known_device = Text(most=300, load_default="", metadata=KNOWN_DEVICE)


class LinkIn(Schema):
    """A one-time sign-in link's token."""

    token = Text(most=100, least=20, required=True)
    page = ma.fields.Boolean(load_default=False)


class InvitationIn(LinkIn):
    """An invitation's token and the password to set."""

    password = new_password()


class TokenOut(Schema):
    """A session's token, shown once; null when it went into the page's cookie, as then is the device's."""

    token = ma.fields.String(allow_none=True, required=True)
    session = ma.fields.UUID(required=True)
    person = ma.fields.UUID(required=True)
    expires_at = Moment(required=True)
    needs = ma.fields.String(allow_none=True, required=True, metadata=NEEDS)
    device_token = ma.fields.String(allow_none=True, required=True)


class SessionOut(Schema):
    """A device or page signed in."""

    id = ma.fields.UUID(required=True)
    device = ma.fields.String(required=True)
    channel = ma.fields.String(required=True)
    created_at = Moment(required=True)
    seen_at = Moment(required=True)
    expires_at = Moment(required=True)
    current = ma.fields.Boolean(required=True)


class FactorOut(Schema):
    """Whether a second factor is set up, and whether it must be."""

    confirmed_at = Moment(required=True, allow_none=True)
    recovery_codes_left = ma.fields.Integer(required=True)
    required = ma.fields.Boolean(required=True)


class FactorIn(Schema):
    """Begin; replacing a factor takes its present code."""

    code = Text(most=40, load_default=None, metadata=CODE)


class FactorOffered(Schema):
    """A secret for an authenticator app, shown once; `qr` is an SVG image of `uri`."""

    secret = ma.fields.String(required=True)
    uri = ma.fields.String(required=True)
    qr = ma.fields.String(required=True)


class FactorCode(Schema):
    """The app's present code, or where one is set up a recovery code."""

    code = Text(most=40, least=1, required=True, metadata=CODE)


class RecoveryCodes(Schema):
    """For when the app is lost: each works once, and they are shown once."""

    recovery_codes = ma.fields.List(ma.fields.String(), required=True)


class FactorConfirmed(RecoveryCodes):
    """The factor is in force, and this session whole, under a new token (null when it went into the page's cookie)."""

    token = ma.fields.String(allow_none=True, required=True)
