"""A drawn route, as planning hands it to shifts: out of the door, over the blocks, and back."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from patrol.places.models import Block
from patrol.teams.models import Team

SPEED_MPS = 3.0 / 3.6
WAY_OUT_M, BETWEEN_M = 250.0, 40.0


def route_over(team: Team, blocks: Sequence[Block]) -> dict[str, Any]:
    """`WAY_OUT_M` metres from the door to the first block, `BETWEEN_M` between two, and a way back as long as out."""
    door = [team.door_lon, team.door_lat]
    points = [point for block in blocks for point in points_of(block)]
    stops, along_m, waited_s = [], WAY_OUT_M, 0.0
    for block in blocks:
        ends_m = along_m + block.length_m
        stops.append(
            {
                "block": str(block.id),
                "code": block.code,
                "kind": block.kind,
                "street": block.street,
                "geometry": block.geometry,
                "weight": block.weight,
                "reasons": [{"code": "bar_street", "points": 2.0}],
                "entered_at": 0,
                "arrives_s": along_m / SPEED_MPS + waited_s,
                "leaves_s": ends_m / SPEED_MPS + waited_s + block.dwell_s,
                "along_m": along_m,
                "length_m": block.length_m,
                "dwell_s": block.dwell_s,
            }
        )
        along_m, waited_s = ends_m + BETWEEN_M, waited_s + block.dwell_s
    ends_m = along_m - BETWEEN_M + WAY_OUT_M
    return {
        "line": [door, *points, door],
        "shown": [1, len(points)],
        "stops": stops,
        "turns": _turns(door, points, [stop["along_m"] for stop in stops], ends_m),
    }


def points_of(block: Block) -> list[list[float]]:
    """The block's points in order."""
    coordinates: list[Any] = block.geometry["coordinates"]
    return [coordinates] if block.kind == "point" else coordinates


def _turns(door: list[float], points: list[list[float]], corners_m: list[float], ends_m: float) -> list[dict[str, Any]]:
    told = [("start", "Home street", 0.0, door), ("left", "Corner street", WAY_OUT_M / 2, points[0])]
    told += [("right", f"Street {n}", at_m, points[0]) for n, at_m in enumerate(corners_m, start=1)]
    told += [("u_turn", "Home street", ends_m - WAY_OUT_M / 2, points[-1]), ("arrive", "Home street", ends_m, door)]
    lengths = [after[2] - turn[2] for turn, after in pairwise(told)] + [0.0]
    return [
        {"kind": kind, "street": street, "at_m": at_m, "length_m": length_m, "lon": point[0], "lat": point[1]}
        for (kind, street, at_m, point), length_m in zip(told, lengths, strict=True)
    ]
