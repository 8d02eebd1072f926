"""Walking distances and the paths they belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from routing.geodesy import Floats
from routing.snap import snap
from routing.streets import Ints, WalkGraph

ROWS_AT_ONCE_BYTES = 64 * 2**20
"""How much a block of complete rows of distances may take while a matrix is made."""
ON_LINE_M = 1.0
"""A street this near to a line, metres, runs along it."""


class NoPathError(ValueError):
    """There is no way to walk from `source` to `target` (nodes) that is asked for."""

    def __init__(self, source: int, target: int, reason: str) -> None:
        super().__init__(f"no path from node {source} to node {target}: {reason}")
        self.source = source
        self.target = target


@dataclass(frozen=True)
class Path:
    """A walk through a network, from node to neighbouring node; one node alone is a path of no length."""

    nodes: Ints  # int32[K]
    edges: Ints  # int32[K-1], edge i joins nodes i and i+1
    lon: Floats  # degrees, the line walked; a single point for a single node
    lat: Floats
    length_m: float


def walking_metres(
    graph: WalkGraph,
    sources: ArrayLike,
    targets: ArrayLike,
    *,
    limit_m: float = np.inf,
) -> NDArray[np.float64]:
    """Shortest walks from each of S source nodes to each of T target nodes, metres, float64[S, T].

    inf where a walk would be longer than `limit_m` or there is none, and for a node of -1 (a place beside no street).
    Dijkstra 1959 (doi:10.1007/BF01386390) from the rarer side, in blocks of ROWS_AT_ONCE_BYTES.
    """
    source = np.atleast_1d(np.asarray(sources, dtype=np.int64))
    target = np.atleast_1d(np.asarray(targets, dtype=np.int64))
    start, start_of = np.unique(source[source >= 0], return_inverse=True)
    goal, goal_of = np.unique(target[target >= 0], return_inverse=True)
    metres = np.full((len(source), len(target)), np.inf)
    if len(start) and len(goal):
        forth = len(start) <= len(goal)
        between = _rows(graph, start, goal, limit_m) if forth else _rows(graph, goal, start, limit_m).T
        metres[np.ix_(source >= 0, target >= 0)] = between[np.ix_(start_of, goal_of)]
    return metres


def _rows(graph: WalkGraph, start: NDArray[np.int64], goal: NDArray[np.int64], limit_m: float) -> NDArray[np.float64]:
    weights = _weights(graph)
    at_once = max(1, ROWS_AT_ONCE_BYTES // (8 * graph.node_count))
    metres = np.empty((len(start), len(goal)))
    for first in range(0, len(start), at_once):
        block = start[first : first + at_once]
        metres[first : first + at_once] = dijkstra(weights, indices=block, limit=limit_m)[:, goal]
    return metres


def _weights(graph: WalkGraph) -> csr_array:
    count = graph.node_count
    return csr_array((graph.length_m[graph.edge_of], graph.indices, graph.indptr), shape=(count, count))


def walking_path(graph: WalkGraph, source: int, target: int, *, limit_m: float = np.inf) -> Path:
    """The shortest walk between two nodes. Raises NoPathError when there is none within `limit_m` metres."""
    metres, before = dijkstra(_weights(graph), indices=[source], limit=limit_m, return_predecessors=True)
    if not np.isfinite(metres[0, target]):
        reason = "the streets do not meet" if np.isinf(limit_m) else f"none within {limit_m:.0f} m"
        raise NoPathError(source, target, reason)
    return path_through(graph, _back_to(source, target, before[0]))


def path_through(graph: WalkGraph, nodes: Sequence[int]) -> Path:
    """The walk from each node to the next one, its neighbour. Raises NoPathError where they are not neighbours."""
    edges, lon, lat = [], [graph.lon[nodes[:1]]], [graph.lat[nodes[:1]]]
    for node, following in pairwise(nodes):
        edge = graph.edge_between(node, following)
        if edge < 0:
            raise NoPathError(node, following, "they are not neighbours")
        edges.append(edge)
        edge_lon, edge_lat = graph.shape(edge, from_node=node)
        lon.append(edge_lon[1:])
        lat.append(edge_lat[1:])
    taken = np.array(edges, dtype=np.int32)
    walked = np.array(nodes, dtype=np.int32)
    return Path(walked, taken, np.concatenate(lon), np.concatenate(lat), float(graph.length_m[taken].sum()))


def path_along(graph: WalkGraph, source: int, target: int, *, lon: ArrayLike, lat: ArrayLike) -> Path:
    """The walk between two nodes that follows a line (degrees) over the streets the line was drawn on.

    `source` lies at one end of the line and `target` at the other, as `attach` gives them. The walk may be longer than
    `walking_path`, which takes short cuts. Raises NoPathError where the line leaves the streets.
    """
    strip = shapely.LineString(graph.sheet.points(lon, lat)).buffer(ON_LINE_M)
    shapely.prepare(strip)
    before: dict[int, int] = {}
    ahead = [(0.0, source, source)]
    while ahead and target not in before:
        metres, node, previous = heappop(ahead)
        if node in before:
            continue
        before[node] = previous
        for other, edge in zip(*(side.tolist() for side in graph.neighbours(node)), strict=True):
            if other not in before and strip.covers(_drawn(graph, edge)):
                heappush(ahead, (metres + float(graph.length_m[edge]), other, node))
    if target not in before:
        raise NoPathError(source, target, "the line leaves the streets")
    return path_through(graph, _back_to(source, target, before))


def _drawn(graph: WalkGraph, edge: int) -> shapely.LineString:
    return shapely.LineString(graph.sheet.points(*graph.shape(edge, from_node=int(graph.tail[edge]))))


def _back_to(source: int, target: int, before: Mapping[int, int] | Ints) -> list[int]:
    """The nodes from source to target, when each one's predecessor is known."""
    nodes = [target]
    while nodes[-1] != source:
        nodes.append(int(before[nodes[-1]]))
    return nodes[::-1]


