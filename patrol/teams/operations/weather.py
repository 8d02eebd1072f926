"""Where readings of the weather come from, as PATROL_WEATHER says: a fixed temperature, a CSV file, or a web address.

What a web address says is fetched by the worker (fetching.py) and kept in the database; here it is only looked up, so
no request waits for somebody else's server.
"""

import csv
import functools
from bisect import bisect_right
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from patrol.places.models import City
from patrol.places.operations.cities import policy_of
from patrol.teams.models import WeatherReading
from patrol.teams.operations.welfare import WeatherAt, unknown
from patrol.teams.rules import Weather

log = structlog.get_logger(__name__)

YES, NO, UNSAID = ("1", "true", "yes"), ("0", "false", "no"), ("",)
LIMITS = {"temperature_c": (-80.0, 60.0), "wind_mps": (0.0, 120.0)}
"""What a reading may say; anything else is a slip or another unit."""


def weather_of(city: City, source: str, *, now: datetime) -> WeatherAt:
    """What is known of a city's weather at `now`, then and for later, from the setting `source`.

    `none`, `fixed:DEGREES`, `csv:FILE` or a web address. A reading holds from its instant until the next one, as long
    as the policy trusts it at most; one that was fetched longer ago than that is none. Never raises.
    """
    kind, _, rest = source.partition(":")
    trusted = timedelta(minutes=policy_of(city).welfare.reading_min)
    if kind == "fixed":
        fixed = Weather(temperature_c=float(rest))
        return lambda _at: fixed
    if kind == "csv":
        return functools.partial(_in_file, Path(rest), trusted)
    if kind in ("http", "https"):
        return functools.cache(functools.partial(_kept, city, now - trusted, trusted))
    return unknown


def number_within(number: float, name: str) -> float:
    """The number, if a reading may say so of `name`. Raises ValueError."""
    low, high = LIMITS[name]
    if not low <= number <= high:
        raise ValueError(f"{name}: {number} is not between {low:g} and {high:g}")
    return number


def _kept(city: City, since: datetime, trusted: timedelta, at: datetime) -> Weather | None:
    """What the worker fetched, if that was after `since`."""
    standing = (WeatherReading.at <= at) & (WeatherReading.at > at - trusted) & (WeatherReading.fetched_at > since)
    row = (
        WeatherReading.select()
        .where((WeatherReading.city == city) & standing)
        .order_by(WeatherReading.at.desc())
        .first()
    )
    return row and Weather(temperature_c=row.temperature_c, wind_mps=row.wind_mps or 0.0, sun=row.sun)


def _in_file(path: Path, trusted: timedelta, at: datetime) -> Weather | None:
    rows = _rows(path, _stamp(path))
    begun = bisect_right(rows, at, key=_instant)
    return rows[begun - 1][1] if begun and at < rows[begun - 1][0] + trusted else None


def _instant(row: tuple[datetime, Weather]) -> datetime:
    return row[0]


def _stamp(path: Path) -> tuple[int, ...]:
    """What changes when the file does; empty where there is none."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return (found.st_mtime_ns, found.st_size, found.st_ino)


@functools.lru_cache(maxsize=16)
def _rows(path: Path, _stamp: tuple[int, ...]) -> tuple[tuple[datetime, Weather], ...]:
    """The file's readings in order; none, and a line in the log, if it cannot be used. Read again when it has changed.

    Its columns are at (RFC 3339 with offset), temperature_c, and where there are such wind_mps and sun.
    """
    try:
        return tuple(sorted(_read(path), key=_instant))
    except (OSError, ValueError, csv.Error) as error:
        log.warning("weather file cannot be used", file=str(path), problem=str(error))
        return ()


def _read(path: Path) -> list[tuple[datetime, Weather]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        missing = {"at", "temperature_c"} - set(rows.fieldnames or ())
        if missing:
            raise ValueError(f"row 1: no column {', '.join(sorted(missing))}")
        found = []
        for number, row in enumerate(rows, start=2):
            try:
                found.append(_row(row))
            except (TypeError, ValueError) as error:
                raise ValueError(f"row {number}: {error}") from None
        return found


def _row(row: dict[str, str]) -> tuple[datetime, Weather]:
    at = datetime.fromisoformat(row["at"])
    if at.tzinfo is None:
        raise ValueError(f"at: {row['at']} has no offset from UTC")
    sun = (row.get("sun") or "").strip().casefold()
    if sun not in YES + NO + UNSAID:
        raise ValueError(f"sun: {sun!r} is not one of {', '.join(YES + NO)}")
    return at, Weather(
        temperature_c=number_within(float(row["temperature_c"]), "temperature_c"),
        wind_mps=number_within(float(row.get("wind_mps") or 0), "wind_mps"),
        sun=None if sun in UNSAID else sun in YES,
    )
