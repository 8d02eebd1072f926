"""Police boxes: bringing them in, and which one answers for a place."""

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import shapely

from patrol.errors import InvalidRows
from patrol.places.models import City, PoliceBox, StreetNetwork
from patrol.places.operations.cities import changing_places
from patrol.places.operations.districts import settle
from patrol.places.operations.files import LAT, LON, Report, Row, Table, each, read_table, shape_of, twice
from patrol.places.operations.streets import load_graph
from patrol.places.rules import Unfit
from routing.geodesy import haversine_m

NAME, KIND = ("관서명", "name"), ("구분", "kind")
STATION, ADDRESS = ("경찰서", "station"), ("주소", "address")
JURISDICTION = ("jurisdiction", "관할", "관할구역", "wkt", "geometry")

BESIDE_M = 250.0
"""Who is farther from every street than this, metres, is not walked to on the graph."""
WALK_AT_MOST_M = 3000.0
DETOUR = 1.3
"""A walk beside a straight line in a city: what a box beyond the streets is taken to be away by."""


@dataclass(frozen=True, slots=True)
class _Given:
    name: str
    kind: str
    station: str
    address: str
    lon: float
    lat: float
    jurisdiction: dict[str, Any] | None


def import_boxes(city: City, source: Path | bytes, *, name: str = "", now: datetime) -> Report:
    """Bring in police boxes from CSV or GeoJSON; a box of the same name and station is updated and keeps its id.

    CSV has Korean or English headers (관서명/name, 구분/kind, 경찰서/station, 주소/address, 경도/lon, 위도/lat,
    jurisdiction as WKT or GeoJSON). A GeoJSON point is the box; a polygon is its jurisdiction, and the box stands at
    `lon`, `lat` when given, else within it. A file without any jurisdiction leaves known ones as they are.
    Raises FileRefused, InvalidRows.
    """
    table = read_table(source, name=name)
    table.need(NAME, *(() if any(row.geometry for row in table.rows) else (LON, LAT)))
    given, problems = each(table, _box)
    problems += twice(table, NAME, STATION, field="name")
    if problems:
        raise InvalidRows(sorted(problems))
    report = Report()
    with changing_places(city):
        known = {(box.name, box.station): box for box in PoliceBox.select().where(PoliceBox.city == city)}
        for box in given:
            _put(city, box, known.get((box.name, box.station)), report, keep=not _tells_jurisdiction(table), now=now)
        settle(city, PoliceBox)
        without = PoliceBox.select().where((PoliceBox.city == city) & PoliceBox.jurisdiction.is_null()).count()
    if without:
        report.warnings.append(
            f"관할이 없는 관서 {without}곳: 걸어서 가장 가까운 곳이 맡습니다 "
            f"({without} boxes have no jurisdiction: the nearest on foot answers)"
        )
    return report


def responsible_box(
    city: City, lon: float, lat: float, *, cache_dir: Path | None = None
) -> tuple[PoliceBox | None, dict[str, Any]]:
    """The box that answers for a place, and why: {"because", "distance_m"}; (None, …) where the city has none.

    because is `jurisdiction` (the place lies in it), `nearest_on_foot`, `nearest` (in a straight line: the place or
    the box lies beyond the city's streets) or `no_boxes`. Nothing but tables is read where a jurisdiction decides.
    """
    boxes, outlines = _boxes(city.id, city.places_version)
    if not boxes:
        return None, {"because": "no_boxes", "distance_m": None}
    straight = haversine_m(lon, lat, [box.lon for box in boxes], [box.lat for box in boxes])
    inside = outlines.query(shapely.Point(lon, lat), predicate="covered_by").tolist()
    if inside:
        best = min(inside, key=lambda i: float(straight[i]))
        return boxes[best], {"because": "jurisdiction", "distance_m": round(float(straight[best]))}
    walked = _walked(city, boxes, (lon, lat), cache_dir)
    best = int(np.argmin(np.where(np.isfinite(walked), walked, straight * DETOUR)))
    if np.isfinite(walked[best]):
        return boxes[best], {"because": "nearest_on_foot", "distance_m": round(float(walked[best]))}
    return boxes[best], {"because": "nearest", "distance_m": round(float(straight[best]))}


