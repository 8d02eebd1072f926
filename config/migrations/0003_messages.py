"""Tables of messages, as they were first made."""

from typing import Any

import peewee

from config.database import Record, UtcField, one_of


class Message(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.UUIDField()
    person = peewee.UUIDField()
    kind = peewee.TextField()
    words = peewee.JSONField()
    link = peewee.TextField(default="")
    subject = peewee.UUIDField(null=True)
    urgent = peewee.BooleanField(default=False)
    dedupe_key = peewee.TextField()
    created_at = UtcField()
    expires_at = UtcField(null=True)
    read_at = UtcField(null=True)

    class Meta:
        indexes = ((("person", "created_at"), False), (("person", "dedupe_key"), True))


class Address(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.UUIDField()
    person = peewee.UUIDField()
    channel = peewee.TextField()
    value = peewee.TextField()
    created_at = UtcField()

    class Meta:
        indexes = ((("person", "channel", "value"), True),)
        constraints = (one_of("channel", ("email",)),)


class Delivery(Record):
    id = peewee.UUIDField(primary_key=True)
    message = peewee.ForeignKeyField(Message, on_delete="CASCADE")
    channel = peewee.TextField()
    address = peewee.TextField()
    state = peewee.TextField(default="pending")
    attempts = peewee.IntegerField(default=0)
    due_at = UtcField()
    leased_by = peewee.TextField(null=True)
    leased_until = UtcField(null=True)
    last_error = peewee.TextField(default="")
    settled_at = UtcField(null=True)

    class Meta:
        indexes = ((("message", "channel", "address"), True), (("state", "due_at"), False))
        constraints = (one_of("channel", ("email",)), one_of("state", ("pending", "sent", "failed", "expired")))


class Event(Record):
    seq = peewee.BigAutoField()
    city = peewee.UUIDField()
    person = peewee.UUIDField()
    kind = peewee.TextField()
    content = peewee.JSONField()
    created_at = UtcField(index=True)

    class Meta:
        indexes = ((("person", "seq"), False),)


TABLES = (
    Message,
    Address,
    Delivery,
    Event,
)


def up(migrator: Any, db: peewee.Database) -> None:
    """Make the tables."""
    with db.bind_ctx([*TABLES]):
        db.create_tables(TABLES, safe=False)


def down(migrator: Any, db: peewee.Database) -> None:
    """Drop the tables."""
    with db.bind_ctx([*TABLES]):
        db.drop_tables(TABLES)
