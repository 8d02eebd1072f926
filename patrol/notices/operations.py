"""Notices: written, told to teams that walk near, prolonged, withdrawn.

Where a team is, is looked up in its walk when it is needed, and not written down: a notice counts whom it told, and the
message in the inbox of who was told goes when the notice is over.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from config.database import transaction
from config.due import one_by_one
from config.personal import Part, part
from config.policy import Notices
from notifications.outbox import Words, announce, enqueue
from notifications.recall import prolong, recall, subjects_told, told_of
from patrol.errors import Invalid, NotFound, Stale
from patrol.notices import rules
from patrol.notices.models import Notice
from patrol.people.models import Person
from patrol.places.models import City
from patrol.places.operations.cities import policy_of
from patrol.shifts.models import Shift
from patrol.teams.models import Team
from patrol.walks.models import Walk
from patrol.walks.rules import away_m

WALKERS_PAGE = "/walk"
KIND = "notice"


class TooLong(Invalid):
    """An end that is over, or later than the policy allows. Facts: `hours`."""

    words = {
        "ko": "지금부터 {hours}시간 이내로 정해 주세요.",
        "en": "It must end later than now and within {hours} hours.",
    }


class UnusableRadius(Invalid):
    """Too small to be near, or larger than the policy allows. Facts: `least`, `most`, metres."""

    words = {
        "ko": "반경은 {least:g}~{most:g} m여야 합니다.",
        "en": "The radius must be {least:g} to {most:g} metres.",
    }


class NothingSaid(Invalid):
    """A notice says something in one language at least."""

    words = {"ko": "한국어나 영어로 내용을 써 주세요.", "en": "Say it in Korean or English."}


def issue(
    city: City,
    *,
    by: UUID,
    kind: str,
    words: dict[str, str],
    lon: float,
    lat: float,
    radius_m: float,
    expires_at: datetime,
    now: datetime,
) -> Notice:
    """Write a notice and tell every team that walks within its radius or soon will.

    Raises TooLong, UnusableRadius, NothingSaid.
    """
    policy = policy_of(city).notices
    _check_end(policy, expires_at, now=now)
    if not rules.LEAST_M <= radius_m <= policy.most_m:
        raise UnusableRadius("/radius_m", least=rules.LEAST_M, most=policy.most_m)
    if not any(words.values()):
        raise NothingSaid("/words")
    with transaction():
        notice: Notice = Notice.create(
            city=city,
            author=by,
            kind=kind,
            words=words,
            lon=lon,
            lat=lat,
            radius_m=radius_m,
            created_at=now,
            expires_at=expires_at,
        )
        _tell(notice, now)
    return _read(notice.id)


def extend(notice: Notice, *, expires_at: datetime, expected: int | None, now: datetime) -> Notice:
    """Let it end at another time; whom it told keep it until then. Raises TooLong, Stale, NotFound when it is over."""
    _check_end(policy_of(notice.city_id).notices, expires_at, now=now)
    with transaction():
        _change(notice, expected, now, expires_at=expires_at)
        people = prolong(notice.city_id, notice.id, since=notice.created_at, expires_at=expires_at)
        _announce(notice, people, now)
    return _read(notice.id)


def withdraw(notice: Notice, *, expected: int | None, now: datetime) -> None:
    """Take it back: it goes from every inbox and page. Raises Stale, NotFound when it is over."""
    with transaction():
        _change(notice, expected, now, withdrawn_at=now)
        _announce(notice, recall(notice.city_id, notice.id, since=notice.created_at), now)


def tell_nearby(now: datetime) -> int:
    """Tell of the notices in force whoever has come to walk near since, or soon will. Returns how many were told."""
    return sum(one_by_one("notices", Notice.select().where(_lasting(now)), lambda notice: _tell_one(notice, now)))


def in_force(city: UUID, now: datetime) -> Any:
    """Query of a city's notices in force."""
    return Notice.select().where((Notice.city == city) & _lasting(now))


def told_to(person: UUID, city: UUID, now: datetime) -> Any:
    """Query of those that somebody was told of."""
    return in_force(city, now).where(Notice.id.in_(subjects_told(person, KIND, now=now)))


def notice_of(city: UUID, notice_id: UUID, *, author: UUID | None, now: datetime) -> Notice:
    """One in force; with `author`, of theirs. Raises NotFound."""
    rows = in_force(city, now).where(Notice.id == notice_id)
    found: Notice | None = (rows.where(Notice.author == author) if author else rows).first()
    if found is None:
        raise NotFound
    return found


def forget_over(city: City, *, before: datetime) -> int:
    """Delete those that were over before then; returns how many."""
    with transaction():
        over = (Notice.expires_at < before) | (Notice.withdrawn_at < before)
        return int(Notice.delete().where((Notice.city == city) & over).execute())


