"""Records of alerts: what was raised, whom it reached, who took it."""

from uuid import uuid4

import peewee

from config.database import Record, UtcField, one_of
from patrol.alerts import rules
from patrol.people.models import Person
from patrol.places.models import City


class Alert(Record):
    """Somebody must know `subject` by `due_at`. Raised by the subjects above; one alert a subject."""

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

    class Meta:
        indexes = ((("state", "due_at"), False),)
        constraints = (one_of("state", rules.STATES), one_of("urgency", rules.URGENCIES))


class Recipient(Record):
    """Somebody whom an alert was sent to."""

    alert = peewee.ForeignKeyField(Alert, on_delete="CASCADE", backref="recipients")
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE")
    told_at = UtcField()

    class Meta:
        primary_key = peewee.CompositeKey("alert", "person")
        indexes = ((("person", "told_at"), False),)
