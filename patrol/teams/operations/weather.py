"""Where readings of the weather come from: a fixed temperature or a CSV file, as PATROL_WEATHER says."""

import csv
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from patrol.teams.rules import Weather

log = structlog.get_logger(__name__)

STANDS_FOR = timedelta(hours=3)
"""A row of the file holds so long at most, if no other follows."""
YES, NO = ("1", "true", "yes"), ("", "0", "false", "no")


def reading(source: str, at: datetime) -> Weather | None:
    """The weather at an instant, from `none`, `fixed:DEGREES` or `csv:FILE`; None when it is not known.

    A file's columns are at (RFC 3339 with offset), temperature_c, and where there are such wind_mps and sun. A file
    that cannot be used is logged with its row: the weather is then unknown.
    """
    kind, _, rest = source.partition(":")
    if kind == "fixed":
        return Weather(temperature_c=float(rest))
    if kind != "csv":
        return None
    try:
        rows = _rows(Path(rest))
    except (OSError, ValueError) as error:
        log.warning("weather file cannot be used", file=rest, problem=str(error))
        return None
    standing = [(since, weather) for since, weather in rows if since <= at < since + STANDS_FOR]
    return max(standing, key=lambda row: row[0])[1] if standing else None


def _rows(path: Path) -> list[tuple[datetime, Weather]]:
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
    if sun not in YES + NO:
        raise ValueError(f"sun: {sun!r} is not one of {', '.join(filter(None, YES + NO))}")
    return at, Weather(
        temperature_c=_number(row["temperature_c"], "temperature_c", low=-80, high=60),
        wind_mps=_number(row.get("wind_mps") or "0", "wind_mps", low=0, high=120),
        sun=sun in YES,
    )


def _number(text: str, column: str, *, low: float, high: float) -> float:
    number = float(text)
    if not low <= number <= high:
        raise ValueError(f"{column}: {text} is not between {low} and {high}")
    return number
