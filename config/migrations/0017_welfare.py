"""Dogs' own limits, what a plan's dogs allowed, readings of the weather, and a walk's gates as it goes on.

Columns are added in place, so that tables that other scripts have changed stay as they are.
"""

from typing import Any

import peewee

from config.database import Record, UtcField, one_of


class City(Record):
    id = peewee.UUIDField(primary_key=True)


class Team(Record):
    id = peewee.UUIDField(primary_key=True)


class PlanRun(Record):
    id = peewee.UUIDField(primary_key=True)


class Dog(Record):
    stroller = peewee.BooleanField(default=False, constraints=[peewee.Default("FALSE")])
    minutes_a_day = peewee.IntegerField(null=True, constraints=[peewee.Check("minutes_a_day BETWEEN 5 AND 600")])
    rest_days = peewee.IntegerField(
        default=0, constraints=[peewee.Default("0"), peewee.Check("rest_days BETWEEN 0 AND 13")]
    )


class Shift(Record):
    withdrawn_for = peewee.JSONField(null=True)


class Walk(Record):
    strictest = peewee.JSONField(null=True)
    end_by = UtcField(null=True)
    flag = peewee.TextField(null=True, constraints=[one_of("flag", ("minutes", "stop"))])


class WeatherReading(Record):
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    at = UtcField()
    temperature_c = peewee.DoubleField()
    wind_mps = peewee.DoubleField(null=True)
    sun = peewee.BooleanField(null=True)
    fetched_at = UtcField()

    class Meta:
        primary_key = peewee.CompositeKey("city", "at")
        constraints = (peewee.Check("temperature_c BETWEEN -80 AND 60"), peewee.Check("wind_mps BETWEEN 0 AND 120"))


class WeatherFetch(Record):
    city = peewee.ForeignKeyField(City, primary_key=True, on_delete="CASCADE")
    due_at = UtcField()
    problem = peewee.TextField(default="")


class PlanGate(Record):
    run = peewee.ForeignKeyField(PlanRun, on_delete="CASCADE")
    team = peewee.ForeignKeyField(Team, on_delete="CASCADE")
    evening = peewee.DateField()
    verdict = peewee.TextField()
    most_min = peewee.IntegerField()
    begins_at = UtcField()
    ends_at = UtcField()
    reasons = peewee.JSONField()
    dogs = peewee.JSONField()

    class Meta:
        primary_key = peewee.CompositeKey("run", "team", "evening")
        constraints = (one_of("verdict", ("go", "caution", "short", "stop")), peewee.Check("most_min >= 0"))


TABLES = (PlanGate, WeatherReading, WeatherFetch)
CHANGED = (Dog, Shift, Walk)
NEW = (
    Dog.stroller,
    Dog.minutes_a_day,
    Dog.rest_days,
    Shift.withdrawn_for,
    Walk.strictest,
    Walk.end_by,
    Walk.flag,
)


def up(migrator: Any, db: peewee.Database) -> None:
    """Make the tables, add the columns."""
    with db.bind_ctx([*TABLES, *CHANGED, City, Team, PlanRun]):
        db.create_tables(TABLES, safe=False)
        for field in NEW:
            definition, values = db.get_sql_context().sql(field.ddl(db.get_sql_context())).query()
            db.execute_sql(f"ALTER TABLE {_table(field)} ADD COLUMN {definition}", values)


def down(migrator: Any, db: peewee.Database) -> None:
    """Drop them."""
    with db.bind_ctx([*TABLES, *CHANGED, City, Team, PlanRun]):
        for field in NEW:
            db.execute_sql(f"ALTER TABLE {_table(field)} DROP COLUMN {field.column_name}")
        db.drop_tables(TABLES)


def _table(field: peewee.Field) -> str:
    return str(field.model._meta.table_name)  # noqa: SLF001 - peewee's own way to ask
