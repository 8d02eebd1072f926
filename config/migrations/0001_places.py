"""Tables of places, as they were first made."""

from typing import Any

import peewee

from config.database import Record, UtcField, one_of


class City(Record):
    id = peewee.UUIDField(primary_key=True)
    slug = peewee.TextField(unique=True)
    name = peewee.TextField()
    timezone = peewee.TextField()
    policy = peewee.JSONField()
    bbox = peewee.JSONField(null=True)
    created_at = UtcField()


class StreetNetwork(Record):
    city = peewee.ForeignKeyField(City, primary_key=True, on_delete="CASCADE")
    sha256 = peewee.TextField()
    content = peewee.BlobField()
    source = peewee.TextField()
    nodes = peewee.IntegerField()
    edges = peewee.IntegerField()
    length_m = peewee.DoubleField()
    imported_at = UtcField()


class PoliceBox(Record):
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
        indexes = ((("city", "name", "station"), True),)
        constraints = (peewee.Check("lon BETWEEN -180 AND 180"), peewee.Check("lat BETWEEN -90 AND 90"))


class SafetyPoint(Record):
    id = peewee.BigAutoField()
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    layer = peewee.TextField()
    label = peewee.TextField(default="")
    lon = peewee.DoubleField()
    lat = peewee.DoubleField()

    class Meta:
        indexes = ((("city", "layer"), False),)


class Block(Record):
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
        indexes = ((("city", "code"), True), (("city", "active"), False))
        constraints = (
            one_of("kind", ("line", "point")),
            one_of("source", ("built", "imported", "drawn")),
            peewee.Check("weight BETWEEN 1 AND 10"),
            peewee.Check("length_m >= 0 AND dwell_s >= 0 AND visits_per_week >= 1"),
            peewee.Check("(kind = 'line' AND length_m > 0) OR (kind = 'point' AND length_m = 0)"),
        )


TABLES = (
    City,
    StreetNetwork,
    PoliceBox,
    SafetyPoint,
    Block,
)


def up(migrator: Any, db: peewee.Database) -> None:
    """Make the tables."""
    with db.bind_ctx([*TABLES]):
        db.create_tables(TABLES, safe=False)


def down(migrator: Any, db: peewee.Database) -> None:
    """Drop the tables."""
    with db.bind_ctx([*TABLES]):
        db.drop_tables(TABLES)
