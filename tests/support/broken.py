"""A database that refuses to write some rows, as a damaged page or a forgotten constraint would."""

from collections.abc import Iterator
from contextlib import contextmanager

from config.database import connection, database, is_sqlite

SAYS = "this row cannot be written"


@contextmanager
def refusing(table: str, condition: str, *, action: str = "UPDATE") -> Iterator[None]:
    """While in the block, no row of `table` that meets `condition` (SQL over NEW) is written by `action`."""
    if is_sqlite():
        body = f"WHEN {condition} BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"
    else:
        _execute(
            f"CREATE FUNCTION refusing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{SAYS}'; END $$"
        )
        body = f"FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION refusing()"
    _execute(f"CREATE TRIGGER refusing BEFORE {action} ON {table} {body}")
    try:
        yield
    finally:
        _execute("DROP TRIGGER refusing" if is_sqlite() else "DROP FUNCTION refusing() CASCADE")


def _execute(statement: str) -> None:
    with connection():
        database.execute_sql(statement)
