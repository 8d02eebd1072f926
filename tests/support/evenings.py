"""What must hold for every plan, read from the tables and the streets, with none of the planner's code."""

import itertools
import math
from collections import Counter

import shapely

from patrol.places.models import Block, City, StreetNetwork
from patrol.planning.models import LeftOut, PlanRoute, PlanRun
from patrol.teams.models import Team
from routing.saved import from_bytes

M_PER_DEGREE = 111_195.0
BESIDE_M = 1.0
SHARE_OFF = 0.01


def faults_of(run: PlanRun) -> list[str]:
    """What is wrong with a plan; nothing, it is to be hoped."""
    routes = list(PlanRoute.select(PlanRoute, Team).join(Team).where(PlanRoute.run == run))
    blocks = {str(block.id): block for block in Block.select().where(Block.city == run.city_id)}
    left_out = [str(entry.block_id) for entry in LeftOut.select().where(LeftOut.run == run)]
    walked = [stop["block"] for route in routes for stop in route.route["stops"]]
    weight = math.fsum(blocks[block].weight for block in walked)
    streets = _streets(run.city)
    found = [f"block {block} is walked {times} times" for block, times in Counter(walked).items() if times > 1]
    found += [f"block {block} is walked and left out" for block in set(walked) & set(left_out)]
    if not math.isclose(weight, run.summary["weight_covered"], abs_tol=1e-6):
        found.append(f"weights add up to {weight}, said to be {run.summary['weight_covered']}")
    for route in routes:
        found += [f"{route.team.code}: {fault}" for fault in _faults_of_route(route, blocks, run, streets)]
    return found


def _faults_of_route(route: PlanRoute, blocks: dict[str, Block], run: PlanRun, streets: shapely.Geometry) -> list[str]:
    weight = math.fsum(blocks[stop["block"]].weight for stop in route.route["stops"])
    line = route.route["line"]
    length = _length_m(line)
    faults = {
        f"{route.duration_s} s of {60 * route.team.walk_min}": route.duration_s > 60 * route.team.walk_min + 0.01,
        f"out from {route.starts_at} to {route.ends_at}": not run.begins_at
        <= route.starts_at
        < route.ends_at
        <= run.ends_at,
        f"weight {route.weight}, its blocks' {weight}": not math.isclose(route.weight, weight, abs_tol=1e-6),
        f"{route.distance_m} m, drawn {length}": abs(route.distance_m - length) > max(2.0, SHARE_OFF * length),
        "does not come home": math.dist(line[0], line[-1]) * M_PER_DEGREE > BESIDE_M,
        "leaves the streets": not streets.covers(shapely.linestrings(line)),
    }
    return [fault for fault, holds in faults.items() if holds]


def _streets(city: City) -> shapely.Geometry:
    """All that lies on the city's streets or within a metre of them."""
    graph = from_bytes(bytes(StreetNetwork.get(StreetNetwork.city == city).content))
    start = graph.shape_start.tolist()
    points = list(zip(graph.shape_lon.tolist(), graph.shape_lat.tolist(), strict=True))
    lines = shapely.MultiLineString([points[begin:end] for begin, end in itertools.pairwise(start)])
    wide = lines.buffer(BESIDE_M / M_PER_DEGREE, quad_segs=2)
    shapely.prepare(wide)
    return wide


def _length_m(line: list[list[float]]) -> float:
    return math.fsum(
        M_PER_DEGREE * math.hypot((after[0] - before[0]) * math.cos(math.radians(before[1])), after[1] - before[1])
        for before, after in itertools.pairwise(line)
    )
