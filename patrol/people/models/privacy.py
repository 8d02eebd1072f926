"""Consents, who read whose data, and receipts of what is kept no longer."""

from typing import Any, Never
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
    """Somebody's identity or place was read: by whom, whose, what, why, when. Append-only.

    Role and office of the reader are those of that moment. Nothing but retention takes an entry away.
    """

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    reader = peewee.UUIDField()
    subject = peewee.UUIDField()
    what = peewee.TextField()
    purpose = peewee.TextField()
    request_id = peewee.TextField(default="")
    at = UtcField()
    reader_role = peewee.TextField(default="")
    reader_office = peewee.TextField(default="")

    class Meta:
        indexes = ((("subject", "at"), False), (("city", "at"), False))

    @classmethod
    def update(cls, *_args: Any, **_changes: Any) -> Never:
        """Refused: what was read was read."""
        raise TypeError("the access log is append-only")


class RetentionReceipt(Record):
    """So many things of a kind from before an instant were kept no longer. `city` null: of the whole installation."""

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, null=True, on_delete="CASCADE")
    kind = peewee.TextField()
    before = UtcField()
    count = peewee.IntegerField()
    at = UtcField()

    class Meta:
        indexes = ((("city", "at"), False),)
        constraints = (peewee.Check("count > 0"),)
