"""Districts, roles within them, the rota of duties, what was changed of staff; plan runs for some districts.

Five tables get a district. PostgreSQL adds the column; SQLite makes the table anew, as it writes a column that is added
behind the constraints.
"""

from typing import Any

import peewee

from config.database import Record, UtcField, is_sqlite, one_of
from config.rebuilding import rebuild


class City(Record):
    id = peewee.UUIDField(primary_key=True)


class Person(Record):
    id = peewee.UUIDField(primary_key=True)


class PlanRun(Record):
    id = peewee.UUIDField(primary_key=True)


class District(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    code = peewee.TextField()
    name = peewee.TextField()
    outline = peewee.JSONField(null=True)
    created_at = UtcField()

    class Meta:
        indexes = ((("city", "code"), True), (("city", "name"), True))


class BoxBefore(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    name = peewee.TextField()
    kind = peewee.TextField(default="")
    station = peewee.TextField(default="")
    address = peewee.TextField(default="")
    lon = peewee.DoubleField()
    lat = peewee.DoubleField()
    jurisdiction = peewee.JSONField(null=True)
    created_at = UtcField()

    class Meta:
        table_name = "police_box"
        indexes = ((("city", "name", "station"), True),)
        constraints = (peewee.Check("lon BETWEEN -180 AND 180"), peewee.Check("lat BETWEEN -90 AND 90"))


class PoliceBox(BoxBefore):
    district = peewee.ForeignKeyField(District, null=True, on_delete="SET NULL")

    class Meta:
        table_name = "police_box"


class BlockBefore(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    code = peewee.TextField()
    kind = peewee.TextField()
    street = peewee.TextField(default="")
    geometry = peewee.JSONField()
    lon = peewee.DoubleField()
    lat = peewee.DoubleField()
    length_m = peewee.DoubleField()
    dwell_s = peewee.IntegerField(default=0)
    weight = peewee.DoubleField()
    visits_per_week = peewee.IntegerField(default=1)
    bands = peewee.JSONField(default=list)
    valid_from = peewee.DateField(null=True)
    valid_until = peewee.DateField(null=True)
    reasons = peewee.JSONField(default=list)
    source = peewee.TextField()
    active = peewee.BooleanField(default=True)
    version = peewee.IntegerField(default=1)
    created_at = UtcField()
    changed_at = UtcField()

    class Meta:
        table_name = "block"
        indexes = ((("city", "code"), True), (("city", "active"), False))
        constraints = (
            one_of("kind", ("line", "point")),
            one_of("source", ("built", "imported", "drawn")),
            peewee.Check("weight BETWEEN 1 AND 10"),
            peewee.Check("length_m >= 0 AND dwell_s >= 0 AND visits_per_week >= 1"),
            peewee.Check("(kind = 'line' AND length_m > 0) OR (kind = 'point' AND length_m = 0)"),
        )


class Block(BlockBefore):
    district = peewee.ForeignKeyField(District, null=True, on_delete="SET NULL")

    class Meta:
        table_name = "block"


class RoleBefore(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE")
    role = peewee.TextField()
    box = peewee.ForeignKeyField(PoliceBox, null=True, on_delete="SET NULL")
    created_at = UtcField()
    ended_at = UtcField(null=True)

    class Meta:
        table_name = "role"
        indexes = ((("person", "ended_at"), False), (("city", "role"), False))
        constraints = (
            one_of("role", ("walker", "coordinator", "officer", "admin")),
            peewee.Check("box_id IS NULL OR role = 'officer'"),
        )


class Role(RoleBefore):
    district = peewee.ForeignKeyField(District, null=True)

    class Meta:
        table_name = "role"
        constraints = (*RoleBefore._meta.constraints, peewee.Check("district_id IS NULL OR role = 'coordinator'"))  # noqa: SLF001 - peewee's own way to ask


class TeamBefore(Record):
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
        table_name = "team"
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


class Team(TeamBefore):
    district = peewee.ForeignKeyField(District, null=True, on_delete="SET NULL")

    class Meta:
        table_name = "team"


for model in (TeamBefore, Team):
    model.add_index(
        model.index(model.handler, unique=True, where=peewee.SQL("state <> 'retired'"), name="team_one_a_handler")
    )


class SightingBefore(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    reporter = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL")
    walk = peewee.UUIDField(null=True)
    kind = peewee.TextField()
    urgency = peewee.TextField()
    urgency_rank = peewee.IntegerField()
    restricted = peewee.BooleanField()
    text = peewee.TextField(default="")
    lon = peewee.DoubleField()
    lat = peewee.DoubleField()
    outside_city = peewee.BooleanField(default=False)
    seen_at = UtcField()
    called_at = UtcField(null=True)
    received_at = UtcField()
    digest = peewee.CharField(max_length=64)
    box = peewee.ForeignKeyField(PoliceBox, null=True, on_delete="SET NULL")
    routed_to = peewee.TextField()
    routed_why = peewee.JSONField()
    state = peewee.TextField(default="alerted")
    outcome = peewee.TextField(null=True)
    version = peewee.IntegerField(default=1)

    class Meta:
        table_name = "sighting"
        indexes = (
            (("city", "state", "urgency_rank", "received_at"), False),
            (("reporter", "received_at"), False),
            (("box", "state"), False),
        )
        constraints = (
            one_of("state", ("alerted", "acknowledged", "responding", "resolved", "reopened")),
            one_of("routed_to", ("box", "coordinators", "duty", "admins")),
            peewee.Check("outcome IS NULL OR outcome IN ('closed_unfixed', 'duplicate', 'fixed', 'no_action')"),
            peewee.Check("(state = 'resolved') = (outcome IS NOT NULL)"),
            peewee.Check("lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90"),
        )


class Sighting(SightingBefore):
    district = peewee.ForeignKeyField(District, null=True, on_delete="SET NULL")

    class Meta:
        table_name = "sighting"


class RotaEntry(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    duty = peewee.TextField()
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE")
    begins_at = UtcField()
    ends_at = UtcField()
    box = peewee.ForeignKeyField(PoliceBox, null=True, on_delete="CASCADE")
    station = peewee.TextField(default="")
    created_by = peewee.UUIDField(null=True)
    created_at = UtcField()

    class Meta:
        indexes = ((("city", "duty", "ends_at"), False), (("person", "ends_at"), False))
        constraints = (
            peewee.Check("begins_at < ends_at"),
            peewee.Check("box_id IS NULL OR station = ''"),
        )


class StaffStep(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE")
    action = peewee.TextField()
    facts = peewee.JSONField(default=dict)
    why = peewee.TextField(default="")
    by = peewee.UUIDField(null=True)
    at = UtcField()

    class Meta:
        indexes = ((("person", "at"), False),)
        constraints = (
            one_of(
                "action",
                (
                    "invite",
                    "renew_invitation",
                    "revoke_invitation",
                    "change_role",
                    "grant_duty",
                    "end_duty",
                    "disable",
                    "enable",
                ),
            ),
        )


class PlanRunDistrict(Record):
    run = peewee.ForeignKeyField(PlanRun, on_delete="CASCADE")
    district = peewee.ForeignKeyField(District, on_delete="CASCADE")

    class Meta:
        primary_key = peewee.CompositeKey("run", "district")


NEW = (District, RotaEntry, StaffStep, PlanRunDistrict)
BEFORE = (BoxBefore, BlockBefore, RoleBefore, TeamBefore, SightingBefore)
AFTER = (PoliceBox, Block, Role, Team, Sighting)
OTHERS = (City, Person, PlanRun)


def up(migrator: Any, db: peewee.Database) -> None:
    """Make the new tables, and give the others their district: nobody's, until districts are brought in."""
    with db.bind_ctx([*NEW, *BEFORE, *AFTER, *OTHERS]):
        db.create_tables([District], safe=False)
        if is_sqlite():
            rebuild(db, BEFORE, AFTER)
        else:
            for name in map(_name, AFTER):
                kept = "" if name == "role" else " ON DELETE SET NULL"
                db.execute_sql(f"ALTER TABLE {name} ADD COLUMN district_id UUID REFERENCES district (id){kept}")
                db.execute_sql(f"CREATE INDEX {name}_district_id ON {name} (district_id)")
            db.execute_sql("ALTER TABLE role ADD CHECK (district_id IS NULL OR role = 'coordinator')")
        db.create_tables([RotaEntry, StaffStep, PlanRunDistrict], safe=False)


def down(migrator: Any, db: peewee.Database) -> None:
    """Drop what `up` made. Roles within a district end: without it they would reach further."""
    with db.bind_ctx([*NEW, *BEFORE, *AFTER, *OTHERS]):
        db.drop_tables([RotaEntry, StaffStep, PlanRunDistrict])
        db.execute_sql("DELETE FROM role WHERE district_id IS NOT NULL")
        if is_sqlite():
            rebuild(db, AFTER, BEFORE)
        else:
            for name in map(_name, AFTER):
                db.execute_sql(f"ALTER TABLE {name} DROP COLUMN district_id")
        db.drop_tables([District])


def _name(model: type[Record]) -> str:
    return str(model._meta.table_name)  # noqa: SLF001 - peewee's own way to ask
