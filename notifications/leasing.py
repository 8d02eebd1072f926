"""What a relay takes in hand: due deliveries, claimed, sorted into what is sent, what waits and what is not sent."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import peewee

from config.database import is_sqlite, transaction
from notifications.channels import Push
from notifications.fanout import TEST
from notifications.models import PUSH, WEBHOOK, Delivery, Device, Message
from notifications.pace import Pace, allowed, spend
from notifications.preferences import Chosen, chosen
from notifications.templates import push_text

LEASE = timedelta(minutes=10)  # longer than a batch takes when every send runs into its time-out
STALE = timedelta(hours=24)  # what could not be sent for so long is old news; it stays in the inbox
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One thing to send: a delivery, and in a bundle the later ones it stands for. `push` is None for an address."""

    lead: Delivery
    ids: tuple[UUID, ...]
    push: Push | None = None


def take(channel: str, pace: Pace, *, now: datetime, holder: str) -> list[Parcel]:
    """Claim what the channel's pace allows, urgent ones first, then the oldest; a drill's when nothing else is due.

    An attempt counts from here: a message that kills its relay is given up in the end, too. What its recipient wants
    later, or no more this week, or whose device is gone, is put aside at once.
    """
    if not _due(channel, now).exists():
        return []
    with transaction():
        number = allowed(channel, pace, now=now)
        if not number:
            return []
        leased = _claim(channel, number, now=now, holder=holder)
        if not leased:  # a drill's wait for all else, and leave room for what may come while they are sent
            leased = _claim(channel, min(number // 2, pace.at_once), exercise=True, now=now, holder=holder)
        parcels = _parcels(leased, now=now) if channel in PUSH else [Parcel(lead=one, ids=(one.id,)) for one in leased]
        wanted = _wanted(parcels, now=now)
        spend(channel, len(wanted))
    return wanted


def _put_aside(ids: Sequence[UUID], **change: Any) -> None:
    """What is not sent now, in the transaction that claimed it."""
    Delivery.update(leased_by=None, leased_until=None, **change).where(Delivery.id.in_(ids)).execute()


def lasting(now: datetime) -> peewee.Expression:
    """Worth sending still."""
    within = Message.expires_at.is_null() | (Message.expires_at > now)
    return within & (Message.created_at > now - STALE)


def take_over(holder: str) -> int:
    """What other relays have in their hands is free again: they died, or will see that others took it. How many."""
    others = (Delivery.state == "pending") & (Delivery.leased_by != holder)
    return int(Delivery.update(leased_by=None, leased_until=None).where(others).execute())


def free(now: datetime) -> peewee.Expression:
    """Pending and in nobody's hands."""
    return (Delivery.state == "pending") & (Delivery.leased_until.is_null() | (Delivery.leased_until <= now))


def _due(channel: str, now: datetime) -> Any:
    mine = (Delivery.channel == channel) & (Delivery.due_at <= now)
    due = Delivery.select(Delivery.id).join(Message).where(free(now) & mine & lasting(now))
    return due.where(~_has_one_before()) if channel == WEBHOOK else due


def _has_one_before() -> Any:
    """Whether an earlier event is still on its way to the same webhook: those go one after the other."""
    other, told = Delivery.alias(), Message.alias()
    earlier = (told.created_at < Message.created_at) | (
        (told.created_at == Message.created_at) & (other.id < Delivery.id)
    )
    waits = (other.channel == WEBHOOK) & (other.address == Delivery.address) & (other.state == "pending")
    before = other.select(other.id).join(told, on=(other.message == told.id)).where(waits & earlier)
    return peewee.fn.EXISTS(before)


def _claim(channel: str, number: int, *, exercise: bool = False, now: datetime, holder: str) -> list[Delivery]:
    due = (
        _due(channel, now)
        .where(Message.exercise == exercise)
        .order_by(Message.urgent.desc(), Delivery.due_at, Message.created_at, Delivery.id)
    )
    due = due.limit(number)
    # SQLite has one writer at a time; on PostgreSQL a second relay passes over the rows that the first has locked.
    ids = [row.id for row in (due if is_sqlite() else due.for_update(of=Delivery, skip_locked=True))]
    if channel in PUSH:
        ids += _siblings(channel, ids, now)
    Delivery.update(leased_by=holder, leased_until=now + LEASE, attempts=Delivery.attempts + 1).where(
        Delivery.id.in_(ids)
    ).execute()
    leased = Delivery.select(Delivery, Message).join(Message).where(Delivery.id.in_(ids))
    place = {delivery_id: at for at, delivery_id in enumerate(ids)}
    return sorted(leased, key=lambda delivery: place[delivery.id])


def _siblings(channel: str, ids: Sequence[UUID], now: datetime) -> list[UUID]:
    """Others due for the same devices, so that no bundle is cut in two by the batch's end."""
    devices = Delivery.select(Delivery.address).where(Delivery.id.in_(ids))
    others = _due(channel, now).where(
        Delivery.address.in_(devices) & Delivery.id.not_in(ids) & ~Message.urgent & (Message.kind != TEST)
    )
    others = others.order_by(Delivery.due_at, Delivery.id)
    return [row.id for row in (others if is_sqlite() else others.for_update(of=Delivery, skip_locked=True))]


def _parcels(leased: Iterable[Delivery], *, now: datetime) -> list[Parcel]:
    """A push each for what is urgent; one for all the others of a device. What has no device any more is settled."""
    leased = list(leased)
    devices = {row.id: row for row in Device.select().where(Device.id.in_([UUID(one.address) for one in leased]))}
    gone = [one.id for one in leased if not _reaches(devices.get(UUID(one.address)), one.message)]
    if gone:
        _put_aside(gone, state="failed", reason="device_gone", settled_at=now)
    bundles: dict[Any, list[Delivery]] = {}
    for one in leased:
        if one.id not in gone:
            alone = one.message.urgent or one.message.kind == TEST
            bundles.setdefault(one.id if alone else one.address, []).append(one)
    choices = chosen({one.message.person: one.message.city for one in leased})
    for bundle in bundles.values():
        bundle.sort(key=lambda one: (one.message.created_at, one.id))
    return [
        Parcel(lead=bundle[0], ids=tuple(one.id for one in bundle), push=_push(bundle, device, choice, now=now))
        for bundle in bundles.values()
        for device in (devices[UUID(bundle[0].address)],)
        for choice in (choices[bundle[0].message.person],)
    ]


def _reaches(device: Device | None, message: Message) -> bool:
    return device is not None and device.retired_at is None and device.person == message.person


def _push(bundle: Sequence[Delivery], device: Device, choice: Chosen, *, now: datetime) -> Push:
    """The oldest of a bundle gives it its id, so that one sent again after a crash takes the place of the first."""
    message = bundle[0].message
    ends = max(min(one.message.expires_at or now + STALE, one.message.created_at + STALE) for one in bundle)
    return Push(
        id=message.id,
        said=push_text(_template(bundle), choice.language or device.language, count=len(bundle)),
        urgent=message.urgent,
        lasts=ends - now,
        kind=device.kind,
        address=device.address,
        keys=device.keys,
        count=len(bundle),
        exercise=message.exercise,
    )


def _template(bundle: Sequence[Delivery]) -> str:
    """Name of the text that a push has."""
    message = bundle[0].message
    if message.exercise:
        return "exercise"
    if message.urgent:
        return "urgent"
    if message.kind == TEST:
        return "test"
    return "bundle" if len(bundle) > 1 else "message"


def _wanted(parcels: Sequence[Parcel], *, now: datetime) -> list[Parcel]:
    """Those to be sent now. The others wait for the end of quiet hours, or are over the week's budget."""
    choices = chosen({parcel.lead.message.person: parcel.lead.message.city for parcel in parcels})
    pushed = _pushed_lately([parcel.lead.address for parcel in parcels if parcel.push], now=now)
    wanted = []
    for parcel in parcels:
        message = parcel.lead.message
        choice = choices[message.person] if not message.urgent and message.kind != TEST else Chosen()
        quiet_ends = choice.quiet_ends(now)
        budget = choice.weekly_budget
        if quiet_ends is not None:
            _put_aside(parcel.ids, due_at=quiet_ends, attempts=Delivery.attempts - 1)
        elif parcel.push and budget is not None and pushed.get(parcel.lead.address, 0) >= budget:
            _put_aside(parcel.ids, state="withheld", reason="budget", settled_at=now)
        else:
            wanted.append(parcel)
    return wanted


def _pushed_lately(devices: Sequence[str], *, now: datetime) -> Mapping[str, int]:
    """Pushes that were not urgent, by device, in the last seven days."""
    if not devices:
        return {}
    rows: Any = (
        Delivery.select(Delivery.address, peewee.fn.COUNT(Delivery.id))
        .join(Message)
        .where(
            Delivery.address.in_(devices)
            & (Delivery.settled_at > now - WEEK)
            & (Delivery.state == "sent")
            & ~Message.urgent
            & (Message.kind != TEST)
        )
        .group_by(Delivery.address)
        .tuples()
    )
    return dict(rows)
