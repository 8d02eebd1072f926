"""Whose a facility is: of its register, the people here who answer for it."""

from datetime import datetime
from uuid import UUID

from patrol.alerts.operations.duties import on_duty
from patrol.people.models import Person
from patrol.people.operations.roles import of_staff
from patrol.places.models import Facility


def owners_of(facility: Facility, *, now: datetime) -> list[UUID]:
    """Staff on call for the facility's duty, and the member of staff with its e-mail address."""
    found = set(on_duty(facility.city_id, facility.duty, now)) if facility.duty else set()
    if facility.email:
        theirs = (Person.city == facility.city_id) & (Person.email == facility.email) & (Person.state == "active")
        found |= {person.id for person in Person.select().where(theirs & Person.id.in_(of_staff()))}
    return sorted(found)
