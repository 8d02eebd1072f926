"""From ways (lists of points) to a network: clip at the box, join what only passes through, keep the graph simple."""

from __future__ import annotations

from array import array
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from routing.geodesy import Floats, haversine_m
from routing.streets import Bbox, WalkGraph, walk_graph

Index = NDArray[np.int64]

PASSING = 2
"""How many pieces meet at a point that a street only passes through."""
STRAIGHT = 2
"""How many points a line has that leads straight from end to end."""


@dataclass
class Ways:
    """Walkable ways as they are read: node ids, and which street (class and name) each way belongs to."""

    refs: list[array[int]] = field(default_factory=list)
    street: list[int] = field(default_factory=list)
    streets: dict[tuple[int, str], int] = field(default_factory=dict)

    def add(self, refs: array[int], highway: int, name: str) -> None:
        """One more way; `highway` is an index into HIGHWAY_CLASSES."""
        self.refs.append(refs)
        self.street.append(self.streets.setdefault((highway, name), len(self.streets)))


@dataclass(frozen=True)
class Pieces:
    """Straight pieces between neighbouring points of ways: S pieces, P points."""

    lon: Floats  # [P]
    lat: Floats  # [P]
    a: Index  # [S] point
    b: Index  # [S] point
    street: Index  # [S]


def network(ways: Ways, ids: Index, lon: Floats, lat: Floats, *, bbox: Bbox | None, source_sha256: str) -> WalkGraph:
    """The walking network of the ways; `ids` (ascending), `lon` and `lat` say where nodes are.

    A way is broken where the place of one of its nodes is not known. May come out empty.
    """
    pieces = _each_once(_pieces(ways, ids, lon, lat))
    if bbox is not None:
        pieces = _clip(pieces, bbox)
    lines = _without_parallels(_without_loops(_join(pieces), pieces), pieces)
    return _graph(lines, pieces, list(ways.streets), bbox, source_sha256)


def _pieces(ways: Ways, ids: Index, lon: Floats, lat: Floats) -> Pieces:
    refs = np.fromiter(chain.from_iterable(ways.refs), dtype=np.int64)
    way = np.repeat(np.arange(len(ways.refs)), [len(way) for way in ways.refs])
    point = np.minimum(np.searchsorted(ids, refs), len(ids) - 1)
    known = ids[point] == refs
    good = (way[:-1] == way[1:]) & known[:-1] & known[1:] & (refs[:-1] != refs[1:])
    street = np.array(ways.street, dtype=np.int64)[way[:-1][good]]
    return Pieces(lon, lat, point[:-1][good], point[1:][good], street)


def _each_once(pieces: Pieces) -> Pieces:
    """Two ways may run over the same two points (a path on the edge of a square); the first keeps them."""
    low, high = np.minimum(pieces.a, pieces.b), np.maximum(pieces.a, pieces.b)
    _, first = np.unique(low * len(pieces.lon) + high, return_index=True)
    keep = np.sort(first)
    return Pieces(pieces.lon, pieces.lat, pieces.a[keep], pieces.b[keep], pieces.street[keep])


def _clip(pieces: Pieces, bbox: Bbox) -> Pieces:
    """Keep what lies in the box; a piece that crosses the border ends there, at a new point.

    Liang and Barsky 1984, doi:10.1145/357332.357333.
    """
    west, south, east, north = bbox
    x, y = pieces.lon[pieces.a], pieces.lat[pieces.a]
    dx, dy = pieces.lon[pieces.b] - x, pieces.lat[pieces.b] - y
    enter, leave = np.zeros(len(x)), np.ones(len(x))
    for across, room in ((-dx, x - west), (dx, east - x), (-dy, y - south), (dy, north - y)):
        with np.errstate(divide="ignore", invalid="ignore"):
            t = room / across
        enter = np.where(across < 0, np.maximum(enter, t), enter)
        leave = np.where(across > 0, np.minimum(leave, t), leave)
        leave = np.where((across == 0) & (room < 0), -1.0, leave)
    kept = np.flatnonzero(enter < leave)
    a, b, lon, lat = pieces.a[kept], pieces.b[kept], pieces.lon, pieces.lat
    for end, cut, t in ((a, enter[kept] > 0, enter[kept]), (b, leave[kept] < 1, leave[kept])):
        at = kept[cut]
        end[cut] = len(lon) + np.arange(len(at))
        lon = np.concatenate((lon, np.clip(x[at] + t[cut] * dx[at], west, east)))
        lat = np.concatenate((lat, np.clip(y[at] + t[cut] * dy[at], south, north)))
    return Pieces(lon, lat, a, b, pieces.street[kept])


