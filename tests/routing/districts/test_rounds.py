"""A large evening planned district by district: whole, checked, and not lost with a worker."""

import multiprocessing
import os
import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest

from routing.check import verify
from routing.districts import DistrictLostError, DistrictParams, plan_districts
from routing.districts.crew import Task, solve_district
from routing.plan import PlanParams
from routing.problem import Group, Previous, ProblemError
from tests.routing.planner.problems import by_seed

ROOT = Path(__file__).parents[3]
SMALL = DistrictParams(teams=4, rounds=2, workers=2)


def evening(seed=1, **given):
    return by_seed(seed, **{"teams": 12, "blocks": 60, "side_m": 2000.0, **given})


class Counted(ThreadPoolExecutor):
    """Threads that say how many tasks they were given."""

    given = 0

    def submit(self, *task, **more):
        self.given += 1
        return super().submit(*task, **more)


class Failing(ThreadPoolExecutor):
    """The first so many tasks end with an error, as those of a pool do that has lost a worker."""

    def __init__(self, times, error):
        super().__init__(1)
        self.times, self.error = times, error

    def submit(self, *task, **more):
        self.times -= 1
        if self.times < 0:
            return super().submit(*task, **more)
        future = Future()
        future.set_exception(self.error)
        return future


@pytest.fixture
def threads():
    with Counted(2) as executor:
        yield executor


def planned(problem, threads, *, seconds=300.0, rounds=1, **given):
    return plan_districts(
        problem,
        PlanParams(seconds=seconds, rounds=rounds),
        **{"districts": SMALL, "executor": threads, "seed": 1, **given},
    )


@pytest.mark.parametrize("seed", range(4))
def test_a_plan_made_in_districts_passes_the_checker_and_doubles_no_block(threads, seed):
    problem = evening(seed, banded=0.3)
    plan = planned(problem, threads)
    assert verify(problem, plan) == []
    walked = Counter(stop.block for route in plan.routes for stop in route.stops)
    assert walked
    assert max(walked.values()) == 1
    assert plan.weight <= plan.bound


def test_the_executor_that_is_handed_in_solves_every_district_every_round(threads):
    planned(evening(), threads)
    assert threads.given == 4 * SMALL.rounds


def test_a_problem_of_one_district_is_solved_once(threads):
    planned(evening(), threads, districts=DistrictParams(teams=100))
    assert threads.given == 1


def test_repeats_pins_and_joint_patrols_hold_across_districts(threads):
    problem = evening(budget_s=2500.0)
    joint = (Group((0, 7), (0.0, 60.0)), Group((2, 3, 11), (0.0, 30.0, 10.0)))
    compatible = np.ones_like(problem.compatible)
    pins = np.full(60, -1)
    pins[np.argmin(problem.out_m(5)[::2])] = 5
    problem = replace(
        problem,
        repeat_weight=np.column_stack((problem.weight / 2, problem.weight / 4)),
        groups=joint,
        compatible=compatible,
        pinned_to=pins,
        latest_s=problem.latest_s + 2000,
    )
    plan = planned(problem, threads)
    assert verify(problem, plan) == []
    routes = {route.team: [stop.block for stop in route.stops] for route in plan.routes}
    assert routes[0] == routes[7]
    assert int(pins.argmax()) in routes[5]


def test_the_plan_to_stay_near_keeps_its_blocks_where_nothing_else_is_worth_much_more(threads):
    problem = evening()
    before = planned(problem, threads)
    routes = tuple((route.team, tuple(stop.block for stop in route.stops)) for route in before.routes)
    near = replace(problem, previous=Previous(routes, 1000.0))
    after = planned(near, threads, seed=2)
    assert verify(near, after) == []
    kept = {route.team: {stop.block for stop in route.stops} for route in after.routes}
    assert all(set(blocks) <= kept[team] for team, blocks in routes)


def test_the_same_seed_and_rounds_give_the_same_plan(threads):
    one, other = (planned(evening(), threads) for _ in range(2))
    assert replace(one, solve_s=0) == replace(other, solve_s=0)


def test_later_rounds_never_make_the_plan_worse(threads):
    heard = []
    planned(evening(), threads, on_progress=heard.append, districts=replace(SMALL, rounds=3))
    weights = [progress.weight for progress in heard]
    assert weights == sorted(weights)
    assert (heard[-1].phase, heard[-1].fraction) == ("done", 1.0)


def test_once_asked_to_stop_it_returns_the_best_plan_so_far(threads):
    heard = []
    problem = evening()
    many = replace(SMALL, rounds=50)
    plan = planned(problem, threads, districts=many, on_progress=heard.append, stop=lambda: len(heard) >= 4)
    assert verify(problem, plan) == []
    assert plan.weight == heard[-1].weight > 0
    assert threads.given < 4 * many.rounds


def test_workers_in_the_middle_of_a_district_are_told_to_hand_in_what_they_have(threads):
    heard, asked = [], []

    def stop():
        asked.extend([True] * (threads.given == 2))
        return len(asked) > 10

    problem = evening(teams=30, blocks=300, budget_s=2000.0)
    plan = planned(problem, threads, seconds=600.0, rounds=None, on_progress=heard.append, stop=stop)
    assert verify(problem, plan) == []
    assert threads.given == 2
    assert plan.weight >= max(progress.weight for progress in heard) > heard[0].weight


