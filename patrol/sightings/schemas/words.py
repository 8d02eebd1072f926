"""Words in two languages."""

import marshmallow as ma

from patrol.http.schemas import Schema


class SightingWords(Schema):
    """A text in each language."""

    ko = ma.fields.String(required=True)
    en = ma.fields.String(required=True)
