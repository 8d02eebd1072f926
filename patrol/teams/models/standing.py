"""Records of what keeps a team standing, or puts it in doubt: renewals, warnings, disputed dogs."""

from uuid import uuid4

import peewee

from config.database import Record, UtcField, one_of
from patrol.places.models import City
from patrol.teams import rules
from patrol.teams.models.teams import Dog, Team


class Renewal(Record):
    """A team asks for another year, counted from the day on which its present one ends (`from_day`)."""

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    team = peewee.ForeignKeyField(Team, on_delete="CASCADE", backref="renewals")
    state = peewee.TextField(default="asked")
    from_day = peewee.DateField()
    asked_at = UtcField()
    ended_at = UtcField(null=True)

    class Meta:
        indexes = ((("team", "from_day"), True),)
        constraints = (one_of("state", rules.RENEWAL_STATES),)


class LapseWarning(Record):
    """A handler was warned, so many days ahead, of what ends on a day. Its row is what makes a warning come once."""

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    team = peewee.ForeignKeyField(Team, on_delete="CASCADE")
    until = peewee.DateField()
    days_ahead = peewee.IntegerField()
    at = UtcField()

    class Meta:
        indexes = ((("team", "until", "days_ahead"), True),)


class DogDispute(Record):
    """Two teams claim the dog with one registration number: `dog` is the later claim. A coordinator decides."""

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    registration_no = peewee.TextField()
    holder = peewee.ForeignKeyField(Team, on_delete="CASCADE", backref="+")
    claimant = peewee.ForeignKeyField(Team, on_delete="CASCADE", backref="+")
    dog = peewee.ForeignKeyField(Dog, null=True, on_delete="SET NULL")
    state = peewee.TextField(default="open")
    note = peewee.TextField(default="")
    decided_by = peewee.UUIDField(null=True)
    decided_at = UtcField(null=True)
    created_at = UtcField()

    class Meta:
        indexes = ((("city", "state", "created_at"), False),)
        constraints = (one_of("state", rules.DISPUTE_STATES),)
