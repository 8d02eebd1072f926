"""Tables of reachability drills."""

from typing import Any

import peewee

from config.database import Record, UtcField


class City(Record):
    id = peewee.UUIDField(primary_key=True)


class Person(Record):
    id = peewee.UUIDField(primary_key=True)


class PoliceBox(Record):
    id = peewee.UUIDField(primary_key=True)


class Drill(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    started_by = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL")
    scheduled_for = UtcField(null=True)
    started_at = UtcField()
    ended_at = UtcField(null=True)

    class Meta:
        indexes = ((("city", "scheduled_for"), True), (("city", "started_at"), False))


class DrillCall(Record):
    id = peewee.UUIDField(primary_key=True)
    drill = peewee.ForeignKeyField(Drill, on_delete="CASCADE")
    box = peewee.ForeignKeyField(PoliceBox, on_delete="CASCADE")

    class Meta:
        indexes = ((("drill", "box"), True),)


TABLES = (Drill, DrillCall)


def up(migrator: Any, db: peewee.Database) -> None:
    """Make the tables."""
    with db.bind_ctx([*TABLES, City, Person, PoliceBox]):
        db.create_tables(TABLES, safe=False)


def down(migrator: Any, db: peewee.Database) -> None:
    """Drop them."""
    with db.bind_ctx([*TABLES, City, Person, PoliceBox]):
        db.drop_tables(TABLES)
