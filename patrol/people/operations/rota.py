"""The rota: who is on call for a duty, and when."""

from datetime import datetime, timedelta
from typing import Any

from peewee import fn

from patrol.people.models import Duty, RotaEntry
from patrol.places.models import PoliceBox

GIVEN_UP = timedelta(days=28)
"""A rota whose last entry ended so long ago is none any more: whoever holds the duty is on it again."""


def on_call(holder: type[Duty], at: datetime, *, box: PoliceBox | None = None) -> Any:
    """Condition on rows of duties held: the holder is on it at that instant.

    That is, an entry of the rota says so, or the duty has no rota: nothing was entered that has begun by then and ended
    not long before. A rota that is entered ahead changes nothing until it begins. With `box`, entries for other boxes
    and stations do not count.
    """
    other = RotaEntry.alias()
    in_force = other.select().where(
        (other.city == holder.city)
        & (other.duty == holder.duty)
        & (other.begins_at <= at)
        & (other.ends_at > at - GIVEN_UP)
    )
    mine = RotaEntry.select().where(
        (RotaEntry.person == holder.person)
        & (RotaEntry.duty == holder.duty)
        & (RotaEntry.begins_at <= at)
        & (RotaEntry.ends_at > at)
    )
    if box is not None:
        mine = mine.where(_covers(box))
    return fn.EXISTS(mine) | ~fn.EXISTS(in_force)


def _covers(box: PoliceBox) -> Any:
    everywhere = RotaEntry.box.is_null() & (RotaEntry.station == "")
    station = (RotaEntry.station != "") & (RotaEntry.station == box.station)
    return everywhere | station | (RotaEntry.box == box)
