"""A database that refuses, so that a test sees what is left where a statement fails. Our own code runs as it is."""

from collections.abc import Iterator
from contextlib import contextmanager

from config.database import database, is_sqlite, transaction

ON_POSTGRESQL = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = 'check_violation'; END $$
"""


def refuse(verb: str, table: str) -> None:
    """From now on INSERT, UPDATE or DELETE of a row of this table raises IntegrityError."""
    if is_sqlite():
        then = "BEGIN SELECT RAISE(ABORT, 'refused'); END"
    else:
        database.execute_sql(ON_POSTGRESQL)
        then = "FOR EACH ROW EXECUTE FUNCTION refuse()"
    database.execute_sql(f"CREATE TRIGGER refused BEFORE {verb} ON {table} {then}")


@contextmanager
def without(table: str) -> Iterator[None]:
    """Meanwhile whatever asks for this table fails."""
    with transaction():
        database.execute_sql(f"ALTER TABLE {table} RENAME TO set_aside")
    yield
    with transaction():
        database.execute_sql(f"ALTER TABLE set_aside RENAME TO {table}")
