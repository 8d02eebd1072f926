"""Target blocks one by one: finding, drawing, editing, switching off."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import accumulate, pairwise
from typing import Any
from uuid import UUID

import shapely
from peewee import SQL

from config.database import transaction
from patrol.errors import Conflict, Invalid, NotFound, Stale
from patrol.places.models import Block, City
from patrol.places.operations.cities import hold, policy_of
from patrol.places.operations.districts import district_at
from patrol.places.operations.files import shape_of
from patrol.places.operations.streets import load_graph
from patrol.places.rules import (
    NEAR_STREET_M,
    SHORTEST_LINE_M,
    Bands,
    Line,
    Reasons,
    Unfit,
    as_kept,
    check_validity,
    next_codes,
)
from routing.geodesy import haversine_m


class BlockUnfit(Invalid):
    """A value does not make a block."""

    words = {"ko": "{ko}", "en": "{en}"}


class CodeTaken(Conflict):
    """Another block of the city goes by that code."""

    words = {"ko": "'{code}' 코드가 이미 있습니다.", "en": "There is a block {code!r} already."}


class BlockElsewhere(Invalid):
    """Drawn outside the districts that the coordinator looks after."""

    words = {"ko": "맡은 구·군 밖에 있습니다.", "en": "Lies outside the districts that you look after."}


class NoSuchBlock(NotFound):
    """No block of this city has that id."""

    words = {"ko": "그런 구간이 없습니다.", "en": "There is no such block."}


def within(districts: frozenset[UUID]) -> Any:
    """Condition on blocks: they are of one of these districts; of whichever, where none is named (see Caller)."""
    return Block.district.in_(districts) if districts else SQL("1 = 1")


def block_of(city: City | UUID, block_id: UUID, *, districts: frozenset[UUID] = frozenset()) -> Block:
    """The city's block with this id, of one of these districts where any is named. Raises NoSuchBlock."""
    found: Block | None = Block.get_or_none((Block.city == city) & (Block.id == block_id) & within(districts))
    if found is None:
        raise NoSuchBlock
    return found


def blocks_of(
    city: City | UUID,
    *,
    active: bool | None = None,
    min_weight: float | None = None,
    district: UUID | None = None,
    districts: frozenset[UUID] = frozenset(),
) -> Any:
    """The city's blocks as a query, unordered: those asked for among those of `districts`, empty for all."""
    query = Block.select().where((Block.city == city) & within(districts))
    if district is not None:
        query = query.where(Block.district == district)
    if active is not None:
        query = query.where(Block.active == active)
    if min_weight is not None:
        query = query.where(Block.weight >= min_weight)
    return query


def draw_block(
    city: City,
    *,
    geometry: dict[str, Any],
    weight: float,
    code: str | None = None,
    street: str = "",
    dwell_s: int | None = None,
    visits_per_week: int | None = None,
    bands: Bands | None = None,
    valid_from: date | None = None,
    valid_until: date | None = None,
    reasons: Reasons | None = None,
    districts: frozenset[UUID] = frozenset(),
    now: datetime,
) -> Block:
    """A block that a coordinator of `districts` drew; without a code it gets the next free one.

    Raises BlockUnfit, BlockElsewhere, CodeTaken.
    """
    rules = policy_of(city).blocks
    try:
        values = shaped(geometry)
        check_validity(valid_from, valid_until)
        if not all(on_streets(city, [values])):
            raise off_the_streets()
    except Unfit as unfit:
        raise BlockUnfit(f"/{unfit.field}", ko=unfit.ko, en=unfit.en) from None
    if dwell_s is None:
        dwell_s = rules.dwell_s if values["kind"] == "point" else 0
    with transaction():
        hold(city)
        district = district_at(city, values["lon"], values["lat"])
        if districts and district not in districts:
            raise BlockElsewhere("/geometry")
        taken = [block.code for block in Block.select(Block.code).where(Block.city == city)]
        if code in taken:
            raise CodeTaken(code=code)
        block: Block = Block.create(
            city=city,
            code=code or next(iter(next_codes(taken))),
            street=street,
            weight=weight,
            dwell_s=dwell_s,
            visits_per_week=visits_per_week or rules.visits_per_week,
            bands=bands or [],
            valid_from=valid_from,
            valid_until=valid_until,
            reasons=reasons or [],
            source="drawn",
            created_at=now,
            changed_at=now,
            district=district,
            **values,
        )
    return block


