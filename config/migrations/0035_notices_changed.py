"""When a notice was last given another end; of those changed before, a withdrawal alone is known."""

from typing import Any

import peewee

from config.database import Record, UtcField


class Notice(Record):
    changed_at = UtcField(null=True)


def up(migrator: Any, db: peewee.Database) -> None:
    """Add the column."""
    with db.bind_ctx([Notice]):
        definition, values = db.get_sql_context().sql(Notice.changed_at.ddl(db.get_sql_context())).query()
        db.execute_sql(f"ALTER TABLE notice ADD COLUMN {definition}", values)
    db.execute_sql("UPDATE notice SET changed_at = withdrawn_at")


def down(migrator: Any, db: peewee.Database) -> None:
    """Drop it."""
    db.execute_sql("ALTER TABLE notice DROP COLUMN changed_at")
