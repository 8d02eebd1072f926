"""Tables of sightings, as they were first made."""

from typing import Any

import peewee

from config.database import Record, UtcField, one_of


class City(Record):
    id = peewee.UUIDField(primary_key=True)


class Person(Record):
    id = peewee.UUIDField(primary_key=True)


class PoliceBox(Record):
    id = peewee.UUIDField(primary_key=True)


class Sighting(Record):
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

    class Meta:
        indexes = (
            (("city", "state", "urgency_rank", "received_at"), False),
            (("reporter", "received_at"), False),
            (("box", "state"), False),
        )
        constraints = (
            one_of("state", ("alerted", "acknowledged", "responding", "resolved", "reopened")),
            one_of("routed_to", ("box", "coordinators", "duty", "admins")),
            peewee.Check("outcome IS NULL OR outcome IN ('closed_unfixed', 'duplicate', 'fixed', 'no_action')"),
            peewee.Check("(state = 'resolved') = (outcome IS NOT NULL)"),
            peewee.Check("lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90"),
        )


class SightingStep(Record):
    id = peewee.UUIDField(primary_key=True)
    sighting = peewee.ForeignKeyField(Sighting, on_delete="CASCADE")
    version = peewee.IntegerField()
    action = peewee.TextField()
    state = peewee.TextField()
    outcome = peewee.TextField(null=True)
    by = peewee.UUIDField(null=True)
    by_role = peewee.TextField()
    note = peewee.TextField(default="")
    at = UtcField()

    class Meta:
        indexes = ((("sighting", "version"), True),)
        constraints = (
            one_of("action", ("report", "acknowledge", "respond", "resolve", "reopen")),
            one_of("by_role", ("reporter", "officer", "coordinator", "admin")),
        )


TABLES = (
    Sighting,
    SightingStep,
)


def up(migrator: Any, db: peewee.Database) -> None:
    """Make the tables."""
    with db.bind_ctx([*TABLES, City, Person, PoliceBox]):
        db.create_tables(TABLES, safe=False)


def down(migrator: Any, db: peewee.Database) -> None:
    """Drop the tables."""
    with db.bind_ctx([*TABLES, City, Person, PoliceBox]):
        db.drop_tables(TABLES)
