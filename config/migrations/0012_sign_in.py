"""Codes, second factors, and how far a session's sign-in went.

Sessions are made anew and filled from the old ones: a CHECK is added, which SQLite cannot. A session of before has
shown a password.
"""

from typing import Any

import peewee

from config.database import Record, UtcField, one_of
from config.rebuilding import rebuild

CHANNELS = ("email", "sms")


class City(Record):
    id = peewee.UUIDField(primary_key=True)


class Person(Record):
    id = peewee.UUIDField(primary_key=True)


class Challenge(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    purpose = peewee.TextField()
    person = peewee.ForeignKeyField(Person, null=True, on_delete="CASCADE")
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
        constraints = (one_of("purpose", ("registration", "reset", "contact")), one_of("channel", CHANNELS))


class Factor(Record):
    person = peewee.ForeignKeyField(Person, primary_key=True, on_delete="CASCADE")
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    secret = peewee.TextField(null=True)
    offered = peewee.TextField(null=True)
    last_step = peewee.BigIntegerField(default=0)
    confirmed_at = UtcField(null=True)
    created_at = UtcField()

    class Meta:
        constraints = (peewee.Check("(secret IS NULL) = (confirmed_at IS NULL)"),)


class RecoveryCode(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE")
    code_digest = peewee.CharField(max_length=64)
    used_at = UtcField(null=True)

    class Meta:
        indexes = ((("person", "code_digest"), True),)


class Session(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE")
    token_sha256 = peewee.CharField(max_length=64, unique=True)
    channel = peewee.TextField()
    device = peewee.TextField(default="")
    stage = peewee.TextField()
    created_at = UtcField()
    seen_at = UtcField()
    expires_at = UtcField()
    revoked_at = UtcField(null=True)

    class Meta:
        constraints = (one_of("channel", ("device", "page")), one_of("stage", ("half", "password", "full")))


class SessionBefore(Record):
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
        table_name = "session"
        constraints = (one_of("channel", ("device", "page")),)


MADE = (Challenge, Factor, RecoveryCode)
BEFORE = (SessionBefore,)
AFTER = (Session,)
OTHERS = (City, Person)


def up(migrator: Any, db: peewee.Database) -> None:
    """Make what is new, and the sessions anew."""
    with db.bind_ctx([*MADE, *BEFORE, *AFTER, *OTHERS]):
        db.create_tables(MADE, safe=False)
        db.execute_sql('CREATE INDEX "duty_person_id_ended_at" ON "duty" ("person_id", "ended_at")')
        rebuild(db, BEFORE, AFTER, filled={("session", "stage"): "'password'"})


def down(migrator: Any, db: peewee.Database) -> None:
    """Drop what was new, and make the sessions as they were: without half ones, which would count as whole."""
    with db.bind_ctx([*MADE, *BEFORE, *AFTER, *OTHERS]):
        Session.delete().where(Session.stage == "half").execute()
        rebuild(db, AFTER, BEFORE)
        db.execute_sql('DROP INDEX "duty_person_id_ended_at"')
        db.drop_tables(MADE)
