"""Whose a facility is: of its register, the people here who answer for it, and what it holds of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from notifications.outbox import enqueue
from patrol.alerts.operations.duties import on_duty
from patrol.alerts.operations.reading import recipients
from patrol.people.models import Person
from patrol.people.operations.roles import of_staff
from patrol.places.models import Facility
from patrol.sightings import rules
from patrol.sightings.models import Sighting
from patrol.sightings.operations.telling import words_of


def owners_of(facility: Facility, *, now: datetime) -> list[UUID]:
    """Staff on call for the facility's duty, and the member of staff with its e-mail address."""
    found = set(on_duty(facility.city_id, facility.duty, now)) if facility.duty else set()
    if facility.email:
        theirs = (Person.city == facility.city_id) & (Person.email == facility.email) & (Person.state == "active")
        found |= {person.id for person in Person.select().where(theirs & Person.id.in_(of_staff()))}
    return sorted(found)


def tell_closed(sighting: Sighting, *, outcome: str, by: UUID, now: datetime) -> None:
    """Within a transaction: the owners who were told of what is broken learn how it ended, unless they ended it."""
    facility = Facility.get_or_none(Facility.id == sighting.facility_id)
    people = set(owners_of(facility, now=now)) & set(recipients(sighting.id)) - {by} if facility else set()
    said = rules.RESOLVED[outcome]
    enqueue(
        city=sighting.city_id,
        people=sorted(people),
        kind="sighting_closed",
        words=words_of({language: (rules.CLOSED[language], said[language]) for language in said}),
        link=rules.PAGE["facility"],
        subject=sighting.id,
        urgent=False,
        dedupe_key=f"closed:{sighting.id}:{sighting.version}",
        now=now,
    )


def registered_to(person: Person) -> Any:
    """Query of the facilities that stand in the register with a person's own e-mail address."""
    return Facility.select().where((Facility.city == person.city_id) & (Facility.email == person.email))


def forget_address(person: Person, *, now: datetime) -> None:
    """Within a transaction: their address goes from the register; what is broken there goes to the coordinators."""
    theirs = (Facility.city == person.city_id) & (Facility.email == person.email)
    Facility.update(email="", version=Facility.version + 1, changed_at=now).where(theirs).execute()
