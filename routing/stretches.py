"""Pieces of street that are worth walking end to end: what target blocks are made from."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

from routing.geodesy import Floats
from routing.snap import along_shapes
from routing.streets import HIGHWAY_CLASSES, Bools, WalkGraph

TOO_SHORT_M = 15.0
"""What is left of a street and shorter than this, metres, is no stretch."""
BEND_AT_MOST_DEG = 45.0
"""A stretch goes on through a junction when the street bends no more than this there."""
NOT_PATROLLED = frozenset({"crossing", "parking_aisle", "driveway", "trunk", "trunk_link"}) | frozenset(
    name for name in HIGHWAY_CLASSES if name.endswith("_link")
)
"""Classes that are walked on the way but are no target: crossings, car parks, drives, fast roads and slip roads."""
DEAD_END = 1
ON_BORDER_DEG = 1e-9

Piece = tuple[int, bool]
"""An edge, and whether it is walked from head to tail."""


@dataclass(frozen=True)
class Stretches:
    """S stretches of street; none shares a metre with another.

    line_start          int64[S+1]    stretch s's polyline is
    line_lon, line_lat  float64[...]  line_lon[line_start[s]:line_start[s+1]], likewise line_lat; degrees
    length_m            float64[S]
    highway             int16[S]      index into HIGHWAY_CLASSES
    name                tuple[str]    "" for a street without a name
    dead_end            bool[S]       whether one of its ends is a dead end (the border of the network is none)
    """

    line_start: NDArray[np.int64]
    line_lon: Floats
    line_lat: Floats
    length_m: Floats
    highway: NDArray[np.int16]
    name: tuple[str, ...]
    dead_end: Bools

    def __len__(self) -> int:
        return len(self.length_m)

    def line(self, stretch: int) -> tuple[Floats, Floats]:
        """lon, lat of one stretch's polyline."""
        points = slice(self.line_start[stretch], self.line_start[stretch + 1])
        return self.line_lon[points], self.line_lat[points]


def stretches(graph: WalkGraph, *, min_m: float = 40.0, max_m: float = 150.0) -> Stretches:
    """Cut the streets of the largest component into stretches of `min_m` to `max_m` metres, where they allow it.

    Edges of one street (same name and class) that go on fairly straight through a junction are put end to end until
    they reach `min_m`; what is longer than `max_m` is cut into equal parts. A street shorter than `min_m` is a stretch
    of its own from TOO_SHORT_M on. Classes in NOT_PATROLLED are left out. Raises ValueError unless
    0 < 2 * min_m <= max_m.
    """
    if not 0 < 2 * min_m <= max_m:
        raise ValueError(f"min_m ({min_m}) must be positive and at most half of max_m ({max_m})")
    runs = [run for street in _streets(graph) for run in _runs(graph, street, min_m, max_m)]
    shape_m = along_shapes(graph)
    cuts = [_cut(graph, run, max_m, shape_m) for run in runs]
    return _gathered(graph, runs, cuts)


def _gathered(graph: WalkGraph, runs: list[list[Piece]], cuts: list[_Cut]) -> Stretches:
    lines = [line for cut in cuts for line in cut.lines]
    edge = [run[0][0] for run, cut in zip(runs, cuts, strict=True) for _ in cut.lines]
    points = np.array([len(lon) for lon, _ in lines], dtype=np.int64)
    return Stretches(
        line_start=np.concatenate(([0], np.cumsum(points))),
        line_lon=np.concatenate([np.zeros(0), *(lon for lon, _ in lines)]),
        line_lat=np.concatenate([np.zeros(0), *(lat for _, lat in lines)]),
        length_m=np.array([cut.length_m for cut in cuts for _ in cut.lines], dtype=np.float64),
        highway=graph.highway[np.array(edge, dtype=np.int64)],
        name=tuple(graph.names[graph.name[e]] for e in edge),
        dead_end=np.array([dead for cut in cuts for dead in cut.dead_end], dtype=np.bool_),
    )


