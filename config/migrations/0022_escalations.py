"""Who was told of an alert when nobody acknowledged it, and when it is the next one's turn."""

from typing import Any

import peewee

from config.database import Record, UtcField, one_of


class PoliceBox(Record):
    id = peewee.UUIDField(primary_key=True)


class Alert(Record):
    id = peewee.UUIDField(primary_key=True)
    state = peewee.TextField()
    due_at = UtcField()
    exercise = peewee.BooleanField(default=False, constraints=[peewee.Default("FALSE")])
    rung = peewee.IntegerField(default=0, constraints=[peewee.Default("0")])
    climbs = peewee.IntegerField(default=0, constraints=[peewee.Default("0")])
    escalate_at = UtcField(null=True)


class Recipient(Record):
    rung = peewee.IntegerField(default=0, constraints=[peewee.Default("0")])

    class Meta:
        primary_key = False


class Escalation(Record):
    id = peewee.UUIDField(primary_key=True)
    alert = peewee.ForeignKeyField(Alert, on_delete="CASCADE")
    raised_at = UtcField()
    number = peewee.IntegerField()
    passed_to = peewee.TextField()
    box = peewee.ForeignKeyField(PoliceBox, null=True, on_delete="SET NULL")
    people = peewee.IntegerField()
    skipped = peewee.JSONField(default=list)
    again = peewee.BooleanField(default=False)
    due_at = UtcField()
    at = UtcField()

    class Meta:
        indexes = ((("alert", "raised_at", "number"), True),)
        constraints = (
            one_of("passed_to", ("admins", "coordinators", "duty", "first", "neighbour", "overdue", "station")),
            peewee.Check("number > 0 AND people >= 0"),
        )


NEW = (Alert.exercise, Alert.rung, Alert.climbs, Alert.escalate_at, Recipient.rung)
INDEX = Alert.index(Alert.state, Alert.escalate_at, name="alert_state_escalate_at", safe=False)


def up(migrator: Any, db: peewee.Database) -> None:
    """Add the columns, make the table; what is open escalates from its own due time on."""
    with db.bind_ctx([Alert, Recipient, Escalation, PoliceBox]):
        for field in NEW:
            definition, values = db.get_sql_context().sql(field.ddl(db.get_sql_context())).query()
            db.execute_sql(f"ALTER TABLE {_table(field)} ADD COLUMN {definition}", values)
        db.execute(INDEX)
        db.create_tables([Escalation], safe=False)
        Alert.update(escalate_at=Alert.due_at).execute()


def down(migrator: Any, db: peewee.Database) -> None:
    """Drop them."""
    with db.bind_ctx([Alert, Recipient, Escalation, PoliceBox]):
        db.drop_tables([Escalation])
        db.execute_sql("DROP INDEX alert_state_escalate_at")
        for field in NEW:
            db.execute_sql(f"ALTER TABLE {_table(field)} DROP COLUMN {field.column_name}")


def _table(field: peewee.Field) -> str:
    return str(field.model._meta.table_name)  # noqa: SLF001 - peewee's own way to ask
