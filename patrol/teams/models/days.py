"""Records of screening days. Marks are never changed: what stands is worked out from all of them (rules/marks.py)."""

from uuid import uuid4

import peewee

from config.database import Record, UtcField, one_of
from patrol.people.models import Person
from patrol.places.models import City
from patrol.teams import rules
from patrol.teams.models.screening import PracticalTest
from patrol.teams.models.teams import Team


class ScreeningDay(Record):
    """A day on which many teams are tested.

    `slot_size` candidates are asked to come at a time, every `slot_min` minutes from `begins_at` on. `screening` is the
    policy as it was when the day was made: {"rubric": [[item, points]], "pass_mark": int, "fails_at_once": [fault]}.
    """

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    begins_at = UtcField()
    place = peewee.TextField()
    capacity = peewee.IntegerField()
    slot_min = peewee.IntegerField()
    slot_size = peewee.IntegerField()
    screening = peewee.JSONField()
    state = peewee.TextField(default="open")
    lead = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL")
    version = peewee.IntegerField(default=1)
    created_by = peewee.UUIDField(null=True)
    created_at = UtcField()
    closed_at = UtcField(null=True)

    class Meta:
        indexes = ((("city", "begins_at"), False),)
        constraints = (
            one_of("state", rules.DAY_STATES),
            peewee.Check("capacity >= 1 AND slot_min >= 1 AND slot_size >= 1"),
        )

    @property
    def rubric(self) -> dict[str, int]:
        """Points by item, in the order of the stations; PostgreSQL would not keep that of a JSON object."""
        return dict(self.screening["rubric"])


class Station(Record):
    """Where some items of the rubric are judged; number 1 is the first that a candidate comes to."""

    day = peewee.ForeignKeyField(ScreeningDay, on_delete="CASCADE", backref="stations")
    number = peewee.IntegerField()
    name = peewee.TextField()
    items = peewee.JSONField()

    class Meta:
        primary_key = peewee.CompositeKey("day", "number")


class DayExaminer(Record):
    """Who may score on a day."""

    day = peewee.ForeignKeyField(ScreeningDay, on_delete="CASCADE", backref="examiners")
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE")

    class Meta:
        primary_key = peewee.CompositeKey("day", "person")


class Candidate(Record):
    """A team on a day, known there by its number. `marks` counts what was noted: who notes something holds this row."""

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    day = peewee.ForeignKeyField(ScreeningDay, on_delete="CASCADE", backref="candidates")
    team = peewee.ForeignKeyField(Team, on_delete="CASCADE")
    test = peewee.ForeignKeyField(PracticalTest, on_delete="CASCADE")
    number = peewee.IntegerField()
    slot_at = UtcField()
    checked_in_at = UtcField(null=True)
    outcome = peewee.TextField(null=True)
    total = peewee.IntegerField(null=True)
    marks = peewee.IntegerField(default=0)

    class Meta:
        indexes = ((("day", "number"), True), (("day", "team"), True))
        constraints = (
            one_of("outcome", rules.OUTCOMES),
            peewee.Check("number >= 1 AND marks >= 0"),
        )


class Mark(Record):
    """One thing noted of a candidate, under the phone's UUID; `n` counts the candidate's marks in the order they came.

    points: an examiner's points for an item; with `replaces`, in place of that earlier mark of their own. settled: the
    lead's word where two differ. fault: something that ends the test at once. lifted: the lead takes the faults back.
    """

    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    candidate = peewee.ForeignKeyField(Candidate, on_delete="CASCADE", backref="noted")
    n = peewee.IntegerField()
    kind = peewee.TextField()
    item = peewee.TextField(null=True)
    points = peewee.IntegerField(null=True)
    fault = peewee.TextField(null=True)
    replaces = peewee.UUIDField(null=True)
    note = peewee.TextField(default="")
    examiner = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL")
    made_at = UtcField()
    received_at = UtcField()

    class Meta:
        indexes = ((("candidate", "n"), True),)
        constraints = (
            one_of("kind", rules.MARK_KINDS),
            peewee.Check("(kind IN ('points', 'settled')) = (item IS NOT NULL AND points IS NOT NULL)"),
            peewee.Check("(kind = 'fault') = (fault IS NOT NULL)"),
        )
