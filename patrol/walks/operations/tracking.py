"""Positions arrive in batches under the phone's ids: again, late, twice and out of order, all the same."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from config.database import transaction
from patrol.errors import Conflict, Gone
from patrol.people.models import Person
from patrol.people.operations.consents import require
from patrol.places.operations.cities import policy_of
from patrol.teams.operations.welfare import WeatherAt, unknown
from patrol.walks import rules
from patrol.walks.models import Position, PositionBatch, Walk
from patrol.walks.operations.going import InFuture, TooEarly, held
from patrol.walks.operations.measuring import measure, span_of
from patrol.walks.operations.welfare import check


class BatchTaken(Conflict):
    """The batch's id came before with other content."""

    words = {
        "ko": "같은 묶음 id가 다른 내용으로 이미 쓰였습니다.",
        "en": "This batch's id was used with other content.",
    }


class TrackForgotten(Gone):
    """The track was deleted and takes no more positions."""

    words = {"ko": "이 순찰의 위치 기록은 삭제되었습니다.", "en": "The track of this walk was deleted."}


def take_positions(
    walk_id: UUID,
    batch_id: UUID,
    fixes: Sequence[rules.Fix],
    *,
    person: Person,
    weather: WeatherAt = unknown,
    now: datetime,
) -> Walk:
    """Add a batch to the track, and look at how the dogs do. Fixes after the end and within a pause are not kept.

    Raises NotFound, BatchTaken, TrackForgotten, ConsentNeeded, and TooEarly or InFuture naming the position.
    """
    with transaction():
        walk = held(walk_id, person, now=now)
        _check_times(walk, fixes, now=now)
        digest = _digest(fixes)
        known = PositionBatch.get_or_none(PositionBatch.id == batch_id)
        if known is not None:
            if known.digest != digest or known.walk_id != walk.id:
                raise BatchTaken
            return walk
        if walk.forgotten:
            raise TrackForgotten
        # Read with the walk held: a withdrawal that came before is seen, one that comes after deletes this too.
        require(person, policy=policy_of(walk.city_id), kinds=("location",), now=now)
        _note_batch(walk, batch_id, digest, count=len(fixes), now=now)
        _store(walk, fixes)
        measure(walk)
        return check(Walk.get_by_id(walk.id), weather, now=now)


def _check_times(walk: Walk, fixes: Sequence[rules.Fix], *, now: datetime) -> None:
    for number, fix in enumerate(fixes):
        if fix.at < walk.started_at:
            raise TooEarly(f"/positions/{number}/at", after=walk.started_at.isoformat())
        if rules.in_future(fix.at, now=now):
            raise InFuture(f"/positions/{number}/at")


def _digest(fixes: Sequence[rules.Fix]) -> str:
    plain = [(fix.at.astimezone(UTC).isoformat(), fix.lon, fix.lat, fix.accuracy_m) for fix in fixes]
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()


def _note_batch(walk: Walk, batch_id: UUID, digest: str, *, count: int, now: datetime) -> None:
    batch = PositionBatch.insert(id=batch_id, walk=walk, digest=digest, count=count, received_at=now)
    if not batch.on_conflict_ignore().as_rowcount().execute():  # another walk's batch took the id just now
        raise BatchTaken


def _store(walk: Walk, fixes: Sequence[rules.Fix]) -> None:
    span = span_of(walk)
    kept = [fix for fix in fixes if span.keeps(fix.at)]
    if not kept:
        return
    instants = [fix.at for fix in kept]
    there = (Position.walk == walk) & Position.at.between(min(instants), max(instants))
    known = [rules.Fix(row.at, row.lon, row.lat, row.accuracy_m) for row in Position.select().where(there)]
    changed = set(rules.merged(known, kept).values()) - set(known)
    if changed:
        rows = [
            {"walk": walk.id, "at": fix.at, "lon": fix.lon, "lat": fix.lat, "accuracy_m": fix.accuracy_m}
            for fix in changed
        ]
        Position.insert_many(rows).on_conflict(
            conflict_target=[Position.walk, Position.at], preserve=[Position.lon, Position.lat, Position.accuracy_m]
        ).execute()
