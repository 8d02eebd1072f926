"""A screening day as it stands: candidates with what was noted of them, and what the lead has to settle."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from patrol.people.models import Person
from patrol.teams.models import Candidate, DayExaminer, Dog, Mark, ScreeningDay, Station, Team
from patrol.teams.operations.marking import noted, sheet_of
from patrol.teams.rules import Sheet, differing_marks


@dataclass(frozen=True, slots=True)
class Seen:
    """A candidate, the code of its team, its dogs' names, and its sheet."""

    candidate: Candidate
    code: str
    dogs: list[str]
    sheet: Sheet


@dataclass(frozen=True, slots=True)
class WholeDay:
    """A day with its stations in order, its examiners by name, and how many of its candidates are how far."""

    day: ScreeningDay
    stations: list[Station]
    examiners: list[Person]
    progress: dict[str, int]


@dataclass(frozen=True, slots=True)
class Said:
    """Points that somebody noted; the name is empty when the account is no more."""

    points: int
    examiner: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Difference:
    """An item on which examiners differ: what stands for it now, and every mark of it in the order they came."""

    number: int
    item: str
    stands: int
    marks: list[Said]


def seen(day: ScreeningDay, candidates: Sequence[Candidate]) -> list[Seen]:
    """Candidates of a day in their order, by a handful of queries."""
    teams = [candidate.team_id for candidate in candidates]
    codes = {team.id: team.code for team in Team.select(Team.id, Team.code).where(Team.id.in_(teams))}
    dogs: dict[UUID, list[str]] = defaultdict(list)
    for dog in Dog.select(Dog.team, Dog.name).where(Dog.team.in_(teams)).order_by(Dog.name):
        dogs[dog.team_id].append(dog.name)
    marks = _marks(Mark.candidate.in_([candidate.id for candidate in candidates]))
    return [Seen(each, codes[each.team_id], dogs[each.team_id], sheet_of(day, marks[each.id])) for each in candidates]


def whole_days(days: Sequence[ScreeningDay]) -> list[WholeDay]:
    """Days with stations and examiners; how far their candidates are is known of each."""
    stations: dict[UUID, list[Station]] = defaultdict(list)
    for station in Station.select().where(Station.day.in_(days)).order_by(Station.number):
        stations[station.day_id].append(station)
    examiners: dict[UUID, list[Person]] = defaultdict(list)
    rows = DayExaminer.select(DayExaminer, Person).join(Person).where(DayExaminer.day.in_(days)).order_by(Person.name)
    for row in rows:
        examiners[row.day_id].append(row.person)
    return [WholeDay(day, stations[day.id], examiners[day.id], _progress(day)) for day in days]


def differences(day: ScreeningDay) -> list[Difference]:
    """What examiners differ on and nobody has settled, of candidates that are not decided, by number."""
    waiting = Candidate.select().where((Candidate.day == day) & Candidate.outcome.is_null())
    candidates = list(waiting.order_by(Candidate.number))
    marks = _marks(Mark.candidate.in_([candidate.id for candidate in candidates]))
    names = _names(marks)
    found = []
    for candidate in candidates:
        scores = sheet_of(day, marks[candidate.id]).scores
        for item, stands in scores.items():
            said = [mark for mark in marks[candidate.id] if mark.item == item]
            if differing_marks([noted(mark) for mark in said]):
                by = [Said(mark.points or 0, names.get(mark.examiner_id, ""), mark.made_at) for mark in said]
                found.append(Difference(candidate.number, item, stands, by))
    return found


def _progress(day: ScreeningDay) -> dict[str, int]:
    candidates = list(Candidate.select().where(Candidate.day == day))
    open_ones = Candidate.select(Candidate.id).where((Candidate.day == day) & Candidate.outcome.is_null())
    marks = _marks(Mark.candidate.in_(open_ones))
    waiting = [sheet_of(day, marks[each.id]) for each in candidates if each.outcome is None]
    outcomes = [each.outcome for each in candidates]
    return {
        "candidates": len(candidates) - outcomes.count("moved"),
        "checked_in": sum(1 for each in candidates if each.checked_in_at is not None or each.marks),
        "ready": sum(1 for each in waiting if each.decided),
        "differing": sum(1 for each in waiting if each.differing),
        **{outcome: outcomes.count(outcome) for outcome in ("passed", "failed", "absent")},
    }


def _marks(which: Any) -> dict[UUID, list[Mark]]:
    found: dict[UUID, list[Mark]] = defaultdict(list)
    for mark in Mark.select().where(which).order_by(Mark.n):
        found[mark.candidate_id].append(mark)
    return found


def _names(marks: dict[UUID, list[Mark]]) -> dict[UUID, str]:
    examiners = {mark.examiner_id for several in marks.values() for mark in several}
    return {person.id: person.name for person in Person.select().where(Person.id.in_(examiners))}
