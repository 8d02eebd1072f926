"""Who walks on which day, before anybody knows where: as much time on foot as may be, and neighbours on other days.

The loops are searched for afterwards. Blocks want their visits days apart, so teams from the same part of the city had
better not all walk on the same evening.
"""

from typing import NamedTuple

import numpy as np
from ortools.sat.python import cp_model

from routing.problem import Floats, Integers
from routing.week.problem import WeekProblem

_NEIGHBOURS = 5
_EFFORT = 1.0
_CROWDED_S = 60
_WHIM_S = 30
_LEAST_WALK_S = 1
_TRIFLE_S = 1e-6


class Roster(NamedTuple):
    """W walks: team, day [W], and the seconds from door to door that each may take, limit_s [W]."""

    team: Integers
    day: Integers
    limit_s: Floats


def longest_s(problem: WeekProblem) -> Floats:
    """Most seconds of each team's walk on each day, whatever else it walks; 0: none. Shape [T, D]."""
    window_s = problem.latest_s - problem.earliest_s
    left_s = np.maximum(problem.burden_limit_s - problem.before_s, 0.0)
    may = (problem.walks_at_most > 0)[:, None] & (problem.budget_s > 0)
    most_s = np.minimum(np.minimum(problem.budget_s, window_s), left_s[:, None])
    return np.where(may, np.maximum(most_s, _TRIFLE_S), 0.0)  # a walk from the door to the door takes no time at all


def most_walks(problem: WeekProblem) -> Integers:
    """How many walks each team can have in the week. Shape [T]."""
    can = longest_s(problem) > 0
    walks = np.zeros(problem.teams, dtype=np.int64)
    for team in range(problem.teams):
        free_from = 0
        for day in np.flatnonzero(can[team]).tolist():
            if day >= free_from:
                walks[team] += 1
                free_from = day + int(problem.rest_days[team]) + 1
    return np.minimum(walks, problem.walks_at_most)


def draw_up(problem: WeekProblem, *, seed: int, seconds: float) -> Roster:
    """A roster by CP-SAT, of greatest worth or near it. The same for the same seed where the time suffices.

    seconds: at most about so long; when even a first roster takes longer, everybody walks as soon as possible.
    """
    model = _Model(problem, seed)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed % 2**31
    solver.parameters.max_deterministic_time = _EFFORT
    solver.parameters.max_time_in_seconds = max(seconds, 1e-3)
    if solver.solve(model.model) not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return _as_soon_as_possible(problem)
    chosen = sorted(pair for pair, walks in model.walks.items() if solver.boolean_value(walks))
    return _roster(problem, [(t, d, float(solver.value(model.seconds[t, d]))) for t, d in chosen])


