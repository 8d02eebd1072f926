"""Facilities on the wire."""

from typing import Any

import marshmallow as ma

from patrol.http.schemas import Lat, Lon, Schema, Text
from patrol.places.rules import is_address


class FacilityPatch(Schema):
    """What an admin may change of a facility."""

    duty = Text(most=40, metadata={"description": "A duty of the policy whose holders answer, or empty."})
    email = Text(
        most=254,
        metadata={"description": "Of an account that answers, or of an office that has none; or empty."},
    )
    lon = Lon()
    lat = Lat()

    @ma.validates("email")
    def _address(self, value: str, **_: Any) -> None:
        if value and not is_address(value):
            raise ma.ValidationError("Is no e-mail address.")


class FacilityOut(Schema):
    """A facility, and whose it is."""

    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    kind = ma.fields.String(required=True)
    duty = ma.fields.String(required=True)
    email = ma.fields.String(required=True)
    lon = Lon(required=True)
    lat = Lat(required=True)
    version = ma.fields.Integer(required=True)
