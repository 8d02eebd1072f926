"""A contested week on the streets of a real city: more visits wanted than the teams have time for.

Blocks are street stretches, doors lie anywhere along the streets. A week of which insertion alone covers nearly
everything tells planners apart by nothing: `contested_week` refuses to make one, unless told so.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.city_evening import MOST_COVERED_BY_GREEDY, EverythingCoveredError
from routing.osm import read_streets
from routing.problem import Bools, Floats, Integers
from routing.search.search import Search
from routing.segments import read_segments
from routing.snap import attach
from routing.streets import WalkGraph
from routing.stretches import Stretches, stretches
from routing.travel import walking_metres
from routing.week.problem import WeekProblem
from routing.week.relaxed import walks_as_teams
from routing.week.roster import draw_up

_ROOT = Path(__file__).parents[1]
SEOMYEON = _ROOT / "data/busan/streets/seomyeon_station_1km.osm.pbf"
GANGSEO = _ROOT.parent / "shared/data/busan_gangseo_osm_segments/road_segments_service.csv"
CITIES = ("seomyeon", "gangseo")

DAYS = 7
SPEED_MPS = 3.0 / 3.6
BUDGETS_S = (1_800.0, 2_700.0, 3_600.0, 5_400.0)
EVENING_S = (19 * 3_600.0, 23 * 3_600.0)
HEAVIEST = 10
VISITS = (3, 7)
LESS_EACH_VISIT = 0.85
SELDOM = 3
"""A block that wants no more visits than these wants a day off between them."""
LONGEST_M = (150, 125, 100, 80, 70, 60, 50, 45, 40, 35, 30, 25, 20)
"""Blocks are as long as may be for there to be enough of them."""
_ROSTER_S = 60.0


class StreetsMissingError(FileNotFoundError):
    """The table of streets is not where it should be."""


def contested_week(
    *, teams: int, blocks: int, city: str, seed: int, service_s: float = 120.0, covered_too: bool = False
) -> WeekProblem:
    """Stretches that want 3 to 7 visits each, every one worth 0.85 of the one before, and `service_s` seconds of dwell.

    The same for the same seed. Raises StreetsMissingError; ValueError for more blocks than there are stretches; and
    EverythingCoveredError, a ValueError with the figures, where insertion covers more than three quarters of the weight
    of the visits wanted, unless `covered_too`.
    """
    random = np.random.default_rng(seed)
    graph = _streets(city)
    found = _enough(graph, blocks)
    chosen = np.sort(random.choice(len(found), blocks, replace=False))
    ground = _ground(graph, found, chosen, teams, random)
    wanted = random.integers(VISITS[0], VISITS[1] + 1, blocks)
    weight = random.integers(1, HEAVIEST + 1, blocks).astype(np.float64)
    visits = np.arange(VISITS[1])
    by_visit = weight[:, None] * LESS_EACH_VISIT**visits
    problem = WeekProblem(
        team_ids=tuple(f"Team {t:03d}" for t in range(teams)),
        block_ids=tuple(f"Block {b:04d}" for b in range(blocks)),
        visit_weight=np.where(visits < wanted[:, None], by_visit, 0.0),
        length_m=found.length_m[chosen],
        dwell_s=np.full(blocks, float(service_s)),
        spacing_days=np.where(wanted <= SELDOM, 2, 1),
        bands=((),) * blocks,
        speed_mps=np.full(teams, SPEED_MPS),
        budget_s=random.permutation(np.resize(BUDGETS_S, teams))[:, None] * _out(random, teams),
        earliest_s=np.full((teams, DAYS), EVENING_S[0]),
        latest_s=np.full((teams, DAYS), EVENING_S[1]),
        walks_at_most=random.integers(1, 4, teams),
        rest_days=random.integers(0, 2, teams),
        place=ground.place,
        door_m=ground.door_m,
        between_m=ground.between_m,
        compatible=np.ones((teams, blocks), dtype=np.bool_),
    )
    if not covered_too:
        _refuse_covered(problem, seed)
    return problem


def _streets(city: str) -> WalkGraph:
    if city not in CITIES:
        raise ValueError(f"no streets of {city!r}, only of {' and '.join(CITIES)}")
    path = SEOMYEON if city == "seomyeon" else GANGSEO
    if not path.exists():
        raise StreetsMissingError(f"{path} is not there: the streets of {city} come from that file")
    return read_streets(path) if city == "seomyeon" else read_segments(path)


def _enough(graph: WalkGraph, blocks: int) -> Stretches:
    for longest_m in LONGEST_M:
        found = stretches(graph, min_m=min(40, longest_m / 2), max_m=longest_m)
        if len(found) >= blocks:
            return found
    raise ValueError(f"the streets have only {len(found)} stretches, {blocks} blocks are asked for")


class _Ground(NamedTuple):
    place: Integers
    door_m: Floats
    between_m: np.typing.NDArray[np.float32]


def _ground(graph: WalkGraph, found: Stretches, chosen: Integers, teams: int, random: np.random.Generator) -> _Ground:
    """Metres between the ends of the chosen stretches, and from doors drawn by the metre of street."""
    lines = [found.line(int(one)) for one in chosen]
    lon = np.array([[line[0][0], line[0][-1]] for line in lines]).ravel()
    lat = np.array([[line[1][0], line[1][-1]] for line in lines]).ravel()
    attached = attach(graph, lon, lat, within_m=5.0)
    on = attached.graph
    main = on.main[on.tail]
    edges = random.choice(np.flatnonzero(main), teams, p=on.length_m[main] / on.length_m[main].sum())
    at, place = np.unique(attached.node, return_inverse=True)
    farthest_m = max(BUDGETS_S) * SPEED_MPS / 2
    between_m = walking_metres(on, at, at, limit_m=farthest_m)
    return _Ground(
        place=place.astype(np.int64).ravel(),
        door_m=walking_metres(on, on.tail[edges], at, limit_m=farthest_m),
        between_m=np.minimum(between_m, between_m.T).astype(np.float32),
    )


def _out(random: np.random.Generator, teams: int) -> Bools:
    """Two to five days on which each team has time. Shape [T, DAYS]."""
    order = random.random((teams, DAYS)).argsort(axis=1)
    return order < random.integers(2, 6, (teams, 1))


def _refuse_covered(problem: WeekProblem, seed: int) -> None:
    """Raise when insertion covers too much."""
    evening, days = walks_as_teams(problem, draw_up(problem, seed=seed, seconds=_ROSTER_S))
    search = Search(evening, seed=seed, threads=1, days=days)
    search.construct()
    total = float(problem.visit_weight.sum())
    if search.value > MOST_COVERED_BY_GREEDY * total:
        raise EverythingCoveredError(
            f"{problem.teams} teams cover {search.value:.0f} of the weight {total:.0f} of the visits that "
            f"{problem.blocks} blocks want by insertion alone ({search.value / total:.0%}, at most "
            f"{MOST_COVERED_BY_GREEDY:.0%}): this tells no planners apart"
        )
