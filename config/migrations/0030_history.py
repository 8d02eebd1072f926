"""Steps of sightings and of escalations stand as they were written: the database refuses what would change them.

The steps are made anew and filled from the old ones, for two more actions: SQLite cannot change a CHECK.
"""

from typing import Any

import peewee

from config.database import Record, UtcField, is_sqlite, one_of
from config.rebuilding import rebuild

ACTIONS = (
    "report",
    "acknowledge",
    "respond",
    "resolve",
    "reopen",
    "route",
    "link",
    "split",
    "hand_over",
    "hand_back",
)
MORE = ("share_contact", "withdraw_contact")
BY_ROLES = ("reporter", "officer", "coordinator", "admin")


class Sighting(Record):
    id = peewee.UUIDField(primary_key=True)


class SightingStepBefore(Record):
    id = peewee.UUIDField(primary_key=True)
    sighting = peewee.ForeignKeyField(Sighting, on_delete="CASCADE")
    version = peewee.IntegerField()
    action = peewee.TextField()
    state = peewee.TextField()
    outcome = peewee.TextField(null=True)
    by = peewee.UUIDField(null=True)
    by_role = peewee.TextField()
    note = peewee.TextField(default="")
    at = UtcField()

    class Meta:
        table_name = "sighting_step"
        indexes = ((("sighting", "version"), True), (("at",), False))
        constraints = (one_of("action", ACTIONS), one_of("by_role", BY_ROLES))


class SightingStep(SightingStepBefore):
    class Meta:
        table_name = "sighting_step"
        constraints = (one_of("action", (*ACTIONS, *MORE)), one_of("by_role", BY_ROLES))


SQLITE = (
    (
        'CREATE TRIGGER "sighting_step_stands" BEFORE UPDATE ON "sighting_step" WHEN NOT ('
        'NEW."id" IS OLD."id" AND NEW."sighting_id" IS OLD."sighting_id" AND NEW."version" IS OLD."version" AND '
        'NEW."action" IS OLD."action" AND NEW."state" IS OLD."state" AND NEW."outcome" IS OLD."outcome" AND '
        'NEW."by_role" IS OLD."by_role" AND NEW."at" IS OLD."at" AND (NEW."by" IS OLD."by" OR NEW."by" IS NULL) AND '
        """(NEW."note" = '' OR OLD."note" GLOB replace(replace(replace(replace(NEW."note", """
        """'[', '[[]'), '*', '[*]'), '?', '[?]'), '…', '*'))"""
        ") BEGIN SELECT RAISE(ABORT, 'sighting_step is history'); END"
    ),
    (
        'CREATE TRIGGER "sighting_step_stays" BEFORE DELETE ON "sighting_step" WHEN '
        'EXISTS (SELECT 1 FROM "sighting" WHERE id = OLD."sighting_id") '
        "BEGIN SELECT RAISE(ABORT, 'sighting_step is history'); END"
    ),
    (
        'CREATE TRIGGER "escalation_stands" BEFORE UPDATE ON "escalation" WHEN NOT ('
        'NEW."id" IS OLD."id" AND NEW."alert_id" IS OLD."alert_id" AND NEW."raised_at" IS OLD."raised_at" AND '
        'NEW."number" IS OLD."number" AND NEW."passed_to" IS OLD."passed_to" AND NEW."people" IS OLD."people" AND '
        'NEW."skipped" IS OLD."skipped" AND NEW."again" IS OLD."again" AND NEW."due_at" IS OLD."due_at" AND '
        'NEW."at" IS OLD."at" AND (NEW."box_id" IS OLD."box_id" OR NEW."box_id" IS NULL)'
        ") BEGIN SELECT RAISE(ABORT, 'escalation is history'); END"
    ),
    (
        'CREATE TRIGGER "escalation_stays" BEFORE DELETE ON "escalation" WHEN '
        'EXISTS (SELECT 1 FROM "alert" WHERE id = OLD."alert_id") '
        "BEGIN SELECT RAISE(ABORT, 'escalation is history'); END"
    ),
)
POSTGRESQL = (
    (
        'CREATE FUNCTION "sighting_step_stands"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN '
        "IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY['by', 'note']::text[] = "
        "to_jsonb(OLD) - ARRAY['by', 'note']::text[] AND "
        '(NEW."by" IS NOT DISTINCT FROM OLD."by" OR NEW."by" IS NULL) AND '
        """(NEW."note" = '' OR OLD."note" LIKE replace(replace(replace(replace(NEW."note", """
        r"""'\', '\\'), '%%', '\%%'), '_', '\_'), '…', '%%')) THEN RETURN NEW; END IF; """
        """IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT 1 FROM "sighting" WHERE id = OLD."sighting_id") """
        "THEN RETURN OLD; END IF; "
        "RAISE EXCEPTION 'sighting_step is history' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    ),
    (
        'CREATE FUNCTION "escalation_stands"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN '
        "IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY['box_id']::text[] = to_jsonb(OLD) - ARRAY['box_id']::text[] AND "
        '(NEW."box_id" IS NOT DISTINCT FROM OLD."box_id" OR NEW."box_id" IS NULL) THEN RETURN NEW; END IF; '
        """IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT 1 FROM "alert" WHERE id = OLD."alert_id") """
        "THEN RETURN OLD; END IF; "
        "RAISE EXCEPTION 'escalation is history' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    ),
    *(
        f'CREATE TRIGGER "{table}_{name}" BEFORE {what} ON "{table}" '
        f'FOR EACH {each} EXECUTE FUNCTION "{table}_stands"()'
        for table in ("sighting_step", "escalation")
        for name, what, each in (("stands", "UPDATE OR DELETE", "ROW"), ("stays", "TRUNCATE", "STATEMENT"))
    ),
)


def up(migrator: Any, db: peewee.Database) -> None:
    """Make the steps anew, and what guards them."""
    with db.bind_ctx([Sighting, SightingStepBefore, SightingStep]):
        rebuild(db, [SightingStepBefore], [SightingStep])
    for statement in SQLITE if is_sqlite() else POSTGRESQL:
        db.execute_sql(statement)


def down(migrator: Any, db: peewee.Database) -> None:
    """Drop what guards them, and make the steps as they were: shared contacts are steps no more."""
    for table in ("sighting_step", "escalation"):
        for name in ("stands", "stays"):
            db.execute_sql(f'DROP TRIGGER "{table}_{name}"' + ("" if is_sqlite() else f' ON "{table}"'))
        if not is_sqlite():
            db.execute_sql(f'DROP FUNCTION "{table}_stands"()')
    with db.bind_ctx([Sighting, SightingStepBefore, SightingStep]):
        db.execute_sql("DELETE FROM sighting_step WHERE action IN ('share_contact', 'withdraw_contact')")
        rebuild(db, [SightingStep], [SightingStepBefore])
