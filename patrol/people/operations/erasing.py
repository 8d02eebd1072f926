"""An account is erased: the person is removed everywhere, in one transaction, and the city keeps its counts.

Each subject takes out its own (`effects`, gathered by app.py). Sessions go with the account, so live streams end, too.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from config.database import checkpoint, transaction
from patrol.errors import Conflict, NotFound
from patrol.people.models import Person, Role
from patrol.people.operations.audit import note_read
from patrol.people.rules import STAFF
from patrol.places.operations.cities import city_of, hold

OnErased = Callable[[UUID, datetime], None]


class LastAdmin(Conflict):
    """A city keeps at least one admin."""

    words = {
        "ko": "이 도시의 마지막 관리자입니다. 먼저 다른 관리자를 초대하세요.",
        "en": "This is the city's last admin; invite another one first.",
    }


def erase(person: UUID, *, effects: tuple[OnErased, ...], now: datetime) -> None:
    """Remove a person everywhere. Again: nothing more happens. Raises LastAdmin."""
    with transaction():
        known = Person.get_or_none(Person.id == person)
        if known is None:
            return
        hold(city_of(known.city_id))  # of two last admins who leave at once, one stays
        _require_another_admin(known)
        for effect in effects:
            effect(person, now)
    checkpoint()


def erase_for(
    person: UUID, *, city: UUID, by: UUID, reason: str, effects: tuple[OnErased, ...], request_id: str, now: datetime
) -> None:
    """The same on behalf of the person, with a stated reason, which is logged. Raises NotFound, LastAdmin."""
    if not Person.select().where((Person.id == person) & (Person.city == city)).exists():
        raise NotFound
    with transaction():
        note_read(
            city=city, reader=by, subjects=[person], what="erasure", purpose=reason, request_id=request_id, now=now
        )
        erase(person, effects=effects, now=now)
    checkpoint()


def is_staff(person: UUID) -> bool:
    """Whether somebody holds a role of staff."""
    held = (Role.person == person) & Role.role.in_(sorted(STAFF)) & Role.ended_at.is_null()
    return bool(Role.select().where(held).exists())


def _require_another_admin(person: Person) -> None:
    admins = (
        Role.select(Role.person)
        .join(Person)
        .where(
            (Role.city == person.city_id)
            & (Role.role == "admin")
            & Role.ended_at.is_null()
            & (Person.state == "active")
        )
    )
    if {row.person_id for row in admins} == {person.id}:
        raise LastAdmin
