"""An account is erased: the person is removed everywhere, in one transaction, and the city keeps its counts.

Each subject takes out its own (`effects`, gathered by app.py). Sessions go with the account, so live streams end, too.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from config.database import checkpoint, transaction
from patrol.errors import NotFound
from patrol.people.models import Person
from patrol.people.operations.accounts import people_with
from patrol.people.operations.audit import note_read
from patrol.people.operations.staffing import LastAdmin
from patrol.places.operations.cities import city_of, hold

OnErased = Callable[[UUID, datetime], None]


def erase(person: UUID, *, effects: tuple[OnErased, ...], now: datetime) -> None:
    """Remove a person everywhere. Again: nothing more happens. Raises LastAdmin."""
    with transaction():
        known = Person.get_or_none(Person.id == person)
        if known is None:
            return
        hold(city_of(known.city_id))  # of two last admins who leave at once, one stays
        if people_with(known.city_id, "admin") == [person]:
            raise LastAdmin
        for effect in effects:
            effect(person, now)
    checkpoint()


def erase_for(
    person: UUID, *, city: UUID, by: UUID, reason: str, effects: tuple[OnErased, ...], request_id: str, now: datetime
) -> None:
    """The same on behalf of the person, which is logged. Raises NotFound, LastAdmin.

    `reason` is of rules.ERASURE_REASONS.
    """
    if not Person.select().where((Person.id == person) & (Person.city == city)).exists():
        raise NotFound
    with transaction():
        note_read(
            city=city, reader=by, subjects=[person], what="erasure", purpose=reason, request_id=request_id, now=now
        )
        erase(person, effects=effects, now=now)
    checkpoint()