class _Model:
    """walks, seconds: variables by team and day."""

    def __init__(self, problem: WeekProblem, seed: int) -> None:
        self.model = cp_model.CpModel()
        self.walks: dict[tuple[int, int], cp_model.IntVar] = {}
        self.seconds: dict[tuple[int, int], cp_model.IntVar] = {}
        self._problem = problem
        whim = np.random.default_rng(seed).integers(0, _WHIM_S, (problem.teams, problem.days))
        worth: list[cp_model.LinearExpr] = []
        for team in range(problem.teams):
            self._team(team)
        for pair, walks in self.walks.items():
            worth += [self.seconds[pair], int(whim[pair]) * walks]
        worth += [*self._crowds(), *self._together()]
        self.model.maximize(sum(worth))

    def _team(self, team: int) -> None:
        """A team's own rules; burden shortens walks rather than forbid them."""
        problem, model = self._problem, self.model
        most_s = np.floor(longest_s(problem)[team]).astype(np.int64)
        days = np.flatnonzero(most_s >= _LEAST_WALK_S).tolist()
        for day in days:
            walks = self.walks[team, day] = model.new_bool_var("")
            seconds = self.seconds[team, day] = model.new_int_var(0, int(most_s[day]), "")
            model.add(seconds <= int(most_s[day]) * walks)
            model.add(seconds >= _LEAST_WALK_S * walks)
        model.add(sum(self.walks[team, day] for day in days) <= int(problem.walks_at_most[team]))
        rest = int(problem.rest_days[team])
        for first in days:
            near = [self.walks[team, day] for day in days if first <= day <= first + rest]
            if len(near) > 1:
                model.add_at_most_one(near)
        left_s = problem.burden_limit_s[team] - problem.before_s[team]
        if left_s < most_s.sum():
            model.add(sum(self.seconds[team, day] for day in days) <= int(max(left_s, 0.0)))

    def _crowds(self) -> list[cp_model.LinearExpr]:
        """What it costs that a team and its nearest neighbours walk on the same day: the more, the worse."""
        problem, model = self._problem, self.model
        costs: list[cp_model.LinearExpr] = []
        for team, others in enumerate(_neighbours(problem)):
            for day in range(problem.days):
                together = [self.walks[one, day] for one in (team, *others) if (one, day) in self.walks]
                if (team, day) in self.walks and len(together) > 2:
                    crowd = model.new_int_var(0, len(together), "")
                    model.add(crowd >= sum(together) - 2)
                    costs.append(-_CROWDED_S * crowd)
        return costs

    def _together(self) -> list[cp_model.LinearExpr]:
        """What partners' common days are worth, in seconds of walking."""
        problem, model = self._problem, self.model
        rate = _seconds_a_weight(problem)
        worth: list[cp_model.LinearExpr] = []
        for (one, other), weight in zip(problem.pairs.tolist(), problem.pair_weight.tolist(), strict=True):
            for day in range(problem.days):
                if (one, day) in self.walks and (other, day) in self.walks:
                    both = model.new_bool_var("")
                    model.add_implication(both, self.walks[one, day])
                    model.add_implication(both, self.walks[other, day])
                    worth.append(round(min(weight * rate, 1e6)) * both)
        return worth


def _seconds_a_weight(problem: WeekProblem) -> float:
    """How long a walk is out for a weight of 1, roughly: all the time there is for all the weight there is."""
    total = float(problem.visit_weight.sum())
    return float(np.sort(longest_s(problem), axis=1)[:, -1].sum()) / total if total > 0 else 0.0


def _neighbours(problem: WeekProblem) -> list[list[int]]:
    """The nearest other teams of each, by the blocks nearest to their doors."""
    count = min(_NEIGHBOURS, problem.teams - 1)
    if count < 1 or not problem.blocks:
        return [[] for _ in range(problem.teams)]
    nearest = problem.door_m.argmin(axis=1)
    apart = np.asarray(problem.between_m[np.ix_(nearest, nearest)], dtype=np.float64)
    np.fill_diagonal(apart, -1.0)
    order = np.argsort(apart, axis=1, kind="stable")[:, 1 : count + 1]
    return [[other for other in row if np.isfinite(apart[team, other])] for team, row in enumerate(order.tolist())]


def _as_soon_as_possible(problem: WeekProblem) -> Roster:
    found: list[tuple[int, int, float]] = []
    most_s = longest_s(problem)
    for team in range(problem.teams):
        free_from, left_s = 0, float(problem.burden_limit_s[team] - problem.before_s[team])
        walks_left = int(problem.walks_at_most[team])
        for day in np.flatnonzero(most_s[team] > 0).tolist():
            seconds = min(float(most_s[team, day]), left_s)
            if day >= free_from and walks_left > 0 and seconds > 0:
                found.append((team, day, seconds))
                free_from, left_s, walks_left = day + int(problem.rest_days[team]) + 1, left_s - seconds, walks_left - 1
    return _roster(problem, found)


def _roster(problem: WeekProblem, chosen: list[tuple[int, int, float]]) -> Roster:
    """As arrays. Whole seconds are given their fractions back where no burden shortened the walk."""
    team = np.array([one for one, _, _ in chosen], dtype=np.int64)
    day = np.array([one for _, one, _ in chosen], dtype=np.int64)
    seconds = np.array([one for _, _, one in chosen])
    whole = longest_s(problem)[team, day]
    sums = np.bincount(team, weights=whole, minlength=problem.teams)
    free = (sums <= problem.burden_limit_s - problem.before_s)[team]
    return Roster(team=team, day=day, limit_s=np.where(free, whole, np.minimum(seconds, whole)))
