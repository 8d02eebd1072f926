"""Tables as people send them: CSV from an office or a portal, GeoJSON from a map program."""

import csv
import io
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import shapely

from patrol.errors import Invalid, InvalidRows
from patrol.places.rules import Unfit

LON, LAT = ("경도", "lon", "longitude", "lng", "x"), ("위도", "lat", "latitude", "y")
LONGEST_CELL = 8 * 1024 * 1024
"""A jurisdiction's outline in one cell, bytes; the csv module's own limit is 128 KiB."""

csv.field_size_limit(LONGEST_CELL)


class FileRefused(Invalid):
    """A file cannot be read as a whole, so no row of it can be named."""

    words = {"ko": "{name}: {ko}", "en": "{name}: {en}"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a CSV file, numbered as a spreadsheet shows it, or one GeoJSON feature, numbered from 1.

    `values` is keyed by small letters. `geometry` is the feature's, as parsed GeoJSON.
    """

    number: int
    values: Mapping[str, Any]
    geometry: Mapping[str, Any] | None = None

    def value(self, *names: str) -> Any:
        """The first of the named values that is there and not blank, else None."""
        found = (self.values.get(name) for name in names)
        return next((value for value in found if value is not None and value != ""), None)

    def text(self, *names: str, most: int = 200) -> str:
        """The value as text, "" when there is none. Raises Unfit when it is longer than `most` characters."""
        text = _as_text(self.value(*names))
        if len(text) > most:
            raise Unfit(names[0], f"{most}자를 넘습니다", f"is longer than {most} characters")
        return text

    def number_in(self, name: str, low: float, high: float) -> float | None:
        """The value as a number from `low` to `high`, None when there is none. Raises Unfit."""
        value = self.value(name)
        return None if value is None else _number(name, value, low, high)

    def whole_in(self, name: str, low: int, high: int) -> int | None:
        """The value as a whole number. Raises Unfit."""
        number = self.number_in(name, low, high)
        if number is not None and number != int(number):
            raise Unfit(name, f"정수여야 합니다: {number:g}", f"must be a whole number, not {number:g}")
        return None if number is None else int(number)

    def day(self, name: str) -> date | None:
        """The value as a date, YYYY-MM-DD. Raises Unfit."""
        text = self.text(name)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise Unfit(name, f"YYYY-MM-DD여야 합니다: {text!r}", f"must be like 2026-03-31, not {text!r}") from None

    def truth(self, name: str) -> bool | None:
        """The value as yes or no. Raises Unfit."""
        text = self.text(name).casefold()
        if text and text not in _TRUTHS:
            raise Unfit(name, f"true 또는 false여야 합니다: {text!r}", f"must be true or false, not {text!r}")
        return _TRUTHS.get(text)

    def place(self) -> tuple[float, float]:
        """lon, lat from their columns, or from a feature that is a point. Raises Unfit."""
        if self.value(*LON) is None and self.geometry is not None and self.geometry.get("type") == "Point":
            point = shape_of(self.geometry, field="geometry")
            return point.x, point.y
        lon = _number("lon", self.value(*LON), -180, 180)
        lat = _number("lat", self.value(*LAT), -90, 90)
        if (lon, lat) == (0, 0):
            raise Unfit("lon", "좌표가 비어 있습니다 (0, 0)", "0, 0 is an empty coordinate")
        return lon, lat


_TRUTHS = {"true": True, "1": True, "yes": True, "y": True, "false": False, "0": False, "no": False, "n": False}


@dataclass(frozen=True, slots=True)
class Table:
    """A file's rows and the columns (or properties) that any of them has."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def need(self, *groups: tuple[str, ...]) -> None:
        """Refuse a file that lacks a column; each group is the names that one column may go by. Raises FileRefused."""
        missing = [" / ".join(group) for group in groups if not set(group) & set(self.columns)]
        if missing:
            wanted, there = ", ".join(missing), ", ".join(self.columns)
            raise FileRefused(
                "/columns",
                name=self.name,
                ko=f"다음 열이 없습니다: {wanted} (있는 열: {there})",
                en=f"lacks the column {wanted}; there are: {there}",
            )


@dataclass(slots=True)
class Report:
    """What an import did. `warnings` are for a person to read; with them, it was done all the same."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    left_out: int = 0
    warnings: list[str] = field(default_factory=list)


def read_table(source: Path | bytes, *, name: str = "") -> Table:
    """The rows of a CSV file (UTF-8 with or without BOM, or CP949; comma, semicolon or tab) or of GeoJSON features.

    Raises FileRefused, and InvalidRows for rows with more cells than the header.
    """
    name = name or (source.name if isinstance(source, Path) else "file")
    try:
        content = source.read_bytes() if isinstance(source, Path) else source
    except OSError as error:
        problem = error.strerror or type(error).__name__
        raise FileRefused("/", name=name, ko=f"읽을 수 없습니다: {problem}", en=f"cannot be read: {problem}") from None
    text = _text(content, name)
    return _features(text, name) if text.startswith("{") else _rows(text, name)


def each(table: Table, read: Callable[[Row], Any]) -> tuple[list[Any], list[tuple[int, str]]]:
    """What `read` makes of each row, and the problems of those that it found unfit."""
    made, problems = [], []
    for row in table.rows:
        try:
            made.append(read(row))
        except Unfit as unfit:
            problems.append((row.number, str(unfit)))
    return made, problems


def twice(table: Table, *columns: tuple[str, ...], field: str) -> list[tuple[int, str]]:
    """Rows that have the same in these columns as one before them; each column by the names that it may go by."""
    seen: dict[tuple[str, ...], int] = {}
    found = []
    for row in table.rows:
        key = tuple(_as_text(row.value(*names)) for names in columns)
        if key[0] and key in seen:
            found.append((row.number, f"{field}: {seen[key]}행과 같습니다 (the same as in row {seen[key]})"))
        seen.setdefault(key, row.number)
    return found


def shape_of(value: Any, *, field: str) -> Any:
    """A geometry from GeoJSON (parsed or as text) or WKT, flat, valid and within the degrees of the earth.

    Raises Unfit.
    """
    text = value if isinstance(value, str) else json.dumps(value)
    try:
        found = shapely.from_geojson(text) if text.lstrip().startswith("{") else shapely.from_wkt(text)
    except (shapely.errors.ShapelyError, ValueError):
        found = None
    if found is None or found.is_empty:
        raise Unfit(field, "WKT나 GeoJSON 도형이 아닙니다", f"is no WKT or GeoJSON geometry: {text[:60]!r}")
    found = shapely.force_2d(found)
    low_high = shapely.bounds(found)
    if not (all(map(math.isfinite, low_high)) and -180 <= low_high[0] <= low_high[2] <= 180):
        raise Unfit(field, "경도가 -180~180도가 아닙니다", "has a longitude outside -180 to 180")
    if not -90 <= low_high[1] <= low_high[3] <= 90:
        raise Unfit(field, "위도가 -90~90도가 아닙니다", "has a latitude outside -90 to 90; GeoJSON is [lon, lat]")
    if not found.is_valid:
        why = shapely.is_valid_reason(found)
        raise Unfit(field, f"올바른 도형이 아닙니다: {why}", f"is not valid: {why}")
    return found


def _as_text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _number(name: str, value: object, low: float, high: float) -> float:
    try:
        number = math.nan if isinstance(value, bool) else float(str(value))
    except ValueError:
        number = math.nan
    if not low <= number <= high:
        shown = "" if value is None else f": {value!r}"
        raise Unfit(
            name,
            f"{low:g}~{high:g} 사이의 수여야 합니다{shown}",
            f"must be a number from {low:g} to {high:g}{', not ' + repr(value) if shown else ', is missing'}",
        )
    return number


def _text(content: bytes, name: str) -> str:
    for encoding in ("utf-8-sig", "cp949"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text.lstrip()
    raise FileRefused(
        "/",
        name=name,
        ko="UTF-8이나 CP949 글이 아닙니다",
        en="is neither UTF-8 nor CP949 text; save it as CSV in UTF-8",
    )


def _rows(text: str, name: str) -> Table:
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        lines = [(number, cells) for number, cells in enumerate(reader, 1) if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise FileRefused(
            "/", name=name, ko=f"CSV가 아닙니다: {error}", en=f"is not CSV, near line {reader.line_num}: {error}"
        ) from None
    if len(lines) < 2:
        raise FileRefused("/", name=name, ko="제목 줄 아래에 행이 없습니다", en="has no row below its header")
    columns = tuple(cell.strip().casefold() for cell in lines[0][1])
    twice = sorted({column for column in columns if column and columns.count(column) > 1})
    if twice:
        raise FileRefused(
            "/columns",
            name=name,
            ko=f"열 이름이 겹칩니다: {', '.join(twice)}",
            en=f"has two columns {', '.join(twice)}",
        )
    more = "제목보다 칸이 많습니다 (has more cells than the header)"
    long = [(number, more) for number, cells in lines if len(cells) > len(columns)]
    if long:
        raise InvalidRows(long)
    rows = tuple(Row(number, dict(zip(columns, map(str.strip, cells), strict=False))) for number, cells in lines[1:])
    return Table(name, columns, rows)


def _features(text: str, name: str) -> Table:
    try:
        content = json.loads(text)
        features = content["features"]
        rows = tuple(_feature(number, feature) for number, feature in enumerate(features, 1))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise FileRefused(
            "/", name=name, ko="GeoJSON FeatureCollection이 아닙니다", en="is not a GeoJSON FeatureCollection"
        ) from None
    if not rows:
        raise FileRefused("/features", name=name, ko="도형이 하나도 없습니다", en="holds no feature")
    return Table(name, tuple(dict.fromkeys(column for row in rows for column in row.values)), rows)


def _feature(number: int, feature: Mapping[str, Any]) -> Row:
    values = {str(key).casefold(): value for key, value in (feature.get("properties") or {}).items()}
    geometry = feature["geometry"]
    if geometry is not None and not isinstance(geometry, dict):
        raise TypeError(geometry)
    clean = {key: _storable(value) if isinstance(value, str) else value for key, value in values.items()}
    return Row(number, clean, geometry)


def _storable(text: str) -> str:
    """Without what JSON can write and a database cannot keep: NUL, halves of characters."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
