"""Target blocks by the file: in from CSV or GeoJSON, out as GeoJSON that comes in again."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from config.database import transaction
from config.policy import Blocks
from patrol.errors import InvalidRows
from patrol.places.models import Block, City
from patrol.places.operations.blocks import BlockElsewhere, off_the_streets, on_streets, put, shaped, within
from patrol.places.operations.cities import hold, policy_of
from patrol.places.operations.districts import districts_of, lying_in, settle
from patrol.places.operations.files import LAT, LON, Report, Row, read_table
from patrol.places.rules import (
    BLOCK_KINDS,
    LEAST_WEIGHT,
    LONGEST_CODE,
    MOST_DWELL_S,
    MOST_VISITS,
    MOST_WEIGHT,
    Unfit,
    bands_of,
    check_validity,
    reasons_of,
)

SHAPE = ("wkt", "geometry")
PROPERTIES = (
    "code",
    "kind",
    "weight",
    "street",
    "dwell_s",
    "visits_per_week",
    "bands",
    "valid_from",
    "valid_until",
    "reason",
    "reasons",
    "active",
)
MADE_HERE = ("id", "source", "length_m", "version")


def import_blocks(
    city: City, source: Path | bytes, *, name: str = "", districts: frozenset[UUID] = frozenset(), now: datetime
) -> Report:
    """Bring in blocks; one whose code the city has is updated and keeps its id.

    CSV columns: code, weight, and wkt or lon + lat; may have kind, street, dwell_s, visits_per_week, bands
    (`19:00-23:00;…`), valid_from, valid_until, reason (`bar_street;cctv_gap:2`), active. GeoJSON: LineStrings and
    Points with the same properties. What is left out gets the policy's default, in an update too: the file says what
    the block is. With `districts`, whatever lies or lay in another is wrong.
    Raises NoStreets, FileRefused, and InvalidRows with every row that is wrong; then nothing is changed.
    """
    table = read_table(source, name=name)
    table.need(("code",), ("weight",))
    rules = policy_of(city).blocks
    read: list[tuple[int, dict[str, Any]]] = []
    problems: list[tuple[int, str]] = []
    codes: dict[str, int] = {}
    for row in table.rows:
        try:
            read.append((row.number, _block(row, rules, codes)))
        except Unfit as unfit:
            problems.append((row.number, str(unfit)))
    on = on_streets(city, [values for _, values in read])
    problems += [(number, str(off_the_streets())) for (number, _), near in zip(read, on, strict=True) if not near]
    problems += _elsewhere(city, read, districts)
    if problems:
        raise InvalidRows(sorted(problems))
    report = _write(city, [values for _, values in read], now)
    strange = [column for column in table.columns if column not in {*PROPERTIES, *SHAPE, *LON, *LAT, *MADE_HERE, ""}]
    if strange:
        shown = ", ".join(strange)
        report.warnings.append(f"쓰지 않은 열: {shown} (columns that mean nothing here: {shown})")
    return report


def as_geojson(blocks: list[Block]) -> dict[str, Any]:
    """Blocks as a FeatureCollection, with the properties that `import_blocks` reads."""
    return {"type": "FeatureCollection", "features": [_feature(block) for block in blocks]}


def _feature(block: Block) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": str(block.id),
        "geometry": block.geometry,
        "properties": {
            "code": block.code,
            "kind": block.kind,
            "weight": block.weight,
            "street": block.street,
            "length_m": block.length_m,
            "dwell_s": block.dwell_s,
            "visits_per_week": block.visits_per_week,
            "bands": block.bands,
            "valid_from": block.valid_from.isoformat() if block.valid_from else None,
            "valid_until": block.valid_until.isoformat() if block.valid_until else None,
            "reasons": block.reasons,
            "source": block.source,
            "active": block.active,
        },
    }


def _elsewhere(
    city: City, read: Sequence[tuple[int, dict[str, Any]]], districts: frozenset[UUID]
) -> list[tuple[int, str]]:
    """Rows outside `districts`, if any is named: by where they lie, or by the block that has their code."""
    if not districts:
        return []
    where = lying_in(districts_of(city), [(values["lon"], values["lat"]) for _, values in read])
    others = Block.select(Block.code).where((Block.city == city) & (Block.district.is_null() | ~within(districts)))
    taken = {block.code for block in others}
    wrong = [
        (number, "code" if found in districts else "geometry")
        for (number, values), found in zip(read, where, strict=True)
        if found not in districts or values["code"] in taken
    ]
    words = BlockElsewhere.words
    return [(number, str(Unfit(field, words["ko"], words["en"]))) for number, field in wrong]


def _block(row: Row, rules: Blocks, codes: dict[str, int]) -> dict[str, Any]:
    """A row's values as the table keeps them. Raises Unfit."""
    code = row.text("code", most=LONGEST_CODE)
    if not code.isprintable() or not code:
        raise Unfit("code", "코드가 없습니다", "is missing")
    if code in codes:
        raise Unfit("code", f"{codes[code]}행과 같습니다: {code}", f"{code!r} stands in row {codes[code]} too")
    codes[code] = row.number
    kind = row.text("kind")
    if kind not in {"", *BLOCK_KINDS}:
        raise Unfit("kind", f"line 또는 point여야 합니다: {kind!r}", f"must be line or point, not {kind!r}")
    weight = row.number_in("weight", LEAST_WEIGHT, MOST_WEIGHT)
    if weight is None:
        raise Unfit("weight", "무게가 없습니다", f"is missing; give {LEAST_WEIGHT:g} to {MOST_WEIGHT:g}")
    shape = _shape(row, kind)
    dwell_s = row.whole_in("dwell_s", 0, MOST_DWELL_S)
    if dwell_s is None:
        dwell_s = rules.dwell_s if shape["kind"] == "point" else 0
    valid_from, valid_until = row.day("valid_from"), row.day("valid_until")
    check_validity(valid_from, valid_until)
    return {
        **shape,
        "code": code,
        "street": row.text("street"),
        "weight": weight,
        "dwell_s": dwell_s,
        "visits_per_week": row.whole_in("visits_per_week", 1, MOST_VISITS) or rules.visits_per_week,
        "bands": bands_of(row.value("bands")),
        "valid_from": valid_from,
        "valid_until": valid_until,
        "reasons": reasons_of(row.value("reasons", "reason"), weight=weight),
        "active": row.truth("active") is not False,
    }


def _shape(row: Row, kind: str) -> dict[str, Any]:
    if row.geometry is not None:
        return shaped(row.geometry, kind=kind)
    given = row.value(*SHAPE)
    if given is None and row.value(*LON) is None:
        raise Unfit("geometry", "wkt나 lon, lat이 없습니다", "is missing; give wkt, or lon and lat")
    if given is not None:
        return shaped(given, kind=kind)
    return shaped({"type": "Point", "coordinates": list(row.place())}, kind=kind)


def _write(city: City, blocks: list[dict[str, Any]], now: datetime) -> Report:
    report = Report()
    with transaction():
        hold(city)
        known = {block.code: block for block in Block.select().where(Block.city == city)}
        for values in blocks:
            block = known.get(values["code"])
            if block is None:
                Block.create(city=city, source="imported", created_at=now, changed_at=now, **values)
                report.added += 1
            elif put(block, values, now):
                Block.update(source="imported").where(Block.id == block.id).execute()
                report.updated += 1
            else:
                report.unchanged += 1
        settle(city, Block)
    return report
