"""Sightings on the wire: what a walker saw, and what became of it."""

from typing import Any

import marshmallow as ma

from patrol.alerts.rules import RUNGS, URGENCIES
from patrol.http.schemas import Lat, Lon, Moment, Schema, Text
from patrol.people.schemas import PagedPurposeQuery
from patrol.sightings import rules
from patrol.sightings.schemas.photos import PhotoOut
from patrol.sightings.schemas.routing import RoutedWhy, SightingBox, SightingFacility
from patrol.sightings.schemas.words import SightingWords

MOST_TEXT = 2000


class SightingIn(Schema):
    """What a walker saw, as the phone wrote it down."""

    kind = Text(most=3, least=1, required=True, metadata={"description": "A kind's code in the city's policy."})
    text = Text(most=MOST_TEXT, load_default="")
    lon = Lon(required=True)
    lat = Lat(required=True)
    seen_at = Moment(required=True)
    walk = ma.fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "The walk it was seen on, which may arrive later."}
    )
    called_at = Moment(
        load_default=None, allow_none=True, metadata={"description": "When an emergency number was dialled."}
    )
    direction = Text(
        most=40,
        load_default="",
        metadata={"description": "Where it went: whole degrees from north, 0 to 359, or words."},
    )
    accuracy_m = ma.fields.Float(
        load_default=None,
        allow_none=True,
        validate=ma.validate.Range(min=0, max=100_000),
        metadata={"description": "How well the phone knew the place."},
    )
    bite = ma.fields.Boolean(
        load_default=False,
        metadata={"description": "The reporter's own dog has bitten: the team is suspended at once."},
    )

    @ma.validates("direction")
    def _degrees(self, value: str, **_: Any) -> None:
        if rules.beyond_the_compass(value):
            raise ma.ValidationError("Degrees are whole numbers from 0 to 359.")


class SightingQuery(PagedPurposeQuery):
    """Which sightings."""

    state = ma.fields.String(
        load_default=None,
        validate=ma.validate.OneOf(rules.STATES),
        metadata={"description": "Without it staff see all that is not resolved, reporters all of theirs."},
    )
    mine = ma.fields.Boolean(
        load_default=False, metadata={"description": "For staff who also walk: what they reported themselves."}
    )


class SightingStepOut(Schema):
    """What happened, when, and in which role somebody did it.

    `escalate` and `remind` happen by themselves: nobody had acknowledged, so `people` of the next contact, or once more
    of the last, were told; `to` says who that is.
    """

    action = ma.fields.String(required=True, validate=ma.validate.OneOf((*rules.ACTIONS, "escalate", "remind")))
    state = ma.fields.String(required=True, validate=ma.validate.OneOf(rules.STATES))
    outcome = ma.fields.String(required=True, allow_none=True)
    at = Moment(required=True)
    note = ma.fields.String(required=True)
    by_role = ma.fields.String(required=True, validate=ma.validate.OneOf((*rules.BY_ROLES, "service_level")))
    to = ma.fields.String(required=True, allow_none=True, validate=ma.validate.OneOf(RUNGS))
    to_words = ma.fields.Nested(SightingWords, required=True, allow_none=True)
    people = ma.fields.Integer(required=True, allow_none=True)


class SightingReceipt(Schema):
    """A step in plain words, for the reporter."""

    at = Moment(required=True)
    state = ma.fields.String(required=True)
    text = ma.fields.Nested(SightingWords, required=True)
    note = ma.fields.String(required=True)


class ReporterContact(Schema):
    """Whom to call, by the reporter's own wish."""

    name = ma.fields.String(required=True)
    phone = ma.fields.String(required=True, allow_none=True)


class SightingOut(Schema):
    """A sighting. Its reporter is in `reporter_contact` at most; `walk` and `receipts` are there for them alone."""

    id = ma.fields.UUID(required=True)
    kind = ma.fields.String(required=True)
    kind_name = ma.fields.Nested(SightingWords, required=True)
    urgency = ma.fields.String(required=True, validate=ma.validate.OneOf(URGENCIES))
    restricted = ma.fields.Boolean(required=True)
    text = ma.fields.String(required=True)
    lon = ma.fields.Float(required=True)
    lat = ma.fields.Float(required=True)
    accuracy_m = ma.fields.Float(required=True, allow_none=True)
    direction = ma.fields.String(required=True)
    outside_city = ma.fields.Boolean(required=True)
    seen_at = Moment(required=True)
    received_at = Moment(required=True)
    called_at = Moment(required=True, allow_none=True)
    bite = ma.fields.Boolean(required=True)
    box = ma.fields.Nested(SightingBox, required=True, allow_none=True)
    facility = ma.fields.Nested(SightingFacility, required=True, allow_none=True)
    routed_to = ma.fields.String(required=True, validate=ma.validate.OneOf(rules.ROUTES))
    routed_why = ma.fields.Nested(RoutedWhy, required=True)
    state = ma.fields.String(required=True, validate=ma.validate.OneOf(rules.STATES))
    outcome = ma.fields.String(required=True, allow_none=True)
    due_at = Moment(required=True)
    overdue = ma.fields.Boolean(required=True)
    escalated_to_you = ma.fields.Boolean(
        required=True, metadata={"description": "It reached the caller as nobody had acknowledged it in time."}
    )
    acknowledged_by = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "A name, for staff; null for the reporter."}
    )
    acknowledged_at = Moment(required=True, allow_none=True)
    coarsened = ma.fields.Boolean(
        required=True, metadata={"description": "It ended long ago: its text is gone and its place is rounded."}
    )
    contact_shared = ma.fields.Boolean(
        required=True, metadata={"description": "The reporter gives name and number to those who answer."}
    )
    reporter_contact = ma.fields.Nested(ReporterContact, required=True, allow_none=True)
    photos = ma.fields.List(
        ma.fields.Nested(PhotoOut),
        required=True,
        metadata={"description": "For the reporter, and with the reporter's consent for who answers."},
    )
    linked = ma.fields.Boolean(
        required=True, metadata={"description": "Another sighting stands for it: what is done there is done here, too."}
    )
    first = ma.fields.UUID(
        required=True, allow_none=True, metadata={"description": "The one that stands for it; null for the reporter."}
    )
    same_as = ma.fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "Who answers is asked whether it is the same as this one: link it, or split it."},
    )
    corroborations = ma.fields.Integer(required=True, metadata={"description": "How many more it stands for."})
    messages = ma.fields.Integer(required=True, metadata={"description": "Lines of its thread."})
    unread_messages = ma.fields.Integer(required=True, metadata={"description": "Lines of the other side, unread."})
    version = ma.fields.Integer(required=True)
    steps = ma.fields.List(ma.fields.Nested(SightingStepOut), required=True)
    own = ma.fields.Boolean(required=True)
    walk = ma.fields.UUID(allow_none=True)
    receipts = ma.fields.List(ma.fields.Nested(SightingReceipt))


class Resolution(Schema):
    """How it ended."""

    outcome = ma.fields.String(required=True, validate=ma.validate.OneOf(rules.OUTCOMES))
    note = Text(most=1000, load_default="", metadata={"description": "Read by the reporter."})


class Reopening(Schema):
    """Why the reporter is not content."""

    reason = Text(most=1000, least=1, required=True)
