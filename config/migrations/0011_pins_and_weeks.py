"""Pins and bars; plan runs for a week, near another run, with remedies and what each team adds.

The tables of planning are made anew and filled from the old ones: a primary key changes, which SQLite cannot.
"""

from typing import Any

import peewee

from config.database import Record, UtcField, one_of
from config.rebuilding import rebuild

STATES = ("queued", "running", "done", "failed", "cancelled", "published", "withdrawn")


class Block(Record):
    id = peewee.UUIDField(primary_key=True)


class City(Record):
    id = peewee.UUIDField(primary_key=True)


class Team(Record):
    id = peewee.UUIDField(primary_key=True)


class Pairing(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    kind = peewee.TextField()
    team = peewee.ForeignKeyField(Team, on_delete="CASCADE")
    block = peewee.ForeignKeyField(Block, on_delete="CASCADE")
    note = peewee.TextField(default="")
    version = peewee.IntegerField(default=1)
    created_by = peewee.UUIDField(null=True)
    created_at = UtcField()

    class Meta:
        indexes = ((("team", "block"), True), (("city", "created_at"), False))
        constraints = (one_of("kind", ("pin", "bar")),)


Pairing.add_index(
    Pairing.index(Pairing.block, unique=True, where=peewee.SQL("kind = 'pin'"), name="pairing_one_pin_a_block")
)


class PlanRun(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    kind = peewee.TextField(default="evening")
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
    near = peewee.ForeignKeyField("self", null=True, on_delete="SET NULL")
    keep_weight = peewee.DoubleField(null=True)
    unmet = peewee.JSONField(default=list)
    remedies = peewee.JSONField(null=True)
    requested_by = peewee.UUIDField(null=True)
    claimed_by = peewee.TextField(null=True)
    claimed_until = UtcField(null=True)
    created_at = UtcField()
    finished_at = UtcField(null=True)
    published_at = UtcField(null=True)

    class Meta:
        indexes = ((("city", "created_at"), False), (("state", "created_at"), False))
        constraints = (
            one_of("state", STATES),
            one_of("kind", ("evening", "week")),
            peewee.Check("progress BETWEEN 0 AND 1 AND seconds > 0 AND begins_at < ends_at"),
            peewee.Check("keep_weight IS NULL OR keep_weight >= 0"),
        )


class PlanRoute(Record):
    run = peewee.ForeignKeyField(PlanRun, on_delete="CASCADE")
    team = peewee.ForeignKeyField(Team, on_delete="CASCADE")
    evening = peewee.DateField()
    starts_at = UtcField()
    ends_at = UtcField()
    latest_start_at = UtcField()
    distance_m = peewee.DoubleField()
    duration_s = peewee.DoubleField()
    weight = peewee.DoubleField()
    adds = peewee.DoubleField(null=True)
    route = peewee.JSONField()

    class Meta:
        primary_key = peewee.CompositeKey("run", "team", "evening")


class LeftOut(Record):
    run = peewee.ForeignKeyField(PlanRun, on_delete="CASCADE")
    block = peewee.ForeignKeyField(Block, on_delete="CASCADE")
    reason = peewee.TextField()
    amount = peewee.DoubleField(null=True)
    visits = peewee.IntegerField(default=1)

    class Meta:
        primary_key = peewee.CompositeKey("run", "block")


class PlanRunBefore(Record):
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
        table_name = "plan_run"
        indexes = ((("city", "created_at"), False), (("state", "created_at"), False))
        constraints = (
            one_of("state", STATES),
            peewee.Check("progress BETWEEN 0 AND 1 AND seconds > 0 AND begins_at < ends_at"),
        )


class PlanRouteBefore(Record):
    run = peewee.ForeignKeyField(PlanRunBefore, on_delete="CASCADE")
    team = peewee.ForeignKeyField(Team, on_delete="CASCADE")
    starts_at = UtcField()
    ends_at = UtcField()
    latest_start_at = UtcField()
    distance_m = peewee.DoubleField()
    duration_s = peewee.DoubleField()
    weight = peewee.DoubleField()
    route = peewee.JSONField()

    class Meta:
        table_name = "plan_route"
        primary_key = peewee.CompositeKey("run", "team")


class LeftOutBefore(Record):
    run = peewee.ForeignKeyField(PlanRunBefore, on_delete="CASCADE")
    block = peewee.ForeignKeyField(Block, on_delete="CASCADE")
    reason = peewee.TextField()
    amount = peewee.DoubleField(null=True)

    class Meta:
        table_name = "left_out"
        primary_key = peewee.CompositeKey("run", "block")


BEFORE = (PlanRunBefore, PlanRouteBefore, LeftOutBefore)
AFTER = (PlanRun, PlanRoute, LeftOut)
OTHERS = (Pairing, Block, City, Team)
NEW = {
    ("plan_run", "kind"): "'evening'",
    ("plan_run", "unmet"): "'[]'",
    ("plan_route", "evening"): "(SELECT r.evening FROM plan_run r WHERE r.id = old.run_id)",
    ("left_out", "visits"): "1",
}
"""What a row made before gets in a column that it did not have and that may not be empty."""


def up(migrator: Any, db: peewee.Database) -> None:
    """Make pairings, and planning's tables anew."""
    with db.bind_ctx([*BEFORE, *AFTER, *OTHERS]):
        db.create_tables([Pairing], safe=False)
        rebuild(db, BEFORE, AFTER, filled=NEW)


def down(migrator: Any, db: peewee.Database) -> None:
    """Drop pairings, and make the tables as they were: without runs for a week, which they cannot hold."""
    with db.bind_ctx([*BEFORE, *AFTER, *OTHERS]):
        db.drop_tables([Pairing])
        weeks = PlanRun.select(PlanRun.id).where(PlanRun.kind == "week")
        for of_run in (PlanRoute, LeftOut):
            of_run.delete().where(of_run.run.in_(weeks)).execute()
        PlanRun.delete().where(PlanRun.kind == "week").execute()
        rebuild(db, AFTER, BEFORE)
