"""PyVRP (doi:10.1287/ijoc.2023.0055), with settings that were measured to be fair to it.

Unit distance cost 1, and prizes that outweigh every distance: with unit cost 0 it does far worse. One vehicle type
for the teams that are alike, with a depot of their own. PyVRP is single-threaded: it gets the same seconds.
"""

import warnings
from typing import Any

import numpy as np

from benchmarks.against.peer import Integers, Nodes, Walk, nodes, package, whole_down, whole_up, worth
from routing.problem import Problem


def solve(problem: Problem, seconds: float, seed: int) -> list[Walk]:
    """The best solution after that many seconds, or none of its walks where it is not feasible."""
    pyvrp = package("pyvrp", "pyvrp")
    given = nodes(problem)
    ends = package("pyvrp.stop", "pyvrp").MaxRuntime(seconds)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of large prizes, which are meant
        result = pyvrp.solve(_model(pyvrp, problem, given), ends, seed=seed, collect_stats=False, display=False)
    walks: list[Walk] = []
    free = [list(kind) for kind in given.teams]
    for route in result.best.routes() if result.is_feasible() else []:
        blocks = tuple(int(visit.idx) for visit in route if visit.is_client())
        walks.append(Walk(free[route.vehicle_type()].pop(0), blocks))
    return walks


def _model(pyvrp: Any, problem: Problem, given: Nodes) -> Any:
    """Times in durations where there is a band; otherwise all in distances, half of each dwell on either side."""
    size = len(given.seconds)
    banded = any(problem.bands)
    prizes = worth(problem, given)
    clients = [
        pyvrp.Client(
            location=given.first + block,
            service_duration=int(given.stay[block]) if banded else 0,
            prize=int(prizes[block]),
            required=False,
            **_window(problem, block),
        )
        for block in range(problem.blocks)
    ]
    distances = given.seconds if banded else _with_dwell(given)
    return pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in range(size)],
        clients=clients,
        depots=[pyvrp.Depot(location=node) for node in range(given.first)],
        vehicle_types=[_vehicle(pyvrp, problem, given, kind, banded=banded) for kind in range(len(given.teams))],
        distance_matrices=[distances],
        duration_matrices=[given.seconds if banded else np.zeros_like(given.seconds)],
    )


def _vehicle(pyvrp: Any, problem: Problem, given: Nodes, kind: int, *, banded: bool) -> Any:
    team = given.teams[kind][0]
    limits = {
        "tw_early": int(whole_up(problem.earliest_s[team])),
        "tw_late": int(whole_down(problem.latest_s[team])),
        "shift_duration": int(given.limit[kind]),
    }
    return pyvrp.VehicleType(
        num_available=len(given.teams[kind]),
        start_depot=given.start[kind],
        end_depot=given.end[kind],
        **(limits if banded else {"max_distance": int(given.limit[kind])}),
    )


def _with_dwell(given: Nodes) -> Integers:
    stay = np.concatenate((np.zeros(given.first, dtype=np.int64), given.stay))
    doubled = 2 * given.seconds + stay[:, None] + stay[None, :]
    np.fill_diagonal(doubled, 0)
    halved: Integers = -(-doubled // 2)
    return halved


def _window(problem: Problem, block: int) -> dict[str, int]:
    """When the service may start."""
    if not problem.bands[block]:
        return {}
    (ready, due), stay = problem.bands[block][0], float(problem.dwell_s[block])
    return {"tw_early": int(whole_up(np.array(ready))), "tw_late": int(whole_down(np.array(due - stay)))}
