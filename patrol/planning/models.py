"""Records of plan runs: what was asked, how far it is, what came out; and of pins and bars, which every run heeds."""

from uuid import UUID, uuid4

import peewee

from config.database import Record, UtcField, one_of
from patrol.places.models import Block, City, District
from patrol.planning import rules
from patrol.teams.models import Team
from patrol.teams.rules import VERDICTS


class Pairing(Record):
    """A wish for a team and a block that outlives every plan: `pin`, this team and no other; `bar`, not this team."""

    id = peewee.UUIDField(primary_key=True, default=uuid4)
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
        constraints = (one_of("kind", rules.PAIRINGS),)


# Two teams cannot both be the only one.
Pairing.add_index(
    Pairing.index(Pairing.block, unique=True, where=peewee.SQL("kind = 'pin'"), name="pairing_one_pin_a_block")
)


class PlanRun(Record):
    """A request to plan an evening or a week from it on. Claimed by a worker under a lease, solved in another process.

    `near`: the run to change as little as may be; there a block changes hands only for `keep_weight` or more.
    `unmet`: pins and bars that could not be heeded, [{"pairing", "kind", "team", "block", "reason"}], by their codes.
    `remedies`: [{"minutes", "begins_at", "near", "blocks", "weight"}], blocks by id, the cheapest first.
    """

    planned_for: frozenset[UUID] = frozenset()
    """Its districts, empty for the whole city; on runs that come from operations/reach.py."""

    id = peewee.UUIDField(primary_key=True, default=uuid4)
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
            one_of("state", rules.STATES),
            one_of("kind", rules.KINDS),
            peewee.Check("progress BETWEEN 0 AND 1 AND seconds > 0 AND begins_at < ends_at"),
            peewee.Check("keep_weight IS NULL OR keep_weight >= 0"),
        )

    @property
    def gap(self) -> float | None:
        """What share of the bound the plan misses at most; None while either is unknown."""
        return rules.gap(self.weight, self.bound)


class PlanRunDistrict(Record):
    """A district that a run plans for; a run without any plans for the whole city."""

    run = peewee.ForeignKeyField(PlanRun, on_delete="CASCADE", backref="districts")
    district = peewee.ForeignKeyField(District, on_delete="CASCADE")

    class Meta:
        primary_key = peewee.CompositeKey("run", "district")


class PlanRoute(Record):
    """One team's loop of an evening in a plan, as a shift will hold it (see Shift.route).

    `adds`: the weight that the plan would lose without this team; null while unknown.
    """

    run = peewee.ForeignKeyField(PlanRun, on_delete="CASCADE", backref="routes")
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


class PlanGate(Record):
    """What a team's dogs allowed on an evening of a plan, where that was less than a walk like any other.

    `most_min` 0: they were kept in. From `begins_at` to `ends_at` the team could be out. `reasons` are codes; `dogs`
    the ids of those that the verdict goes by.
    """

    run = peewee.ForeignKeyField(PlanRun, on_delete="CASCADE", backref="gates")
    team = peewee.ForeignKeyField(Team, on_delete="CASCADE")
    evening = peewee.DateField()
    verdict = peewee.TextField()
    most_min = peewee.IntegerField()
    begins_at = UtcField()
    ends_at = UtcField()
    reasons = peewee.JSONField()
    dogs = peewee.JSONField()

    class Meta:
        primary_key = peewee.CompositeKey("run", "team", "evening")
        constraints = (one_of("verdict", VERDICTS), peewee.Check("most_min >= 0"))


class LeftOut(Record):
    """A block that the plan does not cover, and why; in a week, as often as `visits` says."""

    run = peewee.ForeignKeyField(PlanRun, on_delete="CASCADE", backref="left_out")
    block = peewee.ForeignKeyField(Block, on_delete="CASCADE")
    reason = peewee.TextField()
    amount = peewee.DoubleField(null=True)
    visits = peewee.IntegerField(default=1)

    class Meta:
        primary_key = peewee.CompositeKey("run", "block")
