"""Records of plan runs: what was asked, how far it is, what came out."""

from uuid import uuid4

import peewee

from config.database import Record, UtcField, one_of
from patrol.places.models import Block, City
from patrol.planning import rules
from patrol.teams.models import Team


class PlanRun(Record):
    """A request to plan an evening. Claimed by a worker under a lease, solved in another process."""

    id = peewee.UUIDField(primary_key=True, default=uuid4)
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
            one_of("state", rules.STATES),
            peewee.Check("progress BETWEEN 0 AND 1 AND seconds > 0 AND begins_at < ends_at"),
        )


class PlanRoute(Record):
    """One team's loop in a plan, as a shift will hold it (see Shift.route)."""

    run = peewee.ForeignKeyField(PlanRun, on_delete="CASCADE", backref="routes")
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
    """A block that the plan does not cover, and why."""

    run = peewee.ForeignKeyField(PlanRun, on_delete="CASCADE", backref="left_out")
    block = peewee.ForeignKeyField(Block, on_delete="CASCADE")
    reason = peewee.TextField()
    amount = peewee.DoubleField(null=True)

    class Meta:
        primary_key = peewee.CompositeKey("run", "block")
