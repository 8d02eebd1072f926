"""Where a sighting went and why, and to whom it is passed on."""

import marshmallow as ma

from patrol.http.schemas import Schema, Text
from patrol.sightings import rules
from patrol.sightings.rules import routing
from patrol.sightings.schemas.words import SightingWords


class SightingBox(Schema):
    """A police box."""

    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)


class SightingFacility(Schema):
    """What is broken; `email` of its owner, for staff."""

    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    kind = ma.fields.String(required=True)
    email = ma.fields.String(required=True)


class PassedOver(Schema):
    """A step that was considered before, and why it was none."""

    to = ma.fields.String(required=True, validate=ma.validate.OneOf(rules.ROUTES))
    because = ma.fields.String(required=True, validate=ma.validate.OneOf(list(routing.PASSED)))
    text = ma.fields.Nested(SightingWords, required=True)


class RoutedWhy(Schema):
    """Why the sighting went where it went."""

    because = ma.fields.String(required=True, validate=ma.validate.OneOf(list(routing.BECAUSE)))
    distance_m = ma.fields.Float(required=True, allow_none=True)
    text = ma.fields.Nested(SightingWords, required=True)
    passed = ma.fields.List(ma.fields.Nested(PassedOver), required=True)
    referred_to = ma.fields.List(
        ma.fields.String(),
        required=True,
        metadata={"description": "Numbers that the reporter was shown for this kind: the hand-over to others."},
    )


class PassingOnDuty(Schema):
    """A duty that a sighting may be passed on to."""

    code = ma.fields.String(required=True)
    name = ma.fields.Nested(SightingWords, required=True)


class PassingOnWays(Schema):
    """What a sighting may be passed on to: one of restricted kind to some duties alone."""

    to = ma.fields.List(ma.fields.String(validate=ma.validate.OneOf(rules.WAYS)), required=True)
    duties = ma.fields.List(ma.fields.Nested(PassingOnDuty), required=True)


class PassingOn(Schema):
    """To whom instead, and why: a box, a facility's owner, who holds a duty, or the coordinators."""

    to = ma.fields.String(required=True, validate=ma.validate.OneOf(rules.WAYS))
    box = ma.fields.UUID(load_default=None, allow_none=True)
    facility = ma.fields.UUID(load_default=None, allow_none=True)
    duty = Text(most=40, load_default="")
    reason = Text(most=1000, least=1, required=True, metadata={"description": "Read by who answers next."})
