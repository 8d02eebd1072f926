"""A plan drawn on the streets: each loop as a line, its stops along it, and what to tell the walker at the corners."""

from dataclasses import dataclass

import numpy as np

from routing.plan import Route, Stop, timetable
from routing.problem import Floats
from routing.staging import Staged, backwards
from routing.travel import Path, join_paths, walking_path
from routing.turns import Turn, turns

SLACK_M = 1.0


@dataclass(frozen=True)
class DrawnStop:
    """A block on a drawn loop: entered `along_m` metres from the door, at `arrives_s` after the start."""

    block: int
    entered_at: int
    along_m: float
    length_m: float
    arrives_s: float
    leaves_s: float


@dataclass(frozen=True, eq=False)
class DrawnRoute:
    """A loop on the streets.

    lon, lat: from the door, which is a point of its own even where the first block begins at it, and back to it.
    shown: the points at the first block's entrance and at the last block's exit, so that what lies before and after
    can be kept from others.
    """

    route: Route
    lon: Floats
    lat: Floats
    shown: tuple[int, int]
    stops: tuple[DrawnStop, ...]
    turns: tuple[Turn, ...]


def draw(staged: Staged, route: Route) -> DrawnRoute:
    """Draw one route of a plan for `staged.problem`."""
    legs, first_point, last_point, along = _legs(staged, route)
    whole = join_paths(legs)
    arrivals, departures = timetable(staged.problem, route)
    stops = tuple(
        DrawnStop(
            block=stop.block,
            entered_at=stop.entered_at,
            along_m=along[place],
            length_m=float(staged.problem.length_m[stop.block]),
            arrives_s=float(arrivals[place] - route.start_s),
            leaves_s=float(departures[place] - route.start_s),
        )
        for place, stop in enumerate(route.stops)
    )
    more = int(first_point == 0)
    return DrawnRoute(
        route=route,
        lon=np.concatenate((whole.lon[:more], whole.lon)),
        lat=np.concatenate((whole.lat[:more], whole.lat)),
        shown=(first_point + more, last_point + more),
        stops=stops,
        turns=tuple(turns(staged.ground.graph, whole)),
    )


def _legs(staged: Staged, route: Route) -> tuple[list[Path], int, int, list[float]]:
    """The loop's paths; the points at which the first block begins and the last ends; metres to each block."""
    door = int(staged.ground.door[route.team])
    legs: list[Path] = []
    along: list[float] = []
    at, points, metres = door, 1, 0.0
    first_point = last_point = 0
    for place, stop in enumerate(route.stops):
        entrance = int(staged.ground.end[2 * stop.block + stop.entered_at])
        approach = _between(staged, at, entrance)
        through = _through(staged, stop)
        points += len(approach.lon) - 1
        metres += approach.length_m
        if place == 0:
            first_point = points - 1
        along.append(metres)
        points += len(through.lon) - 1
        metres += through.length_m
        last_point = points - 1
        legs += [approach, through]
        at = int(through.nodes[-1])
    return [*legs, _between(staged, at, door)], first_point, last_point, along


def _between(staged: Staged, source: int, target: int) -> Path:
    limit_m = float(staged.problem.budget_s.max() * staged.problem.speed_mps.max()) + SLACK_M
    return walking_path(staged.ground.graph, source, target, limit_m=limit_m)


def _through(staged: Staged, stop: Stop) -> Path:
    path = staged.ground.inside[stop.block]
    assert path is not None  # noqa: S101 - only blocks on the streets are compatible with any team
    return path if stop.entered_at == 0 else backwards(staged.ground.graph, path)


def rounded(values: Floats, digits: int = 6) -> list[float]:
    """Plain degrees, to about ten centimetres."""
    return [float(value) for value in np.round(values, digits)]
