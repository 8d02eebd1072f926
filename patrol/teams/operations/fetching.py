"""The worker asks a web address for each city's weather, and keeps what it says.

The address is a stranger's: it may be slow, wrong, huge or gone. Whatever it does, the weather is then unknown, the log
says so once, and it is asked again later.
"""

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import requests
import structlog
import urllib3

from config.database import transaction
from config.due import one_by_one
from patrol.places.models import City
from patrol.teams.models import WeatherFetch, WeatherReading
from patrol.teams.operations.weather import number_within

log = structlog.get_logger(__name__)

EVERY = timedelta(minutes=10)
LONGEST_WAIT = timedelta(hours=6)
"""However long a server asks us to stay away."""
CONNECT_S, SILENT_S, WHOLE_S = 3.0, 5.0, 10.0
MOST_BYTES = 1_000_000
MOST_READINGS = 2_000
KEPT = timedelta(days=1)
AHEAD = timedelta(days=10)


class Unusable(Exception):
    """No readings came of it. `again`: how long the server asked us to wait."""

    def __init__(self, problem: str, again: timedelta | None = None) -> None:
        """What went wrong; never the address, which may hold a key."""
        self.again = again
        super().__init__(problem)


def fetch_weather(source: str, fields: Mapping[str, str], *, now: datetime) -> int:
    """Ask for the weather of every city whose time has come; returns how many answered. Due job.

    `source`: the setting, in which {lat} and {lon} stand for the middle of a city; `fields`: name → where in the JSON
    it stands, see `values_at`.
    """
    if not source.startswith(("http://", "https://")):
        return 0
    waiting = WeatherFetch.select(WeatherFetch.city).where(WeatherFetch.due_at > now)
    cities = City.select().where(~City.bbox.is_null() & City.id.not_in(waiting))
    return sum(one_by_one("weather", cities, lambda city: _fetch(city, source, fields, now)))


def _fetch(city: City, source: str, fields: Mapping[str, str], now: datetime) -> bool:
    before = WeatherFetch.get_or_none(WeatherFetch.city == city)
    problem, again = "", EVERY
    readings: list[dict[str, Any]] = []
    try:
        readings = readings_in(_ask(_address(source, city), now=now), fields, now=now)
    except Unusable as error:
        problem, again = str(error), error.again or EVERY
    with transaction():
        if readings:
            _keep(city, readings, now)
        state = {"city": city, "due_at": now + again, "problem": problem}
        WeatherFetch.insert(**state).on_conflict(
            conflict_target=[WeatherFetch.city], preserve=[WeatherFetch.due_at, WeatherFetch.problem]
        ).execute()
    if problem and (before is None or before.problem != problem):
        log.warning("weather cannot be fetched", city=city.slug, problem=problem)
    elif not problem and before is not None and before.problem:
        log.info("weather is fetched again", city=city.slug)
    return not problem


def _keep(city: City, readings: list[dict[str, Any]], now: datetime) -> None:
    """Put what is new in place of what was said of the same time before."""
    first = min(reading["at"] for reading in readings)
    over = (WeatherReading.at >= first) | (WeatherReading.at < now - KEPT)
    WeatherReading.delete().where((WeatherReading.city == city) & over).execute()
    rows = [{**reading, "city": city, "fetched_at": now} for reading in readings]
    for start in range(0, len(rows), 100):
        WeatherReading.insert_many(rows[start : start + 100]).execute()


def _address(source: str, city: City) -> str:
    west, south, east, north = city.bbox
    return source.replace("{lat}", f"{(south + north) / 2:.2f}").replace("{lon}", f"{(west + east) / 2:.2f}")


def _ask(address: str, *, now: datetime) -> Any:
    """The JSON that an address answers with. Raises Unusable.

    Redirects are not followed: whoever is redirected to would get the key in the address.
    """
    headers = {"Accept": "application/json", "User-Agent": "companion-dog-patrol"}
    try:
        with requests.get(
            address, headers=headers, timeout=(CONNECT_S, SILENT_S), allow_redirects=False, stream=True
        ) as answer:
            if answer.status_code != 200:
                raise Unusable(f"answered with status {answer.status_code}", _asked_to_wait(answer, now))
            return json.loads(_body(answer), parse_constant=_refuse)
    except requests.exceptions.SSLError:
        raise Unusable("its certificate is not trusted") from None
    except (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError):
        raise Unusable("no answer in time") from None
    except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        raise Unusable(f"cannot be reached ({type(error).__name__})") from None
    except (ValueError, RecursionError):
        raise Unusable("the answer is not JSON") from None


