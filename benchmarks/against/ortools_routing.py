"""The routing library of OR-Tools: guided local search from a first solution; dropping a block costs its prize.

A stop of mean prize is worth a fifth of a team's time. The first solution is the one that was measured to serve it
best: cheapest arcs where all teams start at one door, parallel insertion where each has its own. One thread.
"""

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from benchmarks.against.peer import Nodes, NothingFoundError, Walk, nodes, whole_down, whole_up
from routing.problem import Problem

_WORTH_OF_MEAN = 0.2


def solve(problem: Problem, seconds: float, seed: int) -> list[Walk]:  # noqa: ARG001 the library has no seed
    """What it has found after that many seconds. Raises NothingFoundError."""
    given = nodes(problem)
    team_of = [team for kind in given.teams for team in kind]
    kind_of = [kind for kind, teams in enumerate(given.teams) for _ in teams]
    manager = pywrapcp.RoutingIndexManager(
        len(given.seconds),
        len(team_of),
        [given.start[kind] for kind in kind_of],
        [given.end[kind] for kind in kind_of],
    )
    model = pywrapcp.RoutingModel(manager)
    _state(model, manager, problem, given, kind_of)
    assignment = model.SolveWithParameters(_parameters(seconds, doors=len(given.teams)))
    if assignment is None:
        raise NothingFoundError("ended without a plan")
    walks = [Walk(team, _blocks(model, manager, given, assignment, v)) for v, team in enumerate(team_of)]
    return [walk for walk in walks if walk.blocks]


def _state(
    model: pywrapcp.RoutingModel,
    manager: pywrapcp.RoutingIndexManager,
    problem: Problem,
    given: Nodes,
    kind_of: list[int],
) -> None:
    stay = np.concatenate((np.zeros(given.first, dtype=np.int64), given.stay))
    legs = model.RegisterTransitMatrix(given.seconds.tolist())
    times = model.RegisterTransitMatrix((given.seconds + stay[:, None]).tolist())
    model.SetArcCostEvaluatorOfAllVehicles(legs)
    limits = [int(given.limit[kind]) for kind in kind_of]
    slack = max(limits, default=0) if any(problem.bands) else 0
    model.AddDimensionWithVehicleCapacity(times, slack, limits, True, "time")  # noqa: FBT003 starts at 0
    time = model.GetDimensionOrDie("time")
    mean = float(problem.weight.mean()) or 1.0
    a_unit = _WORTH_OF_MEAN * float(np.mean(limits)) / mean
    for block in range(problem.blocks):
        index = manager.NodeToIndex(given.first + block)
        model.AddDisjunction([index], int(a_unit * float(problem.weight[block])))
        for ready, due in problem.bands[block]:
            latest = int(whole_down(np.array(due - problem.dwell_s[block])))
            time.CumulVar(index).SetRange(int(whole_up(np.array(ready))), latest)


def _parameters(seconds: float, *, doors: int) -> "pywrapcp.RoutingSearchParameters":
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    first = routing_enums_pb2.FirstSolutionStrategy
    parameters.first_solution_strategy = first.PATH_CHEAPEST_ARC if doors == 1 else first.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMilliseconds(round(1000 * seconds))
    return parameters


def _blocks(
    model: pywrapcp.RoutingModel,
    manager: pywrapcp.RoutingIndexManager,
    given: Nodes,
    assignment: "pywrapcp.Assignment",
    vehicle: int,
) -> tuple[int, ...]:
    blocks = []
    index = assignment.Value(model.NextVar(model.Start(vehicle)))
    while not model.IsEnd(index):
        blocks.append(manager.IndexToNode(index) - given.first)
        index = assignment.Value(model.NextVar(index))
    return tuple(blocks)
