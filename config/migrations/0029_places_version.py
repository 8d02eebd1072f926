"""A version of each city's police boxes and districts."""

from typing import Any

import peewee

from config.database import Record


class City(Record):
    id = peewee.UUIDField(primary_key=True)
    places_version = peewee.TextField(default="", constraints=[peewee.Default("''")])


def up(migrator: Any, db: peewee.Database) -> None:
    """Add the column."""
    with db.bind_ctx([City]):
        definition, values = db.get_sql_context().sql(City.places_version.ddl(db.get_sql_context())).query()
        db.execute_sql(f"ALTER TABLE city ADD COLUMN {definition}", values)


def down(migrator: Any, db: peewee.Database) -> None:
    """Drop it."""
    db.execute_sql("ALTER TABLE city DROP COLUMN places_version")
