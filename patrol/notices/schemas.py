"""Notices on the wire."""

import marshmallow as ma

from patrol.http.schemas import Degrees, Lat, Lon, Moment, Schema, Text
from patrol.notices import rules


class NoticeWordsIn(Schema):
    """What it says, in one language at least."""

    ko = Text(most=rules.MOST_TEXT, load_default="")
    en = Text(most=rules.MOST_TEXT, load_default="")


class NoticeIn(Schema):
    """A look-out."""

    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(rules.KINDS))
    words = ma.fields.Nested(NoticeWordsIn, required=True)
    lon = Lon(required=True)
    lat = Lat(required=True)
    radius_m = Degrees(required=True, metadata={"description": "Metres, at most what the city's policy allows."})
    expires_at = Moment(required=True)


class NoticeEnd(Schema):
    """Until when it is in force from now on."""

    expires_at = Moment(required=True)


class NoticeWords(Schema):
    """A text in each language; empty where nobody wrote one."""

    ko = ma.fields.String(required=True)
    en = ma.fields.String(required=True)


class NoticeOut(Schema):
    """A notice in force. `told` and `may_change` are for staff: how many it went to, never who or where they are."""

    id = ma.fields.UUID(required=True)
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(rules.KINDS))
    kind_name = ma.fields.Nested(NoticeWords, required=True)
    words = ma.fields.Nested(NoticeWords, required=True)
    lon = ma.fields.Float(required=True)
    lat = ma.fields.Float(required=True)
    radius_m = ma.fields.Float(required=True)
    created_at = Moment(required=True)
    expires_at = Moment(required=True)
    version = ma.fields.Integer(required=True)
    told = ma.fields.Integer(required=True, allow_none=True)
    may_change = ma.fields.Boolean(required=True)
