"""The table behind the live stream: one line per person and event, numbered in the order of commits."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import peewee
from peewee import chunked

from config.database import database, is_sqlite, transaction
from notifications.models import Event

AT_ONCE = 500


def append(rows: Sequence[Mapping[str, Any]]) -> None:
    """Add events (city, person, kind, content, created_at) in order.

    On PostgreSQL they are drafts until the commit, which gives them their numbers (`models.IN_TURN`) and wakes the
    pumps. Raises RuntimeError outside a transaction.
    """
    if not database.in_transaction():
        raise RuntimeError("what people are told is written in the transaction that caused it; none is open")
    drafts = rows if is_sqlite() else [{**row, "seq": -1 - secrets.randbits(62)} for row in rows]
    for chunk in chunked(drafts, AT_ONCE):
        Event.insert_many(chunk).as_rowcount().execute()


def first_seq() -> int:
    """Number of the oldest event that is still kept; 1 when there never was any.

    Drafts are passed by in the index, too: until it is vacuumed it holds one for each event that was ever written.
    """
    return int(Event.select(peewee.fn.MIN(Event.seq)).where(Event.seq > 0).scalar() or 1)


def last_seq() -> int:
    """Number of the newest event; 0 when there never was any. All events up to it are committed."""
    return int(Event.select(peewee.fn.MAX(Event.seq)).scalar() or 0)


def of_everybody(*, after: int, limit: int) -> list[Event]:
    """At most `limit` events numbered above `after`, in order."""
    return list(Event.select().where(Event.seq > after).order_by(Event.seq).limit(limit))


def of_person(person: UUID, *, after: int, limit: int) -> list[Event]:
    """The same, of one person only."""
    mine = (Event.person == person) & (Event.seq > after)
    return list(Event.select().where(mine).order_by(Event.seq).limit(limit))


def forget_events(before: datetime, *, city: UUID | None = None) -> int:
    """Delete events older than `before`, of one city or of all; returns how many.

    The newest stays however old it is: SQLite numbers on from the highest row, and a number given twice would be
    lost on whoever has seen it already.
    """
    with transaction():
        old = (Event.created_at < before) & (Event.seq < last_seq())
        if city is not None:
            old &= Event.city == city
        return int(Event.delete().where(old).execute())
