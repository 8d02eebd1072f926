"""Which ways a message goes: one delivery for each address and device, due at once or together with others."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import peewee
from peewee import chunked

from notifications.models import DEVICE_KINDS, PUSH, Address, Delivery, Device, Message
from notifications.preferences import Chosen, chosen

TEST = "test"
"""Kind of a test message: it goes to devices only, alone, whatever their holder chose."""
AT_ONCE = 500
"""Rows of one statement."""

Way = tuple[str, str]
"""Channel, and the address or the device's id."""


def fan_out(messages: Sequence[Mapping[str, Any]]) -> None:
    """Deliveries of messages just written, all with the same words and each to another person.

    Urgent: by every way there is, now. Else by the channels its recipient chose; a push waits a little for others.
    """
    if not messages:
        return
    people = {row["person"]: row["city"] for row in messages}
    ways, choices = _ways(list(people)), chosen(people)
    waiting = {} if messages[0]["urgent"] else _waiting([way for each in ways.values() for way in each])
    _write(
        [
            {**delivery, "due_at": _due(delivery, row, choices[row["person"]], waiting)}
            for row in messages
            for delivery in _deliveries(row, ways.get(row["person"], ()), choices[row["person"]])
        ]
    )


def fan_out_test(message: UUID, person: UUID, *, now: datetime) -> None:
    """Deliveries of a test message: now, to each device."""
    ways = _ways([person]).get(person, ())
    _write([_delivery(message, way) | {"due_at": now} for way in ways if way[0] in PUSH])


def _deliveries(message: Mapping[str, Any], ways: Sequence[Way], choice: Chosen) -> Iterator[dict[str, Any]]:
    for way in ways:
        if message["urgent"] or choice.wants(message["kind"], way[0]):
            yield _delivery(message["id"], way)


def _delivery(message: UUID, way: Way) -> dict[str, Any]:
    channel, address = way
    return {"id": uuid4(), "message": message, "channel": channel, "address": address}


def _due(
    delivery: Mapping[str, Any], message: Mapping[str, Any], choice: Chosen, waiting: Mapping[Way, datetime]
) -> datetime:
    now: datetime = message["created_at"]
    if message["urgent"] or delivery["channel"] not in PUSH:
        return now
    own = now + timedelta(minutes=choice.bundle_min)
    return min(waiting.get((delivery["channel"], delivery["address"]), own), own)


def _ways(people: Sequence[UUID]) -> dict[UUID, list[Way]]:
    ways: dict[UUID, list[Way]] = {}
    for address in Address.select().where(Address.person.in_(people)):
        ways.setdefault(address.person, []).append((address.channel, address.value))
    devices = Device.select(Device.id, Device.person, Device.kind).where(
        Device.person.in_(people) & Device.retired_at.is_null()
    )
    for device in devices:
        ways.setdefault(device.person, []).append((DEVICE_KINDS[device.kind], str(device.id)))
    return ways


def _waiting(ways: Sequence[Way]) -> dict[Way, datetime]:
    """When the push that waits for a device is due: what comes meanwhile joins it."""
    devices = [address for channel, address in ways if channel in PUSH]
    due = peewee.fn.MIN(Delivery.due_at).python_value(Delivery.due_at.python_value)
    rows: Any = (
        Delivery.select(Delivery.channel, Delivery.address, due.alias("due"))
        .join(Message)
        .where(
            (Delivery.state == "pending")
            & Delivery.address.in_(devices)
            & Delivery.leased_by.is_null()
            & ~Message.urgent
            & (Message.kind != TEST)
        )
        .group_by(Delivery.channel, Delivery.address)
        .tuples()
    )
    return {(row[0], row[1]): row[2] for row in rows} if devices else {}


def _write(deliveries: Sequence[dict[str, Any]]) -> None:
    for chunk in chunked(deliveries, AT_ONCE):
        Delivery.insert_many(chunk).execute()
