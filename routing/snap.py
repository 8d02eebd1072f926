"""Places beside the street become places on it."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from routing.geodesy import Floats, haversine_m
from routing.streets import Ints, WalkGraph, walk_graph

AT_NODE_M = 0.5
"""A place this near to a node along the street, metres, is taken to be the node."""


@dataclass(frozen=True)
class Snapped:
    """For each of P places the nearest point on a street of the largest component."""

    edge: Ints  # int32[P], -1 where no street is near enough
    along_m: Floats  # [P] metres from the edge's tail; nan where edge is -1, likewise below
    lon: Floats  # [P] degrees, of the point on the street
    lat: Floats  # [P]
    distance_m: Floats  # [P] metres from the place to the point


@dataclass(frozen=True)
class Attached:
    """A network in which each of P places near a street has a node of its own."""

    graph: WalkGraph
    node: Ints  # int32[P] node of `graph`, -1 where no street is near enough
    distance_m: Floats  # [P] metres from the place to the node, nan where node is -1
    parent: Ints  # int32[E of `graph`] the edge of the network before that each edge is (a piece of)


@dataclass(frozen=True)
class _Pieces:
    """Every straight piece of the largest component, findable by place."""

    tree: shapely.STRtree
    first: NDArray[np.int64]  # [S] the piece leads from this shape point to the next one
    edge: Ints  # [S]
    before_m: Floats  # [S] metres from the edge's tail to the piece
    length_m: Floats  # [S]


_pieces_of: WeakKeyDictionary[WalkGraph, _Pieces] = WeakKeyDictionary()


def snap(graph: WalkGraph, lon: ArrayLike, lat: ArrayLike, *, within_m: float) -> Snapped:
    """For each place (degrees, [P]) the nearest point on a street of the largest component, within `within_m` metres.

    Of edges equally near (at a junction) the first is taken. Raises ValueError for places that are not numbers.
    """
    lon, lat = np.atleast_1d(np.asarray(lon, dtype=np.float64)), np.atleast_1d(np.asarray(lat, dtype=np.float64))
    if not (np.isfinite(lon).all() and np.isfinite(lat).all()):
        raise ValueError("places must be finite longitudes and latitudes in degrees")
    pieces = _pieces(graph)
    place, piece = _nearest(graph, pieces, lon, lat, within_m)
    share = _share_along(graph, pieces, piece, lon[place], lat[place])
    first = pieces.first[piece]
    on_lon = graph.shape_lon[first] + share * (graph.shape_lon[first + 1] - graph.shape_lon[first])
    on_lat = graph.shape_lat[first] + share * (graph.shape_lat[first + 1] - graph.shape_lat[first])
    edge = np.full(len(lon), -1, dtype=np.int32)
    edge[place] = pieces.edge[piece]
    along, at_lon, at_lat, distance = (np.full(len(lon), np.nan) for _ in range(4))
    reached = pieces.before_m[piece] + share * pieces.length_m[piece]
    along[place] = np.minimum(reached, graph.length_m[pieces.edge[piece]])  # the sum may round above the whole
    at_lon[place], at_lat[place] = on_lon, on_lat
    distance[place] = haversine_m(lon[place], lat[place], on_lon, on_lat)
    return Snapped(edge, along, at_lon, at_lat, distance)


def _pieces(graph: WalkGraph) -> _Pieces:
    if graph not in _pieces_of:
        points = np.diff(graph.shape_start)
        edge_of_point = np.repeat(np.arange(graph.edge_count, dtype=np.int32), points)
        inside = (edge_of_point[:-1] == edge_of_point[1:]) & graph.main[graph.tail[edge_of_point[:-1]]]
        first = np.flatnonzero(inside)
        along = along_shapes(graph)
        ground = graph.sheet.points(graph.shape_lon, graph.shape_lat)
        lines = np.asarray(shapely.linestrings(np.stack((ground[first], ground[first + 1]), axis=1)), dtype=object)
        tree = shapely.STRtree(lines)
        _pieces_of[graph] = _Pieces(tree, first, edge_of_point[first], along[first], along[first + 1] - along[first])
    return _pieces_of[graph]


def along_shapes(graph: WalkGraph) -> Floats:
    """For each shape point the metres from its edge's tail; at the head this is exactly the edge's length."""
    steps = haversine_m(graph.shape_lon[:-1], graph.shape_lat[:-1], graph.shape_lon[1:], graph.shape_lat[1:])
    walked = np.concatenate(([0.0], np.cumsum(steps)))[: len(graph.shape_lon)]
    edge = np.repeat(np.arange(graph.edge_count), np.diff(graph.shape_start))
    start, last = graph.shape_start[:-1], graph.shape_start[1:] - 1
    measured = walked[last] - walked[start]
    scale = np.divide(graph.length_m, measured, out=np.ones(graph.edge_count), where=measured > 0)
    along = (walked - walked[start][edge]) * scale[edge]
    along[last] = graph.length_m
    return np.asarray(along, dtype=np.float64)


def _nearest(
    graph: WalkGraph,
    pieces: _Pieces,
    lon: Floats,
    lat: Floats,
    within_m: float,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Places that have a street near enough, ascending, and for each its nearest piece."""
    if len(pieces.first) == 0 or len(lon) == 0 or within_m <= 0:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    spots = shapely.points(graph.sheet.points(lon, lat))
    place, piece = pieces.tree.query_nearest(spots, max_distance=within_m, all_matches=True)
    order = np.lexsort((piece, place))
    place, piece = place[order], piece[order]
    nearest = np.concatenate(([True], place[1:] != place[:-1]))[: len(place)]
    return place[nearest], piece[nearest]


