"""Who is there to be told: those who hold a duty, on call or not, and officers of the whole city."""

from datetime import datetime
from typing import Any
from uuid import UUID

from peewee import SQL

from patrol.people.models import Duty, Person, Role
from patrol.people.operations.roles import active_with, of_staff
from patrol.people.operations.rota import on_call
from patrol.places.models import PoliceBox


def holders_of(city: UUID, duty: str) -> list[UUID]:
    """Active staff who hold a duty, on call or not."""
    return _holders(city, duty, SQL("1 = 1"))


def on_duty(city: UUID, duty: str, at: datetime, *, box: PoliceBox | None = None) -> list[UUID]:
    """Active staff who hold a duty and are on call for it at that instant; all who hold it, where it has no rota.

    With `box`, those on call for that box, its station, or the whole city.
    """
    return _holders(city, duty, on_call(Duty, at, box=box))


def _holders(city: UUID, duty: str, which: Any) -> list[UUID]:
    rows = (
        Duty.select(Duty.person)
        .join(Person)
        .where(
            (Duty.city == city)
            & (Duty.duty == duty)
            & Duty.ended_at.is_null()
            & (Person.state == "active")
            & Person.id.in_(of_staff())
            & which
        )
    )
    return sorted({row.person_id for row in rows})


def city_officers(city: UUID) -> list[UUID]:
    """Active officers who serve at no box of their own: the whole city is theirs."""
    return sorted({row.person_id for row in active_with(city, "officer").where(Role.box.is_null())})
