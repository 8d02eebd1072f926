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
from patrol.sightings.operations.telling import announce_change, note_step

CONSENT = "police"


def share(sighting: Sighting, *, reporter: Person, policy: Policy, now: datetime) -> Sighting:
    """From now on who answers sees the reporter's name and number. Again: nothing changes. Raises ConsentNeeded."""
    with transaction():
        hold(reporter)  # a withdrawal at the same moment comes before, or finds this and takes it back
        require(reporter, policy=policy, kinds=(CONSENT,), now=now)
        _set(sighting.id, shared=True, now=now)
    return Sighting.get_by_id(sighting.id)


def take_back(sighting: Sighting, *, now: datetime) -> Sighting:
    """Who answers sees them no longer. Again: nothing changes."""
    with transaction():
        _set(sighting.id, shared=False, now=now)
    return Sighting.get_by_id(sighting.id)


def on_consent_withdrawn(person: Person, kind: str, now: datetime) -> None:
    """Without consent to sharing with the police, name and number are taken back from every sighting."""
    if kind != CONSENT:
        return
    with transaction():
        shared = (Sighting.reporter == person) & Sighting.contact_shared_at.is_null(is_null=False)
        for row in Sighting.select(Sighting.id).where(shared).order_by(Sighting.id):
            _set(row.id, shared=False, now=now)


def _set(sighting_id: UUID, *, shared: bool, now: datetime) -> None:
    """Change it, unless it is so already, and write the step: who answers sees that it changed, and when."""
    other = (Sighting.id == sighting_id) & Sighting.contact_shared_at.is_null(is_null=shared)
    change: dict[str, Any] = {"contact_shared_at": now if shared else None, "version": Sighting.version + 1}
    if Sighting.update(change).where(other).execute():
        changed = Sighting.get_by_id(sighting_id)
        action = "share_contact" if shared else "withdraw_contact"
        note_step(changed, action, by=changed.reporter_id, by_role="reporter", now=now)
        announce_change(changed, now=now)


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
