"""Teams as a spreadsheet that comes in again: one row a dog, never the door."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from config.policy import Formats
from patrol.errors import Invalid
from patrol.people.models import Person
from patrol.people.rules import as_dialled
from patrol.places.models import City, District
from patrol.places.operations.cities import policy_of, zone_of
from patrol.teams import rules
from patrol.teams.models import Dog, Team
from patrol.teams.operations.reading import WholeTeam, whole
from patrol.teams.operations.spreadsheets import as_csv

MOST_TEAMS = 5_000
WEEK = {"ko": "월화수목금토일", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
TRUTH = {"ko": {True: "예", False: "아니오"}, "en": {True: "yes", False: "no"}}
STATE_HEADERS = {"code": ("팀 번호", "Code"), "state": ("상태", "State"), "applied_on": ("신청일", "Applied on")}


class TooManyTeams(Invalid):
    """More teams than one file holds."""

    words = {
        "ko": "{most}팀보다 많습니다. 조건을 좁혀 주세요.",
        "en": "There are more than {most} teams; narrow the filters.",
    }


@dataclass(frozen=True, slots=True)
class _Line:
    """What one row of the file tells of: a team's dog."""

    team: WholeTeam
    dog: Dog | None
    handler: Person
    district: str
    language: str
    formats: Formats
    zone: ZoneInfo


def export(city: City, query: Any, *, columns: Sequence[str], language: str) -> tuple[bytes, list[Team]]:
    """The teams that `query` finds as CSV, and the teams themselves. `columns` are of COLUMNS; none: all of them.

    Raises TooManyTeams.
    """
    teams = list(query.order_by(Team.code).limit(MOST_TEAMS + 1))
    if len(teams) > MOST_TEAMS:
        raise TooManyTeams("/filters", most=MOST_TEAMS)
    chosen = list(dict.fromkeys(columns)) or list(COLUMNS)
    people = {person.id: person for person in Person.select().where(Person.id.in_([t.handler_id for t in teams]))}
    districts = {row.id: row.name for row in District.select().where(District.city == city)}
    here = policy_of(city).formats, zone_of(city)
    lines = [
        _Line(each, dog, people[each.team.handler_id], districts.get(each.team.district_id, ""), language, *here)
        for each in whole(teams)
        for dog in (*each.dogs, *([] if each.dogs else [None]))
    ]
    header = [_header(key, language) for key in chosen]
    return as_csv(header, ([COLUMNS[key](line) for key in chosen] for line in lines)), teams


def _header(key: str, language: str) -> str:
    ko, en = STATE_HEADERS.get(key) or (rules.BY_KEY[key].ko, rules.BY_KEY[key].en)
    return ko if language == "ko" else en


def _of_dog(name: str) -> Callable[[_Line], str]:
    def read(line: _Line) -> str:
        value = getattr(line.dog, name) if line.dog else None
        if value is None:
            return ""
        return (
            TRUTH[line.language][value]
            if isinstance(value, bool)
            else f"{value:g}"
            if name == "weight_kg"
            else str(value)
        )

    return read


def _registration(line: _Line) -> str:
    """In groups, so that no program takes it for a number and shortens it."""
    digits = line.dog.registration_no if line.dog else ""
    return "-".join(filter(None, (digits[:3], digits[3:7], digits[7:11], digits[11:])))


def _state(line: _Line) -> str:
    state = line.team.team.state
    return rules.KOREAN[state] if line.language == "ko" else state


def _hours(line: _Line) -> str:
    week = WEEK[line.language]
    return "; ".join(
        f"{week[window.weekday]} {rules.clock_text(window.begins_min)}-{rules.clock_text(window.ends_min)}"
        for window in line.team.availability
    )


COLUMNS: dict[str, Callable[[_Line], str]] = {
    "code": lambda line: line.team.team.code,
    "state": _state,
    "applied_on": lambda line: line.team.team.created_at.astimezone(line.zone).date().isoformat(),
    "name": lambda line: line.handler.name,
    "phone": lambda line: as_dialled(line.handler.phone, line.formats) or "",
    "email": lambda line: line.handler.email or "",
    "born_on": lambda line: line.handler.born_on.isoformat() if line.handler.born_on else "",
    "team_name": lambda line: line.team.team.name,
    "motive": lambda line: line.team.team.motive,
    "dog_name": _of_dog("name"),
    "registration_no": _registration,
    "breed": _of_dog("breed"),
    "weight_kg": _of_dog("weight_kg"),
    "dog_born_on": _of_dog("born_on"),
    "vaccinated_until": _of_dog("vaccinated_until"),
    "brachycephalic": _of_dog("brachycephalic"),
    "overweight": _of_dog("overweight"),
    "reactive": _of_dog("reactive"),
    "walk_min": lambda line: str(line.team.team.walk_min),
    "hours": _hours,
    "district": lambda line: line.district,
}
"""Column → its cell of a row. Where walks begin is in none."""
