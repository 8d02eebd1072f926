"""An evening set onto the streets: doors and blocks as nodes of the walking network, and so a Problem."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from routing.evening import Evening
from routing.problem import Bools, Floats, Problem, ProblemError
from routing.snap import attach
from routing.streets import WalkGraph
from routing.travel import NoPathError, Path, path_along, path_through, walking_metres, walking_path

DOOR_WITHIN_M = 400.0
"""A door farther than this from any street is out of everybody's way."""
END_WITHIN_M = 80.0
"""Likewise the end of a block, which should lie on a street."""


@dataclass(frozen=True, eq=False)
class Staged:
    """An evening set onto the streets. `graph` has a node at every door (door [T]) and block end (end [2B]); -1: none.

    inside [B]: the walk through a block from end 0 to end 1, a single node for a point block, None off the streets.
    """

    problem: Problem
    graph: WalkGraph
    door: npt.NDArray[np.int32]
    end: npt.NDArray[np.int32]
    inside: tuple[Path | None, ...]


def stage(graph: WalkGraph, evening: Evening) -> Staged:
    """Set doors and blocks onto the streets and measure the walks between them. Raises ProblemError."""
    ends_lon, ends_lat = _ends(evening)
    teams = len(evening.team_ids)
    lon, lat = np.concatenate([evening.team_lon, ends_lon]), np.concatenate([evening.team_lat, ends_lat])
    attached = attach(graph, lon, lat, within_m=DOOR_WITHIN_M)
    node = attached.node.copy()
    node[teams:][~(attached.distance_m[teams:] <= END_WITHIN_M)] = -1
    door, end = node[:teams], node[teams:]
    inside = tuple(_inside(attached.graph, end, block, evening.lines[block]) for block in range(len(evening.lines)))
    end[np.repeat(np.array([path is None for path in inside], dtype=np.bool_), 2)] = -1  # half a block is none
    limit_m = min(evening.reach_m, float((evening.budget_s * evening.speed_mps).max(initial=0.0)))
    between_m = _metres(attached.graph, end, end, limit_m)
    problem = Problem(
        team_ids=evening.team_ids,
        block_ids=evening.block_ids,
        weight=evening.weight,
        length_m=np.array([path.length_m if path else 0.0 for path in inside]),
        dwell_s=evening.dwell_s,
        bands=evening.bands,
        speed_mps=evening.speed_mps,
        budget_s=evening.budget_s,
        earliest_s=evening.earliest_s,
        latest_s=evening.latest_s,
        door_m=_metres(attached.graph, door, end, limit_m),
        between_m=np.minimum(between_m, between_m.T),
        compatible=_compatible(evening, inside),
        start_at_most_m=np.full(teams, evening.start_within_m),
        pinned_to=evening.pinned_to,
        previous=evening.previous,
    )
    return Staged(problem=problem, graph=attached.graph, door=door, end=end, inside=inside)


def _compatible(evening: Evening, inside: tuple[Path | None, ...]) -> Bools:
    """Which team may serve which block: as the evening says, and none a block off the streets. Shape [T, B]."""
    teams = len(evening.team_ids)
    there = np.tile(np.array([path is not None for path in inside], dtype=np.bool_), (teams, 1))
    return there if evening.compatible is None else there & evening.compatible


def backwards(graph: WalkGraph, path: Path) -> Path:
    """The same walk the other way."""
    return path_through(graph, path.nodes[::-1].tolist())


def _ends(evening: Evening) -> tuple[Floats, Floats]:
    """Places of the 2B block ends: first and last point of each line."""
    if not evening.lines:
        return np.empty(0), np.empty(0)
    for block, (lon, _) in zip(evening.block_ids, evening.lines, strict=True):
        if len(lon) == 0:
            raise ProblemError(f"block {block}", "has no place")
    lon = np.array([[line[0][0], line[0][-1]] for line in evening.lines], dtype=np.float64).ravel()
    lat = np.array([[line[1][0], line[1][-1]] for line in evening.lines], dtype=np.float64).ravel()
    return lon, lat


def _inside(graph: WalkGraph, end: npt.NDArray[np.int32], block: int, line: tuple[Floats, Floats]) -> Path | None:
    """The walk through a block: along its own line where it lies on the streets, else the shortest."""
    first, last = int(end[2 * block]), int(end[2 * block + 1])
    if first < 0 or last < 0:
        return None
    if len(line[0]) == 1:
        return path_through(graph, [first])
    if first == last:
        return None
    try:
        return path_along(graph, first, last, lon=line[0], lat=line[1])
    except NoPathError:
        pass
    try:
        return walking_path(graph, first, last, limit_m=2000.0)
    except NoPathError:
        return None


def _metres(graph: WalkGraph, sources: npt.NDArray[np.int32], targets: npt.NDArray[np.int32], limit_m: float) -> Floats:
    """Walking metres, inf where either node is missing or the walk is longer than `limit_m`."""
    metres = np.full((len(sources), len(targets)), np.inf)
    from_, to = np.flatnonzero(sources >= 0), np.flatnonzero(targets >= 0)
    if len(from_) and len(to):
        metres[np.ix_(from_, to)] = walking_metres(graph, sources[from_], targets[to], limit_m=limit_m)
    return metres
