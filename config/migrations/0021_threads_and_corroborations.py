"""Threads between who answers and the reporter; which sightings are the same; what more is done about one.

The steps are made anew and filled from the old ones: SQLite cannot change a CHECK.
"""

from typing import Any

import peewee

from config.database import Record, UtcField, one_of
from config.rebuilding import rebuild

ACTIONS = ("report", "acknowledge", "respond", "resolve", "reopen", "route")
MORE = ("link", "split", "hand_over", "hand_back")


class City(Record):
    id = peewee.UUIDField(primary_key=True)


class Sighting(Record):
    id = peewee.UUIDField(primary_key=True)


class SightingStepBefore(Record):
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
            one_of("action", (*ACTIONS, *MORE)),
            one_of("by_role", ("reporter", "officer", "coordinator", "admin")),
        )


class SightingMessage(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    sighting = peewee.ForeignKeyField(Sighting, on_delete="CASCADE")
    side = peewee.TextField()
    by = peewee.UUIDField(null=True)
    office = peewee.TextField(default="")
    text = peewee.TextField()
    at = UtcField()
    read_at = UtcField(null=True)

    class Meta:
        indexes = ((("sighting", "at"), False),)
        constraints = (one_of("side", ("answerer", "reporter")),)


class Corroboration(Record):
    sighting = peewee.ForeignKeyField(Sighting, primary_key=True, on_delete="CASCADE")
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    kind = peewee.TextField()
    cell = peewee.BigIntegerField(null=True)
    seen_at = UtcField()
    first = peewee.ForeignKeyField(Sighting, null=True, on_delete="SET NULL")
    same_as = peewee.ForeignKeyField(Sighting, null=True, on_delete="SET NULL")
    linked_at = UtcField(null=True)

    class Meta:
        indexes = ((("city", "kind", "cell", "seen_at"), False),)
        constraints = (peewee.Check("first_id IS NULL OR (first_id <> sighting_id AND linked_at IS NOT NULL)"),)


EVERY = (City, Sighting, SightingStepBefore, SightingStep, SightingMessage, Corroboration)


def up(migrator: Any, db: peewee.Database) -> None:
    """Make the new tables, and the steps anew."""
    with db.bind_ctx(EVERY):
        db.create_tables([SightingMessage, Corroboration], safe=False)
        rebuild(db, [SightingStepBefore], [SightingStep])


def down(migrator: Any, db: peewee.Database) -> None:
    """Drop the new tables, and make the steps as they were: what was done in the new ways stays, as answered."""
    with db.bind_ctx(EVERY):
        db.execute_sql("UPDATE sighting_step SET action = 'respond' WHERE action IN ('link', 'split')")
        db.execute_sql("UPDATE sighting_step SET action = 'respond' WHERE action IN ('hand_over', 'hand_back')")
        rebuild(db, [SightingStep], [SightingStepBefore])
        db.drop_tables([Corroboration, SightingMessage])
