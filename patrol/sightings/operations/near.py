"""Where to look for sightings near a place: squares of a grid over the earth, numbered, as an index can find them."""

import math

from patrol.places.rules import METRES_A_DEGREE

CELL_DEG = 0.001
"""Side of a square: 111 m from south to north, at Busan's latitude 91 m from west to east."""
COLUMNS = round(360 / CELL_DEG)
NARROWEST = 0.01
"""Nearer to the poles than this cosine of a latitude, squares are taken for wider than they are."""


def cell_of(lon: float, lat: float) -> int:
    """The number of the square that a place lies in."""
    return _number(_row(lat), _column(lon))


def cells_within(lon: float, lat: float, metres: float) -> list[int]:
    """The squares that hold every place up to so many metres away; across the date line, too."""
    up = metres / METRES_A_DEGREE
    rows = range(_row(lat - up), _row(lat + up) + 1)
    highest = min(abs(lat) + up, 90.0)
    aside = up / max(math.cos(math.radians(highest)), NARROWEST)
    columns = range(_column(lon - aside), _column(lon + aside) + 1)
    return sorted({_number(row, column) for row in rows for column in columns})


def metres_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Straight distance of two places [lon, lat], as on a plane that touches the earth between them."""
    (lon, lat), (other_lon, other_lat) = one, other
    turned = (other_lon - lon + 180) % 360 - 180
    narrower = math.cos(math.radians((lat + other_lat) / 2))
    return math.hypot(turned * narrower, other_lat - lat) * METRES_A_DEGREE


def _row(lat: float) -> int:
    return math.floor(lat / CELL_DEG)


def _column(lon: float) -> int:
    return math.floor(lon / CELL_DEG)


def _number(row: int, column: int) -> int:
    return row * COLUMNS + column % COLUMNS
