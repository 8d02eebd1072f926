"""Takes due deliveries out of the house: lease, send, settle.

At least once: a relay that dies between sending and settling leaves a lease that runs out, and another sends again.
Receivers tell a repeat by the message's id. No transaction is open while a channel talks to the outside.

A service that answers nobody is an outage, no fault of any message: all keep their place, the channel is left alone for
a while, and a few messages find out when it is back. What is sent then is sent at the channel's pace.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from config.database import transaction
from notifications import pace as paces_of
from notifications.channels import AnyChannel, Dead, Outcome, PushChannel, Retry, Sent, Withheld
from notifications.devices import retire_device
from notifications.leasing import LEASE, STALE, Parcel, free, lasting, take
from notifications.models import Delivery, Message
from notifications.pace import PACES, PROBE, Pace

log = structlog.get_logger(__name__)

SETTLED_AT_ONCE = 1000
ATTEMPTS = 10
FIRST_WAIT_S, LONGEST_WAIT_S = 30.0, 3600.0

Jitter = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Held:
    """Not tried: those before it showed that it would be in vain."""


def relay(
    channels: Iterable[AnyChannel], *, now: datetime, holder: str, jitter: Jitter, paces: Mapping[str, Pace] = PACES
) -> int:
    """One pass: for each channel lease, send and settle a batch, urgent ones first.

    `holder` names this relay among all that run; `jitter` gives numbers from 0 to 1 that spread the retries. Returns
    how many were tried: after 0 there is nothing more to do at `now`. What expired is passed by: `settle_expired`.
    """
    return sum(_pass(channel, paces[channel.name], now=now, holder=holder, jitter=jitter) for channel in channels)


def wait_s(attempts: int, *, asked_s: float, jitter: float) -> float:
    """Seconds until the next try after `attempts` failed ones: doubling, spread, and never sooner than asked for."""
    doubled = min(FIRST_WAIT_S * 2.0 ** (attempts - 1), LONGEST_WAIT_S)
    return max(doubled * (0.5 + 0.5 * jitter), asked_s)


def settle_expired(now: datetime) -> None:
    """Say so of what expired. Found from those that are pending, all of which it looks at: done once for all channels.

    At most SETTLED_AT_ONCE at a time.
    """
    late = Delivery.select(Delivery.id, Message.created_at).join(Message).where(free(now) & ~lasting(now))
    found = [(row.id, row.message.created_at <= now - STALE) for row in late.limit(SETTLED_AT_ONCE)]
    for stale in (True, False):
        ids = [delivery_id for delivery_id, was_stale in found if was_stale == stale]
        if ids:
            change = {"state": "expired", "reason": "stale" if stale else "over", "settled_at": now}
            with transaction():
                Delivery.update(**change).where(free(now) & Delivery.id.in_(ids)).execute()


def _pass(channel: AnyChannel, pace: Pace, *, now: datetime, holder: str, jitter: Jitter) -> int:
    parcels = take(channel.name, pace, now=now, holder=holder)
    if not parcels:
        return 0
    outcomes = _Sending(channel, pace).all(parcels)
    down = all(isinstance(outcome, Held) or _is_outage(outcome) for outcome in outcomes)
    _note(channel.name, outcomes, down=down, now=now, jitter=jitter)
    _settle(parcels, outcomes, down=down, holder=holder, now=now, jitter=jitter)
    return len(parcels)


class _Sending:
    """Sends a batch, several at once. Stops early when the service does not answer or wants to be left alone."""

    def __init__(self, channel: AnyChannel, pace: Pace) -> None:
        """Nothing is sent yet."""
        self._name, self._hand_over, self._at_once = channel.name, _way_of(channel), pace.at_once
        self._stopped, self._answered, self._unanswered = False, 0, 0

    def all(self, parcels: Sequence[Parcel]) -> list[Outcome | Held]:
        """What became of each, in order."""
        with ThreadPoolExecutor(min(self._at_once, len(parcels)), thread_name_prefix=self._name) as threads:
            return list(threads.map(self._one, parcels))

    def _one(self, parcel: Parcel) -> Outcome | Held:
        if self._stopped:
            return Held()
        outcome = self._send(parcel)
        # Counts may be off by a few between threads: they only decide how soon it is given up.
        if _is_outage(outcome):
            self._unanswered += 1
            self._stopped |= not self._answered and self._unanswered >= max(self._at_once, PROBE)
        else:
            self._answered += 1
            self._stopped |= isinstance(outcome, Retry) and outcome.throttled
        return outcome

    def _send(self, parcel: Parcel) -> Outcome:
        try:
            return self._hand_over(parcel)
        except Exception as error:  # whatever it is: one that cannot be sent must not hold up the others
            log.exception("a channel failed", channel=self._name, delivery=str(parcel.lead.id))
            return Retry(f"{type(error).__name__}: {error}", code="our_mistake")


def _way_of(channel: AnyChannel) -> Callable[[Parcel], Outcome]:
    """How the channel takes a parcel; asked once a batch, as it takes longer than all else of ours about a push."""
    if not isinstance(channel, PushChannel):
        return lambda parcel: channel.send(parcel.lead.message, parcel.lead.address)

    def push(parcel: Parcel) -> Outcome:
        assert parcel.push is not None  # noqa: S101 - leasing makes one for every device
        return channel.push(parcel.push)

    return push


def _note(channel: str, outcomes: Sequence[Outcome | Held], *, down: bool, now: datetime, jitter: Jitter) -> None:
    """What the batch tells of the channel itself."""
    retries = [outcome for outcome in outcomes if isinstance(outcome, Retry)]
    refused = [one for one in outcomes if isinstance(one, Dead | Retry) and one.code == "credentials"]
    if down:
        worst = max(retries, key=lambda retry: retry.after_s)
        log.warning("a channel is out of order", channel=channel, reason=worst.reason)
        paces_of.note_outage(channel, because=worst.code, asked_s=worst.after_s, jitter=jitter, now=now)
    elif len(refused) == len(outcomes):
        log.error("a channel refuses our credentials", channel=channel, reason=refused[0].reason)
        paces_of.note_refused(channel, because="credentials", now=now)
    else:
        paces_of.note_answered(channel)
    throttled = [retry.after_s for retry in retries if retry.throttled]
    if throttled:
        paces_of.note_throttled(channel, asked_s=max(throttled), now=now)


def _settle(
    parcels: Sequence[Parcel],
    outcomes: Sequence[Outcome | Held],
    *,
    down: bool,
    holder: str,
    now: datetime,
    jitter: Jitter,
) -> None:
    """Write down what became of each, unless the lease ran out and another relay has it now.

    An attempt that was none, or met an outage, does not count against the message.
    """
    changes: dict[tuple[Any, ...], list[UUID]] = {}
    for parcel, outcome in zip(parcels, outcomes, strict=True):
        counts = not (down or isinstance(outcome, Held))
        for delivery_id, values in _changes(parcel, outcome, down=down, now=now, jitter=jitter):
            changes.setdefault((counts, *values.items()), []).append(delivery_id)
    mine = (Delivery.state == "pending") & (Delivery.leased_by == holder) & (Delivery.leased_until == now + LEASE)
    with transaction():
        for (counts, *change), ids in changes.items():
            values = dict(change)
            if not counts:
                values["attempts"] = Delivery.attempts - 1
            Delivery.update(leased_by=None, leased_until=None, **values).where(Delivery.id.in_(ids) & mine).execute()
        for parcel, outcome in zip(parcels, outcomes, strict=True):
            if parcel.push and isinstance(outcome, Dead) and outcome.unregistered:
                retire_device(UUID(parcel.lead.address), address=parcel.push.address, now=now)


def _changes(
    parcel: Parcel, outcome: Outcome | Held, *, down: bool, now: datetime, jitter: Jitter
) -> list[tuple[UUID, dict[str, Any]]]:
    """Delivery → what changes of it, beside its lease."""
    change: dict[str, Any]
    match outcome:
        case Sent():
            sent = {"state": "sent", "settled_at": now, "reason": "", "last_error": ""}
            others = {"state": "bundled", "settled_at": now, "reason": "", "last_error": ""}
            return [(parcel.ids[0], sent), *((each, others) for each in parcel.ids[1:])]
        case Dead(reason, code):
            change = {"state": "failed", "settled_at": now, "reason": code, "last_error": reason}
        case Withheld(code):
            change = {"state": "withheld", "settled_at": now, "reason": code, "last_error": ""}
        case Held():
            change = {}
        case Retry(reason, _, code) if down:
            change = {"reason": code, "last_error": reason}
        case Retry(reason, _, code) if parcel.lead.attempts >= ATTEMPTS:
            said = f"given up after {ATTEMPTS}: {reason}"
            change = {"state": "failed", "settled_at": now, "reason": code, "last_error": said}
        case Retry(reason, after_s, code):
            pause = wait_s(parcel.lead.attempts, asked_s=after_s, jitter=jitter())
            change = {"due_at": now + timedelta(seconds=pause), "reason": code, "last_error": reason}
    return [(each, change) for each in parcel.ids]


def _is_outage(outcome: Outcome | Held) -> bool:
    return isinstance(outcome, Retry) and outcome.outage
