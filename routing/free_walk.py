"""What would have been covered without a plan: the same doors, the same minutes, walking as one pleases.

The model. A walker leaves the door with a number of metres to walk (minutes times speed). At each junction the next
street is drawn, all equally likely, from those that (a) are not the one just walked and (b) leave enough metres to
be home in time by the shortest way from their far end. At a dead end the walker turns back. When no street
is left to draw, the walker goes home by the shortest way and the walk is over. Streets are walked from junction to
junction; passing the own door ends nothing.

One trial is one evening: every team walks once. A block is covered in a trial when at least COVERED_SHARE of its
metres were walked by the teams together, each stretch counted once; that is kinder to free walking than the planner
is to itself, which must walk a block end to end in one go. Figures are means over the trials.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from routing.problem import Floats
from routing.streets import WalkGraph

COVERED_SHARE = 0.7
_ROUNDING_M = 1e-6


@dataclass(frozen=True)
class FreeWalk:
    """Means over the trials: weight and number of covered blocks, share of metres on blocks, minutes of all teams."""

    weight: float
    blocks: float
    share_on_blocks: float
    minutes: float


@dataclass(frozen=True, eq=False)
class _Walker:
    """A team: where it lives, how many metres it has, and for every node the metres and the next node homewards."""

    door: int
    metres: float
    home_m: list[float]
    homewards: list[int]


def free_walk(
    graph: WalkGraph,
    door_nodes: npt.NDArray[np.integer],
    minutes: Floats,
    speed_mps: float,
    *,
    edge_block: npt.NDArray[np.integer],
    block_m: Floats,
    block_weight: Floats,
    walks_per_team: int,
    seed: int,
) -> FreeWalk:
    """Walk freely `walks_per_team` evenings long.

    door_nodes, minutes [T]: nodes of the graph (-1: this team stays at home) and how long each walks.
    edge_block [E]: the block that an edge lies on, -1 for none. block_m, block_weight [B]: metres and weight.
    The same seed gives the same walks. Raises ValueError when walks_per_team is below 1 or shapes do not fit.
    """
    if walks_per_team < 1:
        raise ValueError(f"walks_per_team must be at least 1, is {walks_per_team}")
    _same_size("minutes", len(minutes), "door_nodes", len(door_nodes))
    _same_size("entries of edge_block", len(edge_block), "edges", len(graph.length_m))
    _same_size("entries of block_m", len(block_m), "entries of block_weight", len(block_weight))
    walkers = _walkers(graph, door_nodes, minutes * 60.0 * speed_mps)
    rng = np.random.default_rng(seed)
    weight = blocks = on_blocks = walked = 0.0
    for _ in range(walks_per_team):
        steps = [edge for walker in walkers for edge in _one_walk(graph, walker, rng)]
        edges = np.array(steps, dtype=np.int64)
        covered = _covered(graph, np.unique(edges), edge_block, block_m)
        weight += float(block_weight[covered].sum())
        blocks += float(covered.sum())
        on_blocks += float(graph.length_m[edges[edge_block[edges] >= 0]].sum())
        walked += float(graph.length_m[edges].sum())
    return FreeWalk(
        weight=weight / walks_per_team,
        blocks=blocks / walks_per_team,
        share_on_blocks=on_blocks / walked if walked else 0.0,
        minutes=walked / walks_per_team / speed_mps / 60.0,
    )


def _same_size(what: str, size: int, other: str, other_size: int) -> None:
    if size != other_size:
        raise ValueError(f"{size} {what} for {other_size} {other}")


def _walkers(graph: WalkGraph, door_nodes: npt.NDArray[np.integer], metres: Floats) -> list[_Walker]:
    nodes = len(graph.indptr) - 1
    lengths = csr_array((graph.length_m[graph.edge_of], graph.indices, graph.indptr), shape=(nodes, nodes))
    walkers = []
    for door, reach in zip(map(int, door_nodes), map(float, metres), strict=True):
        if door >= 0:
            home, towards = dijkstra(lengths, directed=False, indices=[door], limit=reach, return_predecessors=True)
            walkers.append(_Walker(door, reach, home[0].tolist(), towards[0].tolist()))
    return walkers


def _one_walk(graph: WalkGraph, walker: _Walker, rng: np.random.Generator) -> list[int]:
    """The edges walked, in order, from the door until home again."""
    node, left, steps = walker.door, walker.metres, list[int]()
    while True:
        ways = _ways(graph, node)
        ahead = [way for way in ways if not steps or way[1] != steps[-1]]
        chosen = [
            (far, edge)
            for far, edge in ahead or ways
            if float(graph.length_m[edge]) + walker.home_m[far] <= left + _ROUNDING_M
        ]
        if not chosen:
            return steps + _way_home(graph, walker, node)
        node, edge = chosen[int(rng.integers(len(chosen)))]
        steps.append(edge)
        left -= float(graph.length_m[edge])


def _ways(graph: WalkGraph, node: int) -> Sequence[tuple[int, int]]:
    """The far nodes and edges that leave a node."""
    here = slice(int(graph.indptr[node]), int(graph.indptr[node + 1]))
    return list(zip(graph.indices[here].tolist(), graph.edge_of[here].tolist(), strict=True))


def _way_home(graph: WalkGraph, walker: _Walker, node: int) -> list[int]:
    steps = []
    while node != walker.door:
        towards = walker.homewards[node]
        steps.append(next(edge for far, edge in _ways(graph, node) if far == towards))
        node = towards
    return steps


def _covered(
    graph: WalkGraph, edges: npt.NDArray[np.int64], edge_block: npt.NDArray[np.integer], block_m: Floats
) -> npt.NDArray[np.bool_]:
    """Which blocks these edges, each counted once, cover. Shape [B]; a block without metres is never covered."""
    on_block = edges[edge_block[edges] >= 0]
    metres = np.bincount(edge_block[on_block], weights=graph.length_m[on_block], minlength=len(block_m))
    covered: npt.NDArray[np.bool_] = (block_m > 0) & (metres >= COVERED_SHARE * block_m - _ROUNDING_M)
    return covered
