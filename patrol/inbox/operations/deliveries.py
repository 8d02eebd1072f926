"""What became of messages on their way: for coordinators, without what they say and to whom."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import peewee

from notifications.models import ADDRESS_CHANNELS, PUSH, WEBHOOK, ChannelState, Delivery, Message

STATES = ("waiting", "sent", "failed", "expired", "bundled", "withheld")
"""As they are called outside; `waiting` is kept as pending."""
PEOPLES = (*ADDRESS_CHANNELS, *PUSH)
CHANNELS = (*PEOPLES, WEBHOOK)
INBOX = "inbox"


def kept_as(state: str) -> str:
    """A state's name in the table."""
    return "pending" if state == "waiting" else state


def deliveries(
    city: UUID,
    *,
    state: str | None = None,
    channel: str | None = None,
    urgent: bool | None = None,
    message: UUID | None = None,
    since: datetime | None = None,
) -> Any:
    """Query of a city's deliveries with their messages; those of messages told since then."""
    found = Delivery.select(Delivery, Message).join(Message).where(Message.city == city)
    for field, value in (
        (Delivery.state, None if state is None else kept_as(state)),
        (Delivery.channel, channel),
        (Message.urgent, urgent),
        (Message.id, message),
    ):
        if value is not None:
            found = found.where(field == value)
    return found.where(Message.created_at >= since) if since is not None else found


def summary(city: UUID, *, since: datetime) -> list[dict[str, Any]]:
    """By channel: whether it is down, and how many deliveries of messages told since then are in each state."""
    again = peewee.fn.SUM(peewee.Case(None, [(Delivery.attempts > 1, 1)], 0))
    rows: Any = (
        Delivery.select(Delivery.channel, Delivery.state, peewee.fn.COUNT(Delivery.id), again)
        .join(Message)
        .where((Message.city == city) & (Message.created_at >= since))
        .group_by(Delivery.channel, Delivery.state)
        .tuples()
    )
    counts = {channel: dict.fromkeys((*STATES, "retried"), 0) for channel in CHANNELS}
    for channel, state, number, retried in rows:
        counts[channel]["waiting" if state == "pending" else state] += number
        counts[channel]["retried"] += int(retried)
    fares = {row.channel: row for row in ChannelState.select()}
    return [
        {
            "channel": channel,
            "down_since": fares[channel].down_since if channel in fares else None,
            "down_because": fares[channel].down_because if channel in fares else "",
            **counts[channel],
        }
        for channel in CHANNELS
    ]


def counted(city: UUID, *, subjects: Collection[UUID], since: datetime) -> list[dict[str, Any]]:
    """What became of the messages about these things, told since then: in the inbox, and by each channel."""
    about = (Message.city == city) & (Message.created_at >= since) & Message.subject.in_([*subjects])
    counts = {channel: dict.fromkeys(STATES, 0) for channel in (INBOX, *PEOPLES)}
    counts[INBOX]["sent"] = Message.select().where(about).count()
    rows: Any = (
        Delivery.select(Delivery.channel, Delivery.state, peewee.fn.COUNT(Delivery.id))
        .join(Message)
        .where(about)
        .group_by(Delivery.channel, Delivery.state)
        .tuples()
    )
    for channel, state, number in rows:
        counts[channel]["waiting" if state == "pending" else state] += number
    return [{"channel": channel, **states} for channel, states in counts.items()]
