"""Compile the planner's inner loops at set-up, so that no request waits for it: a small plan is made.

Two processes share the work. Where Numba is missing there is nothing to do, and the planner is slower.
"""

import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np

from routing.deadline import Deadline
from routing.master.columns import ColumnSearch
from routing.plan import PlanParams, never, plan
from routing.problem import Problem
from routing.search.search import Search
from routing.week.bound import WeekBound
from routing.week.problem import WeekProblem
from routing.why.explanation import explain

_SECONDS = 600.0
_NEARLY = 0.6


def small() -> Problem:
    """Eighteen teams and forty blocks on a plane, more than they can walk."""
    rng = np.random.default_rng(1)
    doors, ends = rng.uniform(0, 2000, (18, 2)), rng.uniform(0, 2000, (80, 2))
    between = np.hypot(*(ends[:, None] - ends[None, :]).transpose(2, 0, 1))
    return Problem(
        team_ids=tuple(f"T{team}" for team in range(18)),
        block_ids=tuple(f"B{block}" for block in range(40)),
        weight=rng.integers(1, 10, 40).astype(float),
        length_m=between[np.arange(0, 80, 2), np.arange(1, 80, 2)],
        dwell_s=np.full(40, 60.0),
        bands=((),) * 40,
        speed_mps=np.ones(18),
        budget_s=np.full(18, 1800.0),
        earliest_s=np.zeros(18),
        latest_s=np.full(18, 7200.0),
        door_m=np.hypot(*(doors[:, None] - ends[None, :]).transpose(2, 0, 1)),
        between_m=between,
        compatible=np.ones((18, 40), dtype=np.bool_),
    )


def small_week() -> WeekProblem:
    """Two days of the same."""
    evening = small()
    days = (evening.teams, 2)
    return WeekProblem(
        team_ids=evening.team_ids,
        block_ids=evening.block_ids,
        visit_weight=evening.visit_weight,
        length_m=evening.length_m,
        dwell_s=evening.dwell_s,
        spacing_days=np.ones(evening.blocks, dtype=np.int64),
        bands=evening.bands,
        speed_mps=evening.speed_mps,
        budget_s=np.full(days, 1800.0),
        earliest_s=np.zeros(days),
        latest_s=np.full(days, 7200.0),
        walks_at_most=np.full(evening.teams, 2),
        rest_days=np.zeros(evening.teams, dtype=np.int64),
        door_m=evening.door_m,
        between_m=evening.between_m,
        compatible=evening.compatible,
    )


def search() -> None:
    """Compile what searches whole plans."""
    found = Search(small(), seed=1, threads=1)
    found.construct()
    found.adopt(found.sequences())
    found.cool(1.0, 0.1, share=lambda: 0.0, iterations=10)


def columns() -> None:
    """Compile what prices loops, proves bounds and explains."""
    problem = small()
    made = plan(problem, PlanParams(_SECONDS, rounds=0), seed=1)
    explain(problem, made)
    found = ColumnSearch(problem, threads=1, seed=1)
    found.add((route.team, [stop.block for stop in route.stops]) for route in made.routes)
    deadline = Deadline(_SECONDS, never)
    found.step(deadline)
    found.prove(deadline)
    free, known = problem.weight * _NEARLY, np.zeros(problem.teams)  # prices that leave doubt, so a close look
    found.proof.sharpen(free, known, aim=0.0, passes=2, rounds=1, deadline=deadline)
    WeekBound(small_week(), threads=1, seed=1, over=deadline.over).sharpen_by_time(deadline, steps=1, aim=0.0)


def main() -> None:
    """Compile both halves side by side."""
    began = time.monotonic()
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as workers:
        for done in [workers.submit(half) for half in (search, columns)]:
            done.result()
    print(f"Compiled the planner's inner loops in {time.monotonic() - began:.0f} s.")


if __name__ == "__main__":
    main()
