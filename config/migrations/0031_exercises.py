"""Messages say whether they are a drill's, so that those that are none go first."""

from typing import Any

import peewee

from config.database import Record


class Message(Record):
    exercise = peewee.BooleanField(default=False, constraints=[peewee.Default("FALSE")])


def up(migrator: Any, db: peewee.Database) -> None:
    """Add the column."""
    with db.bind_ctx([Message]):
        definition, values = db.get_sql_context().sql(Message.exercise.ddl(db.get_sql_context())).query()
        db.execute_sql(f"ALTER TABLE message ADD COLUMN {definition}", values)
        db.execute_sql("UPDATE message SET exercise = TRUE WHERE kind = 'alert_exercise'")


def down(migrator: Any, db: peewee.Database) -> None:
    """Drop it."""
    db.execute_sql("ALTER TABLE message DROP COLUMN exercise")
