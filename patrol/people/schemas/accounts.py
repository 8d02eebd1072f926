"""Accounts on the wire: registering, signing in, oneself."""

import marshmallow as ma

from patrol.http.schemas import Moment, Schema, Text
from patrol.people.rules import LANGUAGES, LEAST_PASSWORD, MOST_PASSWORD
from patrol.people.schemas.privacy import ConsentOut

PASSWORD_LENGTH = ma.validate.Length(LEAST_PASSWORD, MOST_PASSWORD)


class Registration(Schema):
    """A walker's account."""

    city = Text(most=80, load_default=None, metadata={"description": "Slug; may be left out where there is one city."})
    name = Text(most=80, least=1, required=True)
    phone = Text(most=30, load_default=None)
    email = Text(most=254, load_default=None)
    born_on = ma.fields.Date(required=True)
    password = ma.fields.String(required=True, validate=PASSWORD_LENGTH, load_only=True)
    consents = ma.fields.List(Text(most=20), load_default=list)
    language = ma.fields.String(load_default="ko", validate=ma.validate.OneOf(LANGUAGES))


class PersonOut(Schema):
    """An account, to itself and to admins."""

    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    phone = ma.fields.String(allow_none=True, required=True)
    email = ma.fields.String(allow_none=True, required=True)
    language = ma.fields.String(required=True)
    state = ma.fields.String(required=True)
    created_at = Moment(required=True)


class Me(PersonOut):
    """Oneself, with what one may do."""

    city = ma.fields.String(required=True)
    roles = ma.fields.List(ma.fields.String(), required=True)
    boxes = ma.fields.List(ma.fields.UUID(), required=True)
    consents = ma.fields.List(ma.fields.Nested(ConsentOut), required=True)


class SignIn(Schema):
    """Phone or e-mail, and password."""

    city = Text(most=80, load_default=None)
    name = Text(most=254, least=1, required=True, metadata={"description": "Phone number or e-mail address."})
    password = ma.fields.String(required=True, validate=ma.validate.Length(1, MOST_PASSWORD), load_only=True)
    device = Text(most=80, load_default="")
    page = ma.fields.Boolean(load_default=False, metadata={"description": "Set a cookie instead of giving a token."})


class LinkIn(Schema):
    """A one-time sign-in link's token."""

    token = Text(most=100, least=20, required=True)
    page = ma.fields.Boolean(load_default=False)


class InvitationIn(LinkIn):
    """An invitation's token and the password to set."""

    password = ma.fields.String(required=True, validate=PASSWORD_LENGTH, load_only=True)


class TokenOut(Schema):
    """A session's token, shown once; null when it went into the page's cookie."""

    token = ma.fields.String(allow_none=True, required=True)
    session = ma.fields.UUID(required=True)
    person = ma.fields.UUID(required=True)
    expires_at = Moment(required=True)


class SessionOut(Schema):
    """A device or page signed in."""

    id = ma.fields.UUID(required=True)
    device = ma.fields.String(required=True)
    channel = ma.fields.String(required=True)
    created_at = Moment(required=True)
    seen_at = Moment(required=True)
    current = ma.fields.Boolean(required=True)
