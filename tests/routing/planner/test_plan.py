"""What a plan promises."""

import itertools
import math
import pickle
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.check import verify
from routing.plan import PlanParams, Progress, plan, timetable
from routing.problem import ProblemError
from tests.routing.planner.exhaustive import greatest_weight, least_duration
from tests.routing.planner.problems import by_seed, on_a_plane, point

SOON = PlanParams(seconds=30.0, rounds=4)
INSERTION = PlanParams(seconds=30.0, rounds=0)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    teams=st.integers(0, 5),
    blocks=st.integers(0, 14),
    banded=st.sampled_from([0.0, 0.3, 1.0]),
)
def test_every_plan_keeps_its_promises_and_is_no_worse_than_insertion(seed, teams, blocks, banded):
    problem = by_seed(seed, teams=teams, blocks=blocks, banded=banded)
    made = plan(problem, SOON, seed=seed)
    assert verify(problem, made) == []
    assert made.weight >= plan(problem, INSERTION, seed=seed).weight
    assert made.bound is not None
    assert made.weight <= made.bound


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    teams=st.integers(1, 3),
    blocks=st.integers(1, 4),
    banded=st.sampled_from([0.0, 0.5]),
)
def test_no_plan_weighs_more_than_the_best_of_all_plans(seed, teams, blocks, banded):
    problem = by_seed(seed, teams=teams, blocks=blocks, banded=banded)
    assert plan(problem, SOON, seed=seed).weight <= greatest_weight(problem)


@pytest.mark.parametrize("seed", range(8))
def test_a_tiny_problem_is_planned_as_well_as_can_be(seed):
    problem = by_seed(seed, teams=2, blocks=5, banded=0.2 * (seed % 2))
    assert plan(problem, SOON, seed=0).weight == greatest_weight(problem)


def test_a_pinned_block_ends_no_search():
    problem = by_seed(37, teams=2, blocks=5)
    first = plan(problem, SOON, seed=0).routes[0]
    pinned = np.full(problem.blocks, -1)
    pinned[first.stops[0].block] = first.team
    problem = replace(problem, pinned_to=pinned)
    assert plan(problem, INSERTION, seed=0).weight < greatest_weight(problem)
    assert plan(problem, SOON, seed=0).weight == greatest_weight(problem)


@pytest.mark.parametrize("seed", range(4))
def test_a_single_team_walks_no_longer_than_its_blocks_ask_for(seed):
    problem = by_seed(seed, teams=1, blocks=4, banded=0.5, side_m=300.0)
    for route in plan(problem, SOON, seed=0).routes:
        blocks = tuple(stop.block for stop in route.stops)
        assert route.duration_s == pytest.approx(least_duration(problem, 0, blocks))


def test_the_same_seed_and_rounds_give_the_same_plan():
    problem = by_seed(5, teams=6, blocks=40)
    one, other = (replace(plan(problem, SOON, seed=11), solve_s=0.0) for _ in range(2))
    assert one == other


def test_without_teams_every_block_is_out_of_reach():
    problem = on_a_plane(doors=[], ends=[point(1), point(2)])
    made = plan(problem, SOON, seed=0)
    assert made.routes == ()
    assert [(one.block, one.reason, one.amount) for one in made.left_out] == [
        (0, "out_of_reach", math.inf),
        (1, "out_of_reach", math.inf),
    ]


def test_without_blocks_nobody_walks():
    made = plan(on_a_plane(doors=[(0, 0)], ends=[]), SOON, seed=0)
    assert (made.routes, made.left_out, made.weight) == ((), (), 0.0)


def test_a_budget_too_short_to_leave_the_door_makes_no_route():
    problem = on_a_plane(doors=[(0, 0)], ends=[point(50)], budget_s=np.zeros(1))
    made = plan(problem, SOON, seed=0)
    assert made.routes == ()
    assert (made.left_out[0].reason, made.left_out[0].amount) == ("out_of_reach", 100.0)


def test_a_place_without_a_way_is_never_walked_to():
    between = np.full((4, 4), np.inf)
    np.fill_diagonal(between, 0.0)
    between[0, 1] = between[1, 0] = between[2, 3] = between[3, 2] = 0.0
    problem = on_a_plane(doors=[(0, 0)], ends=[point(10), point(11)], between_m=between, weight=np.array([1.0, 2.0]))
    made = plan(problem, SOON, seed=0)
    assert [stop.block for route in made.routes for stop in route.stops] == [1]
    assert made.left_out[0].reason == "outvalued"


