"""Tables of planning, as they were first made."""

from typing import Any

import peewee

from config.database import Record, UtcField, one_of


class Block(Record):
    id = peewee.UUIDField(primary_key=True)


class City(Record):
    id = peewee.UUIDField(primary_key=True)


class Team(Record):
    id = peewee.UUIDField(primary_key=True)


class PlanRun(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    evening = peewee.DateField()
    begins_at = UtcField()
    ends_at = UtcField()
    seconds = peewee.DoubleField()
    seed = peewee.IntegerField()
    state = peewee.TextField(default="queued")
    phase = peewee.TextField(default="")
    progress = peewee.DoubleField(default=0)
    weight = peewee.DoubleField(null=True)
    bound = peewee.DoubleField(null=True)
    attempts = peewee.IntegerField(default=0)
    cancel_asked = peewee.BooleanField(default=False)
    problem = peewee.TextField(default="")
    summary = peewee.JSONField(null=True)
    requested_by = peewee.UUIDField(null=True)
    claimed_by = peewee.TextField(null=True)
    claimed_until = UtcField(null=True)
    created_at = UtcField()
    finished_at = UtcField(null=True)
    published_at = UtcField(null=True)

    class Meta:
        indexes = ((("city", "created_at"), False), (("state", "created_at"), False))
        constraints = (
            one_of("state", ("queued", "running", "done", "failed", "cancelled", "published", "withdrawn")),
            peewee.Check("progress BETWEEN 0 AND 1 AND seconds > 0 AND begins_at < ends_at"),
        )


class PlanRoute(Record):
    run = peewee.ForeignKeyField(PlanRun, on_delete="CASCADE")
    team = peewee.ForeignKeyField(Team, on_delete="CASCADE")
    starts_at = UtcField()
    ends_at = UtcField()
    latest_start_at = UtcField()
    distance_m = peewee.DoubleField()
    duration_s = peewee.DoubleField()
    weight = peewee.DoubleField()
    route = peewee.JSONField()

    class Meta:
        primary_key = peewee.CompositeKey("run", "team")


class LeftOut(Record):
    run = peewee.ForeignKeyField(PlanRun, on_delete="CASCADE")
    block = peewee.ForeignKeyField(Block, on_delete="CASCADE")
    reason = peewee.TextField()
    amount = peewee.DoubleField(null=True)

    class Meta:
        primary_key = peewee.CompositeKey("run", "block")


TABLES = (
    PlanRun,
    PlanRoute,
    LeftOut,
)


def up(migrator: Any, db: peewee.Database) -> None:
    """Make the tables."""
    with db.bind_ctx([*TABLES, Block, City, Team]):
        db.create_tables(TABLES, safe=False)


def down(migrator: Any, db: peewee.Database) -> None:
    """Drop the tables."""
    with db.bind_ctx([*TABLES, Block, City, Team]):
        db.drop_tables(TABLES)
