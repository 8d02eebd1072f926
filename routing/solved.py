"""A planned evening as plain values, made in one call: stage, plan, draw, and compare with free walking.

This is what the planner's process runs; nothing but numbers and text crosses its border.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from routing.deadline import Deadline
from routing.drawing import DrawnRoute, draw, rounded
from routing.evening import Evening
from routing.free_walk import FreeWalk, free_walk
from routing.plan import LeftOut, Plan, PlanParams, Progress, never, plan
from routing.staging import Staged, stage
from routing.streets import WalkGraph
from routing.why.explanation import explain
from routing.why.remedies import Remedy

EXPLAIN_S = 5.0
"""Explaining a plan may take so long; then the rest is said roughly."""
FREE_EVENINGS = 20
"""Evenings of free walking that its figures are the mean of."""


@dataclass(frozen=True)
class Solved:
    """Routes and left-out blocks as plain values; times are seconds after the evening's origin.

    routes: {team, day, distance_m, duration_s, start_s, latest_start_s, weight, adds, line, shown, stops, turns}; the
    times of a week's route are seconds after the origin of its day.
    left_out: {block, reason, amount, visits}; amount is None where it is infinite. remedies: {minutes, day, start_s,
    near, blocks, weight}, the best first. summary: the table that the plan comes with.
    """

    routes: list[dict[str, Any]]
    left_out: list[dict[str, Any]]
    remedies: list[dict[str, Any]]
    summary: dict[str, Any]
    weight: float
    bound: float | None


def solve_evening(
    graph: WalkGraph,
    evening: Evening,
    params: PlanParams,
    *,
    seed: int,
    stop: Callable[[], bool],
    on_progress: Callable[[Progress], None],
) -> Solved:
    """Plan an evening on the streets. Raises ProblemError."""
    staged = stage(graph, evening)
    found = plan(staged.problem, params, seed=seed, stop=stop, on_progress=on_progress)
    said = explain(staged.problem, found, over=Deadline(EXPLAIN_S, never).over)
    adds = {one.team: one.weight for one in said.adds}
    drawn = [draw(staged, route) for route in found.routes if route.stops]
    return Solved(
        routes=[plain_route(staged, route) | {"adds": adds[route.route.team]} for route in drawn],
        left_out=[plain_reason(evening.block_ids, entry) for entry in said.left_out],
        remedies=[plain_remedy(evening.block_ids, one) for one in said.remedies],
        summary=_summary(staged, found, seed),
        weight=found.weight,
        bound=found.bound,
    )


def plain_reason(names: Sequence[str], entry: LeftOut) -> dict[str, Any]:
    """A reason as in Solved.left_out."""
    amount = float(entry.amount) if np.isfinite(entry.amount) else None
    return {"block": names[entry.block], "reason": entry.reason, "amount": amount, "visits": 1}


def plain_remedy(names: Sequence[str], one: Remedy) -> dict[str, Any]:
    """A remedy as in Solved.remedies."""
    return {
        "minutes": one.minutes,
        "day": 0,
        "start_s": one.start_s,
        "near": names[one.near],
        "blocks": [names[block] for block in one.covers],
        "weight": one.weight,
    }


def plain_route(staged: Staged, drawn: DrawnRoute) -> dict[str, Any]:
    """A route as in Solved.routes, of the first day."""
    route, problem = drawn.route, staged.problem
    banded = any(problem.bands[stop.block] for stop in route.stops)
    latest = route.start_s if banded else float(problem.latest_s[route.team]) - route.duration_s
    return {
        "team": problem.team_ids[route.team],
        "day": 0,
        "distance_m": route.distance_m,
        "duration_s": route.duration_s,
        "start_s": route.start_s,
        "latest_start_s": max(latest, route.start_s),
        "weight": route.weight,
        "line": [list(point) for point in zip(rounded(drawn.lon), rounded(drawn.lat), strict=True)],
        "shown": list(drawn.shown),
        "stops": [{**asdict(stop), "block": problem.block_ids[stop.block]} for stop in drawn.stops],
        "turns": [asdict(turn) for turn in drawn.turns],
    }


def _summary(staged: Staged, found: Plan, seed: int) -> dict[str, Any]:
    problem = staged.problem
    covered = [stop.block for route in found.routes for stop in route.stops]
    walked_m = sum(route.distance_m for route in found.routes)
    unreachable = [entry.block for entry in found.left_out if entry.reason == "out_of_reach"]
    free = _free(staged, found, seed)
    return {
        "teams": problem.teams,
        "routes": sum(bool(route.stops) for route in found.routes),
        "blocks": problem.blocks,
        "blocks_covered": len(covered),
        "weight_covered": found.weight,
        "weight_reachable": float(problem.weight.sum() - problem.weight[unreachable].sum()),
        "weight_total": float(problem.weight.sum()),
        "minutes_walked": sum(route.duration_s for route in found.routes) / 60.0,
        "walked_m": walked_m,
        "share_on_blocks": float(problem.length_m[covered].sum()) / walked_m if walked_m else 0.0,
        "solve_s": found.solve_s,
        "solver": found.solver,
        "seed": found.seed,
        "bound": found.bound,
        "free": None if free is None else asdict(free),
    }


def _free(staged: Staged, found: Plan, seed: int) -> FreeWalk | None:
    """Free walking by the teams that the plan sends out, for the minutes that it gives each. None without any."""
    out = [route for route in found.routes if route.stops]
    if not out:
        return None
    problem = staged.problem
    teams = np.array([route.team for route in out])
    return free_walk(
        staged.ground.graph,
        staged.ground.door[teams],
        np.array([route.duration_s / 60.0 for route in out]),
        float(problem.speed_mps[teams].mean()),
        edge_block=_edge_block(staged),
        block_m=problem.length_m,
        block_weight=problem.weight,
        walks_per_team=FREE_EVENINGS,
        seed=seed,
    )


def _edge_block(staged: Staged) -> npt.NDArray[np.int64]:
    on = np.full(len(staged.ground.graph.length_m), -1, dtype=np.int64)
    for block, path in enumerate(staged.ground.inside):
        if path is not None:
            on[path.edges] = block
    return on