def test_once_asked_to_stop_before_it_began_it_gives_what_insertion_finds(threads):
    problem = evening()
    plan = planned(problem, threads, stop=lambda: True)
    assert verify(problem, plan) == []
    assert plan.weight > 0
    assert threads.given == 0


def test_an_evening_without_teams_or_without_blocks_has_an_empty_plan(threads):
    for empty in (by_seed(1, teams=0, blocks=5), by_seed(1, teams=5, blocks=0)):
        plan = planned(empty, threads)
        assert verify(empty, plan) == []
        assert plan.routes == ()


@pytest.mark.slow
def test_a_killed_worker_is_noticed_and_its_district_solved_again():
    problem, lost, killed = evening(), [], []

    def kill(progress):
        if progress.phase == "loops" and not killed:
            killed.append(multiprocessing.active_children()[0].pid)
            os.kill(killed[0], signal.SIGKILL)

    plan = plan_districts(
        problem,
        PlanParams(seconds=300.0, rounds=1),
        districts=SMALL,
        seed=1,
        on_progress=kill,
        on_lost=lambda name, times: lost.append((name, times)),
    )
    assert killed
    assert lost
    assert {times for _, times in lost} == {1}
    assert verify(problem, plan) == []
    with ThreadPoolExecutor(2) as threads:
        assert plan.routes == planned(problem, threads).routes


@pytest.mark.slow
def test_no_worker_outlives_the_plan():
    before = {child.pid for child in psutil.Process().children()}
    plan_districts(evening(), PlanParams(seconds=300.0, rounds=1), districts=SMALL, seed=1)
    left = [child for child in psutil.Process().children() if child.pid not in before]
    assert [child for child in left if "resource_tracker" not in " ".join(child.cmdline())] == []


@pytest.mark.slow
def test_workers_end_when_whoever_started_them_is_killed():
    script = (
        "from tests.routing.districts.test_rounds import *\n"
        "if __name__ == '__main__':\n"
        "    tell = lambda progress: print(*(p.pid for p in multiprocessing.active_children()), flush=True)\n"
        "    plan_districts(evening(), PlanParams(seconds=600.0), districts=SMALL, seed=1, on_progress=tell)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True) as starter:
        workers = [psutil.Process(int(number)) for number in starter.stdout.readline().split()]
        starter.kill()
    assert workers
    gone, alive = psutil.wait_procs(workers, timeout=30)
    assert (len(gone), alive) == (len(workers), [])


def test_a_worker_that_was_lost_once_or_twice_costs_nothing_but_time():
    lost = []
    problem = evening()
    plan = planned(
        problem,
        Failing(2, BrokenProcessPool("killed")),
        districts=replace(SMALL, workers=1),
        on_lost=lambda *one: lost.append(one),
    )
    assert len(lost) == 2
    assert verify(problem, plan) == []


def test_a_district_whose_worker_dies_every_time_is_an_error_that_names_it():
    with pytest.raises(DistrictLostError, match=r"district \d of round 0: its worker died 3 times"):
        planned(evening(), Failing(1000, BrokenProcessPool("killed")))


@pytest.mark.slow
def test_an_executor_that_is_broken_for_good_is_replaced_by_processes_of_our_own():
    with ThreadPoolExecutor(1) as closed:
        closed._broken = "its threads could not start"
        problem = evening()
        assert verify(problem, planned(problem, closed)) == []


def test_what_goes_wrong_in_a_worker_reaches_whoever_asked():
    with pytest.raises(ProblemError, match="team A"):
        planned(evening(), Failing(1, ProblemError("team A", "is not well")))


def test_a_worker_makes_no_file_where_nobody_waits_any_more(tmp_path):
    going, told = tmp_path / "going", tmp_path / "told"
    going.touch()
    problem, params = by_seed(1, teams=2, blocks=6), PlanParams(300.0, rounds=0)
    task = Task("district", problem, params, seed=1, going=str(going), told=str(told))
    assert solve_district(task).weight > 0
    assert list(tmp_path.iterdir()) == [going]


@pytest.mark.parametrize("name", ["teams", "rounds", "workers"])
def test_a_number_below_one_is_refused(name):
    with pytest.raises(ProblemError, match=name):
        DistrictParams(**{name: 0})


def test_there_are_as_many_districts_as_keep_all_workers_busy():
    assert DistrictParams(teams=60, workers=4).count(300) == 8
    assert DistrictParams(teams=60, workers=4).count(60) == 1
    assert DistrictParams(teams=1, workers=8).count(3) == 3


def test_no_more_rounds_are_made_once_a_plan_cannot_be_better(threads):
    problem = evening(budget_s=20_000.0)
    problem = replace(problem, compatible=np.ones((12, 60), dtype=bool), latest_s=np.full(12, 30_000.0))
    plan = planned(problem, threads)
    assert plan.weight == plan.bound
    assert threads.given < 4 * SMALL.rounds
