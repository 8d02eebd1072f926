"""How a plan is made, from the problem to the checked record."""

from collections.abc import Callable

import numpy as np

from routing.check import PlanBrokenError, verify
from routing.deadline import Deadline
from routing.greedy import Sequences, greedy
from routing.left_out import explain
from routing.plan import Phase, Plan, PlanParams, Progress, Route, Stop
from routing.problem import Problem
from routing.sequence import TeamView, best_loop, view

_LEAST_TO_IMPROVE_S = 1.0
_RESERVE_S = 0.1

Report = Callable[[Phase, Sequences], None]


def solve(
    problem: Problem,
    params: PlanParams,
    *,
    seed: int,
    deadline: Deadline,
    on_progress: Callable[[Progress], None],
) -> Plan:
    """Insertion, improvement, reasons, check. Raises PlanBrokenError for a plan that the checker refuses."""
    teams = [view(problem, t) for t in range(problem.teams)]
    bound = _bound(problem, teams)
    report = _reporter(problem, params, deadline, bound, on_progress)

    floor = greedy(teams, [()] * problem.teams, over=deadline.over)
    report("insertion", floor)
    began_s = deadline.elapsed_s()
    fallback = _plan(problem, teams, floor, bound=bound, solver="insertion", seed=seed, deadline=deadline)
    closing_s = deadline.elapsed_s() - began_s

    search = deadline.earlier(2 * closing_s + _RESERVE_S)
    if params.rounds == 0 or search.left_s() < _LEAST_TO_IMPROVE_S or fallback.weight == 0:
        return _checked(problem, fallback)
    from routing.columns import improve  # noqa: PLC0415 loading OR-Tools takes most of a second

    best = improve(
        teams,
        floor,
        enough=bound,
        rounds=params.rounds,
        seed=seed,
        deadline=search,
        watch=lambda best: report("loops", best),
    )
    report("reasons", best)
    plan = _plan(problem, teams, best, bound=bound, solver="loops+packing", seed=seed, deadline=deadline)
    report("done", best)
    return _checked(problem, plan)


def _bound(problem: Problem, teams: list[TeamView]) -> float:
    """Weight of all blocks that some team could serve: nothing can be worth more."""
    possible = np.zeros(problem.blocks, dtype=np.bool_)
    for team in teams:
        possible[team.blocks] = True
    return float(problem.weight[possible].sum())


def _reporter(
    problem: Problem, params: PlanParams, deadline: Deadline, bound: float, on_progress: Callable[[Progress], None]
) -> Report:
    def report(phase: Phase, sequences: Sequences) -> None:
        elapsed = deadline.elapsed_s()
        fraction = 1.0 if phase == "done" else min(elapsed / params.seconds, 1.0)
        on_progress(Progress(phase, fraction, _weight(problem, sequences), bound, elapsed))

    return report


def _weight(problem: Problem, sequences: Sequences) -> float:
    return float(sum(problem.weight[list(one)].sum() for one in sequences))


def _plan(
    problem: Problem,
    teams: list[TeamView],
    sequences: Sequences,
    *,
    bound: float,
    solver: str,
    seed: int,
    deadline: Deadline,
) -> Plan:
    routes = tuple(_route(team, sequence) for team, sequence in zip(teams, sequences, strict=True) if sequence)
    return Plan(
        routes=routes,
        left_out=explain(problem, teams, sequences, over=deadline.over),
        weight=float(sum(route.weight for route in routes)),
        solver=solver,
        seed=seed,
        solve_s=deadline.elapsed_s(),
        bound=bound,
    )


def _route(team: TeamView, sequence: tuple[int, ...]) -> Route:
    problem, loop = team.problem, best_loop(team, sequence)
    if loop is None:
        raise RuntimeError(f"the search made a loop that team {problem.team_ids[team.team]} cannot walk: {sequence}")
    stops = tuple(Stop(block, end) for block, end in zip(sequence, loop.entered_at, strict=True))
    enter = np.array([2 * stop.block + stop.entered_at for stop in stops])
    leave = enter ^ 1
    legs = problem.legs_m(leave[:-1], enter[1:]).sum()
    metres = problem.out_m(team.team)[enter[0]] + legs + problem.back_m(team.team)[leave[-1]]
    return Route(
        team=team.team,
        stops=stops,
        distance_m=float(metres + problem.length_m[list(sequence)].sum()),
        duration_s=loop.duration_s,
        start_s=loop.start_s,
        weight=float(problem.weight[list(sequence)].sum()),
    )


def _checked(problem: Problem, plan: Plan) -> Plan:
    violations = verify(problem, plan)
    if violations:
        raise PlanBrokenError(violations)
    return plan