def join_paths(paths: Sequence[Path]) -> Path:
    """One walk out of several, each of which begins at the node where the one before ended.

    Raises ValueError when there is none, or when two do not meet.
    """
    if not paths:
        raise ValueError("there is no path to join")
    for before, after in pairwise(paths):
        if before.nodes[-1] != after.nodes[0]:
            raise ValueError(f"a path ends at node {before.nodes[-1]}, the next begins at node {after.nodes[0]}")
    first, rest = paths[0], paths[1:]
    return Path(
        np.concatenate([first.nodes, *(path.nodes[1:] for path in rest)]),
        np.concatenate([path.edges for path in paths]),
        np.concatenate([first.lon, *(path.lon[1:] for path in rest)]),
        np.concatenate([first.lat, *(path.lat[1:] for path in rest)]),
        float(sum(path.length_m for path in paths)),
    )


def metres_to_nearest(
    graph: WalkGraph,
    lon: ArrayLike,
    lat: ArrayLike,
    *,
    within_m: float,
    limit_m: float = np.inf,
) -> NDArray[np.float64]:
    """From every node the walk to the nearest of some places (degrees, [P]), metres, float64[N].

    A place counts as the nearest point on a street, and not at all when no street is within `within_m` metres; the
    metres from the street to the place are not added. inf beyond `limit_m` and where no place can be walked to.
    """
    snapped = snap(graph, lon, lat, within_m=within_m)
    near = snapped.edge >= 0
    edge, along = snapped.edge[near], snapped.along_m[near]
    count = graph.node_count
    start = np.full(count, np.inf)
    np.minimum.at(start, graph.tail[edge], along)
    np.minimum.at(start, graph.head[edge], graph.length_m[edge] - along)
    seeds = np.flatnonzero(np.isfinite(start))
    # One more node, from which the first steps to the nodes beside the places lead; nothing leads back to it.
    indptr = np.concatenate((graph.indptr, [graph.indptr[-1] + len(seeds)])).astype(np.int32)
    indices = np.concatenate((graph.indices, seeds)).astype(np.int32)
    weights = np.concatenate((graph.length_m[graph.edge_of], start[seeds]))
    steps = csr_array((weights, indices, indptr), shape=(count + 1, count + 1))
    metres: NDArray[np.float64] = dijkstra(steps, indices=[count], limit=limit_m)[0, :count]
    return metres
