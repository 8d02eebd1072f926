"""Records of other systems: the keys they come with, where they are told of events, what was taken out."""

from uuid import uuid4

import peewee

from config.database import Record, UtcField, one_of
from patrol.bridges import rules
from patrol.places.models import City


class BridgeKey(Record):
    """What another system signs in with. Only the key's digest is kept; `rights` are of rules.RIGHTS."""

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    name = peewee.TextField()
    digest = peewee.CharField(max_length=64, unique=True)
    rights = peewee.JSONField()
    created_at = UtcField()
    revoked_at = UtcField(null=True)


class FiledRequest(Record):
    """Where a sighting without a walker came from. The id is the sighting's."""

    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    key = peewee.ForeignKeyField(BridgeKey, on_delete="CASCADE")
    source = peewee.TextField()
    filed_at = UtcField()

    class Meta:
        constraints = (one_of("source", rules.SOURCES),)


class Webhook(Record):
    """Where another system is told of `events`. `secret` lies sealed; `key_id` tells which one signed.

    `next_secret` and `next_key_id` take their place at `next_from`, so that the receiver has time to learn of them.
    `followed_at`: what happened before then is on its way. `resumed_at`: since when it is active.
    """

    id = peewee.UUIDField(primary_key=True, default=uuid4)
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
    next_secret = peewee.TextField(null=True)
    next_key_id = peewee.TextField(null=True)
    next_from = UtcField(null=True)

    class Meta:
        indexes = ((("city", "created_at"), False),)
        constraints = (one_of("state", rules.WEBHOOK_STATES),)


class ExportEntry(Record):
    """A file that somebody took out, and the reason they gave. Append-only."""

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    by = peewee.UUIDField()
    what = peewee.TextField()
    form = peewee.TextField()
    reason = peewee.TextField()
    rows = peewee.IntegerField()
    at = UtcField()

    class Meta:
        indexes = ((("city", "at"), False),)
        constraints = (one_of("what", rules.EXPORTS), one_of("form", rules.FORMS))
