"""Several who saw the same: the first sighting stands for all, every reporter is kept, told and answered.

Rows are held in one order: alert, then the first sighting, then those that belong to it.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from config.database import database, is_sqlite
from config.policy import Kind, Policy
from patrol.alerts import operations as alerts
from patrol.sightings.models import Corroboration, Sighting
from patrol.sightings.operations.near import cell_of, cells_within, metres_between
from patrol.sightings.operations.telling import announce_change, note_step, tell_change

UNASKED_NEVER = "Immediate"
"""Of this urgency, whoever answers is asked before two are taken for the same."""

LOOKED_AT = (
    *(Sighting.id, Sighting.kind, Sighting.urgency, Sighting.urgency_rank, Sighting.text, Sighting.lon, Sighting.lat),
    *(Sighting.seen_at, Sighting.received_at, Sighting.state, Sighting.version),
)
"""What tells whether one near is the same: of a busy corner there are many, with each report."""
MOST_NEAR = 100
"""Of more than so many at one place, the oldest are looked at."""


def may_belong(kind: Kind | None) -> bool:
    """Whether sightings of a kind are ever taken for the same. Restricted ones never: not even that would be secret."""
    return kind is not None and kind.mergeable and not kind.restricted


def join(sighting: Sighting, kind: Kind, policy: Policy) -> Sighting | None:
    """In the transaction that keeps a new sighting: the open one that it belongs to from now on, if any.

    Of two that come at once the second finds the first. A sighting of an Immediate kind joins nothing by itself;
    which one it may be the same as is kept, to be asked. One more urgent than what is there keeps an alert of its own.
    """
    if not may_belong(kind):
        return None
    if kind.urgency != UNASKED_NEVER:
        _take_turns(sighting, policy)
    found = next(iter(near(sighting, policy)), None)
    Corroboration.create(
        sighting=sighting,
        city=sighting.city_id,
        kind=sighting.kind,
        cell=cell_of(sighting.lon, sighting.lat),
        seen_at=sighting.seen_at,
        same_as=found,
    )
    if found is None or UNASKED_NEVER in (kind.urgency, found.urgency) or sighting.urgency_rank < found.urgency_rank:
        return None
    return found if hold_open(found.id) and first_of(found.id) is None else None


def near(sighting: Sighting, policy: Policy) -> list[Sighting]:
    """Open ones of the same kind, near in place and time, that stand for themselves; the nearest first."""
    here, limit_m = (sighting.lon, sighting.lat), policy.corroboration.within_m
    found = [
        (metres_between(here, (row.lon, row.lat)), row.received_at, row)
        for row in candidates(sighting, policy)
        if row.id != sighting.id
    ]
    return [row for metres, _, row in sorted(found, key=lambda each: each[:2]) if metres <= limit_m]


def candidates(sighting: Sighting, policy: Policy) -> Any:
    """Query of what may be near: by the squares around, in an index."""
    lapse = timedelta(hours=policy.corroboration.within_h)
    cells = cells_within(sighting.lon, sighting.lat, policy.corroboration.within_m)
    return (
        Sighting.select(*LOOKED_AT)
        .join(Corroboration, on=(Corroboration.sighting == Sighting.id))
        .where(
            (Corroboration.city == sighting.city_id)
            & (Corroboration.kind == sighting.kind)
            & Corroboration.cell.in_(cells)
            & Corroboration.seen_at.between(sighting.seen_at - lapse, sighting.seen_at + lapse)
            & Corroboration.first.is_null()
            & (Sighting.state != "resolved")
        )
        .order_by(Corroboration.seen_at, Corroboration.sighting)
        .limit(MOST_NEAR)
    )


def hold_open(sighting_id: UUID) -> bool:
    """Within a transaction: keep a sighting as it is until the end. False when it is resolved."""
    unended = (Sighting.id == sighting_id) & (Sighting.state != "resolved")
    return bool(Sighting.update(state=Sighting.state).where(unended).execute())


def first_of(sighting_id: UUID) -> UUID | None:
    """The sighting that stands for this one; None where it stands for itself."""
    row = Corroboration.get_or_none(Corroboration.sighting == sighting_id)
    return row.first_id if row else None


def belonging(first: UUID) -> list[Sighting]:
    """The sightings that this one stands for, oldest first."""
    linked = Corroboration.select(Corroboration.sighting).where(Corroboration.first == first)
    return list(Sighting.select().where(Sighting.id.in_(linked)).order_by(Sighting.received_at, Sighting.id))


def follow(sighting: Sighting, first: UUID, *, by: UUID | None, by_role: str, note: str = "", now: datetime) -> None:
    """From now on the first stands for it: same state, same answers, nobody has to answer its own alert."""
    alerts.absorb(sighting.id, now=now)
    head: Sighting = Sighting.get_by_id(first)
    Corroboration.update(first=first, same_as=None, linked_at=now).where(
        Corroboration.sighting == sighting.id
    ).execute()
    moved = _follow_state(sighting, head)
    note_step(moved, "link", by=by, by_role=by_role, note=note, now=now)
    tell_change(moved, "link", now=now)
    announce_change(head, now=now)


def carry(first: Sighting, action: str, *, by: UUID, by_role: str, note: str, now: datetime) -> None:
    """What is done about the first is done about all that it stands for; each reporter is told."""
    for sighting in belonging(first.id):
        moved = _follow_state(sighting, first)
        # What one reporter wrote is not for the others.
        told = note if by_role != "reporter" or sighting.reporter_id == by else ""
        note_step(moved, action, by=by, by_role=by_role, note=told, now=now)
        tell_change(moved, action, now=now)


def standings(sightings: Sequence[Sighting]) -> dict[UUID, tuple[Corroboration | None, int]]:
    """Of each its place among others that are the same, and how many it stands for."""
    ids = [row.id for row in sightings]
    rows = list(Corroboration.select().where(Corroboration.sighting.in_(ids) | Corroboration.first.in_(ids)))
    own, counts = {row.sighting_id: row for row in rows}, Counter(row.first_id for row in rows)
    return {sighting_id: (own.get(sighting_id), counts[sighting_id]) for sighting_id in ids}


def forget_place(sightings: Collection[UUID]) -> None:
    """Their places were rounded: the squares they lay in go, too."""
    Corroboration.update(cell=None, same_as=None).where(Corroboration.sighting.in_([*sightings])).execute()


def _follow_state(sighting: Sighting, first: Sighting) -> Sighting:
    Sighting.update(state=first.state, outcome=first.outcome, version=Sighting.version + 1).where(
        Sighting.id == sighting.id
    ).execute()
    moved: Sighting = Sighting.get_by_id(sighting.id)
    return moved


def _take_turns(sighting: Sighting, policy: Policy) -> None:
    """Wait for whoever keeps one near here now. SQLite has one writer at a time anyway."""
    if is_sqlite():
        return
    for cell in cells_within(sighting.lon, sighting.lat, policy.corroboration.within_m):
        place = f"sighting:{sighting.city_id}:{sighting.kind}:{cell}"
        database.execute_sql("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (place,))
