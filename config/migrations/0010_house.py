"""Tables of leases and replayed answers, as they were first made."""

from typing import Any

import peewee

from config.database import Record, UtcField


class Lease(Record):
    name = peewee.TextField(primary_key=True)
    holder = peewee.TextField()
    expires_at = UtcField()


class Replay(Record):
    person = peewee.UUIDField()
    key = peewee.TextField()
    digest = peewee.CharField(max_length=64)
    status = peewee.IntegerField()
    headers = peewee.JSONField(default=dict)
    content = peewee.JSONField()
    created_at = UtcField(index=True)

    class Meta:
        primary_key = peewee.CompositeKey("person", "key")


TABLES = (
    Lease,
    Replay,
)


def up(migrator: Any, db: peewee.Database) -> None:
    """Make the tables."""
    with db.bind_ctx([*TABLES]):
        db.create_tables(TABLES, safe=False)


def down(migrator: Any, db: peewee.Database) -> None:
    """Drop the tables."""
    with db.bind_ctx([*TABLES]):
        db.drop_tables(TABLES)
