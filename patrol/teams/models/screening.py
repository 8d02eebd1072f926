"""Records of the practical test."""

from uuid import uuid4

import peewee

from config.database import Record, UtcField, one_of
from patrol.people.models import Person
from patrol.places.models import City
from patrol.teams import rules
from patrol.teams.models.teams import Team


class PracticalTest(Record):
    """One try at the practical test: booked, then scored out of 100 by the policy's rubric."""

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    team = peewee.ForeignKeyField(Team, on_delete="CASCADE", backref="tests")
    attempt = peewee.IntegerField()
    state = peewee.TextField(default="booked")
    booked_for = UtcField()
    scores = peewee.JSONField(null=True)
    total = peewee.IntegerField(null=True)
    failed_at_once = peewee.TextField(null=True)
    examiner = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL")
    scored_at = UtcField(null=True)

    class Meta:
        indexes = ((("team", "attempt"), True),)
        constraints = (
            one_of("state", rules.TEST_STATES),
            peewee.Check("total IS NULL OR total BETWEEN 0 AND 100"),
        )
