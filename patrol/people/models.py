"""Records of people. Secrets are kept as digests only."""

from uuid import uuid4

import peewee

from config.database import Record, UtcField, one_of
from patrol.people import rules
from patrol.places.models import City, PoliceBox


class Person(Record):
    """An account. Signs in with phone (E.164) or e-mail; each is unique within a city."""

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

    class Meta:
        indexes = ((("city", "phone"), True), (("city", "email"), True))
        constraints = (
            one_of("state", rules.PERSON_STATES),
            one_of("language", rules.LANGUAGES),
            peewee.Check("phone IS NOT NULL OR email IS NOT NULL"),
        )


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


class Session(Record):
    """A signed-in device or page. The token itself is never stored."""

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE", backref="sessions")
    token_sha256 = peewee.CharField(max_length=64, unique=True)
    channel = peewee.TextField()
    device = peewee.TextField(default="")
    created_at = UtcField()
    seen_at = UtcField()
    expires_at = UtcField()
    revoked_at = UtcField(null=True)

    class Meta:
        constraints = (one_of("channel", rules.SESSION_CHANNELS),)


class Link(Record):
    """A one-time link: an invitation to set a password, or the loopback demo's sign-in."""

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE")
    purpose = peewee.TextField()
    token_sha256 = peewee.CharField(max_length=64, unique=True)
    created_at = UtcField()
    expires_at = UtcField()
    used_at = UtcField(null=True)

    class Meta:
        constraints = (one_of("purpose", rules.LINK_PURPOSES),)


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


class Throttle(Record):
    """How often a key was seen in a fixed window; shared by every process."""

    key = peewee.TextField()
    window_began = UtcField()
    count = peewee.IntegerField()

    class Meta:
        primary_key = peewee.CompositeKey("key", "window_began")
