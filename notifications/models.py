"""Records of messages and their way to people. Recipients are UUIDs: this room knows no accounts."""

from typing import Any
from uuid import uuid4

import peewee

from config.database import Record, UtcField, database, is_sqlite, one_of

ADDRESS_CHANNELS = ("email", "sms")
"""Channels that reach an address; those of PUSH reach a device."""
PUSH = ("fcm", "web_push")
CHANNELS = (*ADDRESS_CHANNELS, *PUSH)
WEBHOOK = "webhook"
"""The channel to other systems: no person's, so nobody chooses it."""
DEVICE_KINDS = {"fcm_fid": "fcm", "fcm_token": "fcm", "web_push": "web_push"}
"""Kind of device → the channel that reaches it."""
LANGUAGES = ("ko", "en")
DELIVERY_STATES = ("pending", "sent", "failed", "expired", "bundled", "withheld")
RETIRED_BECAUSE = ("unregistered", "moved", "signed_out")


class Message(Record):
    """What a person is told, in each language: {"ko": {"title", "body"}, "en": {…}}. The in-app inbox is this table.

    `dedupe_key` is unique for a person: the same fact enqueued twice is one message. `link` is a path inside the pages.
    An `exercise` is a drill's: it says so by every channel, and waits for all that is none.
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
    exercise = peewee.BooleanField(default=False, constraints=[peewee.Default("FALSE")])

    class Meta:
        indexes = (
            (("person", "created_at"), False),
            (("person", "dedupe_key"), True),
            (("city", "created_at"), False),
        )


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
        constraints = (one_of("channel", ADDRESS_CHANNELS),)


class Device(Record):
    """A phone or browser that takes pushes. `address` is a registration at FCM or a web push endpoint with its `keys`.

    A retired one takes none; its address is forgotten. An address in use is one device's only. `session` is the one
    that registered it.
    """

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
            one_of("kind", DEVICE_KINDS),
            one_of("language", LANGUAGES),
            peewee.Check(f"retired_because IN {RETIRED_BECAUSE} OR retired_because IS NULL"),
        )


Device.add_index(
    Device.index(
        Device.address_sha256, unique=True, where=peewee.SQL("retired_at IS NULL"), name="device_one_an_address"
    )
)


class Preference(Record):
    """How a person wants to be reached. `channels`: group of messages → channels; a group that is not there: the usual.

    Quiet hours are in the city's time (HH:MM), both None for none. `weekly_budget` None: no limit.
    """

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
    """What holds in a city for whoever has chosen nothing, and the city's zone."""

    city = peewee.UUIDField(primary_key=True)
    zone = peewee.TextField()
    quiet_from = peewee.TextField(null=True)
    quiet_until = peewee.TextField(null=True)
    weekly_budget = peewee.IntegerField(null=True)
    bundle_min = peewee.IntegerField(default=0)


class Delivery(Record):
    """One message on its way by one channel: the outbox. Leased, sent, then settled.

    `address`: an address, or a device's id. `reason` is a short code of why it is not sent; `last_error` is what the
    other side said, for the log's readers only, as it may name the address.
    """

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    message = peewee.ForeignKeyField(Message, on_delete="CASCADE", backref="deliveries")
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
        constraints = (one_of("channel", (*CHANNELS, WEBHOOK)), one_of("state", DELIVERY_STATES))


class ChannelState(Record):
    """How a channel fares, for every relay: down since when, not to be used before when, what its rate still allows."""

    channel = peewee.TextField(primary_key=True)
    down_since = UtcField(null=True)
    down_because = peewee.TextField(default="")
    failures = peewee.IntegerField(default=0)
    paused_until = UtcField(null=True)
    allowance = peewee.DoubleField()
    counted_at = UtcField()

    class Meta:
        constraints = (one_of("channel", (*CHANNELS, WEBHOOK)),)


BELL = "patrol_events"
"""The channel on which PostgreSQL tells the pumps of events that were committed; IN_TURN writes it out."""
IN_TURN = (
    (
        'CREATE FUNCTION "event_in_turn"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN '
        "PERFORM pg_advisory_xact_lock(7202611); "
        "PERFORM pg_notify('patrol_events', ''); "
        """UPDATE "event" SET "seq" = nextval('event_seq_seq') WHERE "seq" = NEW."seq"; """
        "RETURN NULL; END $$"
    ),
    (
        'CREATE CONSTRAINT TRIGGER "event_in_turn" AFTER INSERT ON "event" DEFERRABLE INITIALLY DEFERRED '
        'FOR EACH ROW WHEN (NEW."seq" < 0) EXECUTE FUNCTION "event_in_turn"()'
    ),
)
"""PostgreSQL gives events their numbers as the last thing of a commit, one transaction after another.

The race this prevents: a number is drawn at the insert but seen at the commit. Of two transactions the one with the
higher number may commit first; a reader that goes on from the highest number seen would then never see the other's. As
nothing of a client happens between the lock and its end, nobody waits longer for it than a commit takes, and nobody who
holds it waits for a row. SQLite has one writer at a time anyway.
"""


class Event(Record):
    """One line of the live stream, for one person. `seq` is its Last-Event-ID; commits come in its order.

    A negative `seq` is a draft's, which its own transaction alone sees.
    """

    seq = peewee.BigAutoField()
    city = peewee.UUIDField()
    person = peewee.UUIDField()
    kind = peewee.TextField()
    content = peewee.JSONField()
    created_at = UtcField(index=True)

    class Meta:
        indexes = ((("person", "seq"), False),)

    @classmethod
    def create_table(cls, safe: bool = True, **options: Any) -> None:  # noqa: FBT001, FBT002 - as peewee has it
        """Make the table with what numbers its rows."""
        super().create_table(safe, **options)
        for statement in () if is_sqlite() else IN_TURN:
            database.execute_sql(statement)
