"""Telling people something: written in the transaction that caused it, so that neither is there without the other."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID, uuid4

from config.database import transaction
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
    events.take_turn()  # before the first insert: two that tell the same people in another order would deadlock
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
    return [_tell(person, message) for person in dict.fromkeys(people)]


def announce(*, city: UUID, people: Iterable[UUID], kind: str, content: Mapping[str, Any], now: datetime) -> None:
    """A line of the live stream without a message: something that open pages show has changed.

    Raises RuntimeError outside a transaction.
    """
    events.take_turn()
    events.append(city=city, people=people, kind=kind, content=content, now=now)


def forget_messages(before: datetime) -> int:
    """Delete the messages that expired before this instant, with their deliveries; returns how many."""
    with transaction():
        return int(Message.delete().where(Message.expires_at < before).execute())


def _tell(person: UUID, message: dict[str, Any]) -> UUID:
    known = (Message.person == person) & (Message.dedupe_key == message["dedupe_key"])
    message_id = uuid4()
    if not Message.insert(id=message_id, person=person, **message).on_conflict_ignore().as_rowcount().execute():
        earlier: UUID = Message.select(Message.id).where(known).scalar()
        return earlier
    # The words stay out of the stream's table: they are fetched from the inbox, which loses them at expiry.
    content = {"message": str(message_id), "kind": message["kind"], "urgent": message["urgent"]}
    events.append(city=message["city"], people=[person], kind="message", content=content, now=message["created_at"])
    for address in Address.select().where(Address.person == person):
        Delivery.create(
            message=message_id, channel=address.channel, address=address.value, due_at=message["created_at"]
        )
    return message_id
