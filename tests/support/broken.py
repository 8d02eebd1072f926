"""A database that refuses, as a damaged page or a forgotten migration would: our own code runs as it is."""

from collections.abc import Iterator
from contextlib import contextmanager

from config.database import connection, database, is_sqlite

SAYS = "this row cannot be written"
ON_POSTGRESQL = f"""
CREATE FUNCTION refusing() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{SAYS}' USING ERRCODE = 'check_violation'; END $$
"""


@contextmanager
def refusing(table: str, condition: str = "1 = 1", *, action: str = "UPDATE") -> Iterator[None]:
    """Meanwhile `action` on a row of `table` that meets `condition` (SQL over NEW) raises IntegrityError."""
    if is_sqlite():
        body = f"WHEN {condition} BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"
    else:
        _execute(ON_POSTGRESQL)
        body = f"FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION refusing()"
    _execute(f"CREATE TRIGGER refusing BEFORE {action} ON {table} {body}")
    try:
        yield
    finally:
        _execute("DROP TRIGGER refusing" if is_sqlite() else "DROP FUNCTION refusing() CASCADE")


@contextmanager
def without(table: str) -> Iterator[None]:
    """Meanwhile whatever asks for this table fails."""
    _execute(f"ALTER TABLE {table} RENAME TO set_aside")
    try:
        yield
    finally:
        _execute(f"ALTER TABLE set_aside RENAME TO {table}")


def _execute(statement: str) -> None:
    with connection():
        database.execute_sql(statement)
