"""Shifts are found by their evening, and walks under way by their state, however many have been."""

from typing import Any

import peewee


def up(migrator: Any, db: peewee.Database) -> None:
    """Make the indexes."""
    db.execute_sql('CREATE INDEX "shift_city_id_evening" ON "shift" ("city_id", "evening")')
    db.execute_sql('CREATE INDEX "walk_state_city_id" ON "walk" ("state", "city_id")')
    db.execute_sql('DROP INDEX "walk_city_id_state"')


def down(migrator: Any, db: peewee.Database) -> None:
    """Take them back."""
    db.execute_sql('CREATE INDEX "walk_city_id_state" ON "walk" ("city_id", "state")')
    db.execute_sql('DROP INDEX "walk_state_city_id"')
    db.execute_sql('DROP INDEX "shift_city_id_evening"')
