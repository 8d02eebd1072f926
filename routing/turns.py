"""What a walker does at the corners of a path: kinds, not sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from routing.geodesy import Floats, haversine_m
from routing.streets import WalkGraph
from routing.travel import Path

TurnKind = Literal["start", "straight", "slight_left", "left", "slight_right", "right", "u_turn", "arrive"]

LOOK_M = 12.0
"""A bearing is taken over this many metres before and after a corner."""
JOG_M = 5.0
"""Nodes nearer to each other than this, metres, are one corner, so that a kerb's jog is no turn."""
STRAIGHT_DEG = 30.0
SLIGHT_DEG = 60.0
U_TURN_DEG = 150.0
PASSING = 2
"""How many streets meet at a node where there is nothing to decide."""


@dataclass(frozen=True)
class Turn:
    """One instruction: what to do at a place, and what follows until the next one."""

    kind: TurnKind
    name: str  # of the street walked from here, "" when it has none; for arrive, of the street walked last
    at_m: float  # metres from the path's beginning
    length_m: float  # metres to the next turn, 0 for arrive
    lon: float  # degrees
    lat: float


def turns(graph: WalkGraph, path: Path) -> list[Turn]:
    """The path's instructions, from `start` to `arrive`.

    Going straight on is told only when the street gets another name; a piece without a name (a crossing, say) does not
    end the street that it continues. Where no other street leads off, following a bend is no turn.
    """
    along = _along(path)
    corners = np.concatenate(([0.0], np.cumsum(graph.length_m[path.edges])))
    told: list[tuple[TurnKind, str, float]] = [("start", _name(graph, path, 0), 0.0)]
    for first, last in _corners(corners):
        street, following = told[-1][1], _name(graph, path, last)
        kind = _kind(_change_of_bearing(path, along, float(corners[first]), float(corners[last])))
        if kind != "u_turn" and _nothing_to_decide(graph, path, first, last):
            kind = "straight"
        if kind != "straight" or following not in ("", street):
            told.append((kind, following, float(corners[first])))
    told.append(("arrive", told[-1][1], path.length_m))
    ends = [at_m for _, _, at_m in told[1:]] + [path.length_m]
    return [_turn(path, along, *it, until_m=end) for it, end in zip(told, ends, strict=True)]


def _corners(at_m: Floats) -> list[tuple[int, int]]:
    """First and last node of each corner: the path's inner nodes, those a few steps apart taken together."""
    together: list[tuple[int, int]] = []
    for node in range(1, len(at_m) - 1):
        if together and at_m[node] - at_m[together[-1][1]] < JOG_M:
            together[-1] = (together[-1][0], node)
        else:
            together.append((node, node))
    return together


def _turn(path: Path, along: Floats, kind: TurnKind, name: str, at_m: float, *, until_m: float) -> Turn:
    lon, lat = _place(path, along, at_m)
    return Turn(kind, name, at_m, until_m - at_m, lon, lat)


def _along(path: Path) -> Floats:
    """Metres from the beginning at each point of the line; the last is exactly the path's length."""
    steps = haversine_m(path.lon[:-1], path.lat[:-1], path.lon[1:], path.lat[1:])
    walked = np.concatenate(([0.0], np.cumsum(steps)))
    return walked * (path.length_m / walked[-1]) if walked[-1] > 0 else walked


def _place(path: Path, along: Floats, at_m: float) -> tuple[float, float]:
    return float(np.interp(at_m, along, path.lon)), float(np.interp(at_m, along, path.lat))


def _name(graph: WalkGraph, path: Path, edge: int) -> str:
    return graph.names[graph.name[path.edges[edge]]] if len(path.edges) else ""


def _nothing_to_decide(graph: WalkGraph, path: Path, first: int, last: int) -> bool:
    nodes = path.nodes[first : last + 1]
    return bool((graph.indptr[nodes + 1] - graph.indptr[nodes] == PASSING).all())


def _change_of_bearing(path: Path, along: Floats, first_m: float, last_m: float) -> float:
    """Degrees turned between two places, -180 to 180, right is positive."""
    before = _place(path, along, max(first_m - LOOK_M, 0.0)), _place(path, along, first_m)
    after = _place(path, along, last_m), _place(path, along, min(last_m + LOOK_M, path.length_m))
    change = _bearing(*after) - _bearing(*before)
    return (change + 180.0) % 360.0 - 180.0


def _bearing(start: tuple[float, float], end: tuple[float, float]) -> float:
    """Degrees clockwise from north, on the flat sheet of the place."""
    east = (end[0] - start[0]) * np.cos(np.radians(start[1]))
    return float(np.degrees(np.arctan2(east, end[1] - start[1])))


def _kind(change: float) -> TurnKind:
    size = abs(change)
    if size <= STRAIGHT_DEG:
        return "straight"
    if size >= U_TURN_DEG:
        return "u_turn"
    if size <= SLIGHT_DEG:
        return "slight_right" if change > 0 else "slight_left"
    return "right" if change > 0 else "left"
