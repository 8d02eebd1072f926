"""Telling people something: written in the transaction that caused it, so that neither is there without the other.

Deliveries and lines of the live stream are written at its end, for all of its messages at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from peewee import chunked

from config.database import before_commit, transaction
from notifications import events
from notifications.fanout import TEST, fan_out, fan_out_test
from notifications.models import Message
from notifications.templates import PUSH, Said, Words

__all__ = ["Said", "Words", "announce", "enqueue", "enqueue_test", "forget_messages"]

TEST_LASTS = timedelta(hours=1)


AT_ONCE = 500
"""Rows of one statement."""


class Told(NamedTuple):
    """A line of the live stream, and the message that it stands for, unless that is on its way already."""

    line: dict[str, Any]
    message: dict[str, Any] | None = None


def enqueue(
    *,
    city: UUID,
    people: Iterable[UUID],
    kind: str,
    words: Words,
    link: str,
    subject: UUID | None,
    urgent: bool,
    dedupe_key: str,
    now: datetime,
    expires_at: datetime | None = None,
    exercise: bool = False,
) -> list[UUID]:
    """A message for each of `people`: in the inbox, on the live stream, and due at each address they have.

    The same `dedupe_key` for the same person is the same message: nothing more happens. `link` is a path inside the
    pages. Returns the messages' ids in the order of `people`. Raises RuntimeError outside a transaction.
    """
    told: list[Told] = []
    before_commit(_write, told)
    message: dict[str, Any] = {
        "city": city,
        "kind": kind,
        "words": words,
        "link": link,
        "subject": subject,
        "urgent": urgent,
        "dedupe_key": dedupe_key,
        "created_at": now,
        "expires_at": expires_at,
        "exercise": exercise,
    }
    people = list(dict.fromkeys(people))
    ids: dict[UUID, UUID] = {}
    # Everybody in the same order: two that tell the same people of the same would deadlock otherwise.
    for some in chunked(sorted(people), AT_ONCE):
        ids |= _tell(some, message, told)
    return [ids[person] for person in people]


def enqueue_test(*, city: UUID, person: UUID, now: datetime) -> UUID:
    """A test message to this person, on its way to their devices at once whatever they chose. In a transaction."""
    message = uuid4()
    row: dict[str, Any] = {
        "id": message,
        "city": city,
        "person": person,
        "kind": TEST,
        "words": PUSH["test"],
        "dedupe_key": f"test:{uuid4()}",
        "created_at": now,
        "expires_at": now + TEST_LASTS,
    }
    Message.insert(**row).execute()
    fan_out_test(message, person, now=now)
    before_commit(_write, [Told(_line(row))])
    return message


def announce(*, city: UUID, people: Iterable[UUID], kind: str, content: Mapping[str, Any], now: datetime) -> None:
    """A line of the live stream without a message: something that open pages show has changed.

    Raises RuntimeError outside a transaction.
    """
    line = {"city": city, "kind": kind, "content": dict(content), "created_at": now}
    before_commit(_write, [Told({**line, "person": person}) for person in dict.fromkeys(people)])


def forget_messages(before: datetime) -> int:
    """Delete the messages that expired before this instant, with their deliveries; returns how many."""
    with transaction():
        return int(Message.delete().where(Message.expires_at < before).execute())


def forget_old_messages(city: UUID, *, before: datetime) -> int:
    """Delete a city's messages from before this instant, with their deliveries; returns how many."""
    with transaction():
        return int(Message.delete().where((Message.city == city) & (Message.created_at < before)).execute())


def _tell(people: Sequence[UUID], message: dict[str, Any], told: list[Told]) -> dict[UUID, UUID]:
    """Write the message to each unless it is known; what is new goes into `told`. Their ids."""
    rows = [{"id": uuid4(), "person": person, **message} for person in people]
    written = Message.insert_many(rows).on_conflict_ignore().returning(Message.id).execute()
    fresh = {row.id for row in written}
    told.extend(Told(_line(row), row) for row in rows if row["id"] in fresh)
    if len(fresh) == len(rows):
        return {row["person"]: row["id"] for row in rows}
    known = (Message.person.in_(people)) & (Message.dedupe_key == message["dedupe_key"])
    return {row.person: row.id for row in Message.select(Message.id, Message.person).where(known)}


def _line(message: Mapping[str, Any]) -> dict[str, Any]:
    """The words stay out of the stream's table: they are fetched from the inbox, which loses them at expiry."""
    return {
        "city": message["city"],
        "person": message["person"],
        "kind": "message",
        "content": {"message": str(message["id"]), "kind": message["kind"], "urgent": message.get("urgent", False)}
        | ({"exercise": True} if message.get("exercise") else {}),
        "created_at": message["created_at"],
    }


def _write(told: list[Told]) -> None:
    """Send a transaction's messages on their way, and put its lines on the live stream, in order."""
    fan_out([each.message for each in told if each.message is not None])
    events.append([each.line for each in told])
