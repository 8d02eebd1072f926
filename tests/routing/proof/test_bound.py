"""The bound holds for every plan, whatever the prices it was proven with."""

from dataclasses import replace

import numpy as np
import pytest

from routing.deadline import Deadline
from routing.plan import never
from routing.problem import Problem
from routing.proof.bound import Proof
from tests.routing.planner.exhaustive import greatest_weight
from tests.routing.planner.problems import by_seed, on_a_plane, point

SEEDS_AT_ONCE = 100


def proven(problem: Problem, random: np.random.Generator) -> float:
    """After three attempts at prices drawn at random, most of them bad ones."""
    proof, deadline = Proof(problem, threads=1), Deadline(60.0, never)
    for rounds in (0, 1, 2):
        price = random.uniform(0, 1.2, problem.blocks) * problem.weight
        known = np.zeros(problem.teams)
        proof.sharpen(price, known, aim=0.0, passes=4, rounds=rounds, deadline=deadline)
    return proof.value


@pytest.mark.parametrize("first", range(0, 1000, SEEDS_AT_ONCE))
def test_no_plan_exceeds_the_bound(first):
    for seed in range(first, first + SEEDS_AT_ONCE):
        random = np.random.default_rng(seed)
        teams, blocks = int(random.integers(0, 3)), int(random.integers(0, 5))
        budget_s = float(random.choice([500.0, 900.0, 1500.0]))
        problem = by_seed(seed, teams=teams, blocks=blocks, banded=0.3 * (seed % 2), budget_s=budget_s)
        assert proven(problem, random) >= greatest_weight(problem), seed


def test_a_way_that_only_leads_through_a_stop_of_no_worth_counts():
    problem = on_a_plane(doors=[(0, 0)], ends=[point(100), point(200)], weight=np.array([0.0, 5.0]))
    apart = np.where(problem.between_m > 0, 100.0, 0.0)
    door = np.array([[100.0, 100.0, np.inf, np.inf]])
    problem = replace(problem, door_m=door, between_m=apart, budget_s=np.array([400.0]))
    assert proven(problem, np.random.default_rng(0)) >= 5.0


@pytest.mark.parametrize("budget_s", [0.0, 1e-9, 1e-6, 1e-5, 1e-4])
def test_a_walk_of_hardly_any_time_serves_what_lies_at_the_door(budget_s):
    problem = on_a_plane(
        doors=[(0, 0)],
        ends=[point(0), point(0), point(0)],
        weight=np.array([1.0, 2.0, 4.0]),
        budget_s=np.array([budget_s]),
    )
    assert proven(problem, np.random.default_rng(0)) >= greatest_weight(problem) == 7.0
