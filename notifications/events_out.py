"""Events for other systems, by the way of every message: written with their cause, retried, seen until they expire.

Their recipient is a webhook's id, which nobody signs in as: no inbox shows them. Urgent, as machines keep no hours.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from config.database import in_operation
from notifications.models import WEBHOOK, Delivery, Message

KIND = "webhook"


def post_event(
    *, city: UUID, webhook: UUID, content: Mapping[str, Any], dedupe_key: str, place: int = 0, now: datetime
) -> UUID | None:
    """Put an event on its way to a webhook. Its id, or None when this key came before. In a transaction.

    `place`: among those put on their way at the same moment; each goes when the one before it has arrived, or is
    given up.
    """
    if not in_operation():
        raise RuntimeError("what is sent is written in the transaction that caused it; none is open")
    event = uuid4()
    row = {
        "id": event,
        "city": city,
        "person": webhook,
        "kind": KIND,
        "words": {"id": str(event), **content},
        "urgent": True,
        "dedupe_key": dedupe_key,
        "created_at": now + timedelta(microseconds=place),
    }
    if not list(Message.insert_many([row]).on_conflict_ignore().returning(Message.id).execute()):
        return None
    Delivery.create(message=event, channel=WEBHOOK, address=str(webhook), due_at=now)
    return event


def known_keys(webhook: UUID, *, since: datetime) -> set[str]:
    """The keys of what was put on its way to a webhook since then."""
    rows = Message.select(Message.dedupe_key).where((Message.person == webhook) & (Message.created_at >= since))
    return {row.dedupe_key for row in rows}


def forget_events_to(webhook: UUID) -> None:
    """Drop all that was or is on its way to a webhook."""
    Message.delete().where(Message.person == webhook).execute()


def failing_since(webhook: UUID, *, after: datetime) -> datetime | None:
    """Since when, and not before `after`, events could not be delivered and none has been."""
    mine = Delivery.select(Delivery, Message).join(Message).where(Message.person == webhook)
    sent = mine.where((Delivery.state == "sent") & (Delivery.settled_at > after)).order_by(Delivery.settled_at.desc())
    last = sent.first()
    tried = (Delivery.state == "failed") | (Delivery.state == "expired") | (Delivery.attempts > 0)
    begins = last.settled_at if last else after
    later = Delivery.settled_at.is_null() | (Delivery.settled_at > begins)
    first = mine.where(tried & (Delivery.state != "sent") & later).order_by(Message.created_at).first()
    return max(first.message.created_at, begins) if first else None
