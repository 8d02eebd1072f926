"""Pure decisions about places."""

import math
import re
from collections.abc import Iterable, Sequence
from datetime import date

BLOCK_KINDS = ("line", "point")
BLOCK_SOURCES = ("built", "imported", "drawn")
LEAST_WEIGHT, MOST_WEIGHT = 1.0, 10.0
MOST_VISITS, MOST_DWELL_S = 21, 7200
LONGEST_CODE = 40
SHORTEST_LINE_M = 5.0
METRES_A_DEGREE = 111_194.9
"""Of latitude; rounded down, so that what is looked for by degrees is not missed."""
NEAR_STREET_M = 60.0
"""A block lies on the city's streets when each of its points is this near to one that can be walked, metres."""

POI_LAYERS = {
    "amenity=bar": "bar",
    "amenity=pub": "bar",
    "amenity=nightclub": "bar",
    "tourism=motel": "motel",
    "railway=subway_entrance": "metro_exit",
}
"""What OpenStreetMap calls a place → the layer it counts in. Hotels have staff and light at night and are no motels."""
POI = "poi"
"""Imported under this name, a file is taken apart into the layers of POI_LAYERS by its `kind` column."""

NEXT_OF_KIN = {
    "sidewalk": "footway",
    "crossing": "footway",
    "parking_aisle": "service",
    "driveway": "service",
    "road": "unclassified",
}
"""Finer classes of street, and streets of unknown class → whose points they get when the policy names none for them."""

Bands = list[list[str]]
Reasons = list[dict[str, str | float]]


class Unfit(ValueError):
    """A value cannot be used. Says so in both languages, as row problems are read by whoever sent the file."""

    def __init__(self, field: str, ko: str, en: str) -> None:
        """`field` is the column, property or field that holds the value."""
        self.field, self.ko, self.en = field, ko, en
        super().__init__(f"{field}: {ko} ({en})")


def is_address(text: str) -> bool:
    """Whether it looks like an e-mail address."""
    return re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text) is not None


def layer_name(text: str) -> str:
    """A layer's name, small letters and underscores. Raises Unfit."""
    if not re.fullmatch(r"[a-z][a-z_]{0,29}", text):
        raise Unfit(
            "layer", "소문자와 밑줄 30자 이내여야 합니다", f"30 small letters and underscores at most, not {text!r}"
        )
    return text


def bands_of(value: object) -> Bands:
    """`19:00-21:00;22:00-01:00`, or a list of pairs, → [["19:00", "21:00"], …]; a band may run past midnight.

    Raises Unfit.
    """
    if isinstance(value, list):
        parts = ["-".join(map(str, pair)) if isinstance(pair, list) else str(pair) for pair in value]
    else:
        parts = [part.strip() for part in str(value or "").split(";") if part.strip()]
    return [_band(part) for part in parts]


def _band(text: str) -> list[str]:
    found = re.fullmatch(r"(([01]\d|2[0-3]):[0-5]\d)\s*[-–~]\s*(([01]\d|2[0-3]):[0-5]\d)", text)
    if found is None or found[1] == found[3]:
        raise Unfit(
            "bands", f"19:00-23:00처럼 써야 합니다: {text!r}", f"write them like 19:00-23:00;06:00-07:30, not {text!r}"
        )
    return [found[1], found[3]]


def reasons_of(value: object, *, weight: float) -> Reasons:
    """`bar_street:2.5;cctv_gap`, a list of such words or the one that an export holds → [{"code", "points"}, …].

    Reasons without points share what the weight leaves. Raises Unfit.
    """
    items = value if isinstance(value, list) else [part for part in str(value or "").split(";") if part.strip()]
    given = [(code, None if points is None else _points(points)) for code, points in map(_reason_and_points, items)]
    open_ = [code for code, points in given if points is None]
    left = max(0.0, weight - sum(points or 0.0 for _, points in given))
    return [
        {"code": _reason(code), "points": round(left / len(open_), 2) if points is None else points}
        for code, points in given
    ]


def _reason_and_points(item: object) -> tuple[str, object]:
    if isinstance(item, dict):
        return str(item.get("code", "")), item.get("points")
    code, _, points = str(item).partition(":")
    return code.strip(), points.strip() or None


def _points(value: object) -> float:
    try:
        points = float(str(value))
    except ValueError:
        points = math.nan
    if not 0 <= points < math.inf:
        raise Unfit(
            "reason", f"점수는 0 이상의 수여야 합니다: {value!r}", f"points must be a number from 0, not {value!r}"
        )
    return points


def _reason(code: str) -> str:
    if not re.fullmatch(r"\w[\w .-]{0,59}", code):
        raise Unfit(
            "reason",
            f"60자 이내의 낱말이어야 합니다: {code!r}",
            f"must be a word of at most 60 characters, not {code!r}",
        )
    return code


def check_validity(begins: date | None, ends: date | None) -> None:
    """Refuse a block that ends before it begins. Raises Unfit."""
    if begins and ends and ends < begins:
        raise Unfit("valid_until", "valid_from보다 앞설 수 없습니다", "is before valid_from")


def points_per_100_m(highway: str, table: dict[str, float]) -> float:
    """What 100 m of a street of this OpenStreetMap class earn where there is no safety data."""
    plain = highway.removesuffix("_link")
    return table.get(highway, table.get(NEXT_OF_KIN.get(highway, plain), 0.0))


def weight_of(points: float, best: float) -> float:
    """A stretch's weight, 1 to 10, beside the best stretch's points."""
    return max(LEAST_WEIGHT, round(MOST_WEIGHT * points / best, 1))


def how_many(stretches: int, *, share: float, at_most: int) -> int:
    """How many of so many stretches become blocks."""
    return min(at_most, math.ceil(stretches * share))


def next_codes(taken: Iterable[str]) -> Iterable[str]:
    """B-0001, B-0002 …: numbers above every one that is taken."""
    numbers = (int(found[1]) for code in taken if (found := re.fullmatch(r"B-(\d{1,9})", code)))
    number = max(numbers, default=0)
    while True:
        number += 1
        yield f"B-{number:04d}"


def degrees_of(metres: float, *, lat: float) -> tuple[float, float]:
    """How many degrees of longitude and of latitude so many metres are; at the poles not more than a hundred times."""
    high = metres / METRES_A_DEGREE
    return high / max(math.cos(math.radians(lat)), 0.01), high


Line = tuple[tuple[float, float], ...]


def as_kept(line: Sequence[Sequence[float]]) -> Line:
    """A line as blocks keep it: 7 decimals (1 cm), and drawn from its south-western end, as it is walked either way."""
    points = tuple((round(float(lon), 7), round(float(lat), 7)) for lon, lat in line)
    return min(points, points[::-1])


def bbox_of(text: str) -> tuple[float, float, float, float]:
    """`129.04,35.14,129.07,35.16` → west, south, east, north. Raises Unfit."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        west = south = east = north = math.nan
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise Unfit(
            "bbox",
            f"서,남,동,북을 도로 써야 합니다: {text!r}",
            f"must be WEST,SOUTH,EAST,NORTH in degrees, not {text!r}",
        )
    return west, south, east, north
