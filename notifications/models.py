"""Records of messages and their way to people. Recipients are UUIDs: this room knows no accounts."""

from uuid import uuid4

import peewee

from config.database import Record, UtcField, one_of

CHANNELS = ("email",)
DELIVERY_STATES = ("pending", "sent", "failed", "expired")


class Message(Record):
    """What a person is told, in each language: {"ko": {"title", "body"}, "en": {…}}. The in-app inbox is this table.

    `dedupe_key` is unique for a person: the same fact enqueued twice is one message. `link` is a path inside the pages.
    """

    id = peewee.UUIDField(primary_key=True, default=uuid4)
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
    """Where a person is reached by a channel that leaves the house."""

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.UUIDField()
    person = peewee.UUIDField()
    channel = peewee.TextField()
    value = peewee.TextField()
    created_at = UtcField()

    class Meta:
        indexes = ((("person", "channel", "value"), True),)
        constraints = (one_of("channel", CHANNELS),)


class Delivery(Record):
    """One message on its way by one channel: the outbox. Leased, sent, then settled."""

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    message = peewee.ForeignKeyField(Message, on_delete="CASCADE", backref="deliveries")
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
        constraints = (one_of("channel", CHANNELS), one_of("state", DELIVERY_STATES))


class Event(Record):
    """One line of the live stream, for one person. `seq` is its Last-Event-ID; commits come in its order."""

    seq = peewee.BigAutoField()
    city = peewee.UUIDField()
    person = peewee.UUIDField()
    kind = peewee.TextField()
    content = peewee.JSONField()
    created_at = UtcField(index=True)

    class Meta:
        indexes = ((("person", "seq"), False),)
