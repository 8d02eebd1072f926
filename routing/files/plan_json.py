"""A plan to JSON and back. Teams and blocks go by their ids, so that a plan can be read beside its problem."""

from collections.abc import Sequence

import numpy as np
from msgspec import json

from routing.files.plan_records import FORMAT, LeftOutRow, PlanFile, RouteRow, StopRow
from routing.files.refusal import decoded, known
from routing.plan import LeftOut, Plan, Route, Stop, timetable
from routing.problem import Problem


def write_plan(problem: Problem, plan: Plan) -> bytes:
    """The plan as a `patrol-plan/1` file, indented for people."""
    given = PlanFile(
        format=FORMAT,
        weight=plan.weight,
        bound=plan.bound,
        gap_percent=None if plan.gap is None else 100.0 * plan.gap,
        solver=plan.solver,
        seed=plan.seed,
        solve_s=plan.solve_s,
        routes=[_route_row(problem, route) for route in plan.routes],
        left_out=[
            LeftOutRow(problem.block_ids[one.block], one.reason, one.amount if np.isfinite(one.amount) else None)
            for one in plan.left_out
        ],
        lp=plan.lp,
    )
    return json.format(json.encode(given), indent=1) + b"\n"


def read_plan(content: bytes, problem: Problem) -> Plan:
    """The plan in a `patrol-plan/1` file for this problem. Raises FileError with a JSON pointer.

    Times at the stops are for people and are not read: they follow from the start and the order.
    """
    given = decoded(content, PlanFile)
    team, block = (_number(names) for names in (problem.team_ids, problem.block_ids))
    routes = [_route(row, f"/routes/{at}", team, block) for at, row in enumerate(given.routes)]
    left_out = [
        LeftOut(
            known(block, row.block, f"/left_out/{at}/block"),
            row.reason,
            np.inf if row.amount is None else row.amount,
        )
        for at, row in enumerate(given.left_out)
    ]
    return Plan(
        routes=tuple(routes),
        left_out=tuple(left_out),
        weight=given.weight,
        solver=given.solver,
        seed=given.seed,
        solve_s=given.solve_s,
        bound=given.bound,
        lp=given.lp,
    )


def _route_row(problem: Problem, route: Route) -> RouteRow:
    arrivals, departures = timetable(problem, route)
    stops = [
        StopRow(problem.block_ids[stop.block], stop.entered_at, float(arrival), float(departure))
        for stop, arrival, departure in zip(route.stops, arrivals, departures, strict=True)
    ]
    return RouteRow(
        team=problem.team_ids[route.team],
        start_s=route.start_s,
        duration_s=route.duration_s,
        distance_m=route.distance_m,
        weight=route.weight,
        stops=stops,
    )


def _route(row: RouteRow, where: str, team: dict[str, int], block: dict[str, int]) -> Route:
    stops = [
        Stop(known(block, stop.block, f"{where}/stops/{at}/block"), stop.entered_at)
        for at, stop in enumerate(row.stops)
    ]
    return Route(
        team=known(team, row.team, f"{where}/team"),
        stops=tuple(stops),
        distance_m=row.distance_m,
        duration_s=row.duration_s,
        start_s=row.start_s,
        weight=row.weight,
    )


def _number(names: Sequence[str]) -> dict[str, int]:
    return {name: at for at, name in enumerate(names)}
