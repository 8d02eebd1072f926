"""A database that refuses, so that a test sees what is left where a statement fails. Our own code runs as it is."""

import peewee

from config.database import database

ON_POSTGRESQL = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = 'check_violation'; END $$
"""


def refuse(verb: str, table: str) -> None:
    """From now on INSERT, UPDATE or DELETE of a row of this table raises IntegrityError."""
    if isinstance(database.obj, peewee.SqliteDatabase):
        then = "BEGIN SELECT RAISE(ABORT, 'refused'); END"
    else:
        database.execute_sql(ON_POSTGRESQL)
        then = "FOR EACH ROW EXECUTE FUNCTION refuse()"
    database.execute_sql(f"CREATE TRIGGER refused BEFORE {verb} ON {table} {then}")
