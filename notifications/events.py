"""The table behind the live stream: one line per person and event, numbered in the order of commits."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import peewee
from peewee import chunked

from config.database import database, is_sqlite, transaction
from notifications.models import Event

BELL = "patrol_events"
TURN = 7_202_611
AT_ONCE = 500


def take_turn() -> None:
    """Make this transaction the only one that appends until it ends; wakes the pumps at its commit.

    The race this prevents: on PostgreSQL a number is drawn at the insert but seen at the commit. Of two transactions
    the one with the higher number may commit first; a reader that goes on from the highest number seen would then
    never see the other's. SQLite has one writer at a time anyway.

    Others wait from here to the commit, so it comes after a transaction's own writes: one that goes on to wait for a
    row of somebody who waits for a turn would deadlock.

    Raises RuntimeError outside a transaction.
    """
    if not database.in_transaction():
        raise RuntimeError("what people are told is written in the transaction that caused it; none is open")
    if not is_sqlite():
        database.execute_sql("SELECT pg_advisory_xact_lock(%s), pg_notify(%s, '')", (TURN, BELL))


def append(rows: Sequence[Mapping[str, Any]]) -> None:
    """Add events (city, person, kind, content, created_at) in order. Needs the transaction's turn (`take_turn`)."""
    for chunk in chunked(rows, AT_ONCE):
        Event.insert_many(chunk).as_rowcount().execute()


def first_seq() -> int:
    """Number of the oldest event that is still kept; 1 when there never was any."""
    return int(Event.select(peewee.fn.MIN(Event.seq)).scalar() or 1)


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
