"""Districts: bringing them in, and which one a place lies in."""

import functools
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import shapely

from patrol.errors import Invalid, InvalidRows
from patrol.places.models import Block, City, District, PoliceBox
from patrol.places.operations.cities import changing_places, city_of
from patrol.places.operations.files import Report, Row, Table, each, read_table, shape_of, twice
from patrol.places.rules import Unfit
from routing.geodesy import haversine_m

CODE = ("code", "코드", "시군구코드", "sig_cd")
NAME = ("name", "구군", "시군구", "시군구명", "sigungu", "sig_kor_nm")
OUTLINE = ("outline", "wkt", "geometry", "경계")
BESIDE_M = 200.0
"""Outlines are drawn coarser than streets: a place so near to one and in none lies in it, metres."""
AT_ONCE = 500

OnDistrictsChanged = Callable[[City, datetime], None]


class NoSuchDistrict(Invalid):
    """No district of this city has that code."""

    words = {
        "ko": "'{code}' 구·군이 없습니다. 있는 코드: {known}",
        "en": "There is no district {code!r}; there are: {known}.",
    }


@dataclass(frozen=True, slots=True)
class _Given:
    code: str
    name: str
    outline: dict[str, Any] | None


def import_districts(
    city: City,
    source: Path | bytes,
    *,
    name: str = "",
    effects: tuple[OnDistrictsChanged, ...] = (),
    now: datetime,
) -> Report:
    """Bring in districts from GeoJSON polygons or CSV; one of the same code is updated and keeps its id.

    Properties or columns: code, name, and in CSV an outline (WKT or GeoJSON) where one is known; one that is left out
    leaves the known one. Boxes, blocks and, by `effects`, what the subjects above keep are then found a district anew.
    Raises FileRefused, InvalidRows.
    """
    table = read_table(source, name=name)
    table.need(CODE, NAME)
    given, problems = each(table, _district)
    problems += twice(table, CODE, field="code") + twice(table, NAME, field="name")
    report = Report()
    with changing_places(city):
        known = {row.code: row for row in districts_of(city)}
        if not problems:
            problems = _taken(given, known, table)
        if problems:
            raise InvalidRows(sorted(problems))
        _free_names(given, known)
        for district in given:
            _put(city, district, known.get(district.code), report, now)
        settle(city, PoliceBox)
        settle(city, Block)
        for effect in effects:
            effect(city, now)
        without = District.select().where((District.city == city) & District.outline.is_null()).count()
    if without:
        report.warnings.append(
            f"경계가 없는 구·군 {without}곳: 관서는 주소로, 팀은 신청서로 정합니다 "
            f"({without} districts have no outline: boxes are placed by address, teams by what they state)"
        )
    return report


def districts_of(city: City | UUID) -> list[District]:
    """The city's districts, by code."""
    return list(District.select().where(District.city == city).order_by(District.code))


def district_coded(city: City | UUID, code: str, *, at: str) -> District:
    """The city's district of this code. Raises NoSuchDistrict, naming the field `at`."""
    found: District | None = District.get_or_none((District.city == city) & (District.code == code))
    if found is None:
        known = ", ".join(f"{row.code} {row.name}" for row in districts_of(city)) or "–"
        raise NoSuchDistrict(at, code=code, known=known)
    return found


def district_at(city: City | UUID, lon: float, lat: float) -> UUID | None:
    """The district in which a place lies, None where no outline says."""
    row = city if isinstance(city, City) else city_of(city)
    ids, outlines = _outlined(row.id, row.places_version)
    found = _lying_in(outlines, [(lon, lat)])[0]
    return None if found is None else ids[found]


def lying_in(districts: Sequence[District], places: Sequence[tuple[float, float]]) -> list[UUID | None]:
    """The district of each place (lon, lat); on a border, the first of `districts`."""
    known = [row for row in districts if row.outline is not None]
    found = _lying_in(tuple(json.dumps(row.outline) for row in known), places)
    return [None if district is None else known[district].id for district in found]


def _lying_in(outlines: tuple[str, ...], places: Sequence[tuple[float, float]]) -> list[int | None]:
    """For each place the number of its outline (GeoJSON)."""
    found: list[int | None] = [None] * len(places)
    if not outlines or not places:
        return found
    tree = _tree(outlines)
    points = shapely.points(places)
    for place, district in sorted(zip(*tree.query(points, predicate="intersects").tolist(), strict=True), reverse=True):
        found[place] = district
    for place in (place for place, district in enumerate(found) if district is None):
        nearest = int(tree.nearest(points[place]))
        beside = shapely.get_coordinates(shapely.shortest_line(tree.geometries[nearest], points[place]))
        if float(haversine_m(*beside[0], *beside[1])) <= BESIDE_M:
            found[place] = nearest
    return found


