"""Which ways a message goes: one delivery for each address and device, due at once or together with others."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import peewee
from peewee import chunked

from config.database import as_uuid
from notifications.models import DEVICE_KINDS, PUSH, Address, Delivery, Device, Message
from notifications.preferences import Chosen, chosen

TEST = "test"
"""Kind of a test message: it goes to devices only, alone, whatever their holder chose."""
AT_ONCE = 500
"""Rows of one statement."""

Way = tuple[str, str]
"""Channel, and the address or the device's id."""


def fan_out(messages: Sequence[Mapping[str, Any]]) -> None:
    """Deliveries of messages written in this transaction, as far as they are still there at its end.

    Urgent: by every way there is, now. Else by the channels its recipient chose; a push waits a little for others.
    """
    for some in chunked(messages, AT_ONCE):
        left = {row.id for row in Message.select(Message.id).where(Message.id.in_([row["id"] for row in some]))}
        _fan_out([row for row in some if row["id"] in left])


def fan_out_test(message: UUID, person: UUID, *, now: datetime) -> None:
    """Deliveries of a test message: now, to each device."""
    _write([_delivery(message, way, due_at=now) for way in _ways([person]).get(person, ()) if way[0] in PUSH])


def _fan_out(messages: Sequence[Mapping[str, Any]]) -> None:
    ways = _ways([row["person"] for row in messages])
    going = [(row, way) for row in messages for way in ways.get(row["person"], ())]
    at_leisure = [(row, way) for row, way in going if not row["urgent"]]
    choices = chosen({row["person"]: row["city"] for row, _ in at_leisure})
    wanted = [(row, way) for row, way in at_leisure if choices[row["person"]].wants(row["kind"], way[0])]
    waiting = _waiting([way for _, way in wanted])
    _write(
        [_delivery(row["id"], way, due_at=row["created_at"]) for row, way in going if row["urgent"]]
        + [_delivery(row["id"], way, due_at=_due(row, way, choices[row["person"]], waiting)) for row, way in wanted]
    )


def _delivery(message: UUID, way: Way, *, due_at: datetime) -> dict[str, Any]:
    channel, address = way
    return {"id": uuid4(), "message": message, "channel": channel, "address": address, "due_at": due_at}


def _due(message: Mapping[str, Any], way: Way, choice: Chosen, waiting: Mapping[Way, datetime]) -> datetime:
    now: datetime = message["created_at"]
    if way[0] not in PUSH:
        return now
    own = now + timedelta(minutes=choice.bundle_min)
    return min(waiting.get(way, own), own)


def _ways(people: Sequence[UUID]) -> dict[UUID, list[Way]]:
    addresses = Address.select(Address.person, Address.channel, Address.value).where(Address.person.in_(people))
    devices = Device.select(Device.person, Device.kind, Device.id.cast("TEXT")).where(
        Device.person.in_(people) & Device.retired_at.is_null()
    )
    rows: Any = addresses.union_all(devices).tuples()
    ways: dict[UUID, list[Way]] = {}
    for person, kind, address in rows:
        ways.setdefault(as_uuid(person), []).append(_way(kind, address))
    return ways


def _way(kind: str, address: str) -> Way:
    """Of an address its channel and itself; of a device by its kind the channel, and its id."""
    return (DEVICE_KINDS[kind], str(UUID(address))) if kind in DEVICE_KINDS else (kind, address)


def _waiting(ways: Sequence[Way]) -> dict[Way, datetime]:
    """When the push that waits for a device is due: what comes meanwhile joins it."""
    devices = [address for channel, address in ways if channel in PUSH]
    if not devices:
        return {}
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
    return {(row[0], row[1]): row[2] for row in rows}


def _write(deliveries: Sequence[dict[str, Any]]) -> None:
    for chunk in chunked(deliveries, AT_ONCE):
        Delivery.insert_many(chunk).as_rowcount().execute()
