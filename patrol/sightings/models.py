"""Records of sightings. The id is the phone's."""

from uuid import uuid4

import peewee

from config.database import Record, UtcField, one_of
from config.history import History
from patrol.people.models import Person
from patrol.places.models import City, District, Facility, PoliceBox
from patrol.sightings import rules


class Sighting(Record):
    """What a walker saw. `routed_why` explains where it went (routing.py).

    `direction` is "" or where it went: whole degrees from north, or words. `accuracy_m`: how well the phone knew the
    place. `bite`: the reporter's own dog has bitten. `facility`: what is broken, where it is known.

    `walk` is the walk's id as the phone gave it: no key, as the walk itself may arrive later than what was seen on it.
    `contact_shared_at`: since when those who answer may see the reporter's name and number. `coarsened_at`: since when
    text and exact place are gone.
    """

    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    reporter = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL", backref="sightings")
    walk = peewee.UUIDField(null=True)
    kind = peewee.TextField()
    urgency = peewee.TextField()
    urgency_rank = peewee.IntegerField()
    restricted = peewee.BooleanField()
    text = peewee.TextField(default="")
    lon = peewee.DoubleField()
    lat = peewee.DoubleField()
    outside_city = peewee.BooleanField(default=False)
    seen_at = UtcField()
    called_at = UtcField(null=True)
    received_at = UtcField()
    digest = peewee.CharField(max_length=64)
    box = peewee.ForeignKeyField(PoliceBox, null=True, on_delete="SET NULL")
    routed_to = peewee.TextField()
    routed_why = peewee.JSONField()
    state = peewee.TextField(default="alerted")
    outcome = peewee.TextField(null=True)
    version = peewee.IntegerField(default=1)
    district = peewee.ForeignKeyField(District, null=True, on_delete="SET NULL")
    contact_shared_at = UtcField(null=True)
    coarsened_at = UtcField(null=True)
    direction = peewee.TextField(default="")
    accuracy_m = peewee.DoubleField(null=True)
    bite = peewee.BooleanField(default=False)
    facility = peewee.ForeignKeyField(Facility, null=True, on_delete="SET NULL")

    class Meta:
        indexes = (
            (("city", "state", "urgency_rank", "received_at"), False),
            (("reporter", "received_at"), False),
            (("box", "state"), False),
        )
        constraints = (
            one_of("state", rules.STATES),
            one_of("routed_to", rules.ROUTES),
            peewee.Check("outcome IS NULL OR outcome IN ('closed_unfixed', 'duplicate', 'fixed', 'no_action')"),
            peewee.Check("(state = 'resolved') = (outcome IS NOT NULL)"),
            peewee.Check("lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90"),
        )


class SightingStep(History, Record):
    """What happened to a sighting; `version` is the sighting's after it. Append-only."""

    part_of = "sighting"
    forgets = ("by",)
    shortens = ("note",)

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    sighting = peewee.ForeignKeyField(Sighting, on_delete="CASCADE", backref="steps")
    version = peewee.IntegerField()
    action = peewee.TextField()
    state = peewee.TextField()
    outcome = peewee.TextField(null=True)
    by = peewee.UUIDField(null=True)
    by_role = peewee.TextField()
    note = peewee.TextField(default="")
    at = UtcField()

    class Meta:
        indexes = ((("sighting", "version"), True), (("at",), False))
        constraints = (one_of("action", rules.ACTIONS), one_of("by_role", rules.BY_ROLES))


class SightingPhoto(Record):
    """A photo of a sighting, made anew from what the phone sent. The id is the phone's, `digest` of what it sent.

    `sighting` is no key, as the photo may arrive first; it counts when both have the same reporter.
    """

    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    sighting = peewee.UUIDField(index=True)
    reporter = peewee.ForeignKeyField(Person, on_delete="CASCADE")
    digest = peewee.CharField(max_length=64)
    content = peewee.BlobField()
    thumbnail = peewee.BlobField()
    width = peewee.IntegerField()
    height = peewee.IntegerField()
    created_at = UtcField()

    class Meta:
        indexes = ((("city", "created_at"), False),)
        constraints = (peewee.Check("width > 0 AND height > 0"),)


class SightingMessage(Record):
    """A line of the thread between those who answer and the reporter; neither reads who the other is.

    `office` is the police box that who answers writes from, or "". `read_at`: when the other side had it on screen.
    """

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    sighting = peewee.ForeignKeyField(Sighting, on_delete="CASCADE", backref="messages")
    side = peewee.TextField()
    by = peewee.UUIDField(null=True)
    office = peewee.TextField(default="")
    text = peewee.TextField()
    at = UtcField()
    read_at = UtcField(null=True)

    class Meta:
        indexes = ((("sighting", "at"), False),)
        constraints = (one_of("side", rules.SIDES),)


class Corroboration(Record):
    """Where a sighting that may be the same as others is looked for, and which one it belongs to.

    `cell` is the square of a grid (near.py), gone once the place is rounded. `first`: the sighting that this one is a
    "+1" of; `same_as`: the one that whoever answers is asked about.
    """

    sighting = peewee.ForeignKeyField(Sighting, primary_key=True, on_delete="CASCADE", backref="corroboration")
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    kind = peewee.TextField()
    cell = peewee.BigIntegerField(null=True)
    seen_at = UtcField()
    first = peewee.ForeignKeyField(Sighting, null=True, on_delete="SET NULL", backref="corroborations")
    same_as = peewee.ForeignKeyField(Sighting, null=True, on_delete="SET NULL", backref="asked_about")
    linked_at = UtcField(null=True)

    class Meta:
        indexes = ((("city", "kind", "cell", "seen_at"), False),)
        constraints = (peewee.Check("first_id IS NULL OR (first_id <> sighting_id AND linked_at IS NOT NULL)"),)
