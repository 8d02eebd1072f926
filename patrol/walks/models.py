"""Records of walks. Ids of walks and batches are the phone's."""

import peewee

from config.database import Record, UtcField, one_of
from patrol.places.models import Block, City
from patrol.shifts.models import Shift
from patrol.teams.models import Team
from patrol.walks import rules


class Walk(Record):
    """A patrol under way or over. The track lies in `Position` and goes after the policy's days (`forgotten`).

    `gate` is what the dogs' welfare allowed at the start: {"verdict", "most_min", "reasons", "dogs": [ids]};
    `strictest` the same of the strictest gate since, null until it is looked at. `end_by`: when the dogs are to be
    back; `flag`: why they should be, `stop` or `minutes`. `pauses` is a list of [since, until or null], RFC 3339.
    `heard_at`: when the phone last sent something.
    """

    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    team = peewee.ForeignKeyField(Team, on_delete="CASCADE", backref="walks")
    shift = peewee.ForeignKeyField(Shift, unique=True, on_delete="CASCADE", backref="walk")
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
    strictest = peewee.JSONField(null=True)
    end_by = UtcField(null=True)
    flag = peewee.TextField(null=True, constraints=[one_of("flag", rules.FLAGS)])

    class Meta:
        indexes = ((("state", "city"), False), (("team", "started_at"), False))
        constraints = (
            one_of("state", rules.STATES),
            peewee.Check("(state = 'ended') = (ended_at IS NOT NULL)"),
            peewee.Check("(ended_at IS NULL) = (ended_by IS NULL)"),
            one_of("ended_by", rules.ENDED_BY),
        )


class PositionBatch(Record):
    """A batch of positions as the phone sent it, so that a retry is known for one."""

    id = peewee.UUIDField(primary_key=True)
    walk = peewee.ForeignKeyField(Walk, on_delete="CASCADE", backref="batches")
    digest = peewee.CharField(max_length=64)
    count = peewee.IntegerField()
    received_at = UtcField()


class Position(Record):
    """Where the team was. Kept for the policy's days."""

    walk = peewee.ForeignKeyField(Walk, on_delete="CASCADE", backref="positions")
    at = UtcField()
    lon = peewee.DoubleField()
    lat = peewee.DoubleField()
    accuracy_m = peewee.DoubleField(null=True)

    class Meta:
        primary_key = peewee.CompositeKey("walk", "at")
        indexes = ((("at",), False),)
        constraints = (peewee.Check("lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90"),)


class WalkedBlock(Record):
    """A block that a walk covered, and for how long: a line of the dose ledger. Stays when the track goes."""

    walk = peewee.ForeignKeyField(Walk, on_delete="CASCADE", backref="walked")
    block = peewee.ForeignKeyField(Block, on_delete="CASCADE")
    share = peewee.DoubleField()
    dose_s = peewee.DoubleField()
    at = UtcField()

    class Meta:
        primary_key = peewee.CompositeKey("walk", "block")
        constraints = (peewee.Check("share BETWEEN 0 AND 1 AND dose_s >= 0"),)
