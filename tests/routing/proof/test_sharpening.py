"""The bound comes down to what a loop can really be worth, and stays above it where there is no room for that."""

from dataclasses import replace

import numpy as np
import pytest

from routing.deadline import Deadline
from routing.plan import never
from routing.problem import Problem
from routing.proof import bound, inquiries, team
from routing.proof.bound import Proof
from routing.proof.graph import FAR, Graph
from routing.proof.labels import room_for
from routing.proof.rough import Rough
from routing.proof.team import Inquiry
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


def test_a_walk_that_beats_another_stands_for_its_ways_on_too():
    """At 2, having come over 0 beats having come over 1, and neither is remembered; only the latter may end at 0."""
    leg = np.full((4, 4), FAR, dtype=np.int32)
    leg[0, 2] = leg[1, 2] = leg[2, 0] = 500
    leg[2, 3], leg[3, 0] = 12_000, 12_098
    graph = Graph(
        start=np.array([500, 505, 1000, 13_000], dtype=np.int32),
        leg=leg,
        finish=np.array([500, 1500, 1000, 12_598], dtype=np.int32),
        service=np.zeros(4, dtype=np.int32),
        worth=np.array([5.0, 4.0, 1.0, 1.0]),
        block=np.arange(4),
        limit=25_600,
    )
    never_halted = np.zeros(1, dtype=np.int64)
    inquiry = Inquiry(graph, np.eye(4, dtype=np.bool_), known=9.0, aim=0.0, halt=never_halted)
    inquiry.look(6, known=9.0, room=room_for(1000), halt=never_halted)
    assert inquiry.upper == pytest.approx(10.0)


@pytest.mark.parametrize("seed", range(40))
def test_the_rough_bound_holds(seed):
    problem = alone(seed)
    assert Rough(problem).most(0, problem.weight) >= greatest_weight(problem)


def test_a_proof_without_time_is_a_rough_one():
    problem = alone(3)
    proof = Proof(problem, threads=1)
    proof.sharpen(np.zeros(problem.blocks), np.zeros(1), aim=0.0, passes=12, rounds=2, deadline=Deadline(0.0, never))
    assert greatest_weight(problem) <= proof.value <= problem.weight.sum()
