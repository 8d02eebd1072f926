"""How a person proves who they are besides a password: codes sent to them, and a second factor."""

from uuid import uuid4

import peewee

from config.database import Record, UtcField, one_of
from patrol.people import rules
from patrol.people.models.accounts import Person
from patrol.places.models import City


class Challenge(Record):
    """A code sent to a phone or mailbox, and what it opens. One for nobody (`opens` false) looks the same from outside.

    `content` is what a registration will become.
    """

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    purpose = peewee.TextField()
    person = peewee.ForeignKeyField(Person, null=True, on_delete="CASCADE", backref="challenges")
    channel = peewee.TextField()
    contact = peewee.TextField()
    code_digest = peewee.CharField(max_length=64)
    opens = peewee.BooleanField()
    content = peewee.JSONField(null=True)
    tries = peewee.IntegerField(default=0)
    created_at = UtcField()
    expires_at = UtcField(index=True)
    used_at = UtcField(null=True)

    class Meta:
        constraints = (one_of("purpose", rules.CHALLENGES), one_of("channel", rules.CHANNELS))


class Factor(Record):
    """A person's authenticator app (TOTP). `secret` is in force, `offered` waits for its first code; both sealed.

    `last_step` is the newest 30 seconds whose code was taken: none is taken twice.
    """

    person = peewee.ForeignKeyField(Person, primary_key=True, on_delete="CASCADE", backref="factor")
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    secret = peewee.TextField(null=True)
    offered = peewee.TextField(null=True)
    last_step = peewee.BigIntegerField(default=0)
    confirmed_at = UtcField(null=True)
    created_at = UtcField()

    class Meta:
        constraints = (peewee.Check("(secret IS NULL) = (confirmed_at IS NULL)"),)


class RecoveryCode(Record):
    """One of the codes for when the app is lost; each works once."""

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE", backref="recovery_codes")
    code_digest = peewee.CharField(max_length=64)
    used_at = UtcField(null=True)

    class Meta:
        indexes = ((("person", "code_digest"), True),)
