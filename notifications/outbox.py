"""Telling people something: written in the transaction that caused it, so that neither is there without the other.

Lines of the live stream are written last of all in it: writers of those take turns until their commit, and one that had
its turn and then waited for a row of somebody who waits for a turn would deadlock.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID, uuid4

from config.database import before_commit, transaction
from notifications import events
from notifications.models import Address, Delivery, Message


class Said(TypedDict):
    """A message in one language."""

    title: str
    body: str


class Words(TypedDict):
    """A message in every language."""

    ko: Said
    en: Said


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
) -> list[UUID]:
    """A message for each of `people`: in the inbox, on the live stream, and due at each address they have.

    The same `dedupe_key` for the same person is the same message: nothing more happens. `link` is a path inside the
    pages. Returns the messages' ids in the order of `people`. Raises RuntimeError outside a transaction.
    """
    lines: list[dict[str, Any]] = []
    before_commit(lambda: _write(lines))
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
    }
    people = list(dict.fromkeys(people))
    # Everybody in the same order: two that tell the same people of the same would deadlock otherwise.
    ids = {person: _tell(person, message, lines) for person in sorted(people)}
    return [ids[person] for person in people]


def announce(*, city: UUID, people: Iterable[UUID], kind: str, content: Mapping[str, Any], now: datetime) -> None:
    """A line of the live stream without a message: something that open pages show has changed.

    Raises RuntimeError outside a transaction.
    """
    line = {"city": city, "people": [*people], "kind": kind, "content": dict(content), "now": now}
    before_commit(lambda: _write([line]))


def forget_messages(before: datetime) -> int:
    """Delete the messages that expired before this instant, with their deliveries; returns how many."""
    with transaction():
        return int(Message.delete().where(Message.expires_at < before).execute())


def _tell(person: UUID, message: dict[str, Any], lines: list[dict[str, Any]]) -> UUID:
    """Write the message unless it is known; what the live stream is to say of it goes into `lines`."""
    known = (Message.person == person) & (Message.dedupe_key == message["dedupe_key"])
    message_id = uuid4()
    if not Message.insert(id=message_id, person=person, **message).on_conflict_ignore().as_rowcount().execute():
        earlier: UUID = Message.select(Message.id).where(known).scalar()
        return earlier
    # The words stay out of the stream's table: they are fetched from the inbox, which loses them at expiry.
    content = {"message": str(message_id), "kind": message["kind"], "urgent": message["urgent"]}
    city, now = message["city"], message["created_at"]
    lines.append({"city": city, "people": [person], "kind": "message", "content": content, "now": now})
    for address in Address.select().where(Address.person == person):
        Delivery.create(
            message=message_id, channel=address.channel, address=address.value, due_at=message["created_at"]
        )
    return message_id


def _write(lines: list[dict[str, Any]]) -> None:
    """Put lines on the live stream, in order."""
    if lines:
        events.take_turn()
    for line in lines:
        events.append(**line)
