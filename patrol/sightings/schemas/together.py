"""A sighting's thread, what is the same as it, and handing it over."""

import marshmallow as ma

from patrol.http.schemas import Moment, Schema, Text
from patrol.people.schemas import PagedPurposeQuery
from patrol.sightings import rules
from patrol.sightings.schemas.words import SightingWords


class ThreadQuery(PagedPurposeQuery):
    """A page of a thread."""


class MessageIn(Schema):
    """What one side writes."""

    text = Text(most=1000, least=1, required=True)


class SightingMessageOut(Schema):
    """A line of a thread. Of who wrote it there is the side, and of who answers the police box."""

    id = ma.fields.UUID(required=True)
    side = ma.fields.String(required=True, validate=ma.validate.OneOf(rules.SIDES))
    office = ma.fields.String(required=True, metadata={"description": "A police box, or nothing."})
    text = ma.fields.String(required=True)
    at = Moment(required=True)
    read_at = Moment(required=True, allow_none=True, metadata={"description": "When the other side saw it."})


class NewlyRead(Schema):
    """How many lines were new."""

    read = ma.fields.Integer(required=True)


class SameAs(Schema):
    """Which sighting it is the same as."""

    first = ma.fields.UUID(required=True)
    note = Text(most=1000, load_default="", metadata={"description": "For those who answer."})


class Apart(Schema):
    """Why it is a sighting of its own."""

    note = Text(most=1000, load_default="", metadata={"description": "For those who answer."})


class AlikeOut(Schema):
    """Another sighting, as much as it takes to tell whether it is the same."""

    id = ma.fields.UUID(required=True)
    kind = ma.fields.String(required=True)
    kind_name = ma.fields.Nested(SightingWords, required=True)
    text = ma.fields.String(required=True)
    state = ma.fields.String(required=True, validate=ma.validate.OneOf(rules.STATES))
    seen_at = Moment(required=True)
    received_at = Moment(required=True)
    distance_m = ma.fields.Integer(required=True)
    version = ma.fields.Integer(required=True)


class Corroborations(Schema):
    """What a sighting stands for, and what else may be the same."""

    linked = ma.fields.List(ma.fields.Nested(AlikeOut), required=True)
    candidates = ma.fields.List(ma.fields.Nested(AlikeOut), required=True)


class ColleagueOut(Schema):
    """Somebody who could take a sighting."""

    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)


class HandOver(Schema):
    """To whom, and what they should know."""

    to = ma.fields.UUID(
        required=True, allow_none=True, metadata={"description": "A colleague; null: back to the queue."}
    )
    note = Text(most=1000, load_default="", metadata={"description": "For those who answer."})


class HandedOver(Schema):
    """What went, and what could not."""

    went = ma.fields.List(ma.fields.UUID(), required=True)
    kept = ma.fields.List(ma.fields.UUID(), required=True)
