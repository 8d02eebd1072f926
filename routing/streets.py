"""The walking network of a city, as arrays that nobody can change."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from routing.geodesy import Floats, Sheet, haversine_m

Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]
POINTS_AT_LEAST = 2
Bbox = tuple[float, float, float, float]
"""West, south, east, north in degrees."""

HIGHWAY_CLASSES: tuple[str, ...] = (
    "footway",
    "sidewalk",
    "crossing",
    "path",
    "pedestrian",
    "steps",
    "living_street",
    "residential",
    "unclassified",
    "service",
    "parking_aisle",
    "driveway",
    "tertiary",
    "tertiary_link",
    "secondary",
    "secondary_link",
    "primary",
    "primary_link",
    "trunk",
    "trunk_link",
    "track",
    "cycleway",
    "bridleway",
    "road",
)
"""OpenStreetMap's highway values, and four finer ones: footway=sidewalk, footway=crossing, service=parking_aisle and
service=driveway."""


class StreetsError(ValueError):
    """A street file, or streets saved from one, that cannot be used.

    `path` names the file, `reason` says what is wrong with it and what would help.
    """

    def __init__(self, path: str | os.PathLike[str], reason: str) -> None:
        super().__init__(f"{os.fspath(path)}: {reason}")
        self.path = os.fspath(path)
        self.reason = reason


@dataclass(frozen=True, eq=False)
class WalkGraph:
    """An undirected walking network of N nodes and E edges. Make one with `walk_graph`; the arrays are read-only.

    Nodes are junctions, dead ends and places where the street's name or class changes; other points of a street
    are only in its edge's shape. The graph is simple: no edge leads from a node back to itself and no two edges join
    the same pair. Where two streets join the same two junctions, the shorter is the edge between them and the longer
    was given a node on its way (a loop was given two): no street is lost, and SciPy, which adds up parallel entries,
    meets none.

    lon, lat              float64[N]    degrees, WGS 84
    tail, head            int32[E]      the edge's two nodes; the direction means nothing
    length_m              float64[E]    metres along the shape (great circles)
    highway               int16[E]      index into HIGHWAY_CLASSES
    name                  int32[E]      index into names
    names                 tuple[str]    "" is first and stands for streets without a name
    shape_start           int64[E+1]    edge e's polyline, from tail to head and both included, is
    shape_lon, shape_lat  float64[...]  shape_lon[shape_start[e]:shape_start[e+1]], likewise shape_lat
    indptr                int32[N+1]    compressed rows, both directions: the neighbours of node n are
    indices               int32[2E]     indices[indptr[n]:indptr[n+1]], in ascending order,
    edge_of               int32[2E]     reached by the edges at the same places of edge_of
    main                  bool[N]       whether the node is in the largest component (by metres of street)
    bbox                  (west, south, east, north) in degrees: what the streets were clipped to
    source_sha256         str           of the file that was read, "" for a graph made by hand
    """

    lon: Floats
    lat: Floats
    tail: Ints
    head: Ints
    length_m: Floats
    highway: NDArray[np.int16]
    name: Ints
    names: tuple[str, ...]
    shape_start: NDArray[np.int64]
    shape_lon: Floats
    shape_lat: Floats
    indptr: Ints
    indices: Ints
    edge_of: Ints
    main: Bools
    bbox: Bbox
    source_sha256: str

    @property
    def node_count(self) -> int:
        """N."""
        return len(self.lon)

    @property
    def edge_count(self) -> int:
        """E."""
        return len(self.tail)

    @property
    def sheet(self) -> Sheet:
        """The flat sheet of metres about the middle latitude of the box."""
        return Sheet((self.bbox[1] + self.bbox[3]) / 2)

    def neighbours(self, node: int) -> tuple[Ints, Ints]:
        """The nodes next to `node` and the edges that lead to them."""
        row = slice(self.indptr[node], self.indptr[node + 1])
        return self.indices[row], self.edge_of[row]

    def edge_between(self, node: int, other: int) -> int:
        """The edge that joins two nodes, -1 when there is none."""
        nodes, edges = self.neighbours(node)
        place = int(np.searchsorted(nodes, other))
        return int(edges[place]) if place < len(nodes) and nodes[place] == other else -1

    def shape(self, edge: int, *, from_node: int) -> tuple[Floats, Floats]:
        """lon, lat of the edge's polyline as walked from one of its two nodes."""
        points = slice(self.shape_start[edge], self.shape_start[edge + 1])
        step = 1 if self.tail[edge] == from_node else -1
        return self.shape_lon[points][::step], self.shape_lat[points][::step]