def _join(pieces: Pieces) -> list[list[int]]:
    """Lines of points from one junction, dead end or change of street to the next; a ring without any starts anywhere.

    Half 2s leads from a to b of piece s, half 2s+1 back.
    """
    onward = _onward(pieces)
    start = np.column_stack((pieces.a, pieces.b)).ravel()
    arrives = np.zeros(len(start), dtype=np.bool_)
    arrives[onward[onward >= 0]] = True
    starts, follow, used = start.tolist(), onward.tolist(), [False] * len(start)
    lines = []
    for first in chain(np.flatnonzero(~arrives).tolist(), np.flatnonzero(arrives).tolist()):
        if used[first]:
            continue
        line, half = [starts[first]], first
        while half >= 0 and not used[half]:
            used[half] = used[half ^ 1] = True
            line.append(starts[half ^ 1])
            half = follow[half]
        lines.append(line)
    return lines


def _onward(pieces: Pieces) -> Index:
    """For each half the one that goes on where it arrives, -1 where the line ends."""
    start = np.column_stack((pieces.a, pieces.b)).ravel()
    street = np.repeat(pieces.street, 2)
    leaving = np.argsort(start, kind="stable")
    degree = np.bincount(start, minlength=len(pieces.lon))
    first = (np.cumsum(degree) - degree)[degree == PASSING]
    p, q = leaving[first], leaving[first + 1]
    same = street[p] == street[q]
    p, q = p[same], q[same]
    onward = np.full(len(start), -1, dtype=np.int64)
    onward[p ^ 1], onward[q ^ 1] = q, p
    return onward


def _without_loops(lines: list[list[int]], pieces: Pieces) -> list[list[int]]:
    """A line that comes back to its start is cut at two of its points, near the thirds of its length."""
    simple = []
    for line in lines:
        if line[0] != line[-1]:
            simple.append(line)
            continue
        along = _along(line, pieces)
        first = min(range(1, len(line) - 2), key=lambda i: abs(along[i] - along[-1] / 3))
        second = min(range(first + 1, len(line) - 1), key=lambda i: abs(along[i] - along[-1] * 2 / 3))
        simple += [line[: first + 1], line[first : second + 1], line[second:]]
    return simple


def _without_parallels(lines: list[list[int]], pieces: Pieces) -> list[list[int]]:
    """Of the lines between the same two ends the shortest stays; the others are cut at a point near their middle."""
    between = defaultdict(list)
    for index, line in enumerate(lines):
        between[min(line[0], line[-1]), max(line[0], line[-1])].append(index)
    longer: set[int] = set()
    for indices in between.values():
        if len(indices) > 1:
            # A line of two points cannot be cut, and there is only one between the same ends.
            shortest = min(indices, key=lambda i: (len(lines[i]) > STRAIGHT, _along(lines[i], pieces)[-1]))
            longer.update(index for index in indices if index != shortest)
    simple = []
    for index, line in enumerate(lines):
        if index in longer:
            along = _along(line, pieces)
            middle = min(range(1, len(line) - 1), key=lambda i: abs(along[i] - along[-1] / 2))
            simple += [line[: middle + 1], line[middle:]]
        else:
            simple.append(line)
    return simple


def _along(line: list[int], pieces: Pieces) -> Floats:
    lon, lat = pieces.lon[line], pieces.lat[line]
    return np.concatenate(([0.0], np.cumsum(haversine_m(lon[:-1], lat[:-1], lon[1:], lat[1:]))))


def _graph(
    lines: list[list[int]],
    pieces: Pieces,
    streets: list[tuple[int, str]],
    bbox: Bbox | None,
    source_sha256: str,
) -> WalkGraph:
    street_of = dict(zip(zip(pieces.a.tolist(), pieces.b.tolist(), strict=True), pieces.street.tolist(), strict=True))
    street = [street_of.get((line[0], line[1]), street_of.get((line[1], line[0]), -1)) for line in lines]
    ends = np.array([(line[0], line[-1]) for line in lines], dtype=np.int64).reshape(-1, 2)
    points = np.fromiter(chain.from_iterable(lines), dtype=np.int64)
    nodes, end = np.unique(ends, return_inverse=True)
    end = end.reshape(-1, 2)
    names = ("", *sorted({streets[s][1] for s in set(street)} - {""}))
    place = {name: index for index, name in enumerate(names)}
    return walk_graph(
        lon=pieces.lon[nodes],
        lat=pieces.lat[nodes],
        tail=end[:, 0],
        head=end[:, 1],
        highway=[streets[s][0] for s in street],
        name=[place[streets[s][1]] for s in street],
        names=names,
        shape_start=np.concatenate(([0], np.cumsum([len(line) for line in lines], dtype=np.int64))),
        shape_lon=pieces.lon[points],
        shape_lat=pieces.lat[points],
        bbox=bbox,
        source_sha256=source_sha256,
    )
