"""Records of coordinators' work on applicants: notes, and files that brought teams in."""

from uuid import uuid4

import peewee

from config.database import Record, UtcField
from patrol.people.models import Person
from patrol.places.models import City
from patrol.teams.models.teams import Team


class TeamNote(Record):
    """What a coordinator wrote about a team, for coordinators. The text never changes; at most one a team is pinned."""

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    team = peewee.ForeignKeyField(Team, on_delete="CASCADE", backref="notes")
    author = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL")
    text = peewee.TextField()
    pinned = peewee.BooleanField(default=False)
    created_at = UtcField()

    class Meta:
        indexes = ((("team", "created_at"), False),)
        constraints = (peewee.Check("LENGTH(text) BETWEEN 1 AND 2000"),)


TeamNote.add_index(TeamNote.index(TeamNote.team, unique=True, where=peewee.SQL("pinned"), name="team_note_one_pinned"))


class TeamImport(Record):
    """A file that brought teams in, known by its SHA-256. `made` is {row number: id of the team made from it}."""

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    digest = peewee.CharField(max_length=64)
    made = peewee.JSONField(default=dict)
    by = peewee.UUIDField(null=True)
    created_at = UtcField()

    class Meta:
        indexes = ((("city", "digest"), True),)