def _share_along(graph: WalkGraph, pieces: _Pieces, piece: NDArray[np.int64], lon: Floats, lat: Floats) -> Floats:
    """How far along its piece, 0 to 1, the nearest point to each place is."""
    first = pieces.first[piece]
    start = graph.sheet.points(graph.shape_lon[first], graph.shape_lat[first])
    along = graph.sheet.points(graph.shape_lon[first + 1], graph.shape_lat[first + 1]) - start
    offset = graph.sheet.points(lon, lat) - start
    square = (along**2).sum(axis=1)
    share = np.divide((along * offset).sum(axis=1), square, out=np.zeros(len(piece)), where=square > 0)
    return np.asarray(np.clip(share, 0.0, 1.0), dtype=np.float64)


def attach(graph: WalkGraph, lon: ArrayLike, lat: ArrayLike, *, within_m: float) -> Attached:
    """Give each place (degrees, [P]) within `within_m` metres of a street a node there.

    Edges are split at the new nodes, shape and length with them, so that all sums of metres stay. The nodes of `graph`
    keep their numbers, new ones follow. A place within AT_NODE_M, along the street, of a node or of another place
    shares its node.
    """
    snapped = snap(graph, lon, lat, within_m=within_m)
    node, cuts = _nodes_and_cuts(graph, snapped)
    split, parent = _split(graph, cuts)
    near = node >= 0
    lon, lat = np.atleast_1d(np.asarray(lon, dtype=np.float64)), np.atleast_1d(np.asarray(lat, dtype=np.float64))
    distance = np.full(len(node), np.nan)
    distance[near] = haversine_m(lon[near], lat[near], split.lon[node[near]], split.lat[node[near]])
    return Attached(split, node, distance, parent)


@dataclass(frozen=True)
class _Cuts:
    """Where to cut: K cuts in the order of edges and of metres along them; cut k becomes node N + k."""

    edge: Ints
    along_m: Floats
    lon: Floats
    lat: Floats


def _nodes_and_cuts(graph: WalkGraph, snapped: Snapped) -> tuple[Ints, _Cuts]:
    node = np.full(len(snapped.edge), -1, dtype=np.int32)
    kept: list[int] = []
    last_edge, last_along = -1, 0.0
    for place in np.lexsort((snapped.along_m, snapped.edge)).tolist():
        edge, along = int(snapped.edge[place]), float(snapped.along_m[place])
        if edge < 0:
            continue
        to_head = float(graph.length_m[edge]) - along
        if min(along, to_head) <= AT_NODE_M:
            node[place] = graph.tail[edge] if along <= to_head else graph.head[edge]
            continue
        if edge != last_edge or along - last_along > AT_NODE_M:
            last_edge, last_along = edge, along
            kept.append(place)
        node[place] = graph.node_count + len(kept) - 1
    return node, _Cuts(snapped.edge[kept], snapped.along_m[kept], snapped.lon[kept], snapped.lat[kept])


def _split(graph: WalkGraph, cuts: _Cuts) -> tuple[WalkGraph, Ints]:
    """The network with every cut a node, and for each of its edges the edge it was (part of)."""
    if len(cuts.edge) == 0:
        return graph, np.arange(graph.edge_count, dtype=np.int32)
    pieces = np.bincount(cuts.edge, minlength=graph.edge_count) + 1
    parent = np.repeat(np.arange(graph.edge_count, dtype=np.int32), pieces)
    is_last = np.concatenate((parent[1:] != parent[:-1], [True]))
    is_first = np.concatenate(([True], parent[1:] != parent[:-1]))
    new = graph.node_count + np.arange(len(cuts.edge), dtype=np.int32)
    tail, head = graph.tail[parent].copy(), graph.head[parent].copy()
    head[~is_last], tail[~is_first] = new, new
    begin, end = np.zeros(len(parent)), graph.length_m[parent].copy()
    end[~is_last], begin[~is_first] = cuts.along_m, cuts.along_m
    start, lon, lat = _cut_shapes(graph, cuts)
    return (
        walk_graph(
            lon=np.concatenate((graph.lon, cuts.lon)),
            lat=np.concatenate((graph.lat, cuts.lat)),
            tail=tail,
            head=head,
            length_m=end - begin,
            highway=graph.highway[parent],
            name=graph.name[parent],
            names=graph.names,
            shape_start=start,
            shape_lon=lon,
            shape_lat=lat,
            bbox=graph.bbox,
            source_sha256=graph.source_sha256,
        ),
        parent,
    )


def _cut_shapes(graph: WalkGraph, cuts: _Cuts) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Shapes with each cut put in twice: as the end of one piece and the beginning of the next."""
    along = along_shapes(graph)
    edge = np.repeat(np.arange(graph.edge_count), np.diff(graph.shape_start))
    twice = np.repeat(np.arange(len(cuts.edge)), 2)
    order = np.lexsort(
        (
            np.arange(len(edge) + len(twice)),  # equally far along: the shape's own point comes first
            np.concatenate((along, cuts.along_m[twice])),
            np.concatenate((edge, cuts.edge[twice])),
        ),
    )
    lon = np.concatenate((graph.shape_lon, cuts.lon[twice]))[order]
    lat = np.concatenate((graph.shape_lat, cuts.lat[twice]))[order]
    # A piece begins at its edge's first point, or at the second of the two points of a cut.
    begins = np.concatenate((np.isin(np.arange(len(edge)), graph.shape_start[:-1]), np.arange(len(twice)) % 2 == 1))
    return np.concatenate((np.flatnonzero(begins[order]), [len(lon)])), lon, lat