def _body(answer: requests.Response) -> bytes:
    """All of the answer, if it is not too long and does not take too long."""
    until = time.monotonic() + WHOLE_S
    content = bytearray()
    while chunk := answer.raw.read1(65_536, decode_content=True):
        content += chunk
        if len(content) > MOST_BYTES:
            raise Unusable(f"the answer is longer than {MOST_BYTES} bytes")
        if time.monotonic() > until:
            raise Unusable("no answer in time")
    return bytes(content)


def _refuse(name: str) -> float:
    raise ValueError(name)


def _asked_to_wait(answer: requests.Response, now: datetime) -> timedelta | None:
    """What Retry-After says, in seconds or as a date: at least our usual time, and within reason."""
    text = answer.headers.get("Retry-After", "").strip()
    try:
        wait = timedelta(seconds=int(text)) if text.isdecimal() else parsedate_to_datetime(text) - now
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(wait, EVERY), LONGEST_WAIT)


def readings_in(content: Any, fields: Mapping[str, str], *, now: datetime) -> list[dict[str, Any]]:
    """The readings in an answer, of the time around `now`, by their instants. Raises Unusable naming what is wrong."""
    columns = {name: values_at(content, path) for name, path in fields.items()}
    length = len(columns["at"])
    if length > MOST_READINGS:
        raise Unusable(f"more than {MOST_READINGS} readings")
    for name, values in columns.items():
        if len(values) != length and (name in ("at", "temperature_c") or any(value is not None for value in values)):
            raise Unusable(f"{name}: {len(values)} values at {fields[name]}, but {length} instants")
    found: dict[datetime, dict[str, Any]] = {}
    for number in range(length):
        row = {name: values[number] if len(values) == length else None for name, values in columns.items()}
        if row["at"] is None or row["temperature_c"] is None:
            continue
        try:
            reading = _reading(row)
        except (ValueError, OverflowError, OSError) as error:
            raise Unusable(f"reading {number + 1}: {error}") from None
        if now - KEPT <= reading["at"] <= now + AHEAD:
            found[reading["at"]] = reading
    if not found:
        raise Unusable("no reading of these days in the answer")
    return list(found.values())


def values_at(content: Any, path: str) -> list[Any]:
    """What stands at a dotted path, one value for each element of every list on the way; None where there is nothing.

    So `readings.at` reads {"readings": [{"at": …}, …]}, `hourly.time` reads {"hourly": {"time": […]}}, and
    `current.time` a single value.
    """
    found = [content]
    for name in path.split("."):
        found = [one.get(name) if isinstance(one, dict) else None for one in _each(found)]
    return _each(found)


def _each(found: list[Any]) -> list[Any]:
    return [inner for one in found for inner in (one if isinstance(one, list) else [one])]


def _reading(row: Mapping[str, Any]) -> dict[str, Any]:
    """A reading as it is kept. Raises ValueError."""
    wind, sun = row.get("wind_mps"), row.get("sun")
    if sun not in (None, 0, 1):
        raise ValueError("sun: neither true nor false")
    return {
        "at": _instant(row["at"]),
        "temperature_c": number_within(_number(row["temperature_c"], "temperature_c"), "temperature_c"),
        "wind_mps": None if wind is None else number_within(_number(wind, "wind_mps"), "wind_mps"),
        "sun": None if sun is None else bool(sun),
    }


def _instant(value: Any) -> datetime:
    """RFC 3339 with an offset, or seconds since 1970."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return datetime.fromtimestamp(value, UTC)
    if not isinstance(value, str):
        raise ValueError("at: no instant")  # noqa: TRY004 - one kind of error for the caller
    at = datetime.fromisoformat(value)
    if at.tzinfo is None:
        raise ValueError("at: no offset from UTC")
    return at.astimezone(UTC)


def _number(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{name}: no number")  # noqa: TRY004 - as in _instant
    return float(value)
