"""Districts are neighbours, none is empty, and each has about as much walking time as the others."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from routing.districts.partition import cut, landmark_metres
from tests.routing.planner.problems import by_seed, on_a_plane, point

TOWNS = [(0.0, 0.0), (9000.0, 0.0), (0.0, 7000.0), (9000.0, 7000.0)]


def towns(teams_each=6):
    random = np.random.default_rng(1)
    doors = [tuple(np.add(town, random.uniform(0, 500, 2))) for town in TOWNS for _ in range(teams_each)]
    return on_a_plane(doors=doors, ends=[point(*np.add(town, 250)) for town in TOWNS])


@given(st.integers(1, 40), st.integers(1, 12), st.integers(0, 5), st.integers(0, 1000))
def test_every_team_is_in_one_district_and_none_is_empty(teams, districts, turn, seed):
    random = np.random.default_rng(seed)
    of = cut(random.uniform(0, 5000, (teams, 3)), random.uniform(1, 9, teams), districts, turn=turn)
    assert sorted(set(of.tolist())) == list(range(min(teams, districts)))


def test_a_problem_without_teams_has_no_district():
    assert cut(np.zeros((0, 1)), np.zeros(0), 4).tolist() == []


@given(st.integers(0, 1000), st.integers(0, 5))
def test_walking_time_is_shared_out_about_equally(seed, turn):
    random = np.random.default_rng(seed)
    load = random.uniform(1800, 5400, 120)
    of = cut(random.uniform(0, 5000, (120, 4)), load, 4, turn=turn)
    shares = np.bincount(of, weights=load) / load.sum()
    assert np.abs(shares - 0.25).max() < 0.04


def test_towns_far_from_each_other_are_districts_of_their_own():
    problem = towns()
    of = cut(landmark_metres(problem), problem.budget_s, 4)
    assert [len(set(of[first : first + 6].tolist())) for first in (0, 6, 12, 18)] == [1, 1, 1, 1]
    assert len(set(of.tolist())) == 4


def test_places_that_no_way_joins_are_far_from_each_other():
    apart = ~np.eye(2, dtype=bool)
    problem = on_a_plane(
        doors=[(0, 0), (10, 0), (20, 0), (30, 0)],
        ends=[point(5), point(25)],
        door_m=np.array(
            [[5.0, 5, np.inf, np.inf], [5, 5, np.inf, np.inf], [np.inf] * 2 + [5] * 2, [np.inf] * 2 + [5] * 2]
        ),
        between_m=np.where(apart.repeat(2, axis=0).repeat(2, axis=1), np.inf, 0.0),
    )
    of = cut(landmark_metres(problem), problem.budget_s, 2)
    assert of[0] == of[1] != of[2] == of[3]


def test_another_turn_cuts_elsewhere_and_the_same_turn_again_does_not():
    problem = by_seed(3, teams=40, blocks=30)
    metres = landmark_metres(problem)
    first, again, other = (cut(metres, problem.budget_s, 4, turn=turn) for turn in (0, 0, 1))
    assert (first == again).all()

    def together(of):
        return of[:, None] == of[None, :]

    assert (together(first) != together(other)).any()
