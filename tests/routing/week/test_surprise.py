"""How hard a drawn plan is to foresee, by hand."""

import pytest

from routing.week.surprise import surprise


def test_one_plan_whose_blocks_have_one_visit_each_is_certain():
    told = surprise([{0: [(0, 1)], 1: [(0, 1)]}], price=0.0)
    assert (told.plans, told.entropy_bits, told.where_bits) == (1, 0.0, 0.0)


def test_two_plans_with_other_teams_are_one_bit():
    assert surprise([{0: [(0, 1)]}, {0: [(1, 1)]}], price=2.0).entropy_bits == pytest.approx(1.0)


def test_two_visits_in_a_week_are_one_bit_too():
    assert surprise([{0: [(0, 1), (0, 4)]}], price=0.0).entropy_bits == pytest.approx(1.0)


def test_a_block_that_half_of_the_plans_visit_is_one_bit_of_where():
    told = surprise([{0: [(0, 1)]}, {}], price=0.0)
    assert (told.entropy_bits, told.where_bits) == (0.0, pytest.approx(1.0))


def test_no_visits_are_no_surprise():
    assert surprise([{}], price=0.0).entropy_bits == 0.0
