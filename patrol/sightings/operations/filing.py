"""A sighting comes in: once, however often the phone sends it, and to somebody who answers."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from config.database import transaction
from config.policy import Kind, Policy
from patrol.alerts.operations import raise_alert
from patrol.errors import Conflict, Invalid
from patrol.places.models import City
from patrol.places.operations.cities import policy_of
from patrol.places.operations.districts import district_at
from patrol.sightings import rules
from patrol.sightings.models import Sighting
from patrol.sightings.operations import corroborating
from patrol.sightings.operations.routing import Spot, due, route_of
from patrol.sightings.operations.telling import alert_words, note_step, say_unmanned, tell_change
from patrol.teams.models import Team
from patrol.teams.operations.standing import OnStopped, suspend_for_bite


class UnknownKind(Invalid):
    """The city's policy has no such kind."""

    words = {
        "ko": "'{kind}' 신고 종류가 없습니다. 있는 종류: {known}",
        "en": "There is no kind {kind!r}; there are: {known}.",
    }


class InFuture(Invalid):
    """A time ahead of the server's."""

    words = {
        "ko": "미래의 시각입니다. 휴대전화의 시계를 확인하세요.",
        "en": "Lies in the future; check the phone's clock.",
    }


class TooLongAgo(Invalid):
    """A time so long ago that the clock must be wrong."""

    words = {
        "ko": "{days}일보다 오래된 시각입니다. 휴대전화의 시계를 확인하세요.",
        "en": "Lies more than {days} days back; check the phone's clock.",
    }


class NoBiteHere(Invalid):
    """A bite is reported with the kind that the policy has for it."""

    words = {
        "ko": "'{kind}' 신고에는 물림 사고를 표시할 수 없습니다.",
        "en": "A bite is not reported with the kind {kind!r}.",
    }


class IdTaken(Conflict):
    """The id came before with other content."""

    words = {
        "ko": "같은 id가 다른 내용으로 이미 쓰였습니다. 새 id로 보내 주세요.",
        "en": "This id was used with other content; send it under a new one.",
    }


def file(
    city: City,
    sighting_id: UUID,
    *,
    reporter: UUID | None,
    kind: str,
    text: str,
    lon: float,
    lat: float,
    seen_at: datetime,
    walk: UUID | None,
    called_at: datetime | None,
    direction: str = "",
    accuracy_m: float | None = None,
    bite: bool = False,
    effects: tuple[OnStopped, ...] = (),
    then: Callable[[Sighting], object] = lambda _: None,
    now: datetime,
) -> tuple[Sighting, bool]:
    """Keep a sighting, alert who answers, and give its reporter a receipt: all three or none.

    Where an open one stands for it (corroborating.py), nobody is alerted once more.
    `reporter` is None for what another system sends.
    Returns it and whether it is new; the same again is the same sighting.
    `then` runs for a new one in the same transaction, for what the subject above keeps of it.
    With `bite` the reporter's team is suspended in the same transaction; `effects` are what rests on a team.
    Raises UnknownKind, InFuture, TooLongAgo, NoBiteHere, IdTaken.
    """
    _check_time("/seen_at", seen_at, now=now)
    if called_at is not None:
        _check_time("/called_at", called_at, now=now)
    digest = _digest(
        reporter, kind, text, lon, lat, seen_at, walk, called_at, *_added(direction, accuracy_m, bite=bite)
    )
    if Sighting.select().where(Sighting.id == sighting_id).exists():
        return _same(sighting_id, digest), False
    policy = policy_of(city)
    described = _kind(policy, kind)
    if bite and not described.suspends_on_bite:
        raise NoBiteHere("/bite", kind=kind)
    beyond = rules.outside(city.bbox, lon, lat)
    district = None if beyond else district_at(city, lon, lat)
    spot = Spot(lon, lat, district, outside=beyond)
    routed = route_of(city, described, spot, restricted=described.restricted, now=now)
    with transaction():
        made = (
            Sighting.insert(
                id=sighting_id,
                city=city,
                reporter=reporter,
                walk=walk,
                kind=kind,
                urgency=described.urgency,
                urgency_rank=rules.URGENCY_RANK[described.urgency],
                restricted=described.restricted,
                text=text,
                lon=lon,
                lat=lat,
                outside_city=beyond,
                seen_at=seen_at,
                called_at=called_at,
                received_at=now,
                digest=digest,
                state="alerted",
                version=1,
                district=district,
                direction=direction,
                accuracy_m=accuracy_m,
                bite=bite,
                **routed.columns,
            )
            .on_conflict_ignore()
            .returning(Sighting)
            .execute()
        )
        sighting: Sighting | None = next(iter(made), None)
        if sighting is None:  # the phone's other try was faster
            return _same(sighting_id, digest), False
        note_step(sighting, "report", by=reporter, by_role="reporter", now=now)
        first = corroborating.join(sighting, described, policy)
        answering = () if first else routed.people
        raise_alert(
            city=city.id,
            subject=sighting.id,
            urgency=sighting.urgency,
            people=answering,
            kind="sighting",
            words=alert_words(sighting),
            link=rules.PAGE[routed.to],
            due_at=due(policy, described.urgency, now=now),
            now=now,
        )
        tell_change(sighting, "report", answering=answering, now=now)
        if described.restricted and not routed.people:
            say_unmanned(sighting, now=now)
        if bite and reporter is not None:
            _suspend(reporter, effects=effects, now=now)
        then(sighting)
        if first is not None:
            corroborating.follow(sighting, first.id, by=reporter, by_role="reporter", now=now)
            sighting = Sighting.get_by_id(sighting_id)
    return sighting, True


def _added(direction: str, accuracy_m: float | None, *, bite: bool) -> list[object]:
    """What phones say since a later version: nothing of it leaves a digest as it was."""
    return [direction, accuracy_m, bite] if direction or accuracy_m is not None or bite else []


def _suspend(handler: UUID, *, effects: tuple[OnStopped, ...], now: datetime) -> None:
    for team in Team.select().where((Team.handler == handler) & (Team.state != "retired")):
        suspend_for_bite(team, by=handler, note="", effects=effects, now=now)


def _check_time(pointer: str, moment: datetime, *, now: datetime) -> None:
    if rules.in_future(moment, now=now):
        raise InFuture(pointer)
    if rules.too_old(moment, now=now):
        raise TooLongAgo(pointer, days=rules.OLDEST.days)


def _kind(policy: Policy, code: str) -> Kind:
    found = policy.kind(code)
    if found is None:
        raise UnknownKind("/kind", kind=code, known=", ".join(kind.code for kind in policy.kinds))
    return found


def _same(sighting_id: UUID, digest: str) -> Sighting:
    known: Sighting = Sighting.get_by_id(sighting_id)
    if known.digest != digest:
        raise IdTaken
    return known


def _digest(reporter: UUID | None, *content: object) -> str:
    plain = [part.astimezone(UTC).isoformat() if isinstance(part, datetime) else part for part in content]
    return hashlib.sha256(json.dumps([str(reporter), *plain], default=str).encode()).hexdigest()
