"""Words that themselves go out, such as a code: to an address that need not belong to anybody here yet.

They take the way of every other message, so that neither a crash nor a retry loses one, and are dropped when they
expire. Until then they lie sealed. Their recipient is whatever asked for them, which nobody signs in as: no inbox
shows them.
"""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Protocol
from uuid import UUID

from config.database import in_operation
from notifications.models import Delivery, Message
from notifications.outbox import Said

KIND = "direct"


class Keys(Protocol):
    """What seals and opens text."""

    def seal(self, text: str) -> str:
        """Text that nobody else reads."""
        ...

    def unseal(self, sealed: str) -> str:
        """The same again."""
        ...


Opener = Callable[[Message], Said | None]


def post(
    *,
    city: UUID,
    recipient: UUID,
    channel: str,
    address: str,
    said: Said,
    keys: Keys,
    now: datetime,
    expires_at: datetime,
    held_back: bool = False,
    urgent: bool = True,
) -> None:
    """Put `said` on its way. `held_back`: write as much and send nothing, so that time tells no difference.

    What is not `urgent` waits behind what is, and for the end of the city's quiet hours. Raises RuntimeError outside a
    transaction.
    """
    if not in_operation():
        raise RuntimeError("what is sent is written in the transaction that caused it; none is open")
    message = Message.create(
        city=city,
        person=recipient,
        kind=KIND,
        words={"sealed": keys.seal(json.dumps(said))},
        urgent=urgent,
        dedupe_key=KIND,
        created_at=now,
        expires_at=expires_at,
    )
    Delivery.create(
        message=message,
        channel=channel,
        address=address,
        state="expired" if held_back else "pending",
        due_at=now,
        settled_at=now if held_back else None,
    )


def opener(keys: Keys) -> Opener:
    """A function that reads what a direct message says; None for every other."""

    def opens(message: Message) -> Said | None:
        if message.kind != KIND:
            return None
        said: Said = json.loads(keys.unseal(message.words["sealed"]))
        return said

    return opens


def nothing(_message: Message) -> Said | None:
    """An opener without keys: every message is as neutral as any other."""
    return None