def exported(person: UUID) -> list[Part]:
    """Notices that a person wrote. Those they were told of are messages."""
    return [part(Notice.select().where(Notice.author == person), ko="작성한 알림", en="Notices written")]


def erase(person: Person, _now: datetime) -> None:
    """Their notices stay in force, without an author."""
    with transaction():
        Notice.update(author=None).where(Notice.author == person).execute()


def _check_end(policy: Notices, expires_at: datetime, *, now: datetime) -> None:
    if not now < expires_at <= now + timedelta(hours=policy.longest_hours):
        raise TooLong("/expires_at", hours=policy.longest_hours)


def _change(notice: Notice, expected: int | None, now: datetime, **values: Any) -> None:
    """Compare and set. It comes before anything else, so that telling at the same moment waits, and then sees it."""
    version = notice.version if expected is None else expected
    unmoved = (Notice.id == notice.id) & (Notice.version == version) & _lasting(now)
    if not Notice.update(version=Notice.version + 1, changed_at=now, **values).where(unmoved).execute():
        if Notice.select().where((Notice.id == notice.id) & _lasting(now)).exists():
            raise Stale
        raise NotFound


def _tell_one(notice: Notice, now: datetime) -> int:
    if not _unheard(notice, now):
        return 0
    with transaction():
        held = (Notice.id == notice.id) & (Notice.version == notice.version) & _lasting(now)
        if not Notice.update(told=Notice.told).where(held).execute():
            return 0  # withdrawn or prolonged at this moment
        return _tell(notice, now)


def _tell(notice: Notice, now: datetime) -> int:
    people = _unheard(notice, now)
    if people:
        Notice.update(told=Notice.told + len(people)).where(Notice.id == notice.id).execute()
        enqueue(
            city=notice.city_id,
            people=people,
            kind=KIND,
            words=Words(ko=rules.MESSAGE["ko"], en=rules.MESSAGE["en"]),  # type: ignore[typeddict-item]  # its own keys
            link=WALKERS_PAGE,
            subject=notice.id,
            urgent=notice.kind in rules.URGENT,
            dedupe_key=_key(notice),
            expires_at=notice.expires_at,
            now=now,
        )
    return len(people)


def _unheard(notice: Notice, now: datetime) -> list[UUID]:
    """Handlers who are or soon will be within the radius and have not been told."""
    near = _near(notice, now)
    return sorted(near - told_of(_key(notice), near)) if near else []


def _near(notice: Notice, now: datetime) -> set[UUID]:
    """Who walks within the radius, and who is about to begin a walk through it."""
    return _walking(notice, now) | _setting_out(notice, now)


def _setting_out(notice: Notice, now: datetime) -> set[UUID]:
    """Whose accepted shift begins soon, and while the notice lasts, by the way it goes."""
    soon = now + timedelta(minutes=policy_of(notice.city_id).notices.soon_min)
    ahead = (Shift.state == "accepted") & (Shift.starts_at <= soon) & (Shift.starts_at < notice.expires_at)
    rows = Shift.select(Shift, Team).join(Team).where((Shift.city == notice.city_id) & ahead & (Shift.closes_at > now))
    here = (notice.lon, notice.lat)
    return {
        shift.team.handler_id
        for shift in rows
        if shift.route.get("line") and away_m(here, shift.route["line"]) <= notice.radius_m
    }


def _walking(notice: Notice, now: datetime) -> set[UUID]:
    """By the walk's last position, unless it is old; a walk without any yet, by where its route begins."""
    fresh_min = policy_of(notice.city_id).notices.fresh_min
    rows = Walk.select(Walk, Team, Shift).join(Team).switch(Walk).join(Shift)
    found = set()
    for walk in rows.where((Walk.city == notice.city_id) & (Walk.state == "walking")):
        place = _place(walk, now, fresh_min)
        if place and rules.within(notice.lon, notice.lat, notice.radius_m, place):
            found.add(walk.team.handler_id)
    return found


def _place(walk: Walk, now: datetime, fresh_min: int) -> tuple[float, float] | None:
    if walk.last_lon is not None and walk.last_lat is not None:
        fresh = rules.fresh(walk.last_at, now=now, fresh_min=fresh_min)
        return (walk.last_lon, walk.last_lat) if fresh else None
    line = walk.shift.route.get("line") or []
    starting = rules.fresh(walk.started_at, now=now, fresh_min=fresh_min)
    return (line[0][0], line[0][1]) if line and starting else None


def _announce(notice: Notice, people: list[UUID], now: datetime) -> None:
    announce(city=notice.city_id, people=people, kind="notice", content={"id": str(notice.id)}, now=now)


def _key(notice: Notice) -> str:
    return f"notice:{notice.id}"


def _read(notice_id: UUID) -> Notice:
    found: Notice = Notice.get_by_id(notice_id)
    return found


def _lasting(now: datetime) -> Any:
    return Notice.withdrawn_at.is_null() & (Notice.expires_at > now)
