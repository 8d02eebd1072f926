"""Messages about one subject that change with it: told to whom, lasting longer, taken back."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from notifications.models import Message


def told_of(dedupe_key: str, people: Collection[UUID]) -> set[UUID]:
    """Those of `people` who have the message of this key."""
    rows = Message.select(Message.person).where(Message.person.in_([*people]) & (Message.dedupe_key == dedupe_key))
    return {row.person for row in rows}


def subjects_told(person: UUID, kind: str, *, now: datetime) -> list[UUID]:
    """Subjects of a person's messages of a kind that last."""
    lasting = Message.expires_at.is_null() | (Message.expires_at > now)
    rows = Message.select(Message.subject).where((Message.person == person) & (Message.kind == kind) & lasting)
    return [row.subject for row in rows if row.subject]


def prolong(city: UUID, subject: UUID, *, since: datetime, expires_at: datetime) -> list[UUID]:
    """Within a transaction: let the messages of a subject, told since then, expire at another time. Who has them."""
    about = _about(city, subject, since)
    people = [row.person for row in Message.select(Message.person).where(about)]
    Message.update(expires_at=expires_at).where(about).execute()
    return people


def recall(city: UUID, subject: UUID, *, since: datetime) -> list[UUID]:
    """Within a transaction: remove the messages of a subject, told since then, wherever they are. Who had them."""
    about = _about(city, subject, since)
    people = [row.person for row in Message.select(Message.person).where(about)]
    Message.delete().where(about).execute()
    return people


def _about(city: UUID, subject: UUID, since: datetime) -> Any:
    """The time bounds the search: messages have no index by subject."""
    return (Message.city == city) & (Message.created_at >= since) & (Message.subject == subject)
