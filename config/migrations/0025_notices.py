"""Table of notices."""

from typing import Any

import peewee

from config.database import Record, UtcField, one_of


class City(Record):
    id = peewee.UUIDField(primary_key=True)


class Person(Record):
    id = peewee.UUIDField(primary_key=True)


class Notice(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    author = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL")
    kind = peewee.TextField()
    words = peewee.JSONField()
    lon = peewee.DoubleField()
    lat = peewee.DoubleField()
    radius_m = peewee.DoubleField()
    told = peewee.IntegerField()
    version = peewee.IntegerField()
    created_at = UtcField()
    expires_at = UtcField()
    withdrawn_at = UtcField(null=True)

    class Meta:
        indexes = ((("city", "expires_at"), False),)
        constraints = (
            one_of("kind", ("look_out", "missing_person")),
            peewee.Check("lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90"),
            peewee.Check("radius_m > 0 AND told >= 0"),
        )


def up(migrator: Any, db: peewee.Database) -> None:
    """Make the table."""
    with db.bind_ctx([Notice, City, Person]):
        db.create_tables([Notice], safe=False)


def down(migrator: Any, db: peewee.Database) -> None:
    """Drop it."""
    with db.bind_ctx([Notice, City, Person]):
        db.drop_tables([Notice])
