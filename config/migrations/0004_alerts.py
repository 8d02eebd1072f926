"""Tables of alerts, as they were first made."""

from typing import Any

import peewee

from config.database import Record, UtcField, one_of


class City(Record):
    id = peewee.UUIDField(primary_key=True)


class Person(Record):
    id = peewee.UUIDField(primary_key=True)


class Alert(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    subject = peewee.UUIDField(unique=True)
    urgency = peewee.TextField()
    state = peewee.TextField(default="open")
    raised_at = UtcField()
    due_at = UtcField()
    acknowledged_by = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL")
    acknowledged_at = UtcField(null=True)
    settled_at = UtcField(null=True)

    class Meta:
        indexes = ((("state", "due_at"), False),)
        constraints = (
            one_of("state", ("open", "acknowledged", "settled")),
            one_of("urgency", ("Immediate", "Expected", "Future")),
        )


class Recipient(Record):
    alert = peewee.ForeignKeyField(Alert, on_delete="CASCADE")
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE")
    told_at = UtcField()

    class Meta:
        primary_key = peewee.CompositeKey("alert", "person")
        indexes = ((("person", "told_at"), False),)


TABLES = (
    Alert,
    Recipient,
)


def up(migrator: Any, db: peewee.Database) -> None:
    """Make the tables."""
    with db.bind_ctx([*TABLES, City, Person]):
        db.create_tables(TABLES, safe=False)


def down(migrator: Any, db: peewee.Database) -> None:
    """Drop the tables."""
    with db.bind_ctx([*TABLES, City, Person]):
        db.drop_tables(TABLES)
