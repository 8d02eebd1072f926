"""Tables of shifts, as they were first made."""

from typing import Any

import peewee

from config.database import Record, UtcField, one_of


class Block(Record):
    id = peewee.UUIDField(primary_key=True)


class City(Record):
    id = peewee.UUIDField(primary_key=True)


class Team(Record):
    id = peewee.UUIDField(primary_key=True)


class Shift(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    team = peewee.ForeignKeyField(Team, on_delete="CASCADE")
    plan_run = peewee.UUIDField(index=True)
    evening = peewee.DateField()
    state = peewee.TextField(default="offered")
    starts_at = UtcField()
    ends_at = UtcField()
    opens_at = UtcField()
    closes_at = UtcField()
    answer_by = UtcField()
    answered_at = UtcField(null=True)
    decline_reason = peewee.TextField(default="")
    reminded_at = UtcField(null=True)
    distance_m = peewee.DoubleField()
    duration_s = peewee.DoubleField()
    weight = peewee.DoubleField()
    route = peewee.JSONField()
    version = peewee.IntegerField(default=1)
    created_at = UtcField()

    class Meta:
        indexes = ((("team", "starts_at"), False), (("city", "starts_at"), False), (("state", "starts_at"), False))
        constraints = (
            one_of("state", ("offered", "accepted", "declined", "expired", "withdrawn", "walking", "walked", "missed")),
            peewee.Check("starts_at < ends_at AND opens_at <= starts_at AND starts_at <= closes_at"),
        )


class ShiftBlock(Record):
    shift = peewee.ForeignKeyField(Shift, on_delete="CASCADE")
    block = peewee.ForeignKeyField(Block, on_delete="CASCADE")
    position = peewee.IntegerField()

    class Meta:
        primary_key = peewee.CompositeKey("shift", "position")


TABLES = (
    Shift,
    ShiftBlock,
)


def up(migrator: Any, db: peewee.Database) -> None:
    """Make the tables."""
    with db.bind_ctx([*TABLES, Block, City, Team]):
        db.create_tables(TABLES, safe=False)


def down(migrator: Any, db: peewee.Database) -> None:
    """Drop the tables."""
    with db.bind_ctx([*TABLES, Block, City, Team]):
        db.drop_tables(TABLES)
