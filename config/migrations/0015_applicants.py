"""Teams whose door is not known yet, since when a team waits, notes about teams, files that brought teams in.

SQLite cannot change a column or add a CHECK, so there the table of teams is made anew from its own text: whatever
columns other scripts have given it stay as they are.
"""

from typing import Any

import peewee

from config.database import Record, UtcField, is_sqlite
from config.rebuilding import rewrite

BOTH_OR_NEITHER = "CHECK ((door_lon IS NULL) = (door_lat IS NULL))"
OLD_CHECK = "CHECK (door_lon BETWEEN -180 AND 180 AND door_lat BETWEEN -90 AND 90)"
CREATED = '"created_at" TIMESTAMPTZ NOT NULL'
WAITING = '"waiting_since" TIMESTAMPTZ NOT NULL'
SINCE = (
    "COALESCE((SELECT MAX(s.at) FROM team_step s WHERE s.team_id = team.id AND s.action <> 'edit'), team.created_at)"
)
OF_A_TEAM = ("availability", "dog", "practical_test", "team_step")


class City(Record):
    id = peewee.UUIDField(primary_key=True)


class Person(Record):
    id = peewee.UUIDField(primary_key=True)


class Team(Record):
    id = peewee.UUIDField(primary_key=True)


class TeamNote(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    team = peewee.ForeignKeyField(Team, on_delete="CASCADE")
    author = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL")
    text = peewee.TextField()
    pinned = peewee.BooleanField(default=False)
    created_at = UtcField()

    class Meta:
        indexes = ((("team", "created_at"), False),)
        constraints = (peewee.Check("LENGTH(text) BETWEEN 1 AND 2000"),)


TeamNote.add_index(TeamNote.index(TeamNote.team, unique=True, where=peewee.SQL("pinned"), name="team_note_one_pinned"))


class TeamImport(Record):
    id = peewee.UUIDField(primary_key=True)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    digest = peewee.CharField(max_length=64)
    made = peewee.JSONField(default=dict)
    by = peewee.UUIDField(null=True)
    created_at = UtcField()

    class Meta:
        indexes = ((("city", "digest"), True),)


TABLES = (TeamNote, TeamImport)
OTHERS = (City, Person, Team)


def up(migrator: Any, db: peewee.Database) -> None:
    """Let a door be unknown, say since when each team waits, make the new tables."""
    if is_sqlite():
        changes = {
            '"door_lon" REAL NOT NULL': '"door_lon" REAL',
            '"door_lat" REAL NOT NULL': '"door_lat" REAL',
            CREATED: f"{CREATED}, {WAITING}",
            OLD_CHECK: f"{OLD_CHECK}, {BOTH_OR_NEITHER}",
        }
        rewrite(db, "team", changes, filled={"waiting_since": SINCE})
    else:
        for statement in (
            "ALTER TABLE team ALTER COLUMN door_lon DROP NOT NULL, ALTER COLUMN door_lat DROP NOT NULL",
            f"ALTER TABLE team ADD {BOTH_OR_NEITHER}",
            "ALTER TABLE team ADD COLUMN waiting_since TIMESTAMPTZ",
            f"UPDATE team SET waiting_since = {SINCE}",  # noqa: S608 - our own words
            "ALTER TABLE team ALTER COLUMN waiting_since SET NOT NULL",
        ):
            db.execute_sql(statement)
    db.execute_sql('CREATE INDEX "team_city_id_waiting_since" ON "team" ("city_id", "waiting_since")')
    with db.bind_ctx([*TABLES, *OTHERS]):
        db.create_tables(TABLES, safe=False)


def down(migrator: Any, db: peewee.Database) -> None:
    """Drop them, and the teams without a door, which the table as it was cannot hold."""
    with db.bind_ctx([*TABLES, *OTHERS]):
        db.drop_tables(TABLES)
    for table in OF_A_TEAM:
        db.execute_sql(f"DELETE FROM {table} WHERE team_id IN (SELECT id FROM team WHERE door_lon IS NULL)")  # noqa: S608 - our own names
    db.execute_sql("DELETE FROM team WHERE door_lon IS NULL")
    db.execute_sql("DROP INDEX team_city_id_waiting_since")
    if is_sqlite():
        changes = {
            '"door_lon" REAL,': '"door_lon" REAL NOT NULL,',
            '"door_lat" REAL,': '"door_lat" REAL NOT NULL,',
            f", {WAITING}": "",
            f", {BOTH_OR_NEITHER}": "",
        }
        rewrite(db, "team", changes)
        return
    name = "SELECT conname FROM pg_constraint WHERE conrelid = 'team'::regclass AND pg_get_constraintdef(oid) = %s"
    both = "CHECK (((door_lon IS NULL) = (door_lat IS NULL)))"
    found = db.execute_sql(name, (both,)).fetchone()[0]
    for statement in (
        f"ALTER TABLE team DROP CONSTRAINT {found}",
        "ALTER TABLE team DROP COLUMN waiting_since",
        "ALTER TABLE team ALTER COLUMN door_lon SET NOT NULL, ALTER COLUMN door_lat SET NOT NULL",
    ):
        db.execute_sql(statement)
