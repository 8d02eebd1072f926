"""Records of alerts: what was raised, whom it reached, who took it, and who was told when nobody did."""

from uuid import uuid4

import peewee

from config.database import Record, UtcField, one_of
from config.history import History
from patrol.alerts import rules
from patrol.people.models import Person
from patrol.places.models import City, PoliceBox


class Alert(Record):
    """Somebody must know `subject` by `due_at`. Raised by the subjects above; one alert a subject.

    While it is open, the next contact is told at `escalate_at`. `rung`: how far up the ladder it is, `climbs`: how
    often somebody was told anew, both since `raised_at`. An `exercise` is a drill's.
    """

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    subject = peewee.UUIDField(unique=True)
    urgency = peewee.TextField()
    state = peewee.TextField(default="open")
    raised_at = UtcField()
    due_at = UtcField()
    acknowledged_by = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL")
    acknowledged_at = UtcField(null=True)
    settled_at = UtcField(null=True)
    exercise = peewee.BooleanField(default=False, constraints=[peewee.Default("FALSE")])
    rung = peewee.IntegerField(default=0, constraints=[peewee.Default("0")])
    climbs = peewee.IntegerField(default=0, constraints=[peewee.Default("0")])
    escalate_at = UtcField(null=True)

    class Meta:
        indexes = ((("state", "due_at"), False), (("state", "escalate_at"), False))
        constraints = (one_of("state", rules.STATES), one_of("urgency", rules.URGENCIES))


class Recipient(Record):
    """Somebody whom an alert was sent to; `rung` 0: when it was raised, else by escalation."""

    alert = peewee.ForeignKeyField(Alert, on_delete="CASCADE", backref="recipients")
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE")
    told_at = UtcField()
    rung = peewee.IntegerField(default=0, constraints=[peewee.Default("0")])

    class Meta:
        primary_key = peewee.CompositeKey("alert", "person")
        indexes = ((("person", "told_at"), False),)


class Escalation(History, Record):
    """Nobody had acknowledged by `due_at`, so at `at` so many people of a rung were told. Append-only.

    `skipped`: rungs before it at which there was nobody new to tell; `again`: a reminder, the ladder being at its end.
    """

    part_of = "alert"
    forgets = ("box_id",)

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    alert = peewee.ForeignKeyField(Alert, on_delete="CASCADE", backref="escalations")
    raised_at = UtcField()
    number = peewee.IntegerField()
    passed_to = peewee.TextField()
    box = peewee.ForeignKeyField(PoliceBox, null=True, on_delete="SET NULL")
    people = peewee.IntegerField()
    skipped = peewee.JSONField(default=list)
    again = peewee.BooleanField(default=False)
    due_at = UtcField()
    at = UtcField()

    class Meta:
        indexes = ((("alert", "raised_at", "number"), True),)
        constraints = (one_of("passed_to", rules.RUNGS), peewee.Check("number > 0 AND people >= 0"))


class Drill(Record):
    """An exercise: is there somebody for every police box? `scheduled_for`: when policy wanted it, else null."""

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    started_by = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL")
    scheduled_for = UtcField(null=True)
    started_at = UtcField()
    ended_at = UtcField(null=True)

    class Meta:
        indexes = ((("city", "scheduled_for"), True), (("city", "started_at"), False))


class DrillCall(Record):
    """A drill's call to one box; its alert has this id as its subject."""

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    drill = peewee.ForeignKeyField(Drill, on_delete="CASCADE", backref="calls")
    box = peewee.ForeignKeyField(PoliceBox, on_delete="CASCADE")

    class Meta:
        indexes = ((("drill", "box"), True),)
