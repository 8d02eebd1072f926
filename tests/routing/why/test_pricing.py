"""The kernels say what trying every direction, band and start says."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.sequence import best_loop, view, walk_s
from routing.why.pricing import best_gap, loop, price_all
from routing.why.timing import quickest
from routing.why.walker import bands, sight, walker
from tests.routing.planner.exhaustive import least_for
from tests.routing.planner.problems import by_seed

seeds = st.integers(0, 100_000)
some_banded = st.sampled_from([0.0, 0.5, 1.0])


def shuffled(problem, seed, size):
    return np.random.default_rng(seed).permutation(problem.blocks)[:size].tolist()


@settings(max_examples=150, deadline=None)
@given(seed=seeds, banded=some_banded, size=st.integers(0, 5))
def test_the_quickest_loop_is_that_of_the_planner(seed, banded, size):
    problem = by_seed(seed, teams=1, blocks=6, banded=banded)
    stops = shuffled(problem, seed, size)
    seen = sight(problem, walker(problem, 0), bands(problem), stops)
    expected = best_loop(view(problem, 0), stops)
    seconds, _ = quickest(seen, np.arange(size))  # of two directions as quick, each may take another
    assert seconds == pytest.approx(math.inf if expected is None else expected[0], abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(seed=seeds, banded=some_banded)
def test_no_choice_of_directions_is_quicker(seed, banded):
    problem = by_seed(seed, teams=1, blocks=3, banded=banded)
    problem = replace(problem, compatible=np.ones((1, 3), dtype=bool))
    seen = sight(problem, walker(problem, 0), bands(problem), [0, 1, 2])
    ways = [[(block, mask >> block & 1) for block in range(3)] for mask in range(8)]
    took = [seconds for way in ways if (seconds := least_for(problem, 0, way)) is not None]
    assert quickest(seen, np.arange(3))[0] == pytest.approx(min(took, default=math.inf), abs=1e-5)


@settings(max_examples=80, deadline=None)
@given(seed=seeds, banded=some_banded, size=st.integers(0, 4))
def test_a_block_costs_what_the_best_of_all_gaps_costs(seed, banded, size):
    problem = by_seed(seed, teams=1, blocks=7, banded=banded, budget_s=1400.0)
    *stops, block = shuffled(problem, seed, size + 1)
    team = view(problem, 0)
    seen = sight(problem, walker(problem, 0), bands(problem), stops, [block])
    tour = loop(seen, np.arange(size))
    longer = [(*stops[:gap], block, *stops[gap:]) for gap in range(size + 1)]
    totals = np.empty(1)
    price_all(seen, tour, np.array([size]), totals)
    assert tour.total_s == pytest.approx(walk_s(team, stops))
    assert totals[0] == pytest.approx(min(walk_s(team, one) for one in longer))
    took = [math.inf if (made := best_loop(team, one)) is None else made.duration_s for one in longer]
    seconds, gap = best_gap(seen, tour, size)
    assert seconds == pytest.approx(min(took), abs=1e-6)
    assert gap == -1 if seconds == math.inf else took[gap] == pytest.approx(seconds, abs=1e-6)


def test_walking_and_time_are_limited_apart():
    problem = by_seed(3, teams=1, blocks=1)
    problem = replace(problem, dwell_s=np.full(1, 5000.0), budget_s=np.full(1, 9000.0), latest_s=np.full(1, 9e4))
    free = walker(problem, 0)
    loop_m = (quickest(sight(problem, free, bands(problem), [0]), np.arange(1))[0] - 5000.0) * free.speed_mps
    for most_m, fits in ((loop_m + 1.0, True), (loop_m - 1.0, False)):
        seen = sight(problem, replace(free, walk_at_most_m=most_m), bands(problem), [0])
        assert math.isfinite(quickest(seen, np.arange(1))[0]) == fits
