"""PostgreSQL gives events of the live stream their numbers at the commit."""

from typing import Any

import peewee

from config.database import is_sqlite

IN_TURN = (
    (
        'CREATE FUNCTION "event_in_turn"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN '
        "PERFORM pg_advisory_xact_lock(7202611); "
        "PERFORM pg_notify('patrol_events', ''); "
        """UPDATE "event" SET "seq" = nextval('event_seq_seq') WHERE "seq" = NEW."seq"; """
        "RETURN NULL; END $$"
    ),
    (
        'CREATE CONSTRAINT TRIGGER "event_in_turn" AFTER INSERT ON "event" DEFERRABLE INITIALLY DEFERRED '
        'FOR EACH ROW WHEN (NEW."seq" < 0) EXECUTE FUNCTION "event_in_turn"()'
    ),
)


def up(migrator: Any, db: peewee.Database) -> None:
    """Make the trigger."""
    for statement in () if is_sqlite() else IN_TURN:
        db.execute_sql(statement)


def down(migrator: Any, db: peewee.Database) -> None:
    """Drop it."""
    if not is_sqlite():
        db.execute_sql('DROP TRIGGER "event_in_turn" ON "event"')
        db.execute_sql('DROP FUNCTION "event_in_turn"()')
