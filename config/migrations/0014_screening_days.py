"""Screening days, renewals, warnings, disputed dogs; one holder a registration number, instead of one row."""

from typing import Any

import peewee

from config.database import Record, UtcField, one_of


class City(Record):
    id = peewee.UUIDField(primary_key=True)


class Person(Record):
    id = peewee.UUIDField(primary_key=True)


class PracticalTest(Record):
    id = peewee.UUIDField(primary_key=True)


class Team(Record):
    id = peewee.UUIDField(primary_key=True)
    state = peewee.TextField()


class Dog(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.UUIDField(column_name="city_id")
    team = peewee.UUIDField(column_name="team_id")
    registration_no = peewee.TextField()
    created_at = UtcField()
    disputed_at = UtcField(null=True)
    released_at = UtcField(null=True)

    class Meta:
        indexes = ((("city", "registration_no"), False),)


HELD = peewee.SQL("disputed_at IS NULL AND released_at IS NULL")
Dog.add_index(Dog.index(Dog.city, Dog.registration_no, unique=True, where=HELD, name="dog_one_holder_a_number"))


class DogBefore(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.UUIDField(column_name="city_id")
    registration_no = peewee.TextField()

    class Meta:
        table_name = "dog"
        indexes = ((("city", "registration_no"), True),)


class ScreeningDay(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    begins_at = UtcField()
    place = peewee.TextField()
    capacity = peewee.IntegerField()
    slot_min = peewee.IntegerField()
    slot_size = peewee.IntegerField()
    screening = peewee.JSONField()
    state = peewee.TextField(default="open")
    lead = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL")
    version = peewee.IntegerField(default=1)
    created_by = peewee.UUIDField(null=True)
    created_at = UtcField()
    closed_at = UtcField(null=True)

    class Meta:
        indexes = ((("city", "begins_at"), False),)
        constraints = (
            one_of("state", ("open", "closed")),
            peewee.Check("capacity >= 1 AND slot_min >= 1 AND slot_size >= 1"),
        )


class Station(Record):
    day = peewee.ForeignKeyField(ScreeningDay, on_delete="CASCADE")
    number = peewee.IntegerField()
    name = peewee.TextField()
    items = peewee.JSONField()

    class Meta:
        primary_key = peewee.CompositeKey("day", "number")


class DayExaminer(Record):
    day = peewee.ForeignKeyField(ScreeningDay, on_delete="CASCADE")
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE")

    class Meta:
        primary_key = peewee.CompositeKey("day", "person")


class Candidate(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    day = peewee.ForeignKeyField(ScreeningDay, on_delete="CASCADE")
    team = peewee.ForeignKeyField(Team, on_delete="CASCADE")
    test = peewee.ForeignKeyField(PracticalTest, on_delete="CASCADE")
    number = peewee.IntegerField()
    slot_at = UtcField()
    checked_in_at = UtcField(null=True)
    outcome = peewee.TextField(null=True)
    total = peewee.IntegerField(null=True)
    marks = peewee.IntegerField(default=0)

    class Meta:
        indexes = ((("day", "number"), True), (("day", "team"), True))
        constraints = (
            one_of("outcome", ("passed", "failed", "absent", "moved")),
            peewee.Check("number >= 1 AND marks >= 0"),
        )


class Mark(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    candidate = peewee.ForeignKeyField(Candidate, on_delete="CASCADE")
    n = peewee.IntegerField()
    kind = peewee.TextField()
    item = peewee.TextField(null=True)
    points = peewee.IntegerField(null=True)
    fault = peewee.TextField(null=True)
    replaces = peewee.UUIDField(null=True)
    note = peewee.TextField(default="")
    examiner = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL")
    made_at = UtcField()
    received_at = UtcField()

    class Meta:
        indexes = ((("candidate", "n"), True),)
        constraints = (
            one_of("kind", ("points", "settled", "fault", "lifted")),
            peewee.Check("(kind IN ('points', 'settled')) = (item IS NOT NULL AND points IS NOT NULL)"),
            peewee.Check("(kind = 'fault') = (fault IS NOT NULL)"),
        )


class Renewal(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    team = peewee.ForeignKeyField(Team, on_delete="CASCADE")
    state = peewee.TextField(default="asked")
    from_day = peewee.DateField()
    asked_at = UtcField()
    ended_at = UtcField(null=True)

    class Meta:
        indexes = ((("team", "from_day"), True),)
        constraints = (one_of("state", ("asked", "documents_ok", "done")),)


class LapseWarning(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    team = peewee.ForeignKeyField(Team, on_delete="CASCADE")
    until = peewee.DateField()
    days_ahead = peewee.IntegerField()
    at = UtcField()

    class Meta:
        indexes = ((("team", "until", "days_ahead"), True),)


class DogDispute(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    registration_no = peewee.TextField()
    holder = peewee.ForeignKeyField(Team, on_delete="CASCADE")
    claimant = peewee.ForeignKeyField(Team, on_delete="CASCADE")
    dog = peewee.ForeignKeyField(Dog, null=True, on_delete="SET NULL")
    state = peewee.TextField(default="open")
    note = peewee.TextField(default="")
    decided_by = peewee.UUIDField(null=True)
    decided_at = UtcField(null=True)
    created_at = UtcField()

    class Meta:
        indexes = ((("city", "state", "created_at"), False),)
        constraints = (one_of("state", ("open", "decided", "dropped")),)


TABLES = (ScreeningDay, Station, DayExaminer, Candidate, Mark, Renewal, LapseWarning, DogDispute)
OTHERS = (City, Person, PracticalTest, Team, Dog, DogBefore)
NEW: dict[str, dict[str, peewee.Field]] = {
    "team": {"trained_on": peewee.DateField(null=True)},
    "dog": {"disputed_at": UtcField(null=True), "released_at": UtcField(null=True)},
}


def up(migrator: Any, db: peewee.Database) -> None:
    """Make the tables and columns. A retired team's dogs are free for others."""
    with db.bind_ctx([*TABLES, *OTHERS]):
        for table, columns in NEW.items():
            migrator.migrate(*(migrator.add_column(table, name, field) for name, field in columns.items()))
        retired = Team.select(Team.id).where(Team.state == "retired")
        Dog.update(released_at=Dog.created_at).where(Dog.team.in_(retired)).execute()
        db.execute_sql("DROP INDEX dog_city_id_registration_no")
        _indexes(db, Dog)
        db.create_tables(TABLES, safe=False)


def down(migrator: Any, db: peewee.Database) -> None:
    """Drop them. Of several dogs with one number the one that is held stays, as the table can hold no other."""
    with db.bind_ctx([*TABLES, *OTHERS]):
        db.drop_tables(TABLES)
        db.execute_sql("DROP INDEX dog_one_holder_a_number")
        db.execute_sql("DROP INDEX dog_city_id_registration_no")
        Dog.delete().where(~Dog.disputed_at.is_null()).execute()
        other = Dog.alias()
        held = other.released_at.is_null() | (other.id > Dog.id)
        same = (other.city == Dog.city) & (other.registration_no == Dog.registration_no) & (other.id != Dog.id)
        rivals = other.select().where(same & held)
        Dog.delete().where(~Dog.released_at.is_null() & peewee.fn.EXISTS(rivals)).execute()
        for table, columns in NEW.items():
            migrator.migrate(*(migrator.drop_column(table, name) for name in columns))
        _indexes(db, DogBefore)


def _indexes(db: peewee.Database, model: type[Record]) -> None:
    """Make a table's indexes alone."""
    peewee.SchemaManager(model, db).create_indexes(safe=False)