def _streets(graph: WalkGraph) -> list[list[Piece]]:
    """Edges put end to end where one street goes on, each patrolled edge once; no street meets itself."""
    onward = _onward(graph)
    patrolled = np.array([name not in NOT_PATROLLED for name in HIGHWAY_CLASSES])[graph.highway]
    wanted = patrolled & graph.main[graph.tail]
    begins = [2 * edge + back for edge in np.flatnonzero(wanted).tolist() for back in (0, 1)]
    begins.sort(key=lambda half: (half ^ 1) in onward)  # rings, which begin nowhere, come last
    used: set[int] = set()
    streets = []
    for begin in begins:
        street: list[Piece] = []
        met = {_leaves(graph, begin)}
        half: int | None = begin
        while half is not None and half // 2 not in used and _leaves(graph, half ^ 1) not in met:
            used.add(half // 2)
            met.add(_leaves(graph, half ^ 1))
            street.append((half // 2, half % 2 == 1))
            half = onward.get(half)
        if street:
            streets.append(street)
    return streets


def _leaves(graph: WalkGraph, half: int) -> int:
    """The node that a half leaves: half 2e leads from the tail of edge e to its head, half 2e+1 back."""
    return int(graph.tail[half // 2] if half % 2 == 0 else graph.head[half // 2])


def _onward(graph: WalkGraph) -> dict[int, int]:
    """For each half the one by which its street goes on where it arrives; the straightest pairs are taken first."""
    bearing = _bearings(graph)
    onward: dict[int, int] = {}
    for node in range(graph.node_count):
        halves = [2 * e + int(graph.head[e] == node) for e in graph.neighbours(node)[1].tolist()]
        pairs = sorted(
            (bend, one, other)
            for one, other in combinations(halves, 2)
            if _same_street(graph, one // 2, other // 2)
            and (bend := _bend(bearing[one], bearing[other])) <= BEND_AT_MOST_DEG
        )
        taken: set[int] = set()
        for _, one, other in pairs:
            if one not in taken and other not in taken:
                taken |= {one, other}
                onward[one ^ 1], onward[other ^ 1] = other, one
    return onward


def _same_street(graph: WalkGraph, edge: int, other: int) -> bool:
    return bool(graph.name[edge] == graph.name[other] and graph.highway[edge] == graph.highway[other])


def _bearings(graph: WalkGraph) -> list[float]:
    """The direction in which each half leaves its node, degrees: towards the shape's first other point."""
    ground = graph.sheet.points(graph.shape_lon, graph.shape_lat)
    first, last = graph.shape_start[:-1], graph.shape_start[1:] - 1
    out = np.stack((ground[first + 1] - ground[first], ground[last - 1] - ground[last]), axis=1).reshape(-1, 2)
    degrees: list[float] = np.degrees(np.arctan2(out[:, 1], out[:, 0])).tolist()
    return degrees


def _bend(one: float, other: float) -> float:
    """Degrees off straight when a walker arrives by one half's way and leaves by the other's."""
    return abs(180.0 - abs(one - other) % 360.0)


def _runs(graph: WalkGraph, street: list[Piece], min_m: float, max_m: float) -> list[list[Piece]]:
    """Neighbouring edges of a street together until they reach `min_m`; a short rest joins the run before it."""
    runs: list[list[Piece]] = []
    short: list[Piece] = []
    for piece in street:
        short.append(piece)
        if _metres(graph, short) >= min_m:
            runs.append(short)
            short = []
    if short and runs and _metres(graph, runs[-1] + short) <= max_m:
        runs[-1] += short
    elif _metres(graph, short) >= TOO_SHORT_M:
        runs.append(short)
    return runs


def _metres(graph: WalkGraph, run: list[Piece]) -> float:
    return float(sum(graph.length_m[edge] for edge, _ in run))


@dataclass(frozen=True)
class _Cut:
    """Equal parts of a run: their lines, and which of them touch one of its dead ends."""

    lines: list[tuple[Floats, Floats]]
    length_m: float
    dead_end: list[bool]


def _cut(graph: WalkGraph, run: list[Piece], max_m: float, shape_m: Floats) -> _Cut:
    along, lon, lat = _line(graph, run, shape_m)
    parts = int(np.ceil(along[-1] / max_m))
    marks = np.linspace(0.0, along[-1], parts + 1)
    lines = []
    for begin, end in pairwise(marks.tolist()):
        inside = (along > begin) & (along < end)
        at = np.concatenate(([begin], along[inside], [end]))
        lines.append((np.interp(at, along, lon), np.interp(at, along, lat)))
    dead_end = [False] * parts
    dead_end[0] |= _is_dead_end(graph, _leaves(graph, 2 * run[0][0] + run[0][1]))
    dead_end[-1] |= _is_dead_end(graph, _leaves(graph, (2 * run[-1][0] + run[-1][1]) ^ 1))
    return _Cut(lines, float(along[-1]) / parts, dead_end)


def _line(graph: WalkGraph, run: list[Piece], shape_m: Floats) -> tuple[Floats, Floats, Floats]:
    """Metres from the beginning, lon and lat of each point of a run."""
    along, walked = [np.zeros(1)], 0.0
    lon: list[Floats] = []
    lat: list[Floats] = []
    for edge, back in run:
        points = np.arange(graph.shape_start[edge], graph.shape_start[edge + 1])[:: -1 if back else 1]
        lon.append(graph.shape_lon[points[bool(lon) :]])
        lat.append(graph.shape_lat[points[bool(lat) :]])
        metres = graph.length_m[edge] - shape_m[points] if back else shape_m[points]
        along.append(walked + metres[1:])
        walked += float(graph.length_m[edge])
    return np.concatenate(along), np.concatenate(lon), np.concatenate(lat)


def _is_dead_end(graph: WalkGraph, node: int) -> bool:
    west, south, east, north = graph.bbox
    lon, lat = graph.lon[node], graph.lat[node]
    inside = west + ON_BORDER_DEG < lon < east - ON_BORDER_DEG and south + ON_BORDER_DEG < lat < north - ON_BORDER_DEG
    return bool(inside and graph.indptr[node + 1] - graph.indptr[node] == DEAD_END)
