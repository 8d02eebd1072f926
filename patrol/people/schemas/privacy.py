"""Consents on the wire."""

import marshmallow as ma

from patrol.http.schemas import Schema


class ConsentOut(Schema):
    """A consent the city asks for, and whether it stands."""

    kind = ma.fields.String(required=True)
    version = ma.fields.Integer(required=True)
    required = ma.fields.Boolean(required=True)
    text = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.String(), required=True)
    given = ma.fields.Boolean(required=True)
