"""A walk may be ended because its team was stopped, and a suspension has one of so many reasons.

SQLite cannot change a CHECK, so there the table of walks is made anew from its own text, whatever columns it has.
"""

from typing import Any

import peewee

from config.database import Record, is_sqlite, one_of

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
    text = db.execute_sql("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'walk'").fetchone()[0]
    if old not in text:
        raise ValueError(f"the table of walks has no {old}")
    indexes = db.execute_sql(
        "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'walk' AND sql IS NOT NULL"
    ).fetchall()
    changed = text.replace(old, new)
    db.execute_sql(changed.replace('CREATE TABLE "walk"', 'CREATE TABLE "walk_anew"'))
    names = ", ".join(column.name for column in db.get_columns("walk_anew"))
    db.execute_sql(f"INSERT INTO walk_anew ({names}) SELECT {names} FROM walk")  # noqa: S608 - our own names
    db.execute_sql("DROP TABLE walk")
    db.execute_sql("ALTER TABLE walk_anew RENAME TO walk")
    for (index,) in indexes:
        db.execute_sql(index)
