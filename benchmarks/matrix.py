"""How long walking times take: many places to many places within a limit, on a grid of streets.

`python -m benchmarks.matrix --edges 100000 --sources 1000 --targets 2000 --limit-m 3000 --json -`

The blocked way of routing.travel is measured beside one Dijkstra over all sources at once, in the same run, as
machines differ; both must give the same metres.
"""

import argparse
import sys
import time

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from benchmarks.measure import peak_mib
from benchmarks.results import Row, versions, write
from routing.streets import WalkGraph, walk_graph
from routing.travel import walking_metres

Figures = dict[str, int | float]

SPACING_DEG = 0.0007
"""Between two junctions: about 70 m, as in the middle of Busan."""


def main() -> None:
    """Measure and print."""
    given = arguments()
    rng = np.random.default_rng(given.seed)
    graph = grid(given.edges, rng)
    places = [rng.choice(graph.node_count, count).astype(np.int32) for count in (given.sources, given.targets)]
    began = time.perf_counter()
    blocked = walking_metres(graph, *places, limit_m=given.limit_m)
    middle = time.perf_counter()
    whole = at_once(graph, *places, limit_m=given.limit_m)
    ended = time.perf_counter()
    if not np.allclose(blocked, whole):
        sys.exit("the two ways disagree")
    agree = bool(np.allclose(blocked, whole))
    figures = {
        "edges": graph.edge_count,
        "sources": given.sources,
        "targets": given.targets,
        "limit_m": given.limit_m,
        "blocked_s": round(middle - began, 3),
        "at_once_s": round(ended - middle, 3),
        "ratio": round((ended - middle) / (middle - began), 2),
        "within_limit": round(float(np.isfinite(blocked).mean()), 3),
        "peak_mib": round(peak_mib()),
    }
    took = {"blocked": figures["blocked_s"], "at once": figures["at_once_s"]}
    rows = [_row(figures, way, seconds, seed=given.seed, verified=agree) for way, seconds in took.items()]
    write({"instances": rows, "versions": versions(), "summary": figures}, given.json)
    if given.json != "-":
        for name, value in figures.items():
            print(f"{name:<14}{value}")
    if not agree:
        sys.exit("the two ways disagree")


def _row(figures: Figures, way: str, seconds: float, *, seed: int, verified: bool) -> Row:
    """As the rows of the other benchmarks; nothing is collected here."""
    return {
        "instance": f"{figures['sources']}x{figures['targets']} on {figures['edges']} edges",
        "solver": way,
        "prize": None,
        "best_known": None,
        "bound": None,
        "gap_percent": None,
        "seconds": seconds,
        "seed": seed,
        "threads": 1,
        "verified": verified,
    }


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--edges", type=int, default=100_000)
    parser.add_argument("--sources", type=int, default=1_000)
    parser.add_argument("--targets", type=int, default=2_000)
    parser.add_argument("--limit-m", type=float, default=3_000.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", metavar="FILE", help="write the figures as JSON; - is stdout")
    return parser.parse_args()


def grid(edges: int, rng: np.random.Generator) -> WalkGraph:
    """Streets crossing at right angles, junctions moved about a little; about `edges` edges."""
    side = max(2, round((edges / 2) ** 0.5))
    east, north = np.meshgrid(np.arange(side), np.arange(side))
    wobble = rng.uniform(-0.3, 0.3, (2, side * side))
    number = np.arange(side * side).reshape(side, side)
    tail = np.concatenate([number[:, :-1].ravel(), number[:-1].ravel()])
    head = np.concatenate([number[:, 1:].ravel(), number[1:].ravel()])
    return walk_graph(
        lon=129.0 + (east.ravel() + wobble[0]) * SPACING_DEG,
        lat=35.1 + (north.ravel() + wobble[1]) * SPACING_DEG,
        tail=tail,
        head=head,
    )


def at_once(graph: WalkGraph, sources: np.ndarray, targets: np.ndarray, *, limit_m: float) -> np.ndarray:
    """One call for all sources: every column is kept until the end, so memory grows with the network."""
    weights = csr_array((graph.length_m[graph.edge_of], graph.indices, graph.indptr), shape=(graph.node_count,) * 2)
    rows: np.ndarray = dijkstra(weights, indices=sources, limit=limit_m)[:, targets]
    return rows


if __name__ == "__main__":
    main()
