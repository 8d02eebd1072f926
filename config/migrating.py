"""Bring the database to the code's schema, or say why not.

Numbered scripts in config/migrations, applied by playhouse.migrations and recorded in `schema_migration`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import peewee
from playhouse.migrations import Runner

from config.database import DatabaseUnusable, connection, database, explain, is_sqlite

SCRIPTS = Path(__file__).parent / "migrations"
LOCK_KEY = 7_202_610


def migrate() -> list[str]:
    """Apply what is pending; returns the names applied. Safe to call from several processes at once.

    Raises DatabaseUnusable when the database is newer than this code, locked, read-only or unreachable.
    """
    try:
        with connection(), _alone():
            runner = _runner()
            _refuse_newer(runner)
            return [str(name) for name in runner.up()]
    except peewee.PeeweeException as error:
        raise DatabaseUnusable(explain(error)) from error


def pending() -> list[str]:
    """Names of migrations not yet applied. Raises DatabaseUnusable like `migrate`."""
    try:
        with connection():
            runner = _runner()
            _refuse_newer(runner)
            return [row.name for row in runner.status() if row.applied is None]
    except peewee.PeeweeException as error:
        raise DatabaseUnusable(explain(error)) from error


def is_empty() -> bool:
    """Whether nothing has ever been migrated here. Raises DatabaseUnusable like `migrate`."""
    try:
        with connection():
            return not _runner().applied()
    except peewee.PeeweeException as error:
        raise DatabaseUnusable(explain(error)) from error


def _runner() -> Runner:
    return Runner(database.obj, directory=str(SCRIPTS))


def _refuse_newer(runner: Runner) -> None:
    unknown = sorted(row.name for row in runner.status() if row.path is None)
    if unknown:
        raise DatabaseUnusable(
            f"the database is newer than this code (it has {', '.join(unknown)}); run the newer version, "
            "or restore a backup made before the upgrade"
        )


@contextmanager
def _alone() -> Iterator[None]:
    """The runner takes no lock: two at once would apply a script twice. The second waits here, then finds it done."""
    if is_sqlite():
        with _foreign_keys_off(), database.atomic():  # BEGIN IMMEDIATE: one writer at a time
            yield
        return
    database.execute_sql("SELECT pg_advisory_lock(%s)", (LOCK_KEY,))
    try:
        yield
    finally:
        database.execute_sql("SELECT pg_advisory_unlock(%s)", (LOCK_KEY,))


@contextmanager
def _foreign_keys_off() -> Iterator[None]:
    """SQLite changes a table by making it anew, and dropping the old one would delete what refers to it.

    The runner turns the keys off itself, but SQLite heeds that outside a transaction only, and ours is open by then.
    """
    database.execute_sql("PRAGMA foreign_keys = 0")
    try:
        yield
    finally:
        database.execute_sql("PRAGMA foreign_keys = 1")