@functools.lru_cache(maxsize=16)
def _outlined(city: UUID, _places_version: str) -> tuple[tuple[UUID, ...], tuple[str, ...]]:
    """The city's districts with an outline, and these as GeoJSON."""
    text = District.outline.cast("TEXT").converter(_as_it_is).alias("text")
    rows = District.select(District.id, text).where((District.city == city) & ~District.outline.is_null())
    known = list(rows.order_by(District.code))
    return tuple(row.id for row in known), tuple(row.text for row in known)


@functools.lru_cache(maxsize=16)
def _tree(outlines: tuple[str, ...]) -> Any:
    """Reading the outlines takes far longer than looking into them, and they rarely change."""
    return shapely.STRtree([shapely.from_geojson(outline) for outline in outlines])


def _as_it_is(text: str) -> str:
    return text


def settle(city: City, kind: type[Block | PoliceBox]) -> None:
    """Within a transaction: find the city's boxes or blocks a district anew.

    By position; a box that lies in no outline, by the district that its address names.
    """
    districts = districts_of(city)
    rows = list(kind.select().where(kind.city == city))
    where = lying_in(districts, [(row.lon, row.lat) for row in rows])
    moved: dict[UUID | None, list[UUID]] = defaultdict(list)
    for row, by_place in zip(rows, where, strict=True):
        found = by_place or (_named(districts, row.address) if isinstance(row, PoliceBox) else None)
        if found != row.district_id:
            moved[found].append(row.id)
    for district, ids in moved.items():
        for first in range(0, len(ids), AT_ONCE):
            kind.update(district=district).where(kind.id.in_(ids[first : first + AT_ONCE])).execute()


def as_geojson(districts: Iterable[District]) -> dict[str, Any]:
    """Districts with an outline, as a FeatureCollection that `import_districts` reads."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": str(row.id),
                "geometry": row.outline,
                "properties": {"code": row.code, "name": row.name},
            }
            for row in districts
            if row.outline is not None
        ],
    }


def _named(districts: Iterable[District], address: str) -> UUID | None:
    words = address.split()
    return next((row.id for row in districts if row.name in words), None)


def _district(row: Row) -> _Given:
    code, name = row.text(*CODE, most=20), row.text(*NAME, most=80)
    if not code:
        raise Unfit("code", "코드가 없습니다", "is missing")
    if not name:
        raise Unfit("name", "이름이 없습니다", "is missing")
    given = row.geometry if row.geometry is not None else row.value(*OUTLINE)
    if given is None:
        return _Given(code, name, None)
    shape = shape_of(given, field="outline")
    if shape.geom_type not in ("Polygon", "MultiPolygon"):
        raise Unfit("outline", "면(Polygon)이어야 합니다", f"must be a polygon, not a {shape.geom_type}")
    return _Given(code, name, json.loads(shapely.to_geojson(shape)))


def _taken(given: Sequence[_Given], known: dict[str, District], table: Table) -> list[tuple[int, str]]:
    """Rows whose name another district of the city keeps."""
    kept = {row.name: row.code for row in known.values() if row.code not in {district.code for district in given}}
    return [
        (row.number, f"name: 이미 {kept[district.name]} 구·군의 이름입니다 (is that of district {kept[district.name]})")
        for row, district in zip(table.rows, given, strict=True)
        if district.name in kept
    ]


def _free_names(given: Sequence[_Given], known: dict[str, District]) -> None:
    """Take the names of districts that get others, as one may get the name that another still has."""
    renamed = [known[row.code].id for row in given if row.code in known and known[row.code].name != row.name]
    for district in renamed:
        District.update(name=str(district)).where(District.id == district).execute()


def _put(city: City, given: _Given, known: District | None, report: Report, now: datetime) -> None:
    values: dict[str, Any] = {"name": given.name}
    if given.outline is not None:
        values["outline"] = given.outline
    if known is None:
        District.create(city=city, code=given.code, created_at=now, **values)
        report.added += 1
    elif any(getattr(known, name) != value for name, value in values.items()):
        District.update(**values).where(District.id == known.id).execute()
        report.updated += 1
    else:
        report.unchanged += 1
