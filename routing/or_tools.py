"""The part of planning that OR-Tools does: which of the many good loops, one a team, are walked together.

A column is one team's loop as the set of blocks it covers. The master problem packs columns: at most one a team, at
most one team a block, greatest value. Its linear relaxation (GLOP) prices the blocks and the teams, which tells the
search where better loops may lie; HiGHS picks whole loops. Both go through MathOpt.

Only this module imports OR-Tools: loading it takes most of a second and belongs in the process that plans.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from ortools.math_opt.python import mathopt

from routing.problem import Floats

_SURE = 0.99
_PART_FIXED = 8
_LEAST_SHARE = 1e-6


class Column(NamedTuple):
    """A loop of one team: its blocks in order, and their weight less a trifle for the seconds it takes."""

    team: int
    sequence: tuple[int, ...]
    value: float


class Prices(NamedTuple):
    """Duals of the relaxed master and its value: what a block [B] and a team [T] are worth in it."""

    block: Floats
    team: Floats
    value: float


class Master:
    """The relaxed packing, kept in GLOP so that each solve starts from the last basis. Columns have places 0, 1, ..."""

    def __init__(self, teams: int, blocks: int) -> None:
        self._teams = teams
        self._blocks = blocks
        self._packing = _Packing()
        self._solver = mathopt.IncrementalSolver(self._packing.model, mathopt.SolverType.GLOP)

    def add(self, columns: Iterable[Column], *, over: Callable[[], bool]) -> None:
        """Offer more columns, until `over()`; after that there is nothing more to solve."""
        for column in columns:
            if over():
                return
            self._packing.add(column, whole=False)

    def prices(self, *, seconds: float) -> Prices | None:
        """Solve; None when the time did not suffice."""
        result = self._solve(seconds)
        if result is None:
            return None
        block, team = np.zeros(self._blocks), np.zeros(self._teams)
        for prices, rows in ((block, self._packing.block_rows), (team, self._packing.team_rows)):
            prices[list(rows)] = np.maximum(result.dual_values(list(rows.values())), 0.0)
        return Prices(block, team, result.objective_value())

    def dive(self, *, left_s: Callable[[], float]) -> list[int]:
        """Places of a packing: fix the columns that the relaxation is surest of, solve again, until none is split.

        When time is up, what is fixed by then; it is a packing too.
        """
        fixed: list[int] = []
        taken: set[tuple[str, int]] = set()
        while (result := self._solve(left_s())) is not None:
            share = np.array(result.variable_values(self._packing.variables))
            share[fixed] = 0.0
            news = self._surest(share, taken)
            if not news:
                break
            for place in news:
                self._packing.variables[place].lower_bound = 1.0
            fixed += news
        for place in fixed:
            self._packing.variables[place].lower_bound = 0.0
        return fixed

    def _surest(self, share: Floats, taken: set[tuple[str, int]]) -> list[int]:
        """All places with a share of nearly 1, and some of the greatest; what they take is added to `taken`."""
        most = max(1, self._teams // _PART_FIXED)
        news: list[int] = []
        for place in np.argsort(-share, kind="stable")[: self._teams].tolist():
            if share[place] < (_LEAST_SHARE if len(news) < most else _SURE):
                break
            rows = self._packing.rows_of(place)
            if taken.isdisjoint(rows):
                taken.update(rows)
                news.append(place)
        return news

    def _solve(self, seconds: float) -> mathopt.SolveResult | None:
        if seconds <= 0:
            return None
        limit = dt.timedelta(seconds=seconds)
        result = self._solver.solve(params=mathopt.SolveParameters(threads=1, time_limit=limit))
        return result if result.termination.reason == mathopt.TerminationReason.OPTIMAL else None


def pick(columns: Sequence[Column], start: Iterable[int], *, seconds: float, nodes: int, seed: int) -> list[int]:
    """Places of the columns to walk: the best packing found within the limits, from the one at places `start`."""
    packing = _Packing()
    for column in columns:
        packing.add(column, whole=True)
    chosen = frozenset(start)
    hint = mathopt.SolutionHint({one: float(place in chosen) for place, one in enumerate(packing.variables)})
    result = mathopt.solve(
        packing.model,
        mathopt.SolverType.HIGHS,
        params=mathopt.SolveParameters(
            time_limit=dt.timedelta(seconds=seconds), node_limit=nodes, random_seed=seed, relative_gap_tolerance=1e-7
        ),
        model_params=mathopt.ModelSolveParameters(solution_hints=[hint]),
    )
    if not result.has_primal_feasible_solution():
        return sorted(chosen)
    values = result.variable_values(packing.variables)
    return [place for place, value in enumerate(values) if value > 1 / 2]


class _Packing:
    """The packing model: one row a team, one row a block, one variable a column."""

    def __init__(self) -> None:
        self.model = mathopt.Model()
        self.model.objective.is_maximize = True
        self.team_rows: dict[int, mathopt.LinearConstraint] = {}
        self.block_rows: dict[int, mathopt.LinearConstraint] = {}
        self.variables: list[mathopt.Variable] = []
        self._columns: list[Column] = []

    def add(self, column: Column, *, whole: bool) -> None:
        # No upper bound: the rows give one, and a bound on the column would hide part of its team's price.
        variable = self.model.add_variable(lb=0.0, is_integer=whole)
        self.model.objective.set_linear_coefficient(variable, column.value)
        self._row(self.team_rows, column.team).set_coefficient(variable, 1.0)
        for block in column.sequence:
            self._row(self.block_rows, block).set_coefficient(variable, 1.0)
        self.variables.append(variable)
        self._columns.append(column)

    def rows_of(self, place: int) -> set[tuple[str, int]]:
        """The team and the blocks that a column takes."""
        column = self._columns[place]
        return {("team", column.team), *(("block", block) for block in column.sequence)}

    def _row(self, rows: dict[int, mathopt.LinearConstraint], key: int) -> mathopt.LinearConstraint:
        if key not in rows:
            rows[key] = self.model.add_linear_constraint(ub=1.0)
        return rows[key]
