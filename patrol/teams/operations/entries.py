"""Rows of a spreadsheet as teams: a handler, and a dog for each of the handler's rows."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from config.policy import Policy
from patrol.errors import Invalid
from patrol.people.operations.accounts import NeitherPhoneNorEmail, UnusableEmail
from patrol.people.operations.inviting import check_age
from patrol.people.rules import email_address
from patrol.places.models import City
from patrol.places.operations.cities import policy_of
from patrol.places.rules import Unfit
from patrol.teams import rules
from patrol.teams.operations.applying import DogTwice, NewDog, check_dogs, check_door, check_walk
from patrol.teams.operations.spreadsheets import Sheet, SheetRow

HEAVIEST_KG, LIGHTEST_KG = 120, 0.1


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong in a cell: row as a spreadsheet program numbers it, header of the column, both languages."""

    row: int
    column: str
    ko: str
    en: str


@dataclass(frozen=True, slots=True)
class Reading:
    """By what rows are read: a city's rules, the file's headers by column key, the time."""

    city: City
    policy: Policy
    headers: Mapping[str, str]
    now: datetime

    def header(self, key: str) -> str:
        """What the file calls a column; one that it does not have, as the template does."""
        return self.headers.get(key) or rules.BY_KEY[key].ko

    def problem(self, row: int, key: str, error: Unfit | Invalid) -> RowProblem:
        """A problem with a cell."""
        ko, en = (error.ko, error.en) if isinstance(error, Unfit) else (error.say("ko"), error.say("en"))
        return RowProblem(row, self.header(key), ko, en)


@dataclass(slots=True)
class Entry:
    """A team as some rows have it; with problems, not usable. `values`: by column key, None where nothing is said."""

    rows: list[int]
    values: dict[str, Any]
    dogs: list[NewDog] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)

    @property
    def keys(self) -> list[str]:
        """By which the handler is known: phone number and e-mail address, those that are there."""
        return [self.values[key] for key in ("phone", "email") if self.values[key]]


Read = Callable[[Any, str, Reading], Any]


def entries_of(sheet: Sheet, city: City, *, now: datetime) -> list[Entry]:
    """The teams of a spreadsheet, in the order of their first rows; the template's own row is left out.

    A row that says nothing of its handler is another dog of the row above it, as in tables with merged cells.
    """
    reading = Reading(city, policy_of(city), sheet.headers, now)
    found: list[Entry] = []
    known: dict[str, Entry] = {}
    for row in sheet.rows:
        if rules.text_of(row.values.get("name")) == rules.SAMPLE_NAME:
            continue
        above = found[-1] if found and not _says(row, OF_HANDLER) else None
        entry = _entry(row, reading) if above is None else Entry([row.number], dict(above.values))
        _read_dog(entry, row, reading)
        earlier = {id(known[key]): known[key] for key in entry.keys if key in known}
        if above is not None or len(earlier) == 1:
            _join(above or next(iter(earlier.values())), entry, reading)
            continue
        if earlier:
            named = ", ".join(str(other.rows[0]) for other in earlier.values())
            both = Unfit("phone", f"{named}행의 보호자 둘과 같습니다", f"is both of the handlers of rows {named}")
            entry.problems.append(reading.problem(row.number, "phone", both))
        found.append(entry)
        known |= {key: entry for key in entry.keys if key not in known}
    return found


def _says(row: SheetRow, keys: Mapping[str, Any]) -> bool:
    return any(rules.text_of(row.values.get(key)) for key in keys)


def _entry(row: SheetRow, reading: Reading) -> Entry:
    """What one row says of its handler."""
    entry = Entry([row.number], {})
    for key, read in OF_HANDLER.items():
        entry.values[key] = _cell(entry, row, key, read, reading)
    with _noting(entry, "lon", reading):
        entry.values["door"] = _door(entry.values, reading)
    if not entry.keys and not entry.problems:
        entry.problems.append(reading.problem(row.number, "phone", NeitherPhoneNorEmail("/phone")))
    return entry


def _read_dog(entry: Entry, row: SheetRow, reading: Reading) -> None:
    """Add the row's dog to the entry, or what is wrong with it."""
    before = len(entry.problems)
    given = {DOG_FIELDS.get(key, key): _cell(entry, row, key, read, reading) for key, read in OF_DOG.items()}
    if len(entry.problems) > before:
        return
    try:
        entry.dogs += check_dogs([NewDog(**given)], reading.city, reading.policy, at="", now=reading.now)
    except Invalid as invalid:
        key = KEYS.get(invalid.pointer, "registration_no")
        entry.problems.append(reading.problem(row.number, key, invalid))


def _cell(entry: Entry, row: SheetRow, key: str, read: Read, reading: Reading) -> Any:
    """A cell's value; an empty cell is None, and a problem where the column is needed."""
    value = row.values.get(key)
    text = rules.text_of(value)
    with _noting(entry, key, reading):
        if text.startswith("="):
            raise Unfit(
                key, "수식은 읽지 않습니다. 값으로 붙여 넣어 주세요", "holds a formula; paste its value instead"
            )
        if text:
            return read(value, key, reading)
        if rules.BY_KEY[key].needed:
            raise Unfit(key, "비어 있습니다", "is empty")
    return read("", key, reading) if read is _truth else None


