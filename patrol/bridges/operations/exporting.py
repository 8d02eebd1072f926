"""Files of blocks walked, sightings and the dose ledger, for who stated a reason. Nobody is in them."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from config.database import transaction
from config.policy import Policy
from patrol.bridges import rules
from patrol.bridges.models import ExportEntry
from patrol.bridges.operations.requests import public_sightings
from patrol.errors import Invalid
from patrol.places.models import Block, City
from patrol.places.operations.cities import policy_of, zone_of
from patrol.sightings.models import Sighting
from patrol.sightings.rules import coarse
from patrol.teams.operations.spreadsheets import as_csv
from patrol.walks.models import Walk, WalkedBlock

LONGEST_DAYS = 366
MOST_ROWS = 50_000
COLUMNS = {
    "blocks_walked": ("block", "street", "walks", "dose_min", "lon", "lat"),
    "sightings": ("id", "kind", "urgency", "state", "outcome", "received_on", "lon", "lat"),
    "dose": ("block", "street", "band", "walks", "dose_min", "lon", "lat"),
}


class BadSpan(Invalid):
    """Days that are none, or too many."""

    words = {
        "ko": "begins_on부터 {most}일 안의 날이어야 합니다.",
        "en": "ends_on lies from begins_on to {most} days after it.",
    }


class TooMuch(Invalid):
    """More rows than a file holds."""

    words = {"ko": "{most}행보다 많습니다. 기간을 줄여 주세요.", "en": "More than {most} rows; ask for fewer days."}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is taken out: `what` of rules.EXPORTS as `form` of rules.FORMS, of whole days in the city's time.

    `districts` are those that the asker looks after; empty: the whole city.
    """

    what: str
    form: str
    reason: str
    begins_on: date
    ends_on: date
    districts: frozenset[UUID]


Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Scope:
    """What is looked for, with what the city says of it."""

    city: City
    wanted: Wanted
    policy: Policy
    since: datetime
    until: datetime
    zone: ZoneInfo


def export(city: City, wanted: Wanted, *, by: UUID, now: datetime) -> bytes:
    """The file, logged with who took it and why. Raises BadSpan, TooMuch."""
    if not 0 <= (wanted.ends_on - wanted.begins_on).days < LONGEST_DAYS:
        raise BadSpan("/ends_on", most=LONGEST_DAYS - 1)
    zone = zone_of(city)
    since = datetime.combine(wanted.begins_on, time(), zone)
    until = datetime.combine(wanted.ends_on + timedelta(days=1), time(), zone)
    rows = GATHER[wanted.what](_Scope(city, wanted, policy_of(city), since, until, zone))
    if len(rows) > MOST_ROWS:
        raise TooMuch("/ends_on", most=MOST_ROWS)
    with transaction():
        ExportEntry.create(
            city=city, by=by, what=wanted.what, form=wanted.form, reason=wanted.reason, rows=len(rows), at=now
        )
    return _written(rows, wanted)


def exports_of(city: UUID) -> Any:
    """Query of what was taken out of a city."""
    return ExportEntry.select().where(ExportEntry.city == city)


def _written(rows: list[Row], wanted: Wanted) -> bytes:
    columns = COLUMNS[wanted.what]
    if wanted.form == "csv":
        return as_csv(columns, ([_cell(row[name]) for name in columns] for row in rows))
    features = [
        {
            "type": "Feature",
            "geometry": row.get("geometry") or {"type": "Point", "coordinates": [row["lon"], row["lat"]]},
            "properties": {name: row[name] for name in columns if name not in ("lon", "lat")},
        }
        for row in rows
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


def _cell(value: Any) -> str:
    return "" if value is None else str(value)


def _walked(scope: _Scope) -> Iterable[Any]:
    rows = (
        WalkedBlock.select(WalkedBlock, Block)
        .join(Block)
        .switch(WalkedBlock)
        .join(Walk)
        .where((Walk.city == scope.city) & (WalkedBlock.at >= scope.since) & (WalkedBlock.at < scope.until))
    )
    return rows.where(Block.district.in_(scope.wanted.districts)) if scope.wanted.districts else rows


def _by_block(scope: _Scope) -> list[Row]:
    found: dict[Any, list[Any]] = defaultdict(list)
    for row in _walked(scope):
        found[row.block_id].append(row)
    return sorted(
        (_dosed(rows) for rows in found.values() if len(rows) >= scope.policy.bridges.fewest_walks),
        key=lambda row: str(row["block"]),
    )


def _by_band(scope: _Scope) -> list[Row]:
    """Bands of two hours of the day, by when the block was reached."""
    found: dict[Any, list[Any]] = defaultdict(list)
    for row in _walked(scope):
        found[row.block_id, row.at.astimezone(scope.zone).hour // rules.BAND_H].append(row)
    dosed = [
        _dosed(rows) | {"band": f"{band * rules.BAND_H:02}:00-{(band + 1) * rules.BAND_H:02}:00"}
        for (_, band), rows in found.items()
        if len(rows) >= scope.policy.bridges.fewest_walks
    ]
    return sorted(dosed, key=lambda row: (row["block"], row["band"]))


def _dosed(rows: list[Any]) -> Row:
    block = rows[0].block
    return {
        "block": block.code,
        "street": block.street,
        "walks": len(rows),
        "dose_min": round(sum(row.dose_s for row in rows) / 60, 1),
        "lon": block.lon,
        "lat": block.lat,
        "geometry": block.geometry,
    }


def _sightings(scope: _Scope) -> list[Row]:
    """The kinds that the policy makes public: no text, the day alone, the place rounded."""
    found = public_sightings(scope.city, scope.policy).where(
        (Sighting.received_at >= scope.since) & (Sighting.received_at < scope.until)
    )
    if scope.wanted.districts:
        found = found.where(Sighting.district.in_(scope.wanted.districts))
    rows = []
    for row in found.order_by(Sighting.received_at, Sighting.id).limit(MOST_ROWS + 1):
        lon, lat = coarse(row.lon, row.lat, scope.policy.bridges.grid_m)
        rows.append(
            {
                "id": str(row.id),
                "kind": row.kind,
                "urgency": row.urgency,
                "state": row.state,
                "outcome": row.outcome,
                "received_on": row.received_at.astimezone(scope.zone).date().isoformat(),
                "lon": lon,
                "lat": lat,
            }
        )
    return rows


GATHER = {"blocks_walked": _by_block, "dose": _by_band, "sightings": _sightings}
