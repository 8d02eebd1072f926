"""Tables of walks, as they were first made."""

from typing import Any

import peewee

from config.database import Record, UtcField, one_of


class Block(Record):
    id = peewee.UUIDField(primary_key=True)


class City(Record):
    id = peewee.UUIDField(primary_key=True)


class Shift(Record):
    id = peewee.UUIDField(primary_key=True)


class Team(Record):
    id = peewee.UUIDField(primary_key=True)


class Walk(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    team = peewee.ForeignKeyField(Team, on_delete="CASCADE")
    shift = peewee.ForeignKeyField(Shift, unique=True, on_delete="CASCADE")
    state = peewee.TextField(default="walking")
    digest = peewee.CharField(max_length=64)
    gate = peewee.JSONField()
    started_at = UtcField()
    ended_at = UtcField(null=True)
    ended_by = peewee.TextField(null=True)
    pauses = peewee.JSONField(default=list)
    distance_m = peewee.DoubleField(default=0.0)
    last_lon = peewee.DoubleField(null=True)
    last_lat = peewee.DoubleField(null=True)
    last_at = UtcField(null=True)
    heard_at = UtcField()
    forgotten = peewee.BooleanField(default=False)
    created_at = UtcField()

    class Meta:
        indexes = ((("city", "state"), False), (("team", "started_at"), False))
        constraints = (
            one_of("state", ("walking", "paused", "ended")),
            peewee.Check("(state = 'ended') = (ended_at IS NOT NULL)"),
            peewee.Check("(ended_at IS NULL) = (ended_by IS NULL)"),
            peewee.Check("ended_by IS NULL OR ended_by IN ('consent', 'silence', 'walker')"),
        )


class PositionBatch(Record):
    id = peewee.UUIDField(primary_key=True)
    walk = peewee.ForeignKeyField(Walk, on_delete="CASCADE")
    digest = peewee.CharField(max_length=64)
    count = peewee.IntegerField()
    received_at = UtcField()


class Position(Record):
    walk = peewee.ForeignKeyField(Walk, on_delete="CASCADE")
    at = UtcField()
    lon = peewee.DoubleField()
    lat = peewee.DoubleField()
    accuracy_m = peewee.DoubleField(null=True)

    class Meta:
        primary_key = peewee.CompositeKey("walk", "at")
        indexes = ((("at",), False),)
        constraints = (peewee.Check("lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90"),)


class WalkedBlock(Record):
    walk = peewee.ForeignKeyField(Walk, on_delete="CASCADE")
    block = peewee.ForeignKeyField(Block, on_delete="CASCADE")
    share = peewee.DoubleField()
    dose_s = peewee.DoubleField()
    at = UtcField()

    class Meta:
        primary_key = peewee.CompositeKey("walk", "block")
        constraints = (peewee.Check("share BETWEEN 0 AND 1 AND dose_s >= 0"),)


TABLES = (
    Walk,
    PositionBatch,
    Position,
    WalkedBlock,
)


def up(migrator: Any, db: peewee.Database) -> None:
    """Make the tables."""
    with db.bind_ctx([*TABLES, Block, City, Shift, Team]):
        db.create_tables(TABLES, safe=False)


def down(migrator: Any, db: peewee.Database) -> None:
    """Drop the tables."""
    with db.bind_ctx([*TABLES, Block, City, Shift, Team]):
        db.drop_tables(TABLES)
