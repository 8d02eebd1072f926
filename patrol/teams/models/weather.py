"""Records of the weather: what a provider said, and how asking it went."""

import peewee

from config.database import Record, UtcField
from patrol.places.models import City


class WeatherReading(Record):
    """The weather of a city from an instant on, past, present or forecast. See rules.Weather."""

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
    """When a city's weather is to be asked for next, and what went wrong the last time; empty where nothing did."""

    city = peewee.ForeignKeyField(City, primary_key=True, on_delete="CASCADE")
    due_at = UtcField()
    problem = peewee.TextField(default="")
