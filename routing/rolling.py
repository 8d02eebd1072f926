"""A week planned evening after evening: each takes what is worth most then, by what the days before have left."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from routing.plan import PlanParams, Progress, Route, plan
from routing.problem import Floats, Problem
from routing.week.problem import WeekProblem


@dataclass(frozen=True)
class WeekWalks:
    """Who walks which loop on which day: (day, route) pairs, by day and team. bound: None where none is known."""

    walks: tuple[tuple[int, Route], ...]
    weight: float
    bound: float | None
    solver: str
    solve_s: float


def rolling(
    problem: WeekProblem,
    params: PlanParams,
    *,
    seed: int,
    stop: Callable[[], bool],
    on_progress: Callable[[Progress], None],
) -> WeekWalks:
    """Plan the days in their order. The bound is the weight of all visits wanted: valid, and loose."""
    began = time.monotonic()
    bound = float(problem.visit_weight.sum())
    week = _Week(problem)
    walks: list[tuple[int, Route]] = []
    weight = 0.0
    for day in range(problem.days):
        left_s = params.seconds - (time.monotonic() - began)
        if stop() or left_s <= 0:
            break
        tonight = replace(on_day(problem, day), weight=week.worth(day), budget_s=week.budget_s(day), repeat_weight=None)
        found = plan(tonight, replace(params, seconds=left_s / (problem.days - day)), seed=seed + day, stop=stop)
        for route in found.routes:
            week.walk(day, route)
            walks.append((day, route))
        weight += found.weight
        fraction = (day + 1) / problem.days
        on_progress(Progress("loops", fraction, weight, bound, time.monotonic() - began))
    return WeekWalks(tuple(walks), weight, bound, "evening after evening", time.monotonic() - began)


class _Week:
    """What the days planned so far have used up."""

    def __init__(self, problem: WeekProblem) -> None:
        self._problem = problem
        self._visits = np.zeros(problem.blocks, dtype=np.int64)
        self._visited_on = np.full(problem.blocks, -np.inf)
        self._walks = np.zeros(problem.teams, dtype=np.int64)
        self._walked_on = np.full(problem.teams, -np.inf)
        self._walked_s = problem.before_s.copy()

    def worth(self, day: int) -> Floats:
        """What a visit to each block is worth that day: nothing while it has to wait, or wants none. Shape [B]."""
        prizes = np.column_stack([self._problem.visit_weight, np.zeros(self._problem.blocks)])
        most = prizes.shape[1] - 1
        worth: Floats = prizes[np.arange(self._problem.blocks), np.minimum(self._visits, most)]
        return np.where(day - self._visited_on >= self._problem.spacing_days, worth, 0.0)

    def budget_s(self, day: int) -> Floats:
        """What each team may walk that day: nothing while it rests, has walked enough, or is not out. Shape [T]."""
        problem = self._problem
        may = (self._walks < problem.walks_at_most) & (day - self._walked_on > problem.rest_days)
        left_s = np.maximum(problem.burden_limit_s - self._walked_s, 0.0)
        return np.where(may, np.minimum(problem.budget_s[:, day], left_s), 0.0)

    def walk(self, day: int, route: Route) -> None:
        """Note a walk."""
        blocks = [stop.block for stop in route.stops]
        self._visits[blocks] += 1
        self._visited_on[blocks] = day
        self._walks[route.team] += 1
        self._walked_on[route.team] = day
        self._walked_s[route.team] += route.duration_s


def on_day(problem: WeekProblem, day: int) -> Problem:
    """One day of the week as an evening of its own, every block worth its first visit."""
    return Problem(
        team_ids=problem.team_ids,
        block_ids=problem.block_ids,
        weight=problem.visit_weight[:, 0],
        length_m=problem.length_m,
        dwell_s=problem.dwell_s,
        bands=problem.bands,
        speed_mps=problem.speed_mps,
        budget_s=problem.budget_s[:, day],
        earliest_s=problem.earliest_s[:, day],
        latest_s=problem.latest_s[:, day],
        place=problem.place_of_end,
        door_m=problem.door_m,
        home_m=problem.last_leg_m,
        between_m=problem.between_m,
        compatible=problem.compatible,
        start_at_most_m=problem.first_leg_m,
        walk_at_most_m=problem.walk_limit_m,
    )
