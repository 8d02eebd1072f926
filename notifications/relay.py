"""Takes due deliveries out of the house: lease, send, settle.

At least once: a relay that dies between sending and settling leaves a lease that runs out, and another sends again.
Receivers tell a repeat by the message's id. No transaction is open while a channel talks to the outside.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import peewee
import structlog

from config.database import is_sqlite, transaction
from notifications.channels import Channel, Dead, Outcome, Retry, Sent
from notifications.models import Delivery, Message

log = structlog.get_logger(__name__)

BATCH = 10
SETTLED_AT_ONCE = 1000
LEASE = timedelta(minutes=10)  # longer than a batch takes when every send runs into its time-out
ATTEMPTS = 10
FIRST_WAIT_S, LONGEST_WAIT_S = 30.0, 3600.0
STALE = timedelta(hours=24)  # what could not be sent for so long is old news; it stays in the inbox


def relay(channels: Iterable[Channel], *, now: datetime, holder: str, jitter: Callable[[], float]) -> int:
    """One pass: settle what expired, then lease, send and settle at most `BATCH` due deliveries, urgent ones first.

    `holder` names this relay among all that run; `jitter` gives numbers from 0 to 1 that spread the retries. Returns
    how many were tried: after 0 there is nothing more to do at `now`.
    """
    by_name = {channel.name: channel for channel in channels}
    _settle_expired(now)
    leased = _lease(list(by_name), now=now, holder=holder)
    for delivery in leased:
        outcome = _send(by_name[delivery.channel], delivery)
        _settle(delivery, outcome, now=now, jitter=jitter)
    return len(leased)


def wait_s(attempts: int, *, asked_s: float, jitter: float) -> float:
    """Seconds until the next try after `attempts` failed ones: doubling, spread, and never sooner than asked for."""
    doubled = min(FIRST_WAIT_S * 2.0 ** (attempts - 1), LONGEST_WAIT_S)
    return max(doubled * (0.5 + 0.5 * jitter), asked_s)


def _settle_expired(now: datetime) -> None:
    too_late = (Message.expires_at <= now) | (Message.created_at <= now - STALE)
    # Found from the few that are pending: this runs every second, and messages are many.
    found = Delivery.select(Delivery.id).join(Message).where(_free(now) & too_late).limit(SETTLED_AT_ONCE)
    ids = [row.id for row in found]
    if ids:
        with transaction():
            Delivery.update(state="expired", settled_at=now).where(_free(now) & Delivery.id.in_(ids)).execute()


def _lease(names: list[str], *, now: datetime, holder: str) -> list[Delivery]:
    """Claim due deliveries. The attempt counts from here: one that kills its relay is given up in the end, too."""
    due = (
        Delivery.select(Delivery.id)
        .join(Message)
        .where(_free(now) & (Delivery.due_at <= now) & Delivery.channel.in_(names))
        .order_by(Message.urgent.desc(), Delivery.due_at, Delivery.id)
        .limit(BATCH)
    )
    with transaction():
        # SQLite has one writer at a time; on PostgreSQL a second relay passes over the rows that the first has locked.
        ids = [row.id for row in (due if is_sqlite() else due.for_update(of=Delivery, skip_locked=True))]
        Delivery.update(leased_by=holder, leased_until=now + LEASE, attempts=Delivery.attempts + 1).where(
            Delivery.id.in_(ids)
        ).execute()
        leased = Delivery.select(Delivery, Message).join(Message).where(Delivery.id.in_(ids))
        return sorted(leased, key=lambda delivery: ids.index(delivery.id))


def _send(channel: Channel, delivery: Delivery) -> Outcome:
    try:
        return channel.send(delivery.message, delivery.address)
    except Exception as error:  # whatever it is: one that cannot be sent must not hold up the others
        log.exception("a channel failed", channel=channel.name, delivery=str(delivery.id))
        return Retry(f"{type(error).__name__}: {error}")


def _settle(delivery: Delivery, outcome: Outcome, *, now: datetime, jitter: Callable[[], float]) -> None:
    """Write down what became of it, unless the lease ran out and another relay has it now."""
    match outcome:
        case Sent():
            change = {"state": "sent", "settled_at": now, "last_error": ""}
        case Dead(reason):
            change = {"state": "failed", "settled_at": now, "last_error": reason}
        case Retry(reason) if delivery.attempts >= ATTEMPTS:
            change = {"state": "failed", "settled_at": now, "last_error": f"given up after {ATTEMPTS}: {reason}"}
        case Retry(reason, after_s):
            pause = wait_s(delivery.attempts, asked_s=after_s, jitter=jitter())
            change = {"due_at": now + timedelta(seconds=pause), "last_error": reason}
    with transaction():
        Delivery.update(leased_by=None, leased_until=None, **change).where(
            (Delivery.id == delivery.id)
            & (Delivery.state == "pending")
            & (Delivery.leased_by == delivery.leased_by)
            & (Delivery.attempts == delivery.attempts)
        ).execute()


def _free(now: datetime) -> peewee.Expression:
    """Pending and in nobody's hands."""
    return (Delivery.state == "pending") & (Delivery.leased_until.is_null() | (Delivery.leased_until <= now))
