"""What a walk's positions come to: its length, its last place, the blocks it covered.

Always worked out anew from all of them, so that no order in which batches arrive can matter. Called with the walk held.
"""

from datetime import datetime
from uuid import UUID

from peewee import chunked

from patrol.places.models import Block
from patrol.shifts.models import ShiftBlock
from patrol.walks import rules
from patrol.walks.models import Position, Walk, WalkedBlock

AT_ONCE = 500


def fixes_of(walk: Walk) -> list[rules.Fix]:
    """The positions kept, in order."""
    rows = Position.select().where(Position.walk == walk).order_by(Position.at)
    return [rules.Fix(row.at, row.lon, row.lat, row.accuracy_m) for row in rows]


def span_of(walk: Walk) -> rules.Span:
    """The time of a walk. One that ended by silence still takes what its phone sends late."""
    return rules.Span(walk.started_at, None if walk.ended_by == "silence" else walk.ended_at, tuple(pauses_of(walk)))


def pauses_of(walk: Walk) -> list[rules.Pause]:
    """Its pauses, in order."""
    return [
        rules.Pause(datetime.fromisoformat(since), datetime.fromisoformat(until) if until else None)
        for since, until in walk.pauses
    ]


def duration_s(walk: Walk) -> float | None:
    """Seconds from start to end without the pauses; None while it lasts."""
    if walk.ended_at is None:
        return None
    return rules.walked_s(walk.started_at, walk.ended_at, pauses_of(walk))


def track_of(walk: Walk) -> list[list[rules.Fix]]:
    """The track, in legs."""
    return rules.legs(fixes_of(walk), span_of(walk))


def prune(walk: Walk) -> None:
    """Delete positions that are none of the walk's."""
    span = span_of(walk)
    strangers = [fix.at for fix in fixes_of(walk) if not span.keeps(fix.at)]
    for some in chunked(strangers, AT_ONCE):
        Position.delete().where((Position.walk == walk) & Position.at.in_(some)).execute()


def measure(walk: Walk) -> None:
    """Write length, last place and walked blocks of the track as it is."""
    span, fixes = span_of(walk), fixes_of(walk)
    track = rules.legs(fixes, span)
    counted = [fix for fix in fixes if span.counts(fix.at)]
    last = counted[-1] if counted else None
    late = {"ended_at": last.at} if last and walk.ended_by == "silence" else {}
    Walk.update(
        **late,
        distance_m=rules.distance_m(track),
        last_lon=last.lon if last else None,
        last_lat=last.lat if last else None,
        last_at=last.at if last else None,
    ).where(Walk.id == walk.id).execute()
    WalkedBlock.delete().where(WalkedBlock.walk == walk).execute()
    rows = [
        {"walk": walk.id, "block": found.id, "share": min(1.0, found.share), "dose_s": found.dose_s, "at": found.at}
        for found in rules.walked_blocks(_targets(walk.shift_id), track)
    ]
    if rows:
        WalkedBlock.insert_many(rows).execute()


def _targets(shift_id: UUID) -> list[rules.Target]:
    rows = Block.select().join(ShiftBlock).where(ShiftBlock.shift == shift_id).distinct()
    return [rules.Target(row.id, row.geometry, row.dwell_s) for row in rows]
