"""Records of places. `City` is the tenant: every other row of the product belongs to one."""

from uuid import uuid4

import peewee

from config.database import Record, UtcField, one_of
from patrol.places import rules


class City(Record):
    """A tenant. `policy` is the validated policy as plain values; `bbox` is [west, south, east, north].

    `places_version` is another one after every change of its police boxes or districts.
    """

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    slug = peewee.TextField(unique=True)
    name = peewee.TextField()
    timezone = peewee.TextField()
    policy = peewee.JSONField()
    bbox = peewee.JSONField(null=True)
    created_at = UtcField()
    places_version = peewee.TextField(default="", constraints=[peewee.Default("''")])


class StreetNetwork(Record):
    """The city's walking graph, compressed; replaced as a whole by the next import."""

    city = peewee.ForeignKeyField(City, primary_key=True, on_delete="CASCADE")
    sha256 = peewee.TextField()
    content = peewee.BlobField()
    source = peewee.TextField()
    nodes = peewee.IntegerField()
    edges = peewee.IntegerField()
    length_m = peewee.DoubleField()
    imported_at = UtcField()


class District(Record):
    """구 or 군. `outline` is a GeoJSON (Multi)Polygon, or null: then addresses and statements tell."""

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE", backref="districts")
    code = peewee.TextField()
    name = peewee.TextField()
    outline = peewee.JSONField(null=True)
    created_at = UtcField()

    class Meta:
        indexes = ((("city", "code"), True), (("city", "name"), True))


class PoliceBox(Record):
    """지구대 or 파출소. `jurisdiction` is a GeoJSON (Multi)Polygon, or null: then the nearest box answers."""

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE", backref="boxes")
    name = peewee.TextField()
    kind = peewee.TextField(default="")
    station = peewee.TextField(default="")
    address = peewee.TextField(default="")
    lon = peewee.DoubleField()
    lat = peewee.DoubleField()
    jurisdiction = peewee.JSONField(null=True)
    created_at = UtcField()
    district = peewee.ForeignKeyField(District, null=True, on_delete="SET NULL")

    class Meta:
        indexes = ((("city", "name", "station"), True),)
        constraints = (
            peewee.Check("lon BETWEEN -180 AND 180"),
            peewee.Check("lat BETWEEN -90 AND 90"),
        )


class Facility(Record):
    """What a walk may find broken: a mirror, an emergency bell, a restroom. Whose it is: holders of `duty`, or `email`.

    `email` may be the address of an account or of an office that has none. Neither: nobody is known.
    """

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE", backref="facilities")
    name = peewee.TextField()
    kind = peewee.TextField()
    duty = peewee.TextField(default="")
    email = peewee.TextField(default="")
    lon = peewee.DoubleField()
    lat = peewee.DoubleField()
    version = peewee.IntegerField(default=1)
    created_at = UtcField()
    changed_at = UtcField()

    class Meta:
        indexes = ((("city", "kind", "name"), True), (("city", "lat"), False))
        constraints = (peewee.Check("lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90"),)


class SafetyPoint(Record):
    """One point of a layer of safety data: a camera, an accident hot spot, a bar, a metro exit."""

    id = peewee.BigAutoField()
    city = peewee.ForeignKeyField(City, on_delete="CASCADE")
    layer = peewee.TextField()
    label = peewee.TextField(default="")
    lon = peewee.DoubleField()
    lat = peewee.DoubleField()

    class Meta:
        indexes = ((("city", "layer"), False),)


class Block(Record):
    """A target block. `geometry` is a GeoJSON LineString (walked end to end, either way) or Point (with a dwell).

    `bands` is a list of ["HH:MM", "HH:MM"] in the city's time, empty for any time; `reasons` a list of
    {"code", "points"}. `version` counts edits.
    """

    id = peewee.UUIDField(primary_key=True, default=uuid4)
    city = peewee.ForeignKeyField(City, on_delete="CASCADE", backref="blocks")
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
    district = peewee.ForeignKeyField(District, null=True, on_delete="SET NULL")

    class Meta:
        indexes = ((("city", "code"), True), (("city", "active"), False))
        constraints = (
            one_of("kind", rules.BLOCK_KINDS),
            one_of("source", rules.BLOCK_SOURCES),
            peewee.Check("weight BETWEEN 1 AND 10"),
            peewee.Check("length_m >= 0 AND dwell_s >= 0 AND visits_per_week >= 1"),
            peewee.Check("(kind = 'line' AND length_m > 0) OR (kind = 'point' AND length_m = 0)"),
        )
