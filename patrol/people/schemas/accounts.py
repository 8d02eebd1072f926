"""Accounts on the wire: registering, contacts, passwords, oneself."""

import marshmallow as ma

from patrol.http.schemas import Day, Moment, Schema, Text
from patrol.people.rules import LANGUAGES, LEAST_PASSWORD, MOST_PASSWORD
from patrol.people.schemas.privacy import ConsentOut

PASSWORD_LENGTH = ma.validate.Length(LEAST_PASSWORD, MOST_PASSWORD)
KNOWN_DEVICE = {"description": "`device_token` of an earlier sign-in on this device; pages keep it in a cookie."}
CITY = {"description": "Slug; may be left out where there is one city."}
CONFIRMED = {"description": "Whether a code or an invitation sent there has come back; nothing else goes there before."}
SIX_DIGITS = {"description": "The six digits that were sent."}


def new_password() -> ma.fields.String:
    """A password to be set: long enough, and otherwise of any characters."""
    return ma.fields.String(required=True, validate=PASSWORD_LENGTH, load_only=True)


def password() -> ma.fields.String:
    """A password to be checked."""
    return ma.fields.String(required=True, validate=ma.validate.Length(1, MOST_PASSWORD), load_only=True)


class Registration(Schema):
    """A walker's account."""

    city = Text(most=80, load_default=None, metadata=CITY)
    name = Text(most=80, least=1, required=True)
    phone = Text(most=30, load_default=None)
    email = Text(most=254, load_default=None)
    born_on = Day(required=True)
    password = new_password()
    consents = ma.fields.List(Text(most=20), load_default=list)
    language = ma.fields.String(load_default="ko", validate=ma.validate.OneOf(LANGUAGES))


class Registering(Schema):
    """A code is on its way, if one may be sent: always the same answer."""

    registration = ma.fields.UUID(required=True)
    detail = ma.fields.String(required=True)


class RegistrationCode(Schema):
    """The code that came."""

    registration = ma.fields.UUID(required=True)
    code = Text(most=20, least=1, required=True, metadata=SIX_DIGITS)


class ResetIn(Schema):
    """Whose password is forgotten."""

    city = Text(most=80, load_default=None, metadata=CITY)
    name = Text(most=254, least=1, required=True, metadata={"description": "Phone number or e-mail address."})
    known_device = Text(most=300, load_default="", metadata=KNOWN_DEVICE)


class Resetting(Schema):
    """A code is on its way, if there is such an account: always the same answer."""

    reset = ma.fields.UUID(required=True)
    detail = ma.fields.String(required=True)


class ResetCode(Schema):
    """The code that came, and the password from now on."""

    known_device = Text(most=300, load_default="", metadata=KNOWN_DEVICE)
    reset = ma.fields.UUID(required=True)
    code = Text(most=20, least=1, required=True, metadata=SIX_DIGITS)
    password = new_password()


class PasswordChange(Schema):
    """The present password and the one from now on."""

    old = password()
    new = new_password()


class ContactIn(Schema):
    """A new phone number or, without one, e-mail address; and the password."""

    phone = Text(most=30, load_default=None)
    email = Text(most=254, load_default=None)
    password = password()


class ContactAsked(Schema):
    """A code is on its way to the new contact."""

    contact = ma.fields.UUID(required=True)
    detail = ma.fields.String(required=True)


class ContactCode(Schema):
    """The code that came there."""

    contact = ma.fields.UUID(required=True)
    code = Text(most=20, least=1, required=True, metadata=SIX_DIGITS)


class PersonOut(Schema):
    """An account, to itself and to admins."""

    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    phone = ma.fields.String(allow_none=True, required=True)
    email = ma.fields.String(allow_none=True, required=True)
    phone_confirmed = ma.fields.Boolean(required=True, metadata=CONFIRMED)
    email_confirmed = ma.fields.Boolean(required=True, metadata=CONFIRMED)
    language = ma.fields.String(required=True)
    state = ma.fields.String(required=True)
    created_at = Moment(required=True)


class Registered(PersonOut):
    """A new account. `contact`: what the code answers that went to its e-mail address, if it has one besides."""

    contact = ma.fields.UUID(allow_none=True, required=True)


class Me(PersonOut):
    """Oneself, with what one may do."""

    city = ma.fields.String(required=True)
    roles = ma.fields.List(ma.fields.String(), required=True)
    boxes = ma.fields.List(ma.fields.UUID(), required=True)
    consents = ma.fields.List(ma.fields.Nested(ConsentOut), required=True)
