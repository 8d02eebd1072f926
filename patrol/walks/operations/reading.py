"""Who sees what of walks: the walker all of their own; coordinators no track, and a last place only away from home."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from patrol.errors import Gone, NotFound
from patrol.places.models import Block
from patrol.shifts.models import Shift, ShiftBlock
from patrol.shifts.rules import quarter
from patrol.teams.models import Team
from patrol.teams.operations.reading import within
from patrol.walks import rules
from patrol.walks.models import Walk, WalkedBlock
from patrol.walks.operations.measuring import duration_s, track_of
from patrol.walks.operations.welfare import shown as welfare_of

OWN_ORDER = ((Walk.started_at, True), (Walk.id, True))
ORDER = ((Shift.evening, True), (Walk.id, True))
"""For others, not by time: the place in the order would tell when a team left its door."""


class TrackGone(Gone):
    """The track is kept no longer."""

    words = {"ko": "위치 기록은 이미 삭제되었습니다.", "en": "The track is kept no longer."}


def own(person: UUID) -> Any:
    """Query of the walks of a person's teams."""
    return _with_team().where(Team.handler == person)


def looked_after(city: UUID, districts: frozenset[UUID]) -> Any:
    """Query of the walks of a city's teams, those of these districts; of all, where none is named (see Caller)."""
    return _with_team().where((Walk.city == city) & within(districts))


def visible(city: UUID, districts: frozenset[UUID], person: UUID) -> Any:
    """Query of the walks that a member of staff may see: those looked after, and their own teams'."""
    return _with_team().where((Walk.city == city) & (within(districts) | (Team.handler == person)))


def in_state(walks: Any, state: str | None) -> Any:
    """Those of a query in one state, or all."""
    return walks.where(Walk.state == state) if state else walks


def under_way(city: UUID, districts: frozenset[UUID]) -> Any:
    """Query of those looked after that are under way."""
    return looked_after(city, districts).where(Walk.state.in_(rules.UNDER_WAY))


def walk_in(walks: Any, walk_id: UUID) -> Walk:
    """The walk with this id among those of a query. Raises NotFound."""
    found: Walk | None = walks.where(Walk.id == walk_id).first()
    if found is None:
        raise NotFound
    return found


def described(walks: Sequence[Walk], *, reader: UUID) -> list[dict[str, Any]]:
    """Each walk, with what it covered of what was planned.

    Others than the walker see no length, and begin and end by the quarter hour: exact ones tell how far from its first
    and last block a team lives, and two such rings meet at home.
    """
    ids = [walk.id for walk in walks]
    walked: dict[UUID, list[dict[str, Any]]] = {walk_id: [] for walk_id in ids}
    rows = WalkedBlock.select(WalkedBlock, Block).join(Block).where(WalkedBlock.walk.in_(ids)).order_by(WalkedBlock.at)
    for row in rows:
        shown = {"block": row.block_id, "code": row.block.code, "share": row.share, "dose_s": row.dose_s}
        walked[row.walk_id].append(shown)
    planned: dict[UUID, int] = {}
    welfare = welfare_of(walks)
    for stop in ShiftBlock.select(ShiftBlock.shift).where(ShiftBlock.shift.in_([walk.shift_id for walk in walks])):
        planned[stop.shift_id] = planned.get(stop.shift_id, 0) + 1
    return [
        {
            "id": walk.id,
            "shift": walk.shift_id,
            "team": walk.team,
            "state": walk.state,
            "ended_by": walk.ended_by,
            "gate": walk.gate,
            "welfare": welfare[walk.id] if walk.team.handler_id == reader else _rounded(welfare[walk.id]),
            "blocks_walked": walked[walk.id],
            "blocks_planned": planned.get(walk.shift_id, 0),
            **(_exact(walk) if walk.team.handler_id == reader else _about(walk)),
        }
        for walk in walks
    ]


def _exact(walk: Walk) -> dict[str, Any]:
    return {
        "started_at": walk.started_at,
        "ended_at": walk.ended_at,
        "distance_m": walk.distance_m,
        "duration_s": duration_s(walk),
    }


def _about(walk: Walk) -> dict[str, Any]:
    return {
        "started_at": quarter(walk.started_at, up=False),
        "ended_at": quarter(walk.ended_at, up=True) if walk.ended_at else None,
        "distance_m": None,
        "duration_s": None,
    }


def _rounded(welfare: Mapping[str, Any]) -> dict[str, Any]:
    return {**welfare, "end_by": quarter(welfare["end_by"], up=True) if welfare["end_by"] else None}


def last_places(walks: Sequence[Walk]) -> list[dict[str, Any]]:
    """Each walk with its last place; withheld where it lies on the way from or to the door."""
    routes = {row.id: row.route for row in Shift.select().where(Shift.id.in_([walk.shift_id for walk in walks]))}
    welfare = welfare_of(walks)
    return [{**_last_place(walk, routes[walk.shift_id]), "welfare": _rounded(welfare[walk.id])} for walk in walks]


def track(walk: Walk) -> dict[str, Any]:
    """The track as a GeoJSON Feature: a MultiLineString, a line for each leg, with the instants. Raises TrackGone."""
    if walk.forgotten:
        raise TrackGone
    legs = [leg for leg in track_of(walk) if len(leg) > 1]
    return {
        "type": "Feature",
        "id": str(walk.id),
        "geometry": {"type": "MultiLineString", "coordinates": [[[fix.lon, fix.lat] for fix in leg] for leg in legs]},
        "properties": {"times": [[fix.at.isoformat() for fix in leg] for leg in legs]},
    }


def _with_team() -> Any:
    return Walk.select(Walk, Team, Shift.id, Shift.evening).join(Team).switch(Walk).join(Shift)


def _last_place(walk: Walk, route: dict[str, Any]) -> dict[str, Any]:
    if walk.last_lon is None or walk.last_lat is None:
        last, withheld = None, False
    elif rules.may_show((walk.last_lon, walk.last_lat), route["line"], route["shown"]):
        last, withheld = {"lon": walk.last_lon, "lat": walk.last_lat, "at": walk.last_at}, False
    else:
        last, withheld = None, True
    return {
        "id": walk.id,
        "shift": walk.shift_id,
        "team": walk.team,
        "state": walk.state,
        "started_at": quarter(walk.started_at, up=False),
        "last": last,
        "withheld": withheld,
    }
