"""Consents, and who read whose data."""

from uuid import uuid4

import peewee

from config.database import Record, UtcField, one_of
from patrol.people import rules
from patrol.people.models.accounts import Person
from patrol.places.models import City


class Consent(Record):
    """A consent given to one version of a text; revoked, it stays as the record that it was given."""

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE", backref="consents")
    kind = peewee.TextField()
    version = peewee.IntegerField()
    given_at = UtcField()
    revoked_at = UtcField(null=True)

    class Meta:
        indexes = ((("person", "kind", "version", "given_at"), True),)
        constraints = (one_of("kind", rules.CONSENTS),)


class AccessEntry(Record):
    """Somebody's identity or place was read: by whom, whose, what, why, when. Append-only."""

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    reader = peewee.UUIDField()
    subject = peewee.UUIDField(index=True)
    what = peewee.TextField()
    purpose = peewee.TextField()
    request_id = peewee.TextField(default="")
    at = UtcField()
