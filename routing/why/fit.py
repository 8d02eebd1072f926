"""The best slots of a newly available team: which of the times it offers, and what it would cover."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from routing.problem import Bools, Floats, Problem, ProblemError
from routing.why.one_team import best_for_one
from routing.why.visits import Sequences, next_prize, visits_of
from routing.why.walker import Walker, bands

MOST_SLOTS = 3
_ROUNDS = 20
_SEED = 0


class Window(NamedTuple):
    """A time that a team offers: budget_s in it, out not before earliest_s, back not after latest_s."""

    earliest_s: float
    latest_s: float
    budget_s: float


@dataclass(frozen=True, eq=False)
class Newcomer:
    """A team that is not in the plan, as a row of Problem: door_m, home_m [P], may [B] (its compatible blocks).

    home_m: None: at its door. may: None: all blocks. windows: the times to choose from.
    """

    door_m: Floats
    speed_mps: float
    windows: tuple[Window, ...]
    home_m: Floats | None = None
    may: Bools | None = None
    start_at_most_m: float = np.inf
    walk_at_most_m: float = np.inf


@dataclass(frozen=True)
class Slot:
    """What the newcomer would do in one of its windows: leave at start_s, cover these blocks in order, earn weight.

    duration_s: of the loop, the least; start_s: the earliest with it.
    """

    window: int
    start_s: float
    duration_s: float
    blocks: tuple[int, ...]
    weight: float


def best_slots(
    problem: Problem, sequences: Sequences, newcomer: Newcomer, *, most: int = MOST_SLOTS
) -> tuple[Slot, ...]:
    """The windows in which the newcomer earns most beyond the plan, best first; none that earns nothing.

    problem: without groups; sequences: the blocks on each team's loop, T of them, which stay as they are. What is
    pinned to a team of the plan is not for the newcomer. Raises ProblemError for a newcomer that does not fit the
    problem.
    """
    _check(problem, newcomer)
    prize = np.where(problem.pinned < 0, next_prize(problem, visits_of(problem, sequences)), 0.0)
    all_bands = bands(problem)
    slots = []
    for number, window in enumerate(newcomer.windows):
        one = _walker(problem, newcomer, window)
        blocks, weight, duration_s, start_s = best_for_one(problem, one, all_bands, prize, rounds=_ROUNDS, seed=_SEED)
        slots.append(Slot(number, start_s, duration_s, blocks, weight))
    best = sorted(slots, key=lambda slot: (-slot.weight, slot.duration_s, slot.start_s, slot.window))
    return tuple(slot for slot in best[:most] if slot.blocks)


def _walker(problem: Problem, newcomer: Newcomer, window: Window) -> Walker:
    return Walker(
        door_m=newcomer.door_m,
        home_m=newcomer.door_m if newcomer.home_m is None else newcomer.home_m,
        speed_mps=newcomer.speed_mps,
        budget_s=window.budget_s,
        earliest_s=window.earliest_s,
        latest_s=window.latest_s,
        may=np.ones(problem.blocks, dtype=np.bool_) if newcomer.may is None else newcomer.may,
        start_at_most_m=newcomer.start_at_most_m,
        walk_at_most_m=newcomer.walk_at_most_m,
    )


def _check(problem: Problem, newcomer: Newcomer) -> None:
    places = len(problem.between_m)
    shapes = (
        ("door_m", newcomer.door_m, places),
        ("home_m", newcomer.home_m, places),
        ("may", newcomer.may, problem.blocks),
    )
    for name, value, size in shapes:
        if value is not None and np.shape(value) != (size,):
            raise ProblemError(f"newcomer {name}", f"has shape {np.shape(value)}, must be ({size},)")
    if not (np.isfinite(newcomer.speed_mps) and newcomer.speed_mps > 0):
        raise ProblemError("newcomer speed_mps", "must be a number above 0")
    for window in newcomer.windows:
        if not (np.isfinite(window).all() and window.budget_s >= 0 and window.latest_s >= window.earliest_s):
            raise ProblemError("newcomer windows", f"{window} is no time to walk in")
