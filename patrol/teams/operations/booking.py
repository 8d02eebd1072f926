"""Teams are put on a screening day, many at once: each gets a number and a time to come."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import peewee

from config.database import transaction
from patrol.errors import Conflict, DomainError
from patrol.places.operations.cities import policy_of, zone_of
from patrol.teams.models import Candidate, Renewal, ScreeningDay, Team
from patrol.teams.operations import testing
from patrol.teams.operations.days import hold_open
from patrol.teams.operations.moving import team_of
from patrol.teams.operations.reading import within
from patrol.teams.rules import RENEWABLE

MOST_AT_ONCE = 200
"""Teams in one request: each is told, and others wait meanwhile."""


class DayFull(Conflict):
    """As many candidates as the day takes."""

    words = {"ko": "정원({capacity}팀)이 찼습니다.", "en": "The day is full: it takes {capacity}."}


class TestedHere(Conflict):
    """A team is tested once on a day."""

    words = {"ko": "{code} 팀은 이날 이미 평가를 받았습니다.", "en": "Team {code} was tested on this day already."}


@dataclass(frozen=True, slots=True)
class Booked:
    """What became of one team: its number and time, or why it is not on the day."""

    team: UUID
    code: str
    number: int | None
    slot_at: datetime | None
    refused: DomainError | None


def book_many(
    day: ScreeningDay, teams: Sequence[UUID], *, districts: frozenset[UUID], by: UUID, now: datetime
) -> list[Booked]:
    """Put these teams on the day, in this order; one that cannot be stops no other. Raises DayClosed."""
    with transaction():
        hold_open(day)
        return [_book_by_id(day, team, districts=districts, by=by, now=now) for team in dict.fromkeys(teams)]


def book_next(day: ScreeningDay, *, at_most: int, districts: frozenset[UUID], by: UUID, now: datetime) -> list[Booked]:
    """Put the teams on the day that have waited longest and may take a test; at most so many. Raises DayClosed."""
    found: list[Booked] = []
    with transaction():
        hold_open(day)
        for team in _waiting(day, districts):
            booked = _book(day, team, by=by, now=now)
            if booked.refused is None:
                found.append(booked)
            if isinstance(booked.refused, DayFull) or len(found) == at_most:
                break
    return found


def _waiting(day: ScreeningDay, districts: frozenset[UUID]) -> Iterator[Team]:
    renewing = Renewal.select(Renewal.team).where(Renewal.state == "documents_ok")
    waits = Team.state.in_(("documents_ok", "failed")) | (Team.state.in_(RENEWABLE) & Team.id.in_(renewing))
    here = Candidate.select(Candidate.team).where((Candidate.day == day) & Candidate.outcome.is_null())
    wanted = (Team.city == day.city_id) & within(districts) & waits & Team.id.not_in(here)
    yield from list(Team.select().where(wanted).order_by(Team.waiting_since, Team.code))


def _book_by_id(day: ScreeningDay, team_id: UUID, *, districts: frozenset[UUID], by: UUID, now: datetime) -> Booked:
    try:
        team = team_of(day.city_id, team_id, districts=districts)
    except DomainError as refused:
        return Booked(team_id, "", None, None, refused)
    return _book(day, team, by=by, now=now)


def _book(day: ScreeningDay, team: Team, *, by: UUID, now: datetime) -> Booked:
    """One team, in a savepoint. On the day already, it keeps its number."""
    here = Candidate.get_or_none((Candidate.day == day) & (Candidate.team == team))
    if here is not None and here.outcome is None:
        return Booked(team.id, team.code, here.number, here.slot_at, None)
    try:
        with transaction():
            candidate = _put(day, team, here, by=by, now=now)
    except DomainError as refused:
        return Booked(team.id, team.code, None, None, refused)
    return Booked(team.id, team.code, candidate.number, candidate.slot_at, None)


def _put(day: ScreeningDay, team: Team, here: Candidate | None, *, by: UUID, now: datetime) -> Candidate:
    zone = zone_of(day.city_id)
    _check_room(day)
    if here is not None and here.outcome in ("passed", "failed"):
        raise TestedHere(code=team.code)
    number = here.number if here is not None else _next_number(day)
    slot_at = day.begins_at + timedelta(minutes=day.slot_min) * ((number - 1) // day.slot_size)
    testing.check_retest(team, slot_at, screening=policy_of(day.city_id).screening, zone=zone)
    note = f"{slot_at.astimezone(zone):%Y-%m-%d %H:%M} · {day.place} · {number}"
    _, test = testing.book(team, slot_at, note=note, by=by, now=now)
    if here is not None:
        Candidate.update(outcome=None, test=test, slot_at=slot_at).where(Candidate.id == here.id).execute()
        return Candidate.get_by_id(here.id)
    return Candidate.create(city=day.city_id, day=day, team=team, test=test, number=number, slot_at=slot_at)


def _check_room(day: ScreeningDay) -> None:
    on_it = (Candidate.day == day) & (Candidate.outcome.is_null() | (Candidate.outcome != "moved"))
    if Candidate.select().where(on_it).count() >= day.capacity:
        raise DayFull(capacity=day.capacity)


def _next_number(day: ScreeningDay) -> int:
    highest = Candidate.select(peewee.fn.MAX(Candidate.number)).where(Candidate.day == day).scalar()
    return (highest or 0) + 1
