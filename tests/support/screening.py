"""A screening day with its candidates and examiners."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from patrol.people.models import Person
from patrol.places.models import City
from patrol.teams.models import Candidate, PracticalTest, ScreeningDay, Team
from patrol.teams.operations import days
from patrol.teams.operations.days import DUTY, NewStation
from tests.support.factories import NOW, make_duty, make_person, make_team

RUBRIC = {"heel": 25, "wait_and_recall": 20, "people": 20, "other_dogs": 20, "objects_and_noise": 15}
STATIONS = (
    ("Lawn", ("heel", "wait_and_recall")),
    ("Street", ("people", "other_dogs")),
    ("Hall", ("objects_and_noise",)),
)
BEGINS = NOW + timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Screening:
    """A day; the first of the examiners leads it."""

    city: City
    day: ScreeningDay
    coordinator: Person
    examiners: list[Person]


def make_examiner(city: City, role: str = "officer") -> Person:
    """Somebody who holds the duty."""
    person = make_person(city, role)
    make_duty(person, DUTY)
    return person


def make_day(
    city: City, *, examiners: int = 2, candidates: int = 0, capacity: int = 600, among: Sequence[Person] = ()
) -> Screening:
    """A day in a week with three stations; `candidates` teams are on it, each with a booked test."""
    coordinator = make_person(city, "coordinator")
    people = [*among, *(make_examiner(city) for _ in range(examiners - len(among)))]
    day = days.make_day(
        city,
        begins_at=BEGINS,
        place="Citizens' Park",
        capacity=capacity,
        slot_min=10,
        slot_size=5,
        stations=[NewStation(name, list(items)) for name, items in STATIONS],
        examiners=[person.id for person in people],
        lead=people[0].id if people else None,
        by=coordinator.id,
        now=NOW,
    )
    for _ in range(candidates):
        put_on(day, make_team(city, state="test_booked", active_until=None))
    return Screening(city, day, coordinator, people)


def put_on(day: ScreeningDay, team: Team, number: int | None = None) -> Candidate:
    """A team on the day, as if booked, under the next number."""
    attempt = PracticalTest.select().where(PracticalTest.team == team).count() + 1
    test = PracticalTest.create(city=day.city_id, team=team, attempt=attempt, booked_for=BEGINS)
    number = number or Candidate.select().where(Candidate.day == day).count() + 1
    return Candidate.create(city=day.city_id, day=day, team=team, test=test, number=number, slot_at=BEGINS)


def candidate(day: ScreeningDay, number: int) -> Candidate:
    """The candidate as it is now."""
    return Candidate.get((Candidate.day == day) & (Candidate.number == number))
