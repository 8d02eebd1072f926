"""PyVRP (doi:10.1287/ijoc.2023.0055), with settings that were measured to be fair to it.

Unit distance cost 1, and prizes that outweigh every distance: with unit cost 0 it does far worse. One vehicle type
for the teams that are alike, with a depot of their own. Penalties may rise until a second too long costs more than the
dearest prize: below that, its search of a large problem may meet no plan that keeps the limits. Its late acceptance
looks back less far where time is short for the size. PyVRP is single-threaded: it gets the same seconds.
"""

import warnings
from typing import Any

import numpy as np

from benchmarks.against.peer import (
    PER_SECOND,
    Integers,
    Nodes,
    NothingFoundError,
    Walk,
    nodes,
    package,
    whole_down,
    whole_up,
    worth,
)
from routing.problem import Problem

_HISTORY = (50, 300)
"""The least and the most solutions that late acceptance looks back over; the most is PyVRP's own."""

_HISTORY_PER_S = 5_000_000
"""On one block: PyVRP needs so much longer for a pass over n blocks, and n times as many of them."""

_MOST_COST = 2**62
"""Costs are whole numbers of 64 bits, and penalties are multiplied by all that is too long."""


def solve(problem: Problem, seconds: float, seed: int) -> list[Walk]:
    """The best solution that keeps the limits after that many seconds. Raises NothingFoundError."""
    pyvrp = package("pyvrp", "pyvrp")
    given = nodes(problem)
    ends = package("pyvrp.stop", "pyvrp").MaxRuntime(seconds)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of large prizes, which are meant
        result = pyvrp.solve(
            _model(pyvrp, problem, given),
            ends,
            seed=seed,
            collect_stats=False,
            display=False,
            params=_parameters(pyvrp, problem, given, seconds),
        )
    if not result.is_feasible():
        raise NothingFoundError("ended without a plan that keeps the limits")
    walks: list[Walk] = []
    free = [list(kind) for kind in given.teams]
    for route in result.best.routes():
        blocks = tuple(int(visit.idx) for visit in route if visit.is_client())
        walks.append(Walk(free[route.vehicle_type()].pop(0), blocks))
    return walks


def _parameters(pyvrp: Any, problem: Problem, given: Nodes, seconds: float) -> Any:
    return pyvrp.SolveParams(
        ils=pyvrp.IteratedLocalSearchParams(history_length=history(problem.blocks, seconds)),
        penalty=pyvrp.PenaltyParams(max_penalty=most_penalty(problem, given, pyvrp.PenaltyParams().max_penalty)),
    )


def history(blocks: int, seconds: float) -> int:
    """Solutions that late acceptance looks back over: fewer than PyVRP's own number where few rounds are to be had."""
    least, most = _HISTORY
    return max(least, min(most, int(_HISTORY_PER_S * seconds / max(1, blocks) ** 2)))


def most_penalty(problem: Problem, given: Nodes, default: float) -> float:
    """For one whole number too long; no less than PyVRP's own. All blocks on one walk must not overflow."""
    dearest = float(worth(problem, given).max(initial=0)) / PER_SECOND
    longest = problem.blocks * float(2 * given.seconds.max(initial=0) + given.stay.max(initial=0))
    return min(max(default, dearest), _MOST_COST / max(1.0, longest))


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