def walk_graph(
    *,
    lon: ArrayLike,
    lat: ArrayLike,
    tail: ArrayLike,
    head: ArrayLike,
    length_m: ArrayLike | None = None,
    highway: ArrayLike | None = None,
    name: ArrayLike | None = None,
    names: tuple[str, ...] = ("",),
    shape_start: ArrayLike | None = None,
    shape_lon: ArrayLike | None = None,
    shape_lat: ArrayLike | None = None,
    bbox: Bbox | None = None,
    source_sha256: str = "",
) -> WalkGraph:
    """Check the arrays, work out what follows from them (rows, largest component) and make them read-only.

    Left out: shapes are straight lines, lengths are measured along the shapes, edges are residential and nameless, and
    the box is the extent of the shapes. Raises ValueError for arrays that do not fit together, for loops and for
    parallel edges.
    """
    lon, lat = np.array(lon, dtype=np.float64), np.array(lat, dtype=np.float64)
    tail, head = np.array(tail, dtype=np.int32), np.array(head, dtype=np.int32)
    count = len(tail)
    if shape_start is None or shape_lon is None or shape_lat is None:
        ends = np.column_stack((tail, head)).ravel()
        shape_start, shape_lon, shape_lat = np.arange(count + 1) * 2, lon[ends], lat[ends]
    start = np.array(shape_start, dtype=np.int64)
    shape_lon = np.array(shape_lon, dtype=np.float64)
    shape_lat = np.array(shape_lat, dtype=np.float64)
    if len(lon) != len(lat) or len(shape_lon) != len(shape_lat):
        raise ValueError("longitudes and latitudes differ in number")
    if start[0] != 0 or start[-1] != len(shape_lon) or (np.diff(start) < POINTS_AT_LEAST).any():
        raise ValueError("each edge needs a polyline of two points or more")
    length = shape_metres(start, shape_lon, shape_lat) if length_m is None else np.array(length_m, dtype=np.float64)
    residential = HIGHWAY_CLASSES.index("residential")
    kind = np.full(count, residential, dtype=np.int16) if highway is None else np.array(highway, dtype=np.int16)
    label = np.zeros(count, dtype=np.int32) if name is None else np.array(name, dtype=np.int32)
    _check_tables(len(lon), names, tail=tail, head=head, highway=kind, name=label)
    _check_shapes(lon, lat, tail, head, length_m=length, start=start, shape_lon=shape_lon, shape_lat=shape_lat)
    indptr, indices, edge_of = _rows(len(lon), tail, head)
    graph = WalkGraph(
        lon=lon,
        lat=lat,
        tail=tail,
        head=head,
        length_m=length,
        highway=kind,
        name=label,
        names=names,
        shape_start=start,
        shape_lon=shape_lon,
        shape_lat=shape_lat,
        indptr=indptr,
        indices=indices,
        edge_of=edge_of,
        main=_largest_component(indptr, indices, tail, length),
        bbox=bbox or _extent(shape_lon, shape_lat),
        source_sha256=source_sha256,
    )
    for field in fields(graph):
        value = getattr(graph, field.name)
        if isinstance(value, np.ndarray):
            value.flags.writeable = False
    return graph


def shape_metres(start: NDArray[np.int64], lon: Floats, lat: Floats) -> Floats:
    """Metres along each of E polylines (start int64[E+1], two points or more each), float64[E]."""
    steps = haversine_m(lon[:-1], lat[:-1], lon[1:], lat[1:])
    along = np.concatenate(([0.0], np.cumsum(_within_lines(start, steps))))
    metres: Floats = along[start[1:] - 1] - along[start[:-1]]
    return metres


def _within_lines(start: NDArray[np.int64], steps: Floats) -> Floats:
    """The steps, with those from one polyline's end to the next one's beginning set to nothing."""
    inside = steps.copy()
    inside[start[1:-1] - 1] = 0.0
    return inside


def _check_tables(
    node_count: int, names: tuple[str, ...], *, tail: Ints, head: Ints, highway: NDArray[np.int16], name: Ints
) -> None:
    for what, values, size in (
        ("tail", tail, node_count),
        ("head", head, node_count),
        ("highway", highway, len(HIGHWAY_CLASSES)),
        ("name", name, len(names)),
    ):
        if len(values) != len(tail):
            raise ValueError(f"{what} has {len(values)} entries for {len(tail)} edges")
        if len(values) and (values.min() < 0 or values.max() >= size):
            raise ValueError(f"{what} points outside its table of {size}")


def _check_shapes(
    lon: Floats,
    lat: Floats,
    tail: Ints,
    head: Ints,
    *,
    length_m: Floats,
    start: NDArray[np.int64],
    shape_lon: Floats,
    shape_lat: Floats,
) -> None:
    if len(length_m) != len(tail) or len(start) != len(tail) + 1:
        raise ValueError(f"there are {len(length_m)} lengths and {len(start) - 1} polylines for {len(tail)} edges")
    if not (np.isfinite(length_m).all() and (length_m >= 0).all()):
        raise ValueError("lengths must be finite and not negative")
    for ends, points in ((tail, start[:-1]), (head, start[1:] - 1)):
        if (lon[ends] != shape_lon[points]).any() or (lat[ends] != shape_lat[points]).any():
            raise ValueError("a polyline does not end at its edge's nodes")


def _rows(node_count: int, tail: Ints, head: Ints) -> tuple[Ints, Ints, Ints]:
    edges = np.arange(len(tail), dtype=np.int32)
    source, target = np.concatenate((tail, head)), np.concatenate((head, tail))
    order = np.lexsort((target, source))
    source, target = source[order], target[order]
    if (tail == head).any() or ((source[1:] == source[:-1]) & (target[1:] == target[:-1])).any():
        raise ValueError("the graph must be simple: no loops, no parallel edges")
    indptr = np.searchsorted(source, np.arange(node_count + 1)).astype(np.int32)
    return indptr, target, np.concatenate((edges, edges))[order]


def _largest_component(indptr: Ints, indices: Ints, tail: Ints, length_m: Floats) -> Bools:
    node_count = len(indptr) - 1
    if node_count == 0:
        return np.zeros(0, dtype=np.bool_)
    links = csr_array((np.ones(len(indices), dtype=np.int8), indices, indptr), shape=(node_count, node_count))
    _, label = connected_components(links, directed=False)
    metres = np.bincount(label[tail], weights=length_m, minlength=int(label.max()) + 1)
    largest: Bools = label == np.argmax(metres)
    return largest


def _extent(lon: Floats, lat: Floats) -> Bbox:
    if len(lon) == 0:
        return (0.0, 0.0, 0.0, 0.0)
    return (float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))
