"""Leases: who of several processes does a thing that only one may do (the clock, a plan run)."""

from collections.abc import Callable
from datetime import datetime, timedelta

import peewee

from config.database import Record, UtcField, transaction


class Lease(Record):
    """`holder` may do `name` until `expires_at`; a holder that died is simply outlived."""

    name = peewee.TextField(primary_key=True)
    holder = peewee.TextField()
    expires_at = UtcField()


def take(
    name: str, holder: str, *, now: datetime, lasting: timedelta, newly: Callable[[], object] | None = None
) -> bool:
    """Take or prolong the lease. True when `holder` has it until now + lasting.

    `newly` is called in the same transaction when it was not this holder's before: whoever had it may have died.
    """
    until = now + lasting
    with transaction():
        mine = Lease.update(expires_at=until).where((Lease.name == name) & (Lease.holder == holder)).execute()
        if mine:
            return True
        made = Lease.insert(name=name, holder=holder, expires_at=until).on_conflict_ignore().as_rowcount().execute()
        over = (Lease.name == name) & (Lease.expires_at <= now)
        if not made and not Lease.update(holder=holder, expires_at=until).where(over).execute():
            return False
        if newly is not None:
            newly()
    return True


def give_back(name: str, holder: str) -> None:
    """Let go of the lease at once, so that another process need not wait for it to run out."""
    with transaction():
        Lease.delete().where((Lease.name == name) & (Lease.holder == holder)).execute()
