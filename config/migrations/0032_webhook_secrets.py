"""A webhook's next secret, and when it begins to sign."""

from typing import Any

import peewee

from config.database import Record, UtcField


class Webhook(Record):
    next_secret = peewee.TextField(null=True)
    next_key_id = peewee.TextField(null=True)
    next_from = UtcField(null=True)


NEW = (Webhook.next_secret, Webhook.next_key_id, Webhook.next_from)


def up(migrator: Any, db: peewee.Database) -> None:
    """Add the columns."""
    with db.bind_ctx([Webhook]):
        for field in NEW:
            definition, values = db.get_sql_context().sql(field.ddl(db.get_sql_context())).query()
            db.execute_sql(f"ALTER TABLE webhook ADD COLUMN {definition}", values)


def down(migrator: Any, db: peewee.Database) -> None:
    """Drop them: a secret that does not sign yet is forgotten."""
    for field in NEW:
        db.execute_sql(f"ALTER TABLE webhook DROP COLUMN {field.column_name}")