def edit_block(
    city: City | UUID,
    block_id: UUID,
    changes: dict[str, Any],
    *,
    expected: int | None,
    districts: frozenset[UUID] = frozenset(),
    now: datetime,
) -> Block:
    """Change weight, dwell, visits, bands, validity, street, reasons, or switch a block off or on (`active`).

    A built block counts as drawn from then on: the next build leaves it alone. `expected` is the version that the
    editor saw, None when he does not say; `districts` are those he looks after. Raises NoSuchBlock, Stale, BlockUnfit.
    """
    with transaction():
        hold(city)  # a build or an import under way is over first, or finds the edit
        block = block_of(city, block_id, districts=districts)
        seen = block.version if expected is None else expected
        try:
            check_validity(changes.get("valid_from", block.valid_from), changes.get("valid_until", block.valid_until))
        except Unfit as unfit:
            raise BlockUnfit(f"/{unfit.field}", ko=unfit.ko, en=unfit.en) from None
        source = "drawn" if block.source == "built" else block.source
        done = (
            Block.update(**changes, source=source, version=Block.version + 1, changed_at=now)
            .where((Block.id == block_id) & (Block.version == seen))
            .execute()
        )
        if not done:
            raise Stale
        return block_of(city, block_id)


def put(block: Block, values: dict[str, Any], now: datetime) -> bool:
    """Write what differs, as a new version; whether anything did."""
    changes = {name: value for name, value in values.items() if getattr(block, name) != value}
    if changes:
        Block.update(**changes, version=Block.version + 1, changed_at=now).where(Block.id == block.id).execute()
    return bool(changes)


def line_of(block: Block) -> Line:
    """What tells whether two blocks are the same place: the line as `as_kept` makes it, or the point."""
    coordinates = block.geometry["coordinates"]
    return as_kept(coordinates if block.kind == "line" else [coordinates])


def middle_of(line: Sequence[Sequence[float]]) -> tuple[float, float]:
    """lon, lat half-way along a line."""
    point = shapely.LineString(line).interpolate(0.5, normalized=True)
    return round(point.x, 7), round(point.y, 7)


def shaped(value: Any, *, kind: str = "") -> dict[str, Any]:
    """kind, geometry, lon, lat and length_m of a block from GeoJSON or WKT. Raises Unfit."""
    shape = shape_of(value, field="geometry")
    found = {"LineString": "line", "Point": "point"}.get(shape.geom_type)
    if found is None:
        raise Unfit(
            "geometry", "LineString이나 Point여야 합니다", f"must be a LineString or a Point, not {shape.geom_type}"
        )
    if kind and kind != found:
        raise Unfit(
            "kind", f"도형은 {found}인데 {kind}(이)라고 되어 있습니다", f"says {kind}, but the geometry is a {found}"
        )
    line = as_kept(shape.coords)
    if found == "point":
        geometry = {"type": "Point", "coordinates": list(line[0])}
        return {"kind": found, "geometry": geometry, "lon": line[0][0], "lat": line[0][1], "length_m": 0.0}
    values = line_values(line)
    if values["length_m"] < SHORTEST_LINE_M:
        raise Unfit(
            "geometry",
            f"길이가 {values['length_m']:.1f} m입니다. {SHORTEST_LINE_M:g} m 이상이어야 합니다",
            f"is {values['length_m']:.1f} m long; a line block needs {SHORTEST_LINE_M:g} m or more",
        )
    return values


def line_values(line: Line) -> dict[str, Any]:
    """kind, geometry, lon, lat and length_m of a line block."""
    lon, lat = middle_of(line)
    return {
        "kind": "line",
        "geometry": {"type": "LineString", "coordinates": [list(point) for point in line]},
        "lon": lon,
        "lat": lat,
        "length_m": round(metres_along(line), 2),
    }


def metres_along(line: Sequence[Sequence[float]]) -> float:
    """Metres along a line of lon, lat."""
    lon, lat = [point[0] for point in line], [point[1] for point in line]
    return float(haversine_m(lon[:-1], lat[:-1], lon[1:], lat[1:]).sum())


def on_streets(city: City, shapes: Sequence[dict[str, Any]]) -> list[bool]:
    """For each of `shaped`'s results, whether all its points lie on the city's streets. Raises NoStreets."""
    graph = load_graph(city)
    if not shapes:
        return []
    from patrol.places.operations.on_foot import beside_a_street  # noqa: PLC0415 - it loads SciPy; see streets.py

    lines = [s["geometry"]["coordinates"] if s["kind"] == "line" else [s["geometry"]["coordinates"]] for s in shapes]
    points = [point for line in lines for point in line]
    near = beside_a_street(graph, [lon for lon, _ in points], [lat for _, lat in points], within_m=NEAR_STREET_M)
    return [bool(near[first:end].all()) for first, end in pairwise(accumulate(map(len, lines), initial=0))]


def off_the_streets() -> Unfit:
    """What is said of a block that `on_streets` finds elsewhere."""
    return Unfit(
        "geometry",
        f"도시의 길에서 {NEAR_STREET_M:g} m 넘게 벗어나 있습니다",
        f"lies outside the city: more than {NEAR_STREET_M:g} m from any of its streets; GeoJSON is [lon, lat]",
    )
