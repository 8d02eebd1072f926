"""A walk may be ended because its team was stopped, and a suspension has one of so many reasons.

SQLite cannot change a CHECK, so there the table of walks is made anew from its own text, whatever columns it has.
"""

from typing import Any

import peewee

from config.database import Record, is_sqlite, one_of
from config.rebuilding import rewrite

BEFORE = "CHECK (ended_by IS NULL OR ended_by IN ('consent', 'silence', 'walker'))"
AFTER = "CHECK (ended_by IN ('consent', 'silence', 'standing', 'walker'))"
REASONS = ("bite", "breach", "complaint", "other", "papers", "welfare")


class TeamStep(Record):
    reason = peewee.TextField(null=True, constraints=[one_of("reason", REASONS)])


def up(migrator: Any, db: peewee.Database) -> None:
    """Allow the further end; earlier suspensions keep their note alone."""
    _change(db, BEFORE, AFTER)
    with db.bind_ctx([TeamStep]):
        definition, values = db.get_sql_context().sql(TeamStep.reason.ddl(db.get_sql_context())).query()
        db.execute_sql(f"ALTER TABLE team_step ADD COLUMN {definition}", values)


def down(migrator: Any, db: peewee.Database) -> None:
    """Forget the reasons; a walk that was ended with its team's standing has ended as if by the walker."""
    db.execute_sql("ALTER TABLE team_step DROP COLUMN reason")
    db.execute_sql("UPDATE walk SET ended_by = 'walker' WHERE ended_by = 'standing'")
    _change(db, AFTER, BEFORE)


def _change(db: peewee.Database, old: str, new: str) -> None:
    if not is_sqlite():
        db.execute_sql(
            f"ALTER TABLE walk DROP CONSTRAINT walk_ended_by_check, ADD CONSTRAINT walk_ended_by_check {new}"
        )
        return
    rewrite(db, "walk", {old: new})
