"""Layers of safety data: points that make a stretch of street worth a walk, or whose absence does."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.database import transaction
from patrol.errors import Invalid
from patrol.places.models import City, SafetyPoint
from patrol.places.operations.cities import hold
from patrol.places.operations.files import LAT, LON, FileRefused, Report, Row, Table, each, read_table
from patrol.places.rules import POI, POI_LAYERS, Unfit, degrees_of, layer_name

LABEL = ("name", "label", "시설명칭", "대상시설명", "시설명", "명칭", "kind")
MARGIN_M = 1000.0
"""A camera or school so far beyond the border still counts for streets inside it, metres."""
AT_ONCE = 1000
SHOWN = 20


class LayerRefused(Invalid):
    """A layer cannot go by this name."""

    words = {"ko": "layer 이름: {ko}", "en": "Layer: {en}"}


@dataclass(slots=True)
class LayerReport(Report):
    """What an import of points did; `layers` counts the points now in each layer that it replaced."""

    layers: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Spot:
    layer: str
    label: str
    lon: float
    lat: float


def import_safety(city: City, layer: str, source: Path | bytes, *, name: str = "") -> LayerReport:
    """Replace a layer with the points of a CSV file (경도/lon, 위도/lat, …) or of GeoJSON points.

    Layer `poi` takes a file whose column `kind` holds OpenStreetMap tags and replaces each layer of POI_LAYERS.
    Points farther than MARGIN_M beyond the streets are counted and left out. Rows whose coordinates cannot be read,
    of which published files have some, are left out and named in `warnings`.
    Raises LayerRefused, FileRefused (no row can be used, among others); then the layer stays as it was.
    """
    table = read_table(source, name=name)
    if layer == POI:
        table.need(("kind",))
        rows = [row for row in table.rows if str(row.value("kind")) in POI_LAYERS]
        spots, problems = each(Table(table.name, table.columns, tuple(rows)), _place_of_interest)
        return _replace(city, sorted(set(POI_LAYERS.values())), table, spots, problems)
    try:
        layer_name(layer)
    except Unfit as unfit:
        raise LayerRefused("/layer", ko=unfit.ko, en=unfit.en) from None
    if not any(row.geometry for row in table.rows):
        table.need(LON, LAT)
    spots, problems = each(table, lambda row: _Spot(layer, row.text(*LABEL), *row.place()))
    return _replace(city, [layer], table, spots, problems)


def points_of(city: City) -> dict[str, tuple[list[float], list[float]]]:
    """Every layer that the city has: longitudes and latitudes by name."""
    rows: Any = (
        SafetyPoint.select(SafetyPoint.layer, SafetyPoint.lon, SafetyPoint.lat)
        .where(SafetyPoint.city == city)
        .order_by(SafetyPoint.id)
        .tuples()
    )
    found: dict[str, tuple[list[float], list[float]]] = {}
    for layer, lon, lat in rows:
        lons, lats = found.setdefault(layer, ([], []))
        lons.append(lon)
        lats.append(lat)
    return found


def _place_of_interest(row: Row) -> _Spot:
    return _Spot(POI_LAYERS[row.text("kind")], row.text("name"), *row.place())


def _replace(
    city: City, layers: Sequence[str], table: Table, spots: list[_Spot], problems: list[tuple[int, str]]
) -> LayerReport:
    inside = [spot for spot in spots if _in_reach(city, spot)]
    if not inside:
        _refuse(table, len(spots), problems)
    report = LayerReport(added=len(inside), left_out=len(spots) - len(inside) + len(problems))
    report.layers = {layer: sum(spot.layer == layer for spot in inside) for layer in layers}
    report.warnings = _warnings(len(spots) - len(inside), problems)
    values = [{"city": city.id, "layer": s.layer, "label": s.label, "lon": s.lon, "lat": s.lat} for s in inside]
    with transaction():
        hold(city)
        SafetyPoint.delete().where((SafetyPoint.city == city) & SafetyPoint.layer.in_(layers)).execute()
        for first in range(0, len(values), AT_ONCE):
            SafetyPoint.insert_many(values[first : first + AT_ONCE]).execute()
    return report


def _in_reach(city: City, spot: _Spot) -> bool:
    if not city.bbox:
        return True
    west, south, east, north = city.bbox
    wide, high = degrees_of(MARGIN_M, lat=(south + north) / 2)
    return bool(west - wide <= spot.lon <= east + wide and south - high <= spot.lat <= north + high)


def _refuse(table: Table, outside: int, problems: list[tuple[int, str]]) -> None:
    bad = len(problems)
    ko = f"쓸 수 있는 행이 없습니다: 도시 밖 {outside}, 문제 {bad}"
    en = f"no row can be used: {outside} outside the city, {bad} unfit"
    if problems:
        row, problem = problems[0]
        ko, en = f"{ko}, 예: {row}행 {problem}", f"{en}, such as row {row}: {problem}"
    raise FileRefused("/rows", name=table.name, ko=ko, en=en)


def _warnings(outside: int, problems: list[tuple[int, str]]) -> list[str]:
    found = [f"{row}행 (row {row}): {problem}" for row, problem in problems[:SHOWN]]
    if len(problems) > SHOWN:
        rest = len(problems) - SHOWN
        found.append(f"그 밖에 {rest}행 (and {rest} more rows)")
    if outside:
        found.append(f"도시 밖이라 뺀 행: {outside} (rows left out as they lie outside the city: {outside})")
    return found
