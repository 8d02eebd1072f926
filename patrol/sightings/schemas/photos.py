"""Photos on the wire: what there is to GET."""

import marshmallow as ma

from patrol.http.schemas import Schema
from patrol.people.schemas import PurposeQuery


class PhotoOut(Schema):
    """A photo, without its content: GET it by its id."""

    id = ma.fields.UUID(required=True)
    width = ma.fields.Integer(required=True)
    height = ma.fields.Integer(required=True)


class PhotoQuery(PurposeQuery):
    """How large."""

    size = ma.fields.String(load_default="full", validate=ma.validate.OneOf(("full", "thumbnail")))