def test_blocks_at_one_and_the_same_place_are_all_served():
    made = plan(on_a_plane(doors=[(0, 0)] * 2, ends=[point(0)] * 5), SOON, seed=0)
    assert made.left_out == ()
    assert made.weight == 5.0


def test_the_first_block_is_near_enough_to_the_door():
    problem = on_a_plane(
        doors=[(0, 0)], ends=[point(100), point(300)], weight=np.array([1.0, 9.0]), start_at_most_m=np.array([150.0])
    )
    (route,) = plan(problem, SOON, seed=0).routes
    assert [stop.block for stop in route.stops] == [0, 1]


def test_the_timetable_waits_where_a_band_asks_for_it_and_ends_within_the_duration():
    problem = on_a_plane(
        doors=[(0, 0)], ends=[point(50), ((60, 0), (90, 0))], bands=(((0.0, 100.0),), ((400.0, 500.0),))
    )
    (route,) = plan(problem, SOON, seed=0).routes
    arrivals, departures = timetable(problem, route)
    assert arrivals.tolist() == pytest.approx([100.0, 140.0])
    assert departures.tolist() == pytest.approx([100.0, 430.0])
    assert route.start_s == pytest.approx(50.0)
    assert departures[-1] + 60.0 == pytest.approx(route.start_s + route.duration_s)
    assert route.distance_m == pytest.approx(180.0)


def test_stopping_keeps_the_best_plan_so_far():
    problem = by_seed(3, teams=8, blocks=60, side_m=900.0)
    seen: list[Progress] = []
    made = plan(
        problem,
        PlanParams(seconds=60.0),
        seed=0,
        stop=lambda: any(p.phase == "loops" for p in seen),
        on_progress=seen.append,
    )
    assert made.solve_s < 30.0
    assert made.bound is not None
    assert made.bound > made.weight >= max(progress.weight for progress in seen) > 0


@pytest.mark.parametrize("pinned_to", [None, np.array([-1, 0, 0])], ids=["free", "pinned"])
def test_once_everything_within_reach_is_covered_the_search_ends(pinned_to):
    problem = on_a_plane(doors=[(0, 0)], ends=[point(10), point(20), point(3000)], pinned_to=pinned_to)
    made = plan(problem, PlanParams(seconds=60.0), seed=0)
    assert made.weight == made.bound == 2.0
    assert made.solve_s < 30.0


def test_stopping_before_the_start_still_gives_a_whole_plan():
    problem = by_seed(3, teams=3, blocks=10)
    made = plan(problem, PlanParams(seconds=60.0), seed=0, stop=lambda: True)
    assert verify(problem, made) == []
    assert made.solver == "insertion"


def test_progress_only_moves_forward():
    seen: list[Progress] = []
    plan(by_seed(3, teams=4, blocks=20), PlanParams(30.0, rounds=9), seed=0, on_progress=seen.append)
    assert next(phase for phase, _ in itertools.groupby(one.phase for one in seen)) == "insertion"
    assert [one.phase for one in seen][-2:] == ["reasons", "done"]
    assert sorted(one.weight for one in seen) == [one.weight for one in seen]
    assert sorted(one.fraction for one in seen) == [one.fraction for one in seen]
    assert seen[-1].fraction == 1.0


@pytest.mark.parametrize("params", [{"seconds": 0.0}, {"seconds": math.nan}, {"seconds": math.inf}, {"rounds": -1}])
def test_a_search_without_time_is_refused(params):
    with pytest.raises(ProblemError):
        PlanParams(**params)


def test_a_plan_and_its_problem_survive_the_way_between_processes():
    problem = by_seed(1, teams=2, blocks=6)
    made = plan(problem, SOON, seed=0)
    assert verify(pickle.loads(pickle.dumps(problem)), pickle.loads(pickle.dumps(made))) == []  # noqa: S301 our own


def test_the_records_load_no_solver():
    program = (
        "import sys, routing.problem, routing.plan, routing.check, routing.free_walk;"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'ortools', 'pandas', 'numba'}))"
    )
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
