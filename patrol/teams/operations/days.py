"""Coordinators make screening days: when, where, who examines what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from config.database import transaction
from config.policy import Screening
from patrol.errors import Conflict, Invalid, NotFound, Stale
from patrol.people.models import Duty, Person, Role
from patrol.places.models import City
from patrol.places.operations.cities import policy_of
from patrol.teams.models import Candidate, DayExaminer, Mark, ScreeningDay, Station
from patrol.teams.rules import station_problems

DUTY = "examiner"


class DayPassed(Invalid):
    """A day is made for a time to come."""

    words = {"ko": "지난 시각입니다.", "en": "Lies in the past."}


class UnfitStations(Invalid):
    """Every item of the rubric is judged at one station."""

    words = {
        "ko": "배점표의 항목({items})마다 한 곳에서만 평가해야 합니다: {problem}",
        "en": "Each item of the rubric ({items}) is judged at one station: {problem}.",
    }


class NoExaminer(Invalid):
    """Who examines holds the duty, or coordinates."""

    words = {
        "ko": "평가위원 임무가 있는 사람이나 담당자만 평가할 수 있습니다.",
        "en": "Only who holds the duty of examiner, or coordinates, may examine.",
    }


class LeadNoExaminer(Invalid):
    """The lead is one of the day's examiners."""

    words = {"ko": "그날의 평가위원 가운데 한 사람이어야 합니다.", "en": "The lead is one of the day's examiners."}


class DayClosed(Conflict):
    """Nothing more is done on it."""

    words = {"ko": "이미 마감한 평가일입니다.", "en": "The screening day is closed."}


class DayBegun(Conflict):
    """Where marks hang on the stations they stay."""

    words = {
        "ko": "채점이 시작되어 평가 장소를 바꿀 수 없습니다.",
        "en": "Scoring has begun; the stations stay as they are.",
    }


@dataclass(frozen=True, slots=True)
class NewStation:
    """A station as it is planned."""

    name: str
    items: list[str]


def make_day(
    city: City,
    *,
    begins_at: datetime,
    place: str,
    capacity: int,
    slot_min: int,
    slot_size: int,
    stations: Sequence[NewStation],
    examiners: Sequence[UUID],
    lead: UUID | None,
    by: UUID,
    now: datetime,
) -> ScreeningDay:
    """A day with its stations and examiners, by the rubric as it is now. Raises an Invalid naming the field."""
    rules = policy_of(city).screening
    _check_time(begins_at, now)
    _check_stations(rules.rubric, stations)
    _check_examiners(city.id, examiners, lead)
    with transaction():
        day = ScreeningDay.create(
            city=city,
            begins_at=begins_at,
            place=place,
            capacity=capacity,
            slot_min=slot_min,
            slot_size=slot_size,
            screening=_frozen(rules, stations),
            lead=lead,
            created_by=by,
            created_at=now,
        )
        _put_stations(day, stations)
        _put_examiners(day, examiners)
    return day


def change_day(day: ScreeningDay, changes: dict[str, Any], *, expected: int | None, now: datetime) -> ScreeningDay:
    """Change begins_at, place, capacity, stations, examiners or lead. Candidates keep the times they were told.

    Raises Stale, DayClosed, DayBegun, an Invalid naming the field.
    """
    stations, examiners = changes.pop("stations", None), changes.pop("examiners", None)
    if "begins_at" in changes:
        _check_time(changes["begins_at"], now)
    if stations is not None:
        _check_stations(day.rubric, stations)
    there = [row.person_id for row in day.examiners] if examiners is None else examiners
    _check_examiners(day.city_id, examiners or (), None)
    if changes.get("lead", day.lead_id) not in {None, *there}:
        raise LeadNoExaminer("/lead")
    with transaction():
        hold_open(day, expected=expected)
        if stations is not None:
            if Mark.select().join(Candidate).where(Candidate.day == day).exists():
                raise DayBegun
            _put_stations(day, stations)
        if examiners is not None:
            _put_examiners(day, examiners)
        if changes:
            ScreeningDay.update(**changes).where(ScreeningDay.id == day.id).execute()
    return ScreeningDay.get_by_id(day.id)


def hold_open(day: ScreeningDay, *, expected: int | None = None) -> None:
    """Within a transaction: keep others from changing an open day, or closing it. Raises DayClosed, Stale."""
    here = (ScreeningDay.id == day.id) & (ScreeningDay.state == "open")
    seen = here if expected is None else here & (ScreeningDay.version == expected)
    if ScreeningDay.update(version=ScreeningDay.version + 1).where(seen).execute() != 1:
        if ScreeningDay.select().where(here).exists():
            raise Stale
        raise DayClosed


def day_of(days: Any, day_id: UUID) -> ScreeningDay:
    """One of a query of days. Raises NotFound."""
    found: ScreeningDay | None = days.where(ScreeningDay.id == day_id).first()
    if found is None:
        raise NotFound
    return found


def may_examine(city: UUID) -> list[Person]:
    """Who may be an examiner: holders of the duty, coordinators and admins, by name."""
    duty = Duty.select(Duty.person).where((Duty.city == city) & (Duty.duty == DUTY) & Duty.ended_at.is_null())
    staff = Role.select(Role.person).where(
        (Role.city == city) & Role.role.in_(("coordinator", "admin")) & Role.ended_at.is_null()
    )
    able = (Person.city == city) & (Person.state == "active")
    return list(Person.select().where(able & (Person.id.in_(duty) | Person.id.in_(staff))).order_by(Person.name))


def _frozen(rules: Screening, stations: Sequence[NewStation]) -> dict[str, Any]:
    rubric = [[item, rules.rubric[item]] for station in stations for item in station.items]
    return {"rubric": rubric, "pass_mark": rules.pass_mark, "fails_at_once": list(rules.fails_at_once)}


def _check_time(begins_at: datetime, now: datetime) -> None:
    if begins_at <= now:
        raise DayPassed("/begins_at")


def _check_stations(rubric: dict[str, int], stations: Sequence[NewStation]) -> None:
    found = station_problems(rubric, [station.items for station in stations])
    if found:
        place, problem = found
        pointer = "/stations" if place is None else f"/stations/{place}/items"
        raise UnfitStations(pointer, items=", ".join(rubric), problem=problem)


def _check_examiners(city: UUID, examiners: Sequence[UUID], lead: UUID | None) -> None:
    able = {person.id for person in may_examine(city)} if examiners else set()
    for place, person in enumerate(examiners):
        if person not in able:
            raise NoExaminer(f"/examiners/{place}")
    if lead is not None and lead not in examiners:
        raise LeadNoExaminer("/lead")


def _put_stations(day: ScreeningDay, stations: Sequence[NewStation]) -> None:
    Station.delete().where(Station.day == day).execute()
    for number, station in enumerate(stations, start=1):
        Station.create(day=day, number=number, name=station.name, items=station.items)


def _put_examiners(day: ScreeningDay, examiners: Sequence[UUID]) -> None:
    DayExaminer.delete().where(DayExaminer.day == day).execute()
    for person in dict.fromkeys(examiners):
        DayExaminer.create(day=day, person=person)
