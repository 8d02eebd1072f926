"""Records of teams. A team's door (home) is shown to the team alone."""

from uuid import uuid4

import peewee

from config.database import Record, UtcField, one_of
from patrol.people.models import Person
from patrol.places.models import City, District
from patrol.teams import rules


class Team(Record):
    """A handler with one or more dogs, screened together. `code` (T-0001) is what coordinators see.

    The door is unknown until the handler has stated it; `waiting_since` is when what it waits for now began.
    """

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE", backref="teams")
    handler = peewee.ForeignKeyField(Person, on_delete="CASCADE", backref="teams")
    code = peewee.TextField()
    name = peewee.TextField()
    state = peewee.TextField(default="applied")
    motive = peewee.TextField(default="")
    door_lon = peewee.DoubleField(null=True)
    door_lat = peewee.DoubleField(null=True)
    walk_min = peewee.IntegerField()
    active_until = peewee.DateField(null=True)
    sample = peewee.BooleanField(default=False)
    version = peewee.IntegerField(default=1)
    created_at = UtcField()
    waiting_since = UtcField()
    district = peewee.ForeignKeyField(District, null=True, on_delete="SET NULL")
    trained_on = peewee.DateField(null=True)

    class Meta:
        indexes = (
            (("city", "code"), True),
            (("city", "state"), False),
            (("city", "waiting_since"), False),
        )
        constraints = (
            one_of("state", rules.TEAM_STATES),
            peewee.Check("walk_min BETWEEN 5 AND 180"),
            peewee.Check("door_lon BETWEEN -180 AND 180 AND door_lat BETWEEN -90 AND 90"),
            peewee.Check("(door_lon IS NULL) = (door_lat IS NULL)"),
        )


# One application or active team a handler; retired ones stay as the record.
Team.add_index(Team.index(Team.handler, unique=True, where=peewee.SQL("state <> 'retired'"), name="team_one_a_handler"))


class Dog(Record):
    """A dog of a team, known by its registration number.

    One team holds a number. A later claim to it is `disputed_at`, until a coordinator decides; a retired team's dog is
    `released_at` for others.

    `minutes_a_day` null: no limit of its own; `rest_days`: whole days between two walks; `stroller`: it rides.
    """

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    team = peewee.ForeignKeyField(Team, on_delete="CASCADE", backref="dogs")
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
    disputed_at = UtcField(null=True)
    released_at = UtcField(null=True)
    stroller = peewee.BooleanField(default=False, constraints=[peewee.Default("FALSE")])
    minutes_a_day = peewee.IntegerField(null=True, constraints=[peewee.Check("minutes_a_day BETWEEN 5 AND 600")])
    rest_days = peewee.IntegerField(
        default=0, constraints=[peewee.Default("0"), peewee.Check(f"rest_days BETWEEN 0 AND {rules.MOST_REST_DAYS}")]
    )

    class Meta:
        indexes = ((("city", "registration_no"), False),)
        constraints = (peewee.Check("weight_kg > 0 AND weight_kg <= 120"),)


Dog.add_index(
    Dog.index(
        Dog.city,
        Dog.registration_no,
        unique=True,
        where=peewee.SQL("disputed_at IS NULL AND released_at IS NULL"),
        name="dog_one_holder_a_number",
    )
)


class Availability(Record):
    """A weekly time window in the city's time: weekday 0 (Monday) to 6, minutes after midnight; may run past 24:00."""

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    team = peewee.ForeignKeyField(Team, on_delete="CASCADE", backref="availability")
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
    """What happened to a team, in order; `by` is null for what the house does by itself. Append-only.

    `reason` is why a team was suspended, one of rules.SUSPENSION_REASONS; null for all else.
    """

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    team = peewee.ForeignKeyField(Team, on_delete="CASCADE", backref="steps")
    action = peewee.TextField()
    state = peewee.TextField()
    by = peewee.UUIDField(null=True)
    note = peewee.TextField(default="")
    at = UtcField()
    reason = peewee.TextField(null=True, constraints=[one_of("reason", rules.SUSPENSION_REASONS)])
