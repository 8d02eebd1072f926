"""Who read whose identity or place, in which role, and what for. Entries are only added."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from peewee import chunked

from config.database import transaction
from patrol.people.models import AccessEntry, Role
from patrol.people.rules import ROLES

OWN_ORDER = ((AccessEntry.at, True), (AccessEntry.id, True))
OPERATOR = UUID(int=0)
"""The reader of what is read by command line: whoever runs the installation."""
AT_ONCE = 500
"""Rows of one statement: a list of thousands has more values than SQLite takes at once."""


def note_read(
    *,
    city: UUID,
    reader: UUID,
    subjects: list[UUID],
    what: str,
    purpose: str,
    request_id: str = "",
    again_after: timedelta | None = None,
    now: datetime,
) -> None:
    """Log a read of somebody's data: `what` of rules.READ_THINGS, `purpose` of rules.PURPOSES or a stated reason.

    A person reading their own is no entry. `again_after`: what is looked at over and over, as a list at work is, is one
    read until so much time has passed.
    """
    others = [subject for subject in dict.fromkeys(subjects) if subject != reader]
    if again_after is not None:
        read = (AccessEntry.reader == reader) & (AccessEntry.what == what) & (AccessEntry.purpose == purpose)
        lately = AccessEntry.select(AccessEntry.subject).where(
            (AccessEntry.city == city) & (AccessEntry.at > now - again_after) & read
        )
        known = {entry.subject for entry in lately}
        others = [subject for subject in others if subject not in known]
    if not others:
        return
    role, office = ("operator", "") if reader == OPERATOR else _standing(reader)
    rows = [
        {
            "city": city,
            "reader": reader,
            "reader_role": role,
            "reader_office": office,
            "subject": subject,
            "what": what,
            "purpose": purpose,
            "request_id": request_id,
            "at": now,
        }
        for subject in others
    ]
    with transaction():
        for some in chunked(rows, AT_ONCE):
            AccessEntry.insert_many(some).execute()


def reads_of(subject: UUID) -> Any:
    """Query of the entries about somebody."""
    return AccessEntry.select().where(AccessEntry.subject == subject)


def forget_entries(*, city: UUID, before: datetime) -> int:
    """Drop entries older than the policy keeps them. Returns how many."""
    with transaction():
        return int(AccessEntry.delete().where((AccessEntry.city == city) & (AccessEntry.at < before)).execute())


def _standing(reader: UUID) -> tuple[str, str]:
    """The weightiest role of a reader, and the name of the police box or district that they have it in."""
    rows = list(Role.select().where((Role.person == reader) & Role.ended_at.is_null()))
    roles = {row.role for row in rows}
    role = next((role for role in reversed(ROLES) if role in roles), "")
    places = (row.box or row.district for row in rows if row.role == role)
    return role, next((place.name for place in places if place is not None), "")