@contextmanager
def _noting(entry: Entry, key: str, reading: Reading) -> Iterator[None]:
    """Note what is wrong with a value as a problem of the entry's row, and go on."""
    try:
        yield
    except (Unfit, Invalid) as error:
        entry.problems.append(reading.problem(entry.rows[0], key, error))


def _join(earlier: Entry, entry: Entry, reading: Reading) -> None:
    """Put a further row of a handler to the first. What both say must be the same."""
    row = entry.rows[0]
    for key, value in entry.values.items():
        if earlier.values[key] is None:
            earlier.values[key] = value
        elif value is not None and value != earlier.values[key]:
            first = earlier.rows[0]
            other = Unfit(key, f"{first}행과 다릅니다", f"differs from row {first}, of the same handler")
            entry.problems.append(reading.problem(row, "lon" if key == "door" else key, other))
    numbers = {dog.registration_no for dog in earlier.dogs}
    if any(dog.registration_no in numbers for dog in entry.dogs):
        entry.problems.append(reading.problem(row, "registration_no", DogTwice("/registration_no")))
    if len(earlier.dogs) + len(entry.dogs) > rules.MOST_DOGS:
        many = Unfit(
            "dog_name", f"한 팀에 반려견은 {rules.MOST_DOGS}마리까지입니다", f"is dog {rules.MOST_DOGS + 1} of a team"
        )
        entry.problems.append(reading.problem(row, "dog_name", many))
    earlier.rows += entry.rows
    earlier.dogs += entry.dogs
    earlier.problems += entry.problems


def _text(most: int) -> Read:
    return lambda value, key, _reading: rules.bounded(value, key, most)


def _birthday(value: Any, key: str, reading: Reading) -> date:
    born = rules.day_of(value, key)
    check_age(born, reading.city, now=reading.now)
    return born


def _phone(value: Any, key: str, reading: Reading) -> str:
    return rules.phone_of(value, key, reading.policy.formats)


def _email(value: Any, key: str, _reading: Reading) -> str:
    address = email_address(rules.bounded(value, key, 254))
    if address is None:
        raise UnusableEmail("/email")
    return address


def _walk(value: Any, key: str, reading: Reading) -> int:
    return check_walk(int(rules.number_of(value, key, 5, 180, unit="(분|min|minutes)")), reading.policy)


def _hours(value: Any, key: str, _reading: Reading) -> list[rules.Window]:
    found = rules.hours_of(value, key)
    if len(found) > rules.MOST_WINDOWS:
        raise Unfit(key, f"시간대는 {rules.MOST_WINDOWS}개까지입니다", f"has more than {rules.MOST_WINDOWS} windows")
    return found


def _day(value: Any, key: str, _reading: Reading) -> date:
    return rules.day_of(value, key)


def _registration(value: Any, key: str, _reading: Reading) -> str:
    return rules.registration_of(value, key)


def _weight(value: Any, key: str, _reading: Reading) -> float:
    return rules.number_of(value, key, LIGHTEST_KG, HEAVIEST_KG, unit="(kg|킬로그램|킬로)")


def _truth(value: Any, key: str, _reading: Reading) -> bool:
    return rules.truth_of(value, key)


def _degrees(most: float) -> Read:
    return lambda value, key, _reading: rules.number_of(value, key, -most, most)


def _door(values: Mapping[str, Any], reading: Reading) -> tuple[float, float] | None:
    lon, lat = values["lon"], values["lat"]
    if lon is None and lat is None:
        return None
    if lon is None or lat is None:
        raise Unfit("lon", "위도와 경도가 모두 필요합니다", "needs its latitude and longitude, both")
    check_door(reading.city, lon, lat)
    return lon, lat


OF_HANDLER: dict[str, Read] = {
    "name": _text(80),
    "phone": _phone,
    "email": _email,
    "born_on": _birthday,
    "team_name": _text(40),
    "motive": _text(2000),
    "walk_min": _walk,
    "hours": _hours,
    "district": _text(40),
    "address": _text(200),
    "lon": _degrees(180),
    "lat": _degrees(90),
}

OF_DOG: dict[str, Read] = {
    "dog_name": _text(40),
    "registration_no": _registration,
    "breed": _text(80),
    "weight_kg": _weight,
    "dog_born_on": _day,
    "vaccinated_until": _day,
    "brachycephalic": _truth,
    "overweight": _truth,
    "reactive": _truth,
}

KEYS = {"/breed": "breed", "/born_on": "dog_born_on", "/vaccinated_until": "vaccinated_until"}
"""Columns by what is wrong with a dog; all else is its number."""

DOG_FIELDS = {"dog_name": "name", "dog_born_on": "born_on"}
"""Columns that a dog's field has another name for."""
