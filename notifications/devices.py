"""Phones and browsers that take pushes. An address in use is one device's only: of who registered it last."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from config.database import database, is_sqlite, transaction
from notifications.models import Device


def put_device(
    device: UUID,
    *,
    city: UUID,
    person: UUID,
    session: UUID | None,
    kind: str,
    address: str,
    keys: Mapping[str, str] | None,
    label: str,
    language: str,
    now: datetime,
) -> Device | None:
    """From now on this device is the person's, reached at `address`; whose it was before gets no more there.

    `keys` are of a web push subscription. Again the same: only the time changes. None when `device` is the id of
    somebody else's that is reached elsewhere.
    """
    values: dict[str, Any] = {
        "city": city,
        "person": person,
        "session": session,
        "kind": kind,
        "address": address,
        "address_sha256": digest(address),
        "keys": dict(keys) if keys else None,
        "label": label,
        "language": language,
        "registered_at": now,
        "retired_at": None,
        "retired_because": None,
    }
    return _put(device, values, now=now)


def devices_of(person: UUID) -> Any:
    """Query of a person's devices, the retired ones too."""
    return Device.select().where(Device.person == person)


def remove_device(person: UUID, device: UUID) -> bool:
    """Forget one of a person's devices; False when they have no such."""
    with transaction():
        return bool(Device.delete().where((Device.id == device) & (Device.person == person)).execute())


def retire_device(device: UUID, *, address: str, now: datetime) -> None:
    """The service behind it knows this address no more. A device that registered anew meanwhile stays."""
    _retire((Device.id == device) & (Device.address_sha256 == digest(address)), because="unregistered", now=now)


def retire_of_session(session: UUID, *, now: datetime) -> None:
    """Who signs out is not reached there any more."""
    _retire(Device.session == session, because="signed_out", now=now)


def digest(address: str) -> str:
    """SHA-256 of an address: fit for an index however long the address is."""
    return hashlib.sha256(address.encode()).hexdigest()


def _put(device: UUID, values: dict[str, Any], *, now: datetime) -> Device | None:
    with transaction():
        _take_turn(values["address_sha256"])
        known = Device.get_or_none(Device.id == device)
        here = Device.address_sha256 == values["address_sha256"]
        if known is not None and known.person != values["person"] and known.address_sha256 != values["address_sha256"]:
            return None
        _retire(here & (Device.id != device), because="moved", now=now)
        Device.insert(id=device, created_at=now, **values).on_conflict(
            conflict_target=[Device.id], update=values
        ).execute()
        found: Device = Device.get_by_id(device)
        return found


def _take_turn(sha256: str) -> None:
    """Of several that register the same address at once, each finds the one before. SQLite has one writer anyway."""
    if not is_sqlite():
        database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (int(sha256[:15], 16),))


def _retire(which: Any, *, because: str, now: datetime) -> None:
    with transaction():
        Device.update(retired_at=now, retired_because=because, address="", keys=None).where(
            which & Device.retired_at.is_null()
        ).execute()
