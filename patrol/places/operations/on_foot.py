"""What takes the city's streets to answer: how far it is on foot, whether a place lies on a street.

Loads SciPy; imported where it is needed (see streets.py).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from routing.snap import snap
from routing.streets import WalkGraph
from routing.travel import metres_to_nearest

Metres = NDArray[np.float64]


def metres_on_foot(
    graph: WalkGraph,
    place: tuple[float, float],
    lon: ArrayLike,
    lat: ArrayLike,
    *,
    beside_m: float,
    limit_m: float,
) -> Metres:
    """The walk from a place (lon, lat) to each of P others, metres, float64[P].

    inf beyond `limit_m`, and where either end is farther than `beside_m` metres from every street.
    """
    here = snap(graph, [place[0]], [place[1]], within_m=beside_m)
    there = snap(graph, lon, lat, within_m=beside_m)
    walked = np.full(len(there.edge), np.inf)
    near = there.edge >= 0
    if here.edge[0] < 0 or not near.any():
        return walked
    to_node = metres_to_nearest(graph, [place[0]], [place[1]], within_m=beside_m, limit_m=limit_m)
    edge, along = there.edge[near], there.along_m[near]
    by_tail = to_node[graph.tail[edge]] + along
    by_head = to_node[graph.head[edge]] + graph.length_m[edge] - along
    along_it = np.where(edge == here.edge[0], np.abs(along - here.along_m[0]), np.inf)
    walked[near] = np.minimum(np.minimum(by_tail, by_head), along_it)
    walked[walked > limit_m] = np.inf
    return walked


def beside_a_street(graph: WalkGraph, lon: ArrayLike, lat: ArrayLike, *, within_m: float) -> NDArray[np.bool_]:
    """Whether each of P places is within `within_m` metres of a street that can be walked to, bool[P]."""
    near: NDArray[np.bool_] = snap(graph, lon, lat, within_m=within_m).edge >= 0
    return near
