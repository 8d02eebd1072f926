"""A person's messages. Nobody reads another's."""

from datetime import datetime
from typing import Any
from uuid import UUID

from config.database import transaction
from notifications.models import Message
from patrol.errors import NotFound


class NoSuchMessage(NotFound):
    """No such message of the caller's, or it has expired."""

    words = {"ko": "그런 알림이 없거나 만료되었습니다.", "en": "There is no such message, or it has expired."}


def messages(person: UUID, *, now: datetime) -> Any:
    """The messages of `person` that have not expired."""
    return Message.select().where((Message.person == person) & _lasting(now))


def message_of(person: UUID, message_id: UUID, *, now: datetime) -> Message:
    """One of them. Raises NoSuchMessage."""
    found: Message | None = messages(person, now=now).where(Message.id == message_id).first()
    if found is None:
        raise NoSuchMessage
    return found


def mark_read(person: UUID, message_id: UUID, *, now: datetime) -> Message:
    """Note that it was read; the first time counts. Raises NoSuchMessage."""
    with transaction():
        message = message_of(person, message_id, now=now)
        Message.update(read_at=now).where((Message.id == message_id) & Message.read_at.is_null()).execute()
        return message_of(person, message.id, now=now)


def _lasting(now: datetime) -> Any:
    return Message.expires_at.is_null() | (Message.expires_at > now)
