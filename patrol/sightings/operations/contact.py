"""A reporter may give name and number with one sighting to those who answer it, and take them back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from config.database import transaction
from config.policy import Policy
from patrol.people.models import Person
from patrol.people.operations.consents import hold, require, standing_of
from patrol.people.rules import as_dialled
from patrol.sightings.models import Sighting

CONSENT = "police"


def share(sighting: Sighting, *, reporter: Person, policy: Policy, now: datetime) -> Sighting:
    """From now on who answers sees the reporter's name and number. Again: nothing changes. Raises ConsentNeeded."""
    with transaction():
        hold(reporter)  # a withdrawal at the same moment comes before, or finds this and takes it back
        require(reporter, policy=policy, kinds=(CONSENT,), now=now)
        unshared = (Sighting.id == sighting.id) & Sighting.contact_shared_at.is_null()
        Sighting.update(contact_shared_at=now).where(unshared).execute()
    return Sighting.get_by_id(sighting.id)


def take_back(sighting: Sighting) -> Sighting:
    """Who answers sees them no longer. Again: nothing changes."""
    with transaction():
        Sighting.update(contact_shared_at=None).where(Sighting.id == sighting.id).execute()
    return Sighting.get_by_id(sighting.id)


def on_consent_withdrawn(person: Person, kind: str, _now: datetime) -> None:
    """Without consent to sharing with the police, name and number are taken back from every sighting."""
    if kind != CONSENT:
        return
    with transaction():
        shared = (Sighting.reporter == person) & Sighting.contact_shared_at.is_null(is_null=False)
        Sighting.update(contact_shared_at=None).where(shared).execute()


def contacts(sightings: Sequence[Sighting], *, policy: Policy, now: datetime) -> dict[UUID, dict[str, Any]]:
    """Sighting → its reporter's name and number, where they were shared and the consent stands as it is asked today."""
    shared = {row.id: row.reporter_id for row in sightings if row.contact_shared_at and row.reporter_id}
    if not shared:
        return {}
    people = {person.id: person for person in Person.select().where(Person.id.in_(set(shared.values())))}
    asked = policy.consent(CONSENT)
    stands = standing_of(people, policy=policy, now=now)
    return {
        sighting: {"name": people[reporter].name, "phone": as_dialled(people[reporter].phone, policy.formats)}
        for sighting, reporter in shared.items()
        if asked is not None and (asked.kind, asked.version) in stands[reporter]
    }
