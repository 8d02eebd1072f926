"""Accounts, their sessions and one-time links, and how often a key was tried."""

from uuid import uuid4

import peewee

from config.database import Record, UtcField, one_of
from patrol.people import rules
from patrol.places.models import City


class Person(Record):
    """An account. Signs in with phone (E.164) or e-mail; each is unique within a city.

    Since when each is known to be the person's (`…_confirmed_at`): until then it may be anybody's.
    """

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE", backref="people")
    name = peewee.TextField()
    phone = peewee.TextField(null=True)
    email = peewee.TextField(null=True)
    born_on = peewee.DateField(null=True)
    password_hash = peewee.TextField(null=True)
    language = peewee.TextField(default="ko")
    state = peewee.TextField(default="active")
    sample = peewee.BooleanField(default=False)
    created_at = UtcField()
    phone_confirmed_at = UtcField(null=True)
    email_confirmed_at = UtcField(null=True)

    class Meta:
        indexes = ((("city", "phone"), True), (("city", "email"), True))
        constraints = (
            one_of("state", rules.PERSON_STATES),
            one_of("language", rules.LANGUAGES),
            peewee.Check("phone IS NOT NULL OR email IS NOT NULL"),
        )

    @property
    def phone_confirmed(self) -> bool:
        """Whether the phone number is known to be theirs."""
        return self.phone_confirmed_at is not None

    @property
    def email_confirmed(self) -> bool:
        """Whether the e-mail address is known to be theirs."""
        return self.email_confirmed_at is not None


class Session(Record):
    """A signed-in device or page. The token itself is never stored."""

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE", backref="sessions")
    token_sha256 = peewee.CharField(max_length=64, unique=True)
    channel = peewee.TextField()
    device = peewee.TextField(default="")
    stage = peewee.TextField()
    created_at = UtcField()
    seen_at = UtcField()
    expires_at = UtcField()
    revoked_at = UtcField(null=True)

    class Meta:
        constraints = (one_of("channel", rules.SESSION_CHANNELS), one_of("stage", rules.SESSION_STAGES))


class Link(Record):
    """A one-time link: an invitation to set a password, or the loopback demo's sign-in.

    `sent_by`: the channel by which it went to its owner, where it did; nobody else has seen it then.
    """

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE")
    purpose = peewee.TextField()
    token_sha256 = peewee.CharField(max_length=64, unique=True)
    created_at = UtcField()
    expires_at = UtcField()
    used_at = UtcField(null=True)
    sent_by = peewee.TextField(null=True, constraints=[one_of("sent_by", rules.CHANNELS)])

    class Meta:
        constraints = (one_of("purpose", rules.LINK_PURPOSES),)


class Throttle(Record):
    """How often a key was seen in a fixed window; shared by every process."""

    key = peewee.TextField()
    window_began = UtcField()
    count = peewee.IntegerField()

    class Meta:
        primary_key = peewee.CompositeKey("key", "window_began")
