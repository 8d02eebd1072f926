"""Tables of people, as they were first made."""

from typing import Any

import peewee

from config.database import Record, UtcField, one_of


class City(Record):
    id = peewee.UUIDField(primary_key=True)


class PoliceBox(Record):
    id = peewee.UUIDField(primary_key=True)


class Person(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
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
            one_of("state", ("invited", "active", "disabled")),
            one_of("language", ("ko", "en")),
            peewee.Check("phone IS NOT NULL OR email IS NOT NULL"),
        )


class Role(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE")
    role = peewee.TextField()
    box = peewee.ForeignKeyField(PoliceBox, null=True, on_delete="SET NULL")
    created_at = UtcField()
    ended_at = UtcField(null=True)

    class Meta:
        indexes = ((("person", "ended_at"), False), (("city", "role"), False))
        constraints = (
            one_of("role", ("walker", "coordinator", "officer", "admin")),
            peewee.Check("box_id IS NULL OR role = 'officer'"),
        )


class Duty(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE")
    duty = peewee.TextField()
    created_at = UtcField()
    ended_at = UtcField(null=True)

    class Meta:
        indexes = ((("city", "duty"), False),)


class Session(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE")
    token_sha256 = peewee.CharField(max_length=64, unique=True)
    channel = peewee.TextField()
    device = peewee.TextField(default="")
    created_at = UtcField()
    seen_at = UtcField()
    expires_at = UtcField()
    revoked_at = UtcField(null=True)

    class Meta:
        constraints = (one_of("channel", ("device", "page")),)


class Link(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE")
    purpose = peewee.TextField()
    token_sha256 = peewee.CharField(max_length=64, unique=True)
    created_at = UtcField()
    expires_at = UtcField()
    used_at = UtcField(null=True)

    class Meta:
        constraints = (one_of("purpose", ("invitation", "sign_in")),)


class Consent(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE")
    kind = peewee.TextField()
    version = peewee.IntegerField()
    given_at = UtcField()
    revoked_at = UtcField(null=True)

    class Meta:
        indexes = ((("person", "kind", "version", "given_at"), True),)
        constraints = (one_of("kind", ("service", "location", "police", "photo")),)


class AccessEntry(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    reader = peewee.UUIDField()
    subject = peewee.UUIDField(index=True)
    what = peewee.TextField()
    purpose = peewee.TextField()
    request_id = peewee.TextField(default="")
    at = UtcField()


class Throttle(Record):
    key = peewee.TextField()
    window_began = UtcField()
    count = peewee.IntegerField()

    class Meta:
        primary_key = peewee.CompositeKey("key", "window_began")


TABLES = (
    Person,
    Role,
    Duty,
    Session,
    Link,
    Consent,
    AccessEntry,
    Throttle,
)


def up(migrator: Any, db: peewee.Database) -> None:
    """Make the tables."""
    with db.bind_ctx([*TABLES, City, PoliceBox]):
        db.create_tables(TABLES, safe=False)


def down(migrator: Any, db: peewee.Database) -> None:
    """Drop the tables."""
    with db.bind_ctx([*TABLES, City, PoliceBox]):
        db.drop_tables(TABLES)
