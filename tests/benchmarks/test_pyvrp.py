"""The settings that PyVRP is given; it need not be installed for them."""

import pytest

from benchmarks.against.peer import PER_SECOND, nodes, worth
from benchmarks.against.pyvrp import history, most_penalty
from benchmarks.city_evening import contested_evening

ITS_OWN = 100_000.0


@pytest.mark.parametrize("teams", [2, 20, 60])
def test_no_prize_is_worth_a_walk_that_is_a_second_too_long(teams):
    problem = contested_evening(teams=teams, blocks=200, service_s=120, seed=1, covered_too=True)
    given = nodes(problem)
    assert most_penalty(problem, given, ITS_OWN) * PER_SECOND >= worth(problem, given).max()


def test_a_penalty_may_rise_as_far_as_by_pyvrp_s_own_settings():
    problem = contested_evening(teams=1, blocks=20, service_s=120, seed=1, covered_too=True)
    assert most_penalty(problem, nodes(problem), 1e8) == 1e8


def test_all_blocks_on_one_walk_do_not_overflow_a_cost():
    problem = contested_evening(teams=4, blocks=200, service_s=120, seed=1, covered_too=True)
    given = nodes(problem)
    all_in_one = 2 * problem.blocks * int(given.seconds.max())
    assert most_penalty(problem, given, 1e18) * all_in_one < 2**63


@pytest.mark.parametrize(
    ("blocks", "seconds", "looks_back"),
    [(100, 10.0, 300), (500, 15.0, 300), (2_000, 15.0, 50), (2_000, 60.0, 75), (2_000, 600.0, 300), (0, 1.0, 300)],
)
def test_late_acceptance_looks_back_less_far_where_time_is_short_for_the_size(blocks, seconds, looks_back):
    assert history(blocks, seconds) == looks_back
