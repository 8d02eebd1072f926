"""Keys of other systems, what they filed, webhooks and exports; deliveries and channels know webhooks.

Deliveries and states of channels are made anew and filled from the old ones, as SQLite cannot change a CHECK.
"""

from typing import Any

import peewee

from config.database import Record, UtcField, one_of
from config.rebuilding import rebuild

BEFORE_CHANNELS = ("email", "sms", "fcm", "web_push")
CHANNELS = (*BEFORE_CHANNELS, "webhook")
STATES = ("pending", "sent", "failed", "expired", "bundled", "withheld")


class City(Record):
    id = peewee.UUIDField(primary_key=True)


class Message(Record):
    id = peewee.UUIDField(primary_key=True)


class DeliveryBefore(Record):
    id = peewee.UUIDField(primary_key=True)
    message = peewee.ForeignKeyField(Message, on_delete="CASCADE")
    channel = peewee.TextField()
    address = peewee.TextField()
    state = peewee.TextField(default="pending")
    attempts = peewee.IntegerField(default=0)
    due_at = UtcField()
    leased_by = peewee.TextField(null=True)
    leased_until = UtcField(null=True)
    reason = peewee.TextField(default="")
    last_error = peewee.TextField(default="")
    settled_at = UtcField(null=True)

    class Meta:
        table_name = "delivery"
        indexes = (
            (("message", "channel", "address"), True),
            (("state", "due_at"), False),
            (("address", "settled_at"), False),
        )
        constraints = (one_of("channel", BEFORE_CHANNELS), one_of("state", STATES))


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
    reason = peewee.TextField(default="")
    last_error = peewee.TextField(default="")
    settled_at = UtcField(null=True)

    class Meta:
        indexes = (
            (("message", "channel", "address"), True),
            (("state", "due_at"), False),
            (("address", "settled_at"), False),
        )
        constraints = (one_of("channel", CHANNELS), one_of("state", STATES))


class ChannelStateBefore(Record):
    channel = peewee.TextField(primary_key=True)
    down_since = UtcField(null=True)
    down_because = peewee.TextField(default="")
    failures = peewee.IntegerField(default=0)
    paused_until = UtcField(null=True)
    allowance = peewee.DoubleField()
    counted_at = UtcField()

    class Meta:
        table_name = "channel_state"
        constraints = (one_of("channel", BEFORE_CHANNELS),)


class ChannelState(Record):
    channel = peewee.TextField(primary_key=True)
    down_since = UtcField(null=True)
    down_because = peewee.TextField(default="")
    failures = peewee.IntegerField(default=0)
    paused_until = UtcField(null=True)
    allowance = peewee.DoubleField()
    counted_at = UtcField()

    class Meta:
        constraints = (one_of("channel", CHANNELS),)


class BridgeKey(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    name = peewee.TextField()
    digest = peewee.CharField(max_length=64, unique=True)
    rights = peewee.JSONField()
    created_at = UtcField()
    revoked_at = UtcField(null=True)


class FiledRequest(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    key = peewee.ForeignKeyField(BridgeKey, on_delete="CASCADE")
    source = peewee.TextField()
    filed_at = UtcField()

    class Meta:
        constraints = (one_of("source", ("open311",)),)


class Webhook(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    name = peewee.TextField()
    url = peewee.TextField()
    events = peewee.JSONField()
    secret = peewee.TextField()
    key_id = peewee.TextField()
    state = peewee.TextField(default="active")
    followed_at = UtcField()
    resumed_at = UtcField()
    created_at = UtcField()

    class Meta:
        indexes = ((("city", "created_at"), False),)
        constraints = (one_of("state", ("active", "paused")),)


class ExportEntry(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    by = peewee.UUIDField()
    what = peewee.TextField()
    form = peewee.TextField()
    reason = peewee.TextField()
    rows = peewee.IntegerField()
    at = UtcField()

    class Meta:
        indexes = ((("city", "at"), False),)
        constraints = (one_of("what", ("blocks_walked", "sightings", "dose")), one_of("form", ("csv", "geojson")))


NEW = (BridgeKey, FiledRequest, Webhook, ExportEntry)
BEFORE = (DeliveryBefore, ChannelStateBefore)
AFTER = (Delivery, ChannelState)
BY_TIME = "sighting_step_at"


def up(migrator: Any, db: peewee.Database) -> None:
    """Make what is new, and what knows channels anew."""
    with db.bind_ctx([*BEFORE, *AFTER, *NEW, City, Message]):
        db.create_tables(NEW, safe=False)
        rebuild(db, BEFORE, AFTER)
        db.execute_sql(f'CREATE INDEX "{BY_TIME}" ON "sighting_step" ("at")')


def down(migrator: Any, db: peewee.Database) -> None:
    """As it was, without what went to webhooks."""
    with db.bind_ctx([*BEFORE, *AFTER, *NEW, City, Message]):
        Delivery.delete().where(Delivery.channel == "webhook").execute()
        ChannelState.delete().where(ChannelState.channel == "webhook").execute()
        db.execute_sql(f"DROP INDEX {BY_TIME}")
        rebuild(db, AFTER, BEFORE)
        db.drop_tables(NEW)
