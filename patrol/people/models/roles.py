"""What a person may do: roles, and duties on top of them."""

from uuid import uuid4

import peewee

from config.database import Record, UtcField, one_of
from patrol.people import rules
from patrol.people.models.accounts import Person
from patrol.places.models import City, PoliceBox


class Role(Record):
    """What a person may do, from when until when. Officers serve at a box, or at none: then city-wide."""

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE", backref="roles")
    role = peewee.TextField()
    box = peewee.ForeignKeyField(PoliceBox, null=True, on_delete="SET NULL")
    created_at = UtcField()
    ended_at = UtcField(null=True)

    class Meta:
        indexes = ((("person", "ended_at"), False), (("city", "role"), False))
        constraints = (
            one_of("role", rules.ROLES),
            peewee.Check("box_id IS NULL OR role = 'officer'"),
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
        indexes = ((("city", "duty"), False),)
