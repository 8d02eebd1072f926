"""Compile the planner's inner loops at set-up, so that no request waits for it: small plans of every kind are made.

Two processes share the work. Where Numba is missing there is nothing to do, and the planner is slower.
"""

import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np

from routing.plan import PlanParams, plan
from routing.problem import Problem
from routing.why.explanation import explain

_SECONDS = 600.0


def small(*, banded: bool, single: bool) -> Problem:
    """Eighteen teams and forty blocks on a plane, with bands or without, in double or single precision."""
    rng = np.random.default_rng(1)
    doors, ends = rng.uniform(0, 2000, (18, 2)), rng.uniform(0, 2000, (80, 2))
    ends[1::4] = ends[0::4]
    between = np.hypot(*(ends[:, None] - ends[None, :]).transpose(2, 0, 1))
    return Problem(
        team_ids=tuple(f"T{team}" for team in range(18)),
        block_ids=tuple(f"B{block}" for block in range(40)),
        weight=rng.integers(1, 10, 40).astype(float),
        length_m=between[np.arange(0, 80, 2), np.arange(1, 80, 2)],
        dwell_s=np.full(40, 60.0),
        bands=(((600.0, 7200.0),),) * 40 if banded else ((),) * 40,
        speed_mps=np.ones(18),
        budget_s=np.full(18, 1200.0),
        earliest_s=np.zeros(18),
        latest_s=np.full(18, 7200.0),
        door_m=np.hypot(*(doors[:, None] - ends[None, :]).transpose(2, 0, 1)),
        between_m=between.astype(np.float32) if single else between,
        compatible=np.ones((18, 40), dtype=np.bool_),
    )


def compile_one(banded: bool, single: bool) -> None:  # noqa: FBT001 a process pool hands over by position
    """Make, explain and fit one small plan."""
    problem = small(banded=banded, single=single)
    explain(problem, plan(problem, PlanParams(_SECONDS, rounds=1), seed=1))


def main() -> None:
    """Compile all kinds."""
    began = time.monotonic()
    kinds = [(banded, single) for single in (False, True) for banded in (True, False)]
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=spawn) as workers:
        list(workers.map(compile_one, *zip(*kinds, strict=True)))
    print(f"Compiled the planner's inner loops in {time.monotonic() - began:.0f} s.")


if __name__ == "__main__":
    main()
