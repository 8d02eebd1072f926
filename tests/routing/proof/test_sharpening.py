"""The bound comes down to what a loop can really be worth, and stays above it where there is no room for that."""

from dataclasses import replace

import numpy as np
import pytest

from routing.deadline import Deadline
from routing.plan import never
from routing.problem import Problem
from routing.proof import bound, inquiries, team
from routing.proof.bound import Proof
from routing.proof.rough import Rough
from tests.routing.planner.exhaustive import greatest_weight
from tests.routing.planner.problems import by_seed


def alone(seed: int) -> Problem:
    """One team, so that at no price the bound is the best loop."""
    problem = by_seed(seed, teams=1, blocks=6, budget_s=1500.0)
    return replace(problem, weight=problem.weight + 1.0)


def proven(problem: Problem, known: float = 0.0) -> float:
    proof = Proof(problem, threads=1)
    free = np.zeros(problem.blocks)
    proof.sharpen(free, np.array([known]), aim=0.0, passes=12, rounds=2, deadline=Deadline(60.0, never))
    return proof.value


@pytest.mark.parametrize("seed", range(20))
def test_the_bound_of_one_team_is_its_best_loop(seed):
    assert proven(alone(seed)) == pytest.approx(greatest_weight(alone(seed)))


@pytest.mark.parametrize("seed", range(20))
def test_with_room_for_few_labels_the_bound_still_holds(seed, monkeypatch):
    monkeypatch.setattr(bound, "_LABELS", 4)
    assert proven(alone(seed)) >= greatest_weight(alone(seed))


@pytest.mark.parametrize("seed", range(20))
def test_without_memory_to_go_on_from_a_round_the_bound_comes_down_as_far(seed, monkeypatch):
    monkeypatch.setattr(inquiries, "_KEPT_BYTES", 0)
    monkeypatch.setattr(inquiries, "_NEAREST", 0)
    assert proven(alone(seed)) == pytest.approx(greatest_weight(alone(seed)))


@pytest.mark.parametrize("seed", range(20))
def test_with_little_work_allowed_the_bound_still_holds(seed, monkeypatch):
    monkeypatch.setattr(team, "_LOOKS", 0)
    assert proven(alone(seed)) >= greatest_weight(alone(seed))


@pytest.mark.parametrize("seed", range(40))
def test_what_is_too_far_for_a_first_leg_may_come_later_seen_from_either_end(seed, monkeypatch):
    monkeypatch.setattr(inquiries, "_NEAREST", 0)
    problem = alone(seed)
    problem = replace(problem, start_at_most_m=np.median(problem.door_m, axis=1))
    best = greatest_weight(problem)
    assert proven(problem, known=0.6 * best) >= best


@pytest.mark.parametrize("seed", range(40))
def test_the_rough_bound_holds(seed):
    problem = alone(seed)
    assert Rough(problem).most(0, problem.weight) >= greatest_weight(problem)


def test_a_proof_without_time_is_a_rough_one():
    problem = alone(3)
    proof = Proof(problem, threads=1)
    proof.sharpen(np.zeros(problem.blocks), np.zeros(1), aim=0.0, passes=12, rounds=2, deadline=Deadline(0.0, never))
    assert greatest_weight(problem) <= proof.value <= problem.weight.sum()
