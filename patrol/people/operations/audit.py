"""Who read whose identity or place."""

from datetime import datetime
from uuid import UUID

from config.database import transaction
from patrol.people.models import AccessEntry


def note_read(
    *, city: UUID, reader: UUID, subjects: list[UUID], what: str, purpose: str, request_id: str = "", now: datetime
) -> None:
    """Log a read of somebody's data. A person reading their own is no entry."""
    rows = [
        {
            "city": city,
            "reader": reader,
            "subject": subject,
            "what": what,
            "purpose": purpose,
            "request_id": request_id,
            "at": now,
        }
        for subject in subjects
        if subject != reader
    ]
    if rows:
        with transaction():
            AccessEntry.insert_many(rows).execute()


def forget_entries(*, city: UUID, before: datetime) -> int:
    """Drop entries older than the policy keeps them. Returns how many."""
    with transaction():
        return int(AccessEntry.delete().where((AccessEntry.city == city) & (AccessEntry.at < before)).execute())
