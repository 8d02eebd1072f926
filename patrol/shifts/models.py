"""Records of shifts."""

from uuid import uuid4

import peewee

from config.database import Record, UtcField, one_of
from patrol.places.models import Block, City
from patrol.shifts import rules
from patrol.teams.models import Team


class Shift(Record):
    """One team's patrol of one evening.

    `route` holds what the planner drew, whole: {"line": [[lon, lat]…], "shown": [first, last] (indices into line of
    the part between first and last block), "stops": […], "turns": […]}. Only the team itself sees all of it.
    A walk may start from `opens_at` until `closes_at`; `answer_by` ends the time to accept. `withdrawn_for`: codes of
    why the dogs may not walk then, where that is why it was taken back.
    """

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE", backref="shifts")
    team = peewee.ForeignKeyField(Team, on_delete="CASCADE", backref="shifts")
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
    withdrawn_for = peewee.JSONField(null=True)

    class Meta:
        indexes = (
            (("team", "starts_at"), False),
            (("city", "starts_at"), False),
            (("city", "evening"), False),
            (("state", "starts_at"), False),
        )
        constraints = (
            one_of("state", rules.STATES),
            peewee.Check("starts_at < ends_at AND opens_at <= starts_at AND starts_at <= closes_at"),
        )


class ShiftBlock(Record):
    """A block on a shift's route, in walking order."""

    shift = peewee.ForeignKeyField(Shift, on_delete="CASCADE", backref="blocks")
    block = peewee.ForeignKeyField(Block, on_delete="CASCADE")
    position = peewee.IntegerField()

    class Meta:
        primary_key = peewee.CompositeKey("shift", "position")
