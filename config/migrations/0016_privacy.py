"""Receipts of retention; readers' roles in the access log; sightings with a reporter to call, or with a rounded place.

Sightings, their steps and the access log are made anew and filled from the old ones, on both databases alike.
"""

from typing import Any

import peewee

from config.database import Record, UtcField, one_of
from config.rebuilding import rebuild


class City(Record):
    id = peewee.UUIDField(primary_key=True)


class Person(Record):
    id = peewee.UUIDField(primary_key=True)


class PoliceBox(Record):
    id = peewee.UUIDField(primary_key=True)


class District(Record):
    id = peewee.UUIDField(primary_key=True)


class RetentionReceipt(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, null=True, on_delete="CASCADE")
    kind = peewee.TextField()
    before = UtcField()
    count = peewee.IntegerField()
    at = UtcField()

    class Meta:
        indexes = ((("city", "at"), False),)
        constraints = (peewee.Check("count > 0"),)


class AccessEntryBefore(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    reader = peewee.UUIDField()
    subject = peewee.UUIDField(index=True)
    what = peewee.TextField()
    purpose = peewee.TextField()
    request_id = peewee.TextField(default="")
    at = UtcField()

    class Meta:
        table_name = "access_entry"


class AccessEntry(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    reader = peewee.UUIDField()
    subject = peewee.UUIDField()
    what = peewee.TextField()
    purpose = peewee.TextField()
    request_id = peewee.TextField(default="")
    at = UtcField()
    reader_role = peewee.TextField(default="")
    reader_office = peewee.TextField(default="")

    class Meta:
        indexes = ((("subject", "at"), False), (("city", "at"), False))


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

    class Meta:
        table_name = "sighting"
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


class Sighting(SightingBefore):
    contact_shared_at = UtcField(null=True)
    coarsened_at = UtcField(null=True)

    class Meta:
        table_name = "sighting"


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
            one_of("action", ("report", "acknowledge", "respond", "resolve", "reopen")),
            one_of("by_role", ("reporter", "officer", "coordinator", "admin")),
        )


class SightingStep(SightingStepBefore):
    class Meta:
        table_name = "sighting_step"


BEFORE = (AccessEntryBefore, SightingBefore, SightingStepBefore)
AFTER = (AccessEntry, Sighting, SightingStep)
OTHERS = (City, District, Person, PoliceBox, RetentionReceipt)
NEW = {("access_entry", "reader_role"): "''", ("access_entry", "reader_office"): "''"}
"""What a row made before gets in a column that it did not have and that may not be empty."""


def up(migrator: Any, db: peewee.Database) -> None:
    """Make the receipts, and the other tables anew."""
    with db.bind_ctx([*BEFORE, *AFTER, *OTHERS]):
        db.create_tables([RetentionReceipt], safe=False)
        rebuild(db, BEFORE, AFTER, filled=NEW)


def down(migrator: Any, db: peewee.Database) -> None:
    """Drop the receipts, and make the other tables as they were."""
    with db.bind_ctx([*BEFORE, *AFTER, *OTHERS]):
        db.drop_tables([RetentionReceipt])
        rebuild(db, AFTER, BEFORE)
