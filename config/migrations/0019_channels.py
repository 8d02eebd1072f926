"""Devices, preferences and how channels fare; addresses and deliveries know more channels, deliveries more states.

Both tables are made anew and filled from the old ones, as SQLite cannot change a CHECK.
"""

from typing import Any

import peewee

from config.database import Record, UtcField, one_of
from config.rebuilding import rebuild

CHANNELS = ("email", "sms", "fcm", "web_push")
STATES = ("pending", "sent", "failed", "expired", "bundled", "withheld")


class Message(Record):
    id = peewee.UUIDField(primary_key=True)


class AddressBefore(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.UUIDField()
    person = peewee.UUIDField()
    channel = peewee.TextField()
    value = peewee.TextField()
    created_at = UtcField()

    class Meta:
        table_name = "address"
        indexes = ((("person", "channel", "value"), True),)
        constraints = (one_of("channel", ("email",)),)


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
    last_error = peewee.TextField(default="")
    settled_at = UtcField(null=True)

    class Meta:
        table_name = "delivery"
        indexes = ((("message", "channel", "address"), True), (("state", "due_at"), False))
        constraints = (one_of("channel", ("email",)), one_of("state", ("pending", "sent", "failed", "expired")))


class Address(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.UUIDField()
    person = peewee.UUIDField()
    channel = peewee.TextField()
    value = peewee.TextField()
    created_at = UtcField()

    class Meta:
        indexes = ((("person", "channel", "value"), True),)
        constraints = (one_of("channel", ("email", "sms")),)


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


class Device(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.UUIDField()
    person = peewee.UUIDField()
    session = peewee.UUIDField(null=True, index=True)
    kind = peewee.TextField()
    address = peewee.TextField()
    address_sha256 = peewee.CharField(max_length=64)
    keys = peewee.JSONField(null=True)
    label = peewee.TextField(default="")
    language = peewee.TextField()
    created_at = UtcField()
    registered_at = UtcField()
    retired_at = UtcField(null=True)
    retired_because = peewee.TextField(null=True)

    class Meta:
        indexes = ((("person", "created_at"), False),)
        constraints = (
            one_of("kind", ("fcm_fid", "fcm_token", "web_push")),
            one_of("language", ("ko", "en")),
            peewee.Check("retired_because IN ('unregistered', 'moved', 'signed_out') OR retired_because IS NULL"),
        )


Device.add_index(
    Device.index(
        Device.address_sha256, unique=True, where=peewee.SQL("retired_at IS NULL"), name="device_one_an_address"
    )
)


class Preference(Record):
    person = peewee.UUIDField(primary_key=True)
    city = peewee.UUIDField()
    language = peewee.TextField(null=True)
    channels = peewee.JSONField(default=dict)
    quiet_from = peewee.TextField(null=True)
    quiet_until = peewee.TextField(null=True)
    weekly_budget = peewee.IntegerField(null=True)
    bundle_min = peewee.IntegerField(default=0)
    changed_at = UtcField()

    class Meta:
        constraints = (
            peewee.Check("bundle_min >= 0 AND (weekly_budget IS NULL OR weekly_budget >= 0)"),
            peewee.Check("(quiet_from IS NULL) = (quiet_until IS NULL)"),
        )


class CityPreference(Record):
    city = peewee.UUIDField(primary_key=True)
    zone = peewee.TextField()
    quiet_from = peewee.TextField(null=True)
    quiet_until = peewee.TextField(null=True)
    weekly_budget = peewee.IntegerField(null=True)
    bundle_min = peewee.IntegerField(default=0)


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


BEFORE = (AddressBefore, DeliveryBefore)
AFTER = (Address, Delivery)
NEW = (Device, Preference, CityPreference, ChannelState)
BY_CITY = "message_city_created_at"
DEFAULTS = "'23:00', '07:00', 30, 5"
"""Quiet hours, weekly budget and minutes of bundling of a city whose policy is from before."""


def up(migrator: Any, db: peewee.Database) -> None:
    """Make what is new, and addresses and deliveries anew; every city gets what holds where nothing was chosen."""
    with db.bind_ctx([*BEFORE, *AFTER, *NEW, Message]):
        db.create_tables(NEW, safe=False)
        db.execute_sql(f'CREATE INDEX "{BY_CITY}" ON "message" ("city", "created_at")')
        rebuild(db, BEFORE, AFTER, filled={("delivery", "reason"): "''"})
        db.execute_sql(
            "INSERT INTO city_preference (city, zone, quiet_from, quiet_until, weekly_budget, bundle_min) "  # noqa: S608 - our own words
            f"SELECT id, timezone, {DEFAULTS} FROM city"
        )


def down(migrator: Any, db: peewee.Database) -> None:
    """As it was: without what went by channels that it does not know, in states that it does."""
    with db.bind_ctx([*BEFORE, *AFTER, *NEW, Message]):
        Address.delete().where(Address.channel != "email").execute()
        Delivery.delete().where(Delivery.channel != "email").execute()
        Delivery.update(state="expired").where(Delivery.state.in_(("bundled", "withheld"))).execute()
        rebuild(db, AFTER, BEFORE)
        db.execute_sql(f"DROP INDEX {BY_CITY}")
        db.drop_tables(NEW)
