"""Reasons looked at: known ones, with amounts that mean something, and out of reach only where nobody reaches."""

from collections.abc import Iterator
from typing import get_args

import numpy as np

from routing.check.party import Party, farthest_m, longest_s, may_walk, pace, parties, together_s
from routing.check.violation import SLACK_S, Violation
from routing.plan import LeftOut, Plan, Reason
from routing.problem import Floats, Integers, Problem


def reasons(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """All that is wrong with the blocks left out."""
    blocks = np.array([entry.block for entry in plan.left_out], dtype=np.int64)
    spare = np.full(len(blocks), -np.inf)
    for party in parties(problem):
        spare = np.maximum(spare, _spare_alone(problem, party, blocks))
    for entry, most in zip(plan.left_out, spare.tolist(), strict=True):
        yield from _reason(f"block {problem.block_ids[entry.block]}", entry, most)


def _reason(where: str, entry: LeftOut, spare_s: float) -> Iterator[Violation]:
    if entry.reason not in get_args(Reason):
        yield Violation("reason", where, f"has the unknown reason {entry.reason!r}")
    if not entry.amount >= 0:
        yield Violation("amount", where, f"has the amount {entry.amount}")
    if entry.reason == "out_of_reach" and spare_s > SLACK_S:
        yield Violation("reach", where, f"is out_of_reach, but a team would have {spare_s} s to spare")
    if entry.reason != "out_of_reach" and spare_s < -SLACK_S:
        yield Violation("reach", where, f"is {entry.reason}, but no team can go there and back")


def _spare_alone(problem: Problem, party: Party, blocks: Integers) -> Floats:
    """Seconds left, of time and of walking, after a loop with each block alone; -inf: may not, or no way leads."""
    speed = pace(problem, party)
    zero, one = problem.place_of_end[2 * blocks], problem.place_of_end[2 * blocks + 1]
    door, home = problem.door_m[party.first], problem.last_leg_m[party.first]
    metres = np.minimum(door[zero] + home[one], door[one] + home[zero]) + problem.length_m[blocks]
    time_s = min(longest_s(problem, party), together_s(problem, party)) - problem.dwell_s[blocks]
    spare: Floats = np.minimum(time_s, farthest_m(problem, party) / speed) - metres / speed
    return np.where(may_walk(problem, party)[blocks] & np.isfinite(metres), spare, -np.inf)
