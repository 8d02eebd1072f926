"""Staff on the wire."""

import marshmallow as ma

from patrol.http.schemas import Schema, Text
from patrol.people.rules import LANGUAGES, ROLES


class StaffIn(Schema):
    """A member of staff to invite."""

    name = Text(most=80, least=1, required=True)
    email = Text(most=254, load_default=None)
    phone = Text(most=30, load_default=None)
    role = ma.fields.String(required=True, validate=ma.validate.OneOf([r for r in ROLES if r != "walker"]))
    box = ma.fields.UUID(load_default=None)
    language = ma.fields.String(load_default="ko", validate=ma.validate.OneOf(LANGUAGES))


class Invited(Schema):
    """The invitation, shown once."""

    person = ma.fields.UUID(required=True)
    link = ma.fields.String(required=True)
