"""VROOM, through pyvroom: jobs with priorities, vehicles with a longest travel time. For instances without times.

Its priorities go from 0 to 100. It explores at its highest level and may end before its time.
"""

from datetime import timedelta
from typing import Any

import numpy as np

from benchmarks.against.peer import Nodes, NotForThisError, Walk, nodes, package
from routing.problem import Problem

_HIGHEST_PRIORITY = 100
_EXPLORATION = 5


def solve(problem: Problem, seconds: float, seed: int) -> list[Walk]:  # noqa: ARG001 it has no seed
    """What it has found when it ends."""
    vroom = package("vroom", "pyvroom")
    if any(problem.bands) or problem.dwell_s.any():
        raise NotForThisError("the problem has times, and VROOM is compared on lengths alone")
    given = nodes(problem)
    for coarser in (1, 10, 100, 1000):
        try:
            solution = _model(vroom, problem, given, coarser).solve(
                exploration_level=_EXPLORATION, nb_threads=1, timeout=timedelta(seconds=seconds)
            )
        except package("vroom._vroom", "pyvroom").VroomInputException as error:
            if "overflow" not in str(error):
                raise
        else:
            return _walks(solution.routes)
    raise NotForThisError("the problem's lengths are too large for VROOM")


def _model(vroom: Any, problem: Problem, given: Nodes, coarser: int) -> Any:
    """Lengths in units that are `coarser` times as large, rounded so that what fits is right."""
    scale = min(1.0, _HIGHEST_PRIORITY / max(1.0, float(problem.weight.max(initial=0.0))))
    model = vroom.Input()
    model.set_durations_matrix(profile="car", matrix_input=(-(-given.seconds // coarser)).astype(np.uint32))
    for kind, teams in enumerate(given.teams):
        limit = int(given.limit[kind]) // coarser
        for team in teams:
            model.add_vehicle(vroom.Vehicle(team, start=given.start[kind], end=given.end[kind], max_travel_time=limit))
    for block in range(problem.blocks):
        model.add_job(vroom.Job(block, location=given.first + block, priority=round(scale * problem.weight[block])))
    return model


def _walks(routes: Any) -> list[Walk]:
    """From the table of all steps of all vehicles."""
    jobs = routes[routes["type"] == "job"]
    return [
        Walk(int(team), tuple(int(block) for block in rows["id"]))
        for team, rows in jobs.groupby("vehicle_id", sort=True)
    ]
