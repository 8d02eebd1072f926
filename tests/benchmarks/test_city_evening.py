"""The generator of contested evenings."""

import numpy as np
import pytest

from benchmarks.city_evening import EverythingCoveredError, contested_evening


def test_the_same_seed_makes_the_same_evening_and_another_seed_another():
    one, same, other = (contested_evening(teams=5, blocks=200, service_s=120, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one.door_m, same.door_m)
    assert np.array_equal(one.weight, same.weight)
    assert not np.array_equal(one.door_m, other.door_m)


def test_an_evening_that_insertion_nearly_covers_is_refused_with_the_figures():
    with pytest.raises(EverythingCoveredError, match=r"40 teams cover \d+ of the weight \d+ of 60 blocks"):
        contested_evening(teams=40, blocks=60, service_s=60, seed=1)


def test_an_evening_that_insertion_nearly_covers_is_made_when_asked_for():
    problem = contested_evening(teams=40, blocks=60, service_s=60, seed=1, covered_too=True)
    assert problem.blocks == 60


def test_every_budget_goes_to_as_many_teams_as_the_others():
    problem = contested_evening(teams=8, blocks=400, service_s=120, seed=3)
    assert np.unique(problem.budget_s, return_counts=True)[1].tolist() == [2, 2, 2, 2]
