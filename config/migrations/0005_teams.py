"""Tables of teams, as they were first made."""

from typing import Any

import peewee

from config.database import Record, UtcField, one_of


class City(Record):
    id = peewee.UUIDField(primary_key=True)


class Person(Record):
    id = peewee.UUIDField(primary_key=True)


class Team(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    handler = peewee.ForeignKeyField(Person, on_delete="CASCADE")
    code = peewee.TextField()
    name = peewee.TextField()
    state = peewee.TextField(default="applied")
    motive = peewee.TextField(default="")
    door_lon = peewee.DoubleField()
    door_lat = peewee.DoubleField()
    walk_min = peewee.IntegerField()
    active_until = peewee.DateField(null=True)
    sample = peewee.BooleanField(default=False)
    version = peewee.IntegerField(default=1)
    created_at = UtcField()

    class Meta:
        indexes = ((("city", "code"), True), (("city", "state"), False))
        constraints = (
            one_of(
                "state",
                (
                    "applied",
                    "documents_ok",
                    "test_booked",
                    "passed",
                    "failed",
                    "active",
                    "paused",
                    "suspended",
                    "lapsed",
                    "retired",
                ),
            ),
            peewee.Check("walk_min BETWEEN 5 AND 180"),
            peewee.Check("door_lon BETWEEN -180 AND 180 AND door_lat BETWEEN -90 AND 90"),
        )


# One application or active team a handler; retired ones stay as the record.
Team.add_index(Team.index(Team.handler, unique=True, where=peewee.SQL("state <> 'retired'"), name="team_one_a_handler"))


class Dog(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    team = peewee.ForeignKeyField(Team, on_delete="CASCADE")
    name = peewee.TextField()
    registration_no = peewee.TextField()
    breed = peewee.TextField()
    born_on = peewee.DateField()
    weight_kg = peewee.DoubleField()
    brachycephalic = peewee.BooleanField(default=False)
    overweight = peewee.BooleanField(default=False)
    reactive = peewee.BooleanField(default=False)
    vaccinated_until = peewee.DateField(null=True)
    created_at = UtcField()

    class Meta:
        indexes = ((("city", "registration_no"), True),)
        constraints = (peewee.Check("weight_kg > 0 AND weight_kg <= 120"),)


class PracticalTest(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    team = peewee.ForeignKeyField(Team, on_delete="CASCADE")
    attempt = peewee.IntegerField()
    state = peewee.TextField(default="booked")
    booked_for = UtcField()
    scores = peewee.JSONField(null=True)
    total = peewee.IntegerField(null=True)
    failed_at_once = peewee.TextField(null=True)
    examiner = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL")
    scored_at = UtcField(null=True)

    class Meta:
        indexes = ((("team", "attempt"), True),)
        constraints = (
            one_of("state", ("booked", "passed", "failed")),
            peewee.Check("total IS NULL OR total BETWEEN 0 AND 100"),
        )


class Availability(Record):
    id = peewee.UUIDField(primary_key=True)
    team = peewee.ForeignKeyField(Team, on_delete="CASCADE")
    weekday = peewee.IntegerField()
    begins_min = peewee.IntegerField()
    ends_min = peewee.IntegerField()

    class Meta:
        indexes = ((("team", "weekday", "begins_min"), True),)
        constraints = (
            peewee.Check("weekday BETWEEN 0 AND 6"),
            peewee.Check("begins_min BETWEEN 0 AND 1439 AND ends_min > begins_min AND ends_min <= 2160"),
        )


class TeamStep(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    team = peewee.ForeignKeyField(Team, on_delete="CASCADE")
    action = peewee.TextField()
    state = peewee.TextField()
    by = peewee.UUIDField(null=True)
    note = peewee.TextField(default="")
    at = UtcField()


TABLES = (
    Team,
    Dog,
    PracticalTest,
    Availability,
    TeamStep,
)


def up(migrator: Any, db: peewee.Database) -> None:
    """Make the tables."""
    with db.bind_ctx([*TABLES, City, Person]):
        db.create_tables(TABLES, safe=False)


def down(migrator: Any, db: peewee.Database) -> None:
    """Drop the tables."""
    with db.bind_ctx([*TABLES, City, Person]):
        db.drop_tables(TABLES)
