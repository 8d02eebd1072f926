"""What a person may do: roles, duties on top of them, who is on call when, and what was changed of it."""

from uuid import uuid4

import peewee

from config.database import Record, UtcField, one_of
from patrol.people import rules
from patrol.people.models.accounts import Person
from patrol.places.models import City, District, PoliceBox


class Role(Record):
    """What a person may do, from when until when. A row is never changed but ended: the rows are the history.

    Officers serve at a box, or at none: then city-wide. Coordinators look after a district each row, or the whole city.
    A district that a role names stays: without it the role would reach further.
    """

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE", backref="roles")
    role = peewee.TextField()
    box = peewee.ForeignKeyField(PoliceBox, null=True, on_delete="SET NULL")
    created_at = UtcField()
    ended_at = UtcField(null=True)
    district = peewee.ForeignKeyField(District, null=True)

    class Meta:
        indexes = ((("person", "ended_at"), False), (("city", "role"), False))
        constraints = (
            one_of("role", rules.ROLES),
            peewee.Check("box_id IS NULL OR role = 'officer'"),
            peewee.Check("district_id IS NULL OR role = 'coordinator'"),
        )


class Duty(Record):
    """A charge on top of a role, such as child_protection: who holds it reads the kinds restricted to it."""

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE", backref="duties")
    duty = peewee.TextField()
    created_at = UtcField()
    ended_at = UtcField(null=True)

    class Meta:
        indexes = ((("person", "ended_at"), False), (("city", "duty"), False))


class RotaEntry(Record):
    """A person is on call for a duty, from `begins_at` until just before `ends_at`.

    For a box, for a station's boxes, or with neither for the whole city.
    """

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    duty = peewee.TextField()
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE", backref="rota")
    begins_at = UtcField()
    ends_at = UtcField()
    box = peewee.ForeignKeyField(PoliceBox, null=True, on_delete="CASCADE")
    station = peewee.TextField(default="")
    created_by = peewee.UUIDField(null=True)
    created_at = UtcField()

    class Meta:
        indexes = ((("city", "duty", "ends_at"), False), (("person", "ends_at"), False))
        constraints = (
            peewee.Check("begins_at < ends_at"),
            peewee.Check("box_id IS NULL OR station = ''"),
        )


class StaffStep(Record):
    """What was changed of a member of staff, by whom and why. Append-only.

    `facts` name the role, box, district or duty concerned.
    """

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE", backref="staff_steps")
    action = peewee.TextField()
    facts = peewee.JSONField(default=dict)
    why = peewee.TextField(default="")
    by = peewee.UUIDField(null=True)
    at = UtcField()

    class Meta:
        indexes = ((("person", "at"), False),)
        constraints = (one_of("action", rules.STAFF_ACTIONS),)
