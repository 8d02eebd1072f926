"""Visits are shared out between districts, none of them twice, and what is walked stays with whoever walks it."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from routing.districts.sharing import NOBODY, district_of, share_out, spare_share, value
from routing.problem import Previous
from tests.routing.planner.problems import by_seed, on_a_plane, point

LINE = [point(x) for x in (0, 100, 200, 300, 400, 5000)]


def on_a_line(**changes):
    """Doors at both ends of a street of five blocks; the sixth is out of everybody's reach."""
    return on_a_plane(doors=[(0, 0), (400, 0)], ends=LINE, **changes)


def shared(problem, sequences=((), ()), **given):
    district = np.arange(problem.teams)
    return share_out(problem, spare_share(problem), district, list(sequences), **given)


def test_a_block_that_nobody_walks_goes_where_teams_have_most_time_to_spare():
    assert shared(on_a_line()).ravel().tolist()[:2] == [0, 0]
    assert shared(on_a_line()).ravel().tolist()[3:5] == [1, 1]


def test_a_block_out_of_everybody_s_reach_is_in_no_district():
    assert shared(on_a_line())[5, 0] == NOBODY


def test_a_block_stays_with_the_district_that_walks_it():
    assert shared(on_a_line(), [(), (0, 1)])[:2, 0].tolist() == [1, 1]


def test_a_pinned_block_is_the_district_s_of_its_team_even_without_a_prize():
    pins = np.array([1, -1, -1, -1, -1, -1])
    problem = on_a_line(pinned_to=pins, weight=np.array([0.0, 1, 1, 1, 1, 1]))
    assert shared(problem)[0, 0] == 1


def test_a_block_that_no_visit_to_counts_is_in_no_district():
    assert shared(on_a_line(weight=np.array([0.0, 1, 1, 1, 1, 1])))[0, 0] == NOBODY


def test_noise_moves_only_what_nobody_walks():
    noise = np.array([[1.0] * 6, [50.0] * 6])
    assert shared(on_a_line(), [(0,), ()], noise=noise)[:3, 0].tolist() == [0, 1, 1]


def test_two_districts_may_have_one_visit_each_to_the_same_block():
    problem = on_a_line(repeat_weight=np.full((6, 1), 0.5))
    visits = shared(problem, [(2,), (2,)])
    assert visits[2].tolist() == [0, 1]
    first = district_of(problem, 0, np.array([0]), visits, [(2,), (2,)])
    other = district_of(problem, 1, np.array([1]), visits, [(2,), (2,)])
    assert first.problem.weight[first.blocks.tolist().index(2)] == 1.0
    assert other.problem.weight[other.blocks.tolist().index(2)] == 0.5


@given(st.integers(0, 10_000))
def test_a_district_is_the_same_ground_with_other_numbers(seed):
    problem = by_seed(seed, teams=6, blocks=14, banded=0.3)
    spare = spare_share(problem)
    of = np.arange(6) % 2
    sequences = [()] * 6
    visits = share_out(problem, spare, of, sequences)
    for number in (0, 1):
        teams = np.flatnonzero(of == number)
        part = district_of(problem, number, teams, visits, sequences)
        ends = np.arange(2 * len(part.blocks))
        whole = 2 * part.blocks[ends // 2] + ends % 2
        legs = part.problem.legs_m(ends[:, None], ends[None, :])
        assert (legs == problem.legs_m(whole[:, None], whole[None, :])).all()
        for place, team in enumerate(teams.tolist()):
            assert (part.problem.out_m(place) == problem.out_m(team)[whole]).all()
            assert (part.problem.back_m(place) == problem.back_m(team)[whole]).all()
        assert part.problem.bands == tuple(problem.bands[block] for block in part.blocks)


@given(st.integers(0, 10_000))
def test_districts_together_earn_at_least_the_sum_of_what_each_earns_by_itself(seed):
    random = np.random.default_rng(seed)
    problem = by_seed(seed, teams=6, blocks=8, budget_s=4000.0)
    prizes = np.sort(random.integers(0, 9, (8, 3)).astype(float), axis=1)[:, ::-1]
    problem = replace(problem, weight=prizes[:, 0], repeat_weight=prizes[:, 1:])
    spare, of = spare_share(problem), random.integers(0, 3, 6)

    def some(visits):
        """A random plan that makes no more visits than each district has."""
        left = np.stack([(visits == number).sum(axis=1) for number in range(3)])
        chosen = [[] for _ in range(6)]
        for team in random.permutation(6).tolist():
            for block in np.flatnonzero((left[of[team]] > 0) & (spare[team] > 0)).tolist():
                if random.random() < 0.5:
                    chosen[team].append(block)
                    left[of[team], block] -= 1
        return [tuple(one) for one in chosen]

    def parts(visits, sequences):
        total = 0.0
        for number in range(3):
            teams = np.flatnonzero(of == number)
            part = district_of(problem, number, teams, visits, sequences)
            local = {block: place for place, block in enumerate(part.blocks.tolist())}
            mine = [tuple(local[block] for block in sequences[team]) for team in teams]
            total += value(replace(part.problem, previous=None), mine)
        return total

    before = some(share_out(problem, spare, of, [()] * 6))
    visits = share_out(problem, spare, of, before)
    assert parts(visits, before) == value(problem, before)
    after = some(visits)
    assert parts(visits, after) <= value(problem, after) + 1e-9


def test_a_search_starts_from_the_plan_so_far_and_a_plan_to_stay_near_comes_before_it():
    problem = on_a_line()
    sequences = [(1, 0), (4,)]
    visits = shared(problem, sequences)
    part = district_of(problem, 0, np.array([0]), visits, sequences)
    assert part.problem.previous.routes == ((0, (1, 0)),)
    near = replace(problem, previous=Previous(((0, (2, 1)), (1, (3,))), 4.0))
    part = district_of(near, 0, np.array([0]), visits, sequences)
    assert (part.problem.previous.keep_weight, part.blocks[list(part.problem.previous.routes[0][1])].tolist()) == (
        4.0,
        [block for block in (2, 1) if block in part.blocks],
    )


def test_what_is_kept_and_what_is_pinned_counts_beside_the_prizes():
    problem = on_a_line(previous=Previous(((0, (0, 1)),), 3.0), pinned_to=np.array([-1, -1, -1, -1, 1, -1]))
    assert value(problem, [(0, 2), ()]) == 2 + 3
    assert value(problem, [(0, 2), (4,)]) > value(problem, [(0, 1, 2, 3), ()])