def boxes_nearby(city: City, lon: float, lat: float) -> list[PoliceBox]:
    """The city's boxes by distance from a place: on foot where that is known, else a straight line with detours."""
    boxes, _ = _boxes(city.id, city.places_version)
    if not boxes:
        return []
    straight = haversine_m(lon, lat, [box.lon for box in boxes], [box.lat for box in boxes])
    walked = _walked(city, boxes, (lon, lat), None)
    away = np.where(np.isfinite(walked), walked, straight * DETOUR)
    return [boxes[i] for i in np.argsort(away, kind="stable")]


def _walked(
    city: City, boxes: Sequence[PoliceBox], place: tuple[float, float], cache_dir: Path | None
) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    if not StreetNetwork.select().where(StreetNetwork.city == city).exists():
        return np.full(len(boxes), np.inf)
    from patrol.places.operations.on_foot import metres_on_foot  # noqa: PLC0415 - see streets.py

    return metres_on_foot(
        load_graph(city, cache_dir),
        place,
        [box.lon for box in boxes],
        [box.lat for box in boxes],
        beside_m=BESIDE_M,
        limit_m=WALK_AT_MOST_M,
    )


@functools.lru_cache(maxsize=16)
def _boxes(city: UUID, _places_version: str) -> tuple[tuple[PoliceBox, ...], Any]:
    """The city's boxes, to be read only, and a tree of their jurisdictions with the same numbers."""
    boxes = tuple(PoliceBox.select().where(PoliceBox.city == city).order_by(PoliceBox.name, PoliceBox.id))
    outlines = [json.dumps(box.jurisdiction) if box.jurisdiction else None for box in boxes]
    return boxes, shapely.STRtree(shapely.from_geojson(outlines))


def _box(row: Row) -> _Given:
    name = row.text(*NAME, most=80)
    if not name:
        raise Unfit("name", "이름이 없습니다", "is missing")
    outline = _outline(row)
    spot = row.place() if row.value(*LON) is not None or outline is None else _within(outline)
    return _Given(
        name=name,
        kind=row.text(*KIND, most=40),
        station=row.text(*STATION, most=80),
        address=row.text(*ADDRESS),
        lon=spot[0],
        lat=spot[1],
        jurisdiction=json.loads(shapely.to_geojson(outline)) if outline is not None else None,
    )


def _outline(row: Row) -> Any:
    """The jurisdiction as a shape: the feature's own geometry unless it is a point, else its column's."""
    given: Any = row.value(*JURISDICTION)
    if row.geometry is not None and row.geometry.get("type") != "Point":
        given = row.geometry
    if given is None:
        return None
    outline = shape_of(given, field="jurisdiction")
    if outline.geom_type not in ("Polygon", "MultiPolygon"):
        raise Unfit("jurisdiction", "면(Polygon)이어야 합니다", f"must be a polygon, not a {outline.geom_type}")
    return outline


def _within(outline: Any) -> tuple[float, float]:
    point = outline.representative_point()
    return round(point.x, 7), round(point.y, 7)


def _tells_jurisdiction(table: Table) -> bool:
    shapes = any(row.geometry is not None and row.geometry.get("type") != "Point" for row in table.rows)
    return shapes or bool(set(table.columns) & set(JURISDICTION))


def _put(city: City, given: _Given, box: PoliceBox | None, report: Report, *, keep: bool, now: datetime) -> None:
    values = {name: getattr(given, name) for name in ("name", "kind", "station", "address", "lon", "lat")}
    if not keep:
        values["jurisdiction"] = given.jurisdiction
    if box is None:
        PoliceBox.create(city=city, created_at=now, **values)
        report.added += 1
    elif any(getattr(box, name) != value for name, value in values.items()):
        PoliceBox.update(**values).where(PoliceBox.id == box.id).execute()
        report.updated += 1
    else:
        report.unchanged += 1
