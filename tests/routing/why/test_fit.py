"""Slots for a team that becomes available."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.check import verify
from routing.problem import ProblemError
from routing.why.fit import Newcomer, Window, best_slots
from tests.routing.check.wishes import by_insertion, plan_of, with_wishes
from tests.routing.planner.problems import on_a_plane, point
from tests.routing.why.extra import with_loop, with_team


@pytest.fixture
def problem():
    """One team at 0 that walks the block at 100; two more blocks lie around 500, open at different hours."""
    return on_a_plane(
        doors=[(0, 0)],
        ends=[point(100), point(500), point(550)],
        weight=np.array([5.0, 2.0, 4.0]),
        repeat_weight=np.array([[1.0], [0.0], [0.0]]),
        bands=((), ((0.0, 1000.0),), ((2000.0, 3000.0),)),
    )


@pytest.fixture
def newcomer():
    metres = np.abs(np.array([100.0, 100.0, 500.0, 500.0, 550.0, 550.0]) - 500.0)
    windows = (Window(0.0, 1000.0, 600.0), Window(2000.0, 3000.0, 600.0), Window(2000.0, 3000.0, 900.0))
    return Newcomer(door_m=metres, speed_mps=1.0, windows=windows)


def slots(problem, newcomer, **options):
    found = best_slots(problem, [(0,)], newcomer, **options)
    return [(slot.window, slot.blocks, slot.weight) for slot in found]


def test_the_window_that_earns_most_comes_first(problem, newcomer):
    assert slots(problem, newcomer) == [(2, (0, 2), 5.0), (1, (2,), 4.0), (0, (1,), 2.0)]


def test_no_more_slots_are_named_than_asked_for(problem, newcomer):
    assert slots(problem, newcomer, most=1) == [(2, (0, 2), 5.0)]


def test_a_window_without_work_is_no_slot(problem, newcomer):
    idle = replace(newcomer, windows=(Window(0.0, 10.0, 10.0), Window(5000.0, 6000.0, 600.0)))
    assert slots(replace(problem, weight=np.array([5.0, 0.0, 4.0])), idle) == []


def test_limits_and_pins_hold_for_the_newcomer(problem, newcomer):
    only = (Window(2000.0, 3000.0, 900.0),)
    assert slots(problem, replace(newcomer, windows=only, walk_at_most_m=150.0)) == [(0, (2,), 4.0)]
    assert slots(problem, replace(newcomer, windows=only, start_at_most_m=40.0)) == []
    assert slots(problem, replace(newcomer, windows=only, may=np.array([True, True, False]))) == [(0, (0,), 1.0)]
    assert slots(replace(problem, pinned_to=np.array([-1, -1, 0])), replace(newcomer, windows=only)) == [(0, (0,), 1.0)]


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("newcomer door_m", {"door_m": np.zeros(5)}),
        ("newcomer home_m", {"home_m": np.zeros((1, 6))}),
        ("newcomer may", {"may": np.ones(6, dtype=bool)}),
        ("newcomer speed_mps", {"speed_mps": 0.0}),
        ("newcomer windows", {"windows": (Window(10.0, 0.0, 600.0),)}),
    ],
)
def test_a_newcomer_that_does_not_fit_the_problem_is_refused_by_name(problem, newcomer, field, changes):
    with pytest.raises(ProblemError) as refused:
        best_slots(problem, [(0,)], replace(newcomer, **changes))
    assert refused.value.where == field


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), banded=st.sampled_from([0.0, 0.5]))
def test_each_slot_keeps_what_it_promises(seed, banded):
    problem = with_wishes(seed, teams=3, blocks=12, banded=banded, joint=False)
    sequences = by_insertion(problem, seed)
    before = plan_of(problem, sequences).weight
    random = np.random.default_rng(seed)
    door = problem.door_m[0] * random.uniform(0.5, 1.5)
    windows = tuple(Window(start, start + 900.0, 700.0) for start in random.uniform(0, 2000, 3))
    new = Newcomer(door_m=door, speed_mps=1.2, windows=windows, may=problem.compatible[1], walk_at_most_m=700.0)
    for slot in best_slots(problem, sequences, new):
        window = windows[slot.window]
        longer = with_team(
            problem,
            door_m=door,
            home_m=door,
            may=new.may,
            speed_mps=1.2,
            budget_s=window.budget_s,
            earliest_s=window.earliest_s,
            latest_s=window.latest_s,
            walk_m=700.0,
        )
        better = with_loop(longer, sequences, slot.blocks, start_s=slot.start_s, duration_s=slot.duration_s)
        assert verify(longer, better) == []
        assert better.weight == pytest.approx(before + slot.weight)
