"""The linear relaxation of the packing, kept in GLOP so that each solve starts from the last basis."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
from ortools.math_opt.python import mathopt

from routing.master.pool import Pool
from routing.master.rows import Rows
from routing.problem import Floats, Problem

_SURE = 0.99
_PART_FIXED = 8
_LEAST_SHARE = 1e-6


class Prices(NamedTuple):
    """Duals and value of the relaxation: what a block [B] and a team [T] are worth in it."""

    block: Floats
    team: Floats
    value: float


class Relaxed:
    """Columns of the pool under rows for teams and blocks."""

    def __init__(self, problem: Problem, pool: Pool) -> None:
        self._pool = pool
        self._blocks = problem.blocks
        self._most = problem.visit_weight.shape[1]
        self._rows = Rows(problem, pool, whole=False)
        self._solver = mathopt.IncrementalSolver(self._rows.model, mathopt.SolverType.GLOP)

    def places(self) -> list[int]:
        """The columns in it."""
        return list(self._rows.variables)

    def offer(self, places: Iterable[int]) -> None:
        """Put in those columns of the pool that are not in yet."""
        for place in places:
            self._rows.add(place)

    def drop(self, places: Iterable[int]) -> None:
        """Take columns out; they stay in the pool."""
        for place in places:
            self._rows.drop(place)

    def solve(self, *, seconds: float) -> Prices | None:
        """Values and duals; None when the time did not suffice."""
        result = self._solve(seconds)
        if result is None:
            return None
        block = np.zeros(self._blocks)
        rows = self._rows.block_rows
        if rows:
            block[list(rows)] = np.maximum(result.dual_values(list(rows.values())), 0.0)
        team = np.maximum(result.dual_values(self._rows.team_rows), 0.0)
        return Prices(block, np.array(team), result.objective_value())

    def dive(self, *, left_s: Callable[[], float]) -> list[int]:
        """Places of a packing: fix the columns that the relaxation is surest of, solve again, until none is split.

        When time is up, what is fixed by then; it is a packing too.
        """
        variables = self._rows.variables
        places = list(variables)
        teams: set[int] = set()
        visits = np.zeros(self._blocks, dtype=np.int64)
        fixed: list[int] = []
        while (result := self._solve(left_s())) is not None:
            share = np.array(result.variable_values([variables[place] for place in places]))
            news = self._surest(places, share, teams, visits)
            if not news:
                break
            for place in news:
                variables[place].lower_bound = 1.0
            fixed += news
        for place in fixed:
            variables[place].lower_bound = 0.0
        return fixed

    def _surest(
        self, places: list[int], share: Floats, teams: set[int], visits: np.typing.NDArray[np.int64]
    ) -> list[int]:
        """All columns with a share of nearly 1, and some of the greatest; what they take is noted."""
        most = max(1, len(self._rows.team_rows) // _PART_FIXED)
        news: list[int] = []
        for at in np.argsort(-share, kind="stable").tolist():
            if share[at] < (_LEAST_SHARE if len(news) < most else _SURE):
                break
            team, loop = self._pool.team[places[at]], list(self._pool.loop[places[at]])
            if team not in teams and (visits[loop] < self._most).all():
                teams.add(team)
                visits[loop] += 1
                news.append(places[at])
        return news

    def _solve(self, seconds: float) -> mathopt.SolveResult | None:
        if seconds <= 0:
            return None
        limit = dt.timedelta(seconds=seconds)
        result = self._solver.solve(params=mathopt.SolveParameters(threads=1, time_limit=limit))
        return result if result.termination.reason == mathopt.TerminationReason.OPTIMAL else None
