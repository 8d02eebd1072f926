"""Teams on the wire. `TeamOwn` alone holds the door."""

from typing import Any

import marshmallow as ma

from patrol.http.schemas import Day, Lat, Lon, Moment, Schema, Text, Whole
from patrol.teams.operations.reading import WholeTeam
from patrol.teams.rules import MOST_DOGS, MOST_REST_DAYS, MOST_WINDOWS, clock_text, may_be_grouped
from patrol.teams.schemas.screening import TestOut

CLOCK = ma.validate.Regexp(r"^([01]\d|2[0-3]):[0-5]\d\Z", error="Write the time as HH:MM.")


class TeamRef(Schema):
    """Which team, as others know it."""

    id = ma.fields.UUID(required=True)
    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)


class Place(Schema):
    """A point, WGS 84."""

    lon = Lon(required=True)
    lat = Lat(required=True)


WEIGHT = ma.validate.Range(0, 120, min_inclusive=False)
MINUTES_A_DAY = ma.validate.Range(5, 600)
REST_DAYS = ma.validate.Range(0, MOST_REST_DAYS)


class DogPatch(Schema):
    """What may change of a dog; what is left out stays."""

    weight_kg = ma.fields.Float(validate=WEIGHT)
    brachycephalic = ma.fields.Boolean()
    overweight = ma.fields.Boolean()
    reactive = ma.fields.Boolean()
    stroller = ma.fields.Boolean()
    minutes_a_day = Whole(allow_none=True, validate=MINUTES_A_DAY)
    rest_days = Whole(validate=REST_DAYS)

    @ma.validates_schema
    def something(self, given: dict[str, Any], **_more: Any) -> None:
        """A change changes something."""
        if not given:
            raise ma.ValidationError("Nothing to change.")


class DogIn(Schema):
    """A dog as its handler describes it."""

    name = Text(most=40, least=1, required=True)
    registration_no = Text(most=40, least=1, required=True)
    breed = Text(most=80, least=1, required=True)
    born_on = Day(required=True)
    weight_kg = ma.fields.Float(required=True, validate=WEIGHT, metadata={"description": "Kilograms."})
    brachycephalic = ma.fields.Boolean(load_default=False, metadata={"description": "Flat-faced."})
    overweight = ma.fields.Boolean(load_default=False)
    reactive = ma.fields.Boolean(load_default=False, metadata={"description": "To other dogs."})
    vaccinated_until = Day(load_default=None, allow_none=True, metadata={"description": "Rabies, last valid day."})
    stroller = ma.fields.Boolean(load_default=False, metadata={"description": "It rides in a stroller."})
    minutes_a_day = Whole(
        load_default=None,
        allow_none=True,
        validate=MINUTES_A_DAY,
        metadata={"description": "It walks so long a day at most; null: no limit of its own."},
    )
    rest_days = Whole(
        load_default=0,
        validate=REST_DAYS,
        metadata={"description": "Whole days of rest between two walks."},
    )


class DogOut(DogIn):
    """A dog of a team. `disputed`: another team claims it too, and a coordinator will decide."""

    id = ma.fields.UUID(required=True)
    disputed = ma.fields.Function(lambda dog: dog.disputed_at is not None, required=True, metadata={"type": "boolean"})


class WindowIn(Schema):
    """Hours of a weekday in the city's time. An end that is not after the beginning is on the next day."""

    weekday = Whole(required=True, validate=ma.validate.Range(0, 6), metadata={"description": "0 is Monday."})
    begins = ma.fields.String(required=True, validate=CLOCK)
    ends = ma.fields.String(required=True, validate=CLOCK)


class WindowOut(Schema):
    """The same, going out."""

    weekday = ma.fields.Integer(required=True)
    begins = ma.fields.Function(lambda w: clock_text(w.begins_min), required=True, metadata={"type": "string"})
    ends = ma.fields.Function(lambda w: clock_text(w.ends_min), required=True, metadata={"type": "string"})


WALK_MIN = ma.validate.Range(5, 180)


STATED = Text(
    most=20,
    load_default=None,
    allow_none=True,
    metadata={"description": "A district's code; it counts where the city does not know by the door's position."},
)


class TeamIn(Schema):
    """An application."""

    name = Text(most=40, least=1, required=True)
    motive = Text(most=2000, load_default="")
    door = ma.fields.Nested(Place, required=True, metadata={"description": "Where walks begin and end; yours alone."})
    walk_min = Whole(load_default=None, allow_none=True, validate=WALK_MIN, metadata={"description": "Minutes a walk."})
    district = STATED
    dogs = ma.fields.List(ma.fields.Nested(DogIn), required=True, validate=ma.validate.Length(1, MOST_DOGS))
    availability = ma.fields.List(
        ma.fields.Nested(WindowIn), load_default=list, validate=ma.validate.Length(max=MOST_WINDOWS)
    )


class TeamPatch(Schema):
    """What a handler may change; what is left out stays."""

    name = Text(most=40, least=1)
    motive = Text(most=2000)
    door = ma.fields.Nested(Place)
    district = Text(most=20, least=1)
    walk_min = Whole(validate=WALK_MIN)


class StepOut(Schema):
    """What happened to a team."""

    action = ma.fields.String(required=True)
    state = ma.fields.String(required=True)
    note = ma.fields.String(required=True)
    reason = ma.fields.String(required=True, allow_none=True, metadata={"description": "Why it was suspended."})
    at = Moment(required=True)


class TeamOut(Schema):
    """A team, to coordinators and admins."""

    id = ma.fields.UUID(required=True, attribute="team.id")
    code = ma.fields.String(required=True, attribute="team.code")
    name = ma.fields.String(required=True, attribute="team.name")
    state = ma.fields.String(required=True, attribute="team.state")
    handler_name = ma.fields.String(required=True)
    motive = ma.fields.String(required=True, attribute="team.motive")
    dogs = ma.fields.List(ma.fields.Nested(DogOut), required=True)
    may_be_grouped = ma.fields.Function(
        lambda whole: may_be_grouped([dog.reactive for dog in whole.dogs]),
        required=True,
        metadata={"type": "boolean", "description": "In a joint patrol; never with a dog reactive to others."},
    )
    walk_min = ma.fields.Integer(required=True, attribute="team.walk_min")
    active_until = ma.fields.Date(required=True, allow_none=True, attribute="team.active_until")
    trained_on = ma.fields.Date(required=True, allow_none=True, attribute="team.trained_on")
    renewal = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "Another year: asked, documents_ok; null when not."}
    )
    availability = ma.fields.List(ma.fields.Nested(WindowOut), required=True)
    tests = ma.fields.List(ma.fields.Nested(TestOut), required=True)
    steps = ma.fields.List(ma.fields.Nested(StepOut), required=True)
    district = ma.fields.UUID(required=True, allow_none=True, attribute="team.district_id")
    sample = ma.fields.Boolean(required=True, attribute="team.sample")
    version = ma.fields.Integer(required=True, attribute="team.version")
    created_at = Moment(required=True, attribute="team.created_at")


class TeamOwn(TeamOut):
    """A team, to its handler."""

    door = ma.fields.Method("place", required=True, metadata={"type": ["object", "null"]})

    def place(self, whole: WholeTeam) -> dict[str, float] | None:
        """Home; null until its handler has stated it."""
        team = whole.team
        return None if team.door_lon is None or team.door_lat is None else {"lon": team.door_lon, "lat": team.door_lat}


class OwnTeams(Schema):
    """The caller's teams, the present one first."""

    items = ma.fields.List(ma.fields.Nested(TeamOwn), required=True)
