"""From the blocks on each team's loop to the finished plan: directions, times, weights, reasons, and the check."""

from collections.abc import Callable

import numpy as np

from routing.check import PlanBrokenError, verify
from routing.joint import Merged, split_groups
from routing.plan import Plan, Route, Stop, credited
from routing.problem import Problem
from routing.sequence import best_loop, view
from routing.why.reasons import reasons

Sequences = list[tuple[int, ...]]


def weight_of(problem: Problem, sequences: Sequences) -> float:
    """What these loops earn together."""
    return float(sum(credited(problem, sequences)))


def finished(
    original: Problem,
    merged: Merged,
    sequences: Sequences,
    *,
    solver: str,
    seed: int,
    solve_s: Callable[[], float],
    bound: float,
    lp: float | None,
    over: Callable[[], bool],
) -> Plan:
    """The plan of the original problem, checked. Raises PlanBrokenError for one that the checker refuses."""
    problem = merged.problem
    earned = credited(problem, sequences)
    routes = tuple(_route(problem, team, sequence, earned[team]) for team, sequence in enumerate(sequences) if sequence)
    weight = float(sum(earned))
    plan = Plan(
        routes=routes,
        left_out=reasons(problem, sequences, over=over),
        weight=weight,
        solver=solver,
        seed=seed,
        solve_s=0.0,
        bound=bound,
        lp=lp,
    )
    told = split_groups(plan, merged.members)
    violations = verify(original, told)
    if violations:
        raise PlanBrokenError(violations)
    return Plan(**{**vars(told), "solve_s": solve_s()})


def _route(problem: Problem, team: int, sequence: tuple[int, ...], weight: float) -> Route:
    loop = best_loop(view(problem, team), sequence)
    if loop is None:
        raise RuntimeError(f"the search made a loop that team {problem.team_ids[team]} cannot walk: {sequence}")
    stops = tuple(Stop(block, end) for block, end in zip(sequence, loop.entered_at, strict=True))
    enter = np.array([2 * stop.block + stop.entered_at for stop in stops])
    leave = enter ^ 1
    legs = problem.legs_m(leave[:-1], enter[1:]).sum()
    metres = problem.out_m(team)[enter[0]] + legs + problem.back_m(team)[leave[-1]]
    return Route(
        team=team,
        stops=stops,
        distance_m=float(metres + problem.length_m[list(sequence)].sum()),
        duration_s=loop.duration_s,
        start_s=loop.start_s,
        weight=weight,
    )
