"""Leases: who of several processes does a thing that only one may do (the clock, a plan run)."""

from datetime import datetime, timedelta

import peewee

from config.database import Record, UtcField, transaction


class Lease(Record):
    """`holder` may do `name` until `expires_at`; a holder that died is simply outlived."""

    name = peewee.TextField(primary_key=True)
    holder = peewee.TextField()
    expires_at = UtcField()


def take(name: str, holder: str, *, now: datetime, lasting: timedelta) -> bool:
    """Take or prolong the lease. True when `holder` has it until now + lasting."""
    until = now + lasting
    with transaction():
        Lease.insert(name=name, holder=holder, expires_at=until).on_conflict_ignore().execute()
        taken = (
            Lease.update(holder=holder, expires_at=until)
            .where((Lease.name == name) & ((Lease.holder == holder) | (Lease.expires_at <= now)))
            .execute()
        )
    return bool(taken)


def give_back(name: str, holder: str) -> None:
    """Let go of the lease at once, so that another process need not wait for it to run out."""
    with transaction():
        Lease.delete().where((Lease.name == name) & (Lease.holder == holder)).execute()
