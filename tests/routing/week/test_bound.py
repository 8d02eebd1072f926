"""No week is worth more than its bound: every tiny week tried out."""

import numpy as np
import pytest

from routing.deadline import Deadline
from routing.plan import never
from routing.week.bound import WeekBound
from tests.routing.week.exhaustive import greatest_week
from tests.routing.week.weeks import week_by_seed

SEEDS_AT_ONCE = 100


def bounded(problem, *, walks):
    deadline = Deadline(60.0, never)
    bound = WeekBound(problem, threads=1, seed=1, over=never)
    begun = bound.value
    bound.sharpen_by_time(deadline, steps=15, aim=0.0)
    if walks:
        bound.sharpen_by_walks(deadline, [], prices=4, floor=0.0)
    assert bound.value <= begun
    return bound.value


@pytest.mark.parametrize("first", range(0, 1000, SEEDS_AT_ONCE))
def test_no_week_exceeds_the_bound(first):
    for seed in range(first, first + SEEDS_AT_ONCE):
        random = np.random.default_rng(seed)
        teams, blocks = int(random.integers(0, 3)), int(random.integers(0, 4))
        problem = week_by_seed(seed, teams=teams, blocks=blocks, days=2, banded=0.3 * (seed % 2))
        assert bounded(problem, walks=seed % 2 == 0) >= greatest_week(problem) - 1e-9, seed
