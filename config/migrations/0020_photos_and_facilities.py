"""Facilities and photos; sightings with direction, accuracy, bite and facility, that go to more and by hand, too.

Sightings and their steps are made anew and filled from the old ones, on both databases alike.
"""

from typing import Any

import peewee

from config.database import Record, UtcField, one_of
from config.rebuilding import rebuild

STATES = ("alerted", "acknowledged", "responding", "resolved", "reopened")
ROUTES = ("box", "coordinators", "duty", "admins")
ACTIONS = ("report", "acknowledge", "respond", "resolve", "reopen")


class City(Record):
    id = peewee.UUIDField(primary_key=True)


class Person(Record):
    id = peewee.UUIDField(primary_key=True)


class PoliceBox(Record):
    id = peewee.UUIDField(primary_key=True)


class District(Record):
    id = peewee.UUIDField(primary_key=True)


class Facility(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    name = peewee.TextField()
    kind = peewee.TextField()
    duty = peewee.TextField(default="")
    email = peewee.TextField(default="")
    lon = peewee.DoubleField()
    lat = peewee.DoubleField()
    version = peewee.IntegerField(default=1)
    created_at = UtcField()
    changed_at = UtcField()

    class Meta:
        indexes = ((("city", "kind", "name"), True), (("city", "lat"), False))
        constraints = (peewee.Check("lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90"),)


class SightingPhoto(Record):
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


def _constraints(routes: tuple[str, ...]) -> tuple[Any, ...]:
    return (
        one_of("state", STATES),
        one_of("routed_to", routes),
        peewee.Check("outcome IS NULL OR outcome IN ('closed_unfixed', 'duplicate', 'fixed', 'no_action')"),
        peewee.Check("(state = 'resolved') = (outcome IS NOT NULL)"),
        peewee.Check("lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90"),
    )


class SightingBefore(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    reporter = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL")
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

    class Meta:
        table_name = "sighting"
        indexes = (
            (("city", "state", "urgency_rank", "received_at"), False),
            (("reporter", "received_at"), False),
            (("box", "state"), False),
        )
        constraints = _constraints(ROUTES)


class Sighting(SightingBefore):
    direction = peewee.TextField(default="")
    accuracy_m = peewee.DoubleField(null=True)
    bite = peewee.BooleanField(default=False)
    facility = peewee.ForeignKeyField(Facility, null=True, on_delete="SET NULL")

    class Meta:
        table_name = "sighting"
        constraints = _constraints(("box", "coordinators", "duty", "holders", "facility", "admins"))


class SightingStepBefore(Record):
    id = peewee.UUIDField(primary_key=True)
    sighting = peewee.ForeignKeyField(SightingBefore, on_delete="CASCADE")
    version = peewee.IntegerField()
    action = peewee.TextField()
    state = peewee.TextField()
    outcome = peewee.TextField(null=True)
    by = peewee.UUIDField(null=True)
    by_role = peewee.TextField()
    note = peewee.TextField(default="")
    at = UtcField()

    class Meta:
        table_name = "sighting_step"
        indexes = ((("sighting", "version"), True),)
        constraints = (
            one_of("action", ACTIONS),
            one_of("by_role", ("reporter", "officer", "coordinator", "admin")),
        )


class SightingStep(SightingStepBefore):
    class Meta:
        table_name = "sighting_step"
        constraints = (
            one_of("action", (*ACTIONS, "route")),
            one_of("by_role", ("reporter", "officer", "coordinator", "admin")),
        )


BEFORE = (SightingBefore, SightingStepBefore)
AFTER = (Sighting, SightingStep)
OTHERS = (City, District, Person, PoliceBox, Facility, SightingPhoto)
NEW = {("sighting", "direction"): "''", ("sighting", "bite"): "FALSE"}
"""What a row made before gets in a column that it did not have and that may not be empty."""


def up(migrator: Any, db: peewee.Database) -> None:
    """Make the new tables, and the other tables anew."""
    with db.bind_ctx([*BEFORE, *AFTER, *OTHERS]):
        db.create_tables([Facility, SightingPhoto], safe=False)
        rebuild(db, BEFORE, AFTER, filled=NEW)


def down(migrator: Any, db: peewee.Database) -> None:
    """Drop the new tables, and make the other tables as they were: what went by the new ways, goes by the old."""
    with db.bind_ctx([*BEFORE, *AFTER, *OTHERS]):
        db.execute_sql("UPDATE sighting SET routed_to = 'coordinators' WHERE routed_to = 'facility'")
        db.execute_sql("UPDATE sighting SET routed_to = 'duty' WHERE routed_to = 'holders'")
        db.execute_sql("UPDATE sighting_step SET action = 'respond' WHERE action = 'route'")
        rebuild(db, AFTER, BEFORE)
        db.drop_tables([SightingPhoto, Facility])
