"""Which loops of the pool to walk together: a whole packing, found by HiGHS."""

import datetime as dt
from collections.abc import Iterable

from ortools.math_opt.python import mathopt

from routing.master.pool import Pool
from routing.master.rows import Rows
from routing.problem import Problem


def pick(
    problem: Problem, pool: Pool, places: Iterable[int], start: Iterable[int], *, seconds: float, seed: int
) -> list[int]:
    """Places of the columns to walk: the best packing of these found in time, from the one at places `start`."""
    rows = Rows(problem, pool, whole=True)
    chosen = sorted(start)
    for place in (*chosen, *places):
        rows.add(place)
    hint = mathopt.SolutionHint({one: float(place in set(chosen)) for place, one in rows.variables.items()})
    result = mathopt.solve(
        rows.model,
        mathopt.SolverType.HIGHS,
        params=mathopt.SolveParameters(
            time_limit=dt.timedelta(seconds=seconds), random_seed=seed, relative_gap_tolerance=1e-7
        ),
        model_params=mathopt.ModelSolveParameters(solution_hints=[hint]),
    )
    if not result.has_primal_feasible_solution():
        return chosen
    values = result.variable_values(list(rows.variables.values()))
    return [place for place, value in zip(rows.variables, values, strict=True) if value > 1 / 2]
