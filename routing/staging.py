"""An evening or a week set onto the streets: doors and blocks as nodes of the walking network, and so a problem."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from routing.evening import Evening, Week
from routing.problem import Bools, Floats, Integers, Problem, ProblemError
from routing.snap import attach
from routing.streets import WalkGraph
from routing.travel import NoPathError, Path, path_along, path_through, walking_metres, walking_path
from routing.week.problem import WeekProblem

DOOR_WITHIN_M = 400.0
"""A door farther than this from any street is out of everybody's way."""
END_WITHIN_M = 80.0
"""Likewise the end of a block, which should lie on a street."""


@dataclass(frozen=True, eq=False)
class Ground:
    """Doors and blocks on the streets. `graph` has a node at every door (door [T]) and block end (end [2B]); -1: none.

    inside [B]: the walk through a block from end 0 to end 1, a single node for a point block, None off the streets.
    place [2B], door_m [T, P], between_m [P, P]: as in Problem; ends at one node share a place, ends off the streets
    one that is out of everybody's reach.
    """

    graph: WalkGraph
    door: npt.NDArray[np.int32]
    end: npt.NDArray[np.int32]
    inside: tuple[Path | None, ...]
    place: Integers
    door_m: Floats
    between_m: Floats

    @property
    def length_m(self) -> Floats:
        """Metres to walk inside each block. Shape [B]."""
        return np.array([path.length_m if path else 0.0 for path in self.inside])

    @property
    def there(self) -> Bools:
        """Whether each block is on the streets. Shape [B]."""
        return np.array([path is not None for path in self.inside], dtype=np.bool_)


@dataclass(frozen=True, eq=False)
class Staged:
    """An evening's problem, and the ground that it stands on."""

    problem: Problem
    ground: Ground


@dataclass(frozen=True, eq=False)
class StagedWeek:
    """A week's problem, and the ground that it stands on."""

    problem: WeekProblem
    ground: Ground


def stage(graph: WalkGraph, evening: Evening) -> Staged:
    """Set doors and blocks onto the streets and measure the walks between them. Raises ProblemError."""
    farthest_m = float((evening.budget_s * evening.speed_mps).max(initial=0.0))
    ground = lay(
        graph,
        team_lon=evening.team_lon,
        team_lat=evening.team_lat,
        block_ids=evening.block_ids,
        lines=evening.lines,
        limit_m=min(evening.reach_m, farthest_m),
    )
    problem = Problem(
        team_ids=evening.team_ids,
        block_ids=evening.block_ids,
        weight=evening.weight,
        length_m=ground.length_m,
        dwell_s=evening.dwell_s,
        bands=evening.bands,
        speed_mps=evening.speed_mps,
        budget_s=evening.budget_s,
        earliest_s=evening.earliest_s,
        latest_s=evening.latest_s,
        place=ground.place,
        door_m=ground.door_m,
        between_m=ground.between_m,
        compatible=compatible(ground, evening.compatible, len(evening.team_ids)),
        start_at_most_m=np.full(len(evening.team_ids), evening.start_within_m),
        pinned_to=evening.pinned_to,
        previous=evening.previous,
    )
    return Staged(problem=problem, ground=ground)


def stage_week(graph: WalkGraph, week: Week) -> StagedWeek:
    """Set doors and blocks onto the streets and measure the walks between them. Raises ProblemError."""
    teams = len(week.team_ids)
    farthest_m = float((week.budget_s.max(axis=1, initial=0.0) * week.speed_mps).max(initial=0.0))
    ground = lay(
        graph,
        team_lon=week.team_lon,
        team_lat=week.team_lat,
        block_ids=week.block_ids,
        lines=week.lines,
        limit_m=min(week.reach_m, farthest_m),
    )
    problem = WeekProblem(
        team_ids=week.team_ids,
        block_ids=week.block_ids,
        visit_weight=week.visit_weight,
        length_m=ground.length_m,
        dwell_s=week.dwell_s,
        spacing_days=week.spacing_days,
        bands=week.bands,
        speed_mps=week.speed_mps,
        budget_s=week.budget_s,
        earliest_s=week.earliest_s,
        latest_s=week.latest_s,
        walks_at_most=week.walks_at_most,
        rest_days=week.rest_days,
        walked_before_s=week.walked_before_s,
        burden_at_most_s=week.burden_at_most_s,
        place=ground.place,
        door_m=ground.door_m,
        between_m=ground.between_m,
        compatible=compatible(ground, week.compatible, teams),
        start_at_most_m=np.full(teams, week.start_within_m),
    )
    return StagedWeek(problem=problem, ground=ground)


def lay(
    graph: WalkGraph,
    *,
    team_lon: Floats,
    team_lat: Floats,
    block_ids: Sequence[str],
    lines: Sequence[tuple[Floats, Floats]],
    limit_m: float,
) -> Ground:
    """The ground of T doors and B blocks; walks longer than `limit_m` are left out. Raises ProblemError."""
    ends_lon, ends_lat = _ends(block_ids, lines)
    teams = len(team_lon)
    lon, lat = np.concatenate([team_lon, ends_lon]), np.concatenate([team_lat, ends_lat])
    attached = attach(graph, lon, lat, within_m=DOOR_WITHIN_M)
    node = attached.node.copy()
    node[teams:][~(attached.distance_m[teams:] <= END_WITHIN_M)] = -1
    door, end = node[:teams], node[teams:]
    inside = tuple(_inside(attached.graph, end, block, line) for block, line in enumerate(lines))
    end[np.repeat(np.array([path is None for path in inside], dtype=np.bool_), 2)] = -1  # half a block is none
    at, place = np.unique(end, return_inverse=True)
    between_m = _metres(attached.graph, at, at, limit_m)
    return Ground(
        graph=attached.graph,
        door=door,
        end=end,
        inside=inside,
        place=place.astype(np.int64).reshape(-1),
        door_m=_metres(attached.graph, door, at, limit_m),
        between_m=np.minimum(between_m, between_m.T),
    )


def compatible(ground: Ground, wished: Bools | None, teams: int) -> Bools:
    """Which team may serve which block: as wished, and none a block off the streets. Shape [T, B]."""
    there = np.tile(ground.there, (teams, 1))
    return there if wished is None else there & wished


def backwards(graph: WalkGraph, path: Path) -> Path:
    """The same walk the other way."""
    return path_through(graph, path.nodes[::-1].tolist())


def _ends(block_ids: Sequence[str], lines: Sequence[tuple[Floats, Floats]]) -> tuple[Floats, Floats]:
    """Where the 2B block ends are: first and last point of each line."""
    if not lines:
        return np.empty(0), np.empty(0)
    for block, (lon, _) in zip(block_ids, lines, strict=True):
        if len(lon) == 0:
            raise ProblemError(f"block {block}", "has no place")
    lon = np.array([[line[0][0], line[0][-1]] for line in lines], dtype=np.float64).ravel()
    lat = np.array([[line[1][0], line[1][-1]] for line in lines], dtype=np.float64).ravel()
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
