"""Whose a contact is: since when that is known, by which channel an invitation went; text messages to known numbers.

An account that has a password keeps what its owner typed or has used as known, except where a spreadsheet brought the
account in: what that says is nobody's until they answer. No message goes there any more.
"""

from typing import Any
from uuid import uuid4

import peewee

from config.database import Record, UtcField, one_of


class Person(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.UUIDField(column_name="city_id")
    phone = peewee.TextField(null=True)
    email = peewee.TextField(null=True)
    password_hash = peewee.TextField(null=True)
    created_at = UtcField()
    phone_confirmed_at = UtcField(null=True)
    email_confirmed_at = UtcField(null=True)


class Link(Record):
    sent_by = peewee.TextField(null=True, constraints=[one_of("sent_by", ("email", "sms"))])


class Team(Record):
    id = peewee.UUIDField(primary_key=True)
    handler = peewee.ForeignKeyField(Person)


class TeamStep(Record):
    id = peewee.UUIDField(primary_key=True)
    team = peewee.ForeignKeyField(Team)
    action = peewee.TextField()


class Address(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.UUIDField()
    person = peewee.UUIDField()
    channel = peewee.TextField()
    value = peewee.TextField()
    created_at = UtcField()


NEW = (Person.phone_confirmed_at, Person.email_confirmed_at, Link.sent_by)
EVERY = (Person, Link, Team, TeamStep, Address)
AT_ONCE = 500


def up(migrator: Any, db: peewee.Database) -> None:
    """Add the columns, fill them, and let messages go to what is known alone."""
    with db.bind_ctx(EVERY):
        for field in NEW:
            definition, values = db.get_sql_context().sql(field.ddl(db.get_sql_context())).query()
            db.execute_sql(f"ALTER TABLE {_table(field)} ADD COLUMN {definition}", values)
        brought_in = Team.select(Team.handler).join(TeamStep).where(TeamStep.action == "import")
        known = ~Person.password_hash.is_null() & Person.id.not_in(brought_in)
        for contact, since in ((Person.phone, Person.phone_confirmed_at), (Person.email, Person.email_confirmed_at)):
            Person.update({since: Person.created_at}).where(known & ~contact.is_null()).execute()
        unknown = Person.select(Person.id).where(Person.email_confirmed_at.is_null())
        Address.delete().where((Address.channel == "email") & Address.person.in_(unknown)).execute()
        _reach_by_text(known)


def down(migrator: Any, db: peewee.Database) -> None:
    """Drop them, and the addresses that text messages went to."""
    with db.bind_ctx(EVERY):
        Address.delete().where(Address.channel == "sms").execute()
        for field in NEW:
            db.execute_sql(f"ALTER TABLE {_table(field)} DROP COLUMN {field.column_name}")


def _reach_by_text(known: peewee.Expression) -> None:
    rows = [
        {
            "id": uuid4(),
            "city": person.city,
            "person": person.id,
            "channel": "sms",
            "value": person.phone,
            "created_at": person.created_at,
        }
        for person in Person.select().where(known & ~Person.phone.is_null())
    ]
    for some in peewee.chunked(rows, AT_ONCE):
        Address.insert_many(some).execute()


def _table(field: peewee.Field) -> str:
    return str(field.model._meta.table_name)  # noqa: SLF001 - peewee's own way to ask
