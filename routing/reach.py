"""What one team can reach, as flat arrays: the ground on which loops are searched and bounds are proven.

A node is a block entered by one of its ends: a line block has two, a point block one.
"""

from typing import NamedTuple

import numpy as np

from routing.problem import Bools, Floats, Integers, Problem
from routing.sequence import TOLERANCE_S


class Reach(NamedTuple):
    """One team's nodes and seconds; N nodes, by block, entered by end 0 before end 1.

    block [N]: of all blocks. enter, leave [N]: places where a walk comes to the node and goes from it. out_s, home_s
    [N]: walking from the door to the entrance, inf where that is too long a first leg, and from the exit to where the
    walk ends. inside_s, dwell_s [N]: walking in the block, staying. pace: seconds a metre. limit_s: the budget or the
    window, whichever is shorter. walk_limit_s: most seconds of walking; inf: no limit.
    """

    team: int
    block: Integers
    enter: Integers
    leave: Integers
    out_s: Floats
    home_s: Floats
    inside_s: Floats
    dwell_s: Floats
    pace: float
    limit_s: float
    walk_limit_s: float

    def only(self, keep: Bools) -> "Reach":
        """The same with these nodes alone; keep [N]."""
        return self._replace(
            block=self.block[keep],
            enter=self.enter[keep],
            leave=self.leave[keep],
            out_s=self.out_s[keep],
            home_s=self.home_s[keep],
            inside_s=self.inside_s[keep],
            dwell_s=self.dwell_s[keep],
        )


def allowed(problem: Problem, team: int) -> Reach:
    """The nodes that this team may serve: compatible, and pinned to no other team. Near or far."""
    pace = 1.0 / float(problem.speed_mps[team])
    pinned = problem.pinned
    may = problem.compatible[team] & ((pinned < 0) | (pinned == team))
    ways = np.repeat(may, 2)
    ways[1::2] &= problem.length_m > 0
    end = np.flatnonzero(ways)
    block, enter, leave = end // 2, problem.place_of_end[end], problem.place_of_end[end ^ 1]
    out_m = problem.door_m[team, enter]
    return Reach(
        team=team,
        block=block,
        enter=enter,
        leave=leave,
        out_s=np.where(out_m <= problem.first_leg_m[team], out_m * pace, np.inf),
        home_s=problem.last_leg_m[team, leave] * pace,
        inside_s=problem.length_m[block] * pace,
        dwell_s=problem.dwell_s[block],
        pace=pace,
        limit_s=float(min(problem.budget_s[team], problem.latest_s[team] - problem.earliest_s[team])),
        walk_limit_s=float(problem.walk_limit_m[team]) * pace,
    )


def alone(problem: Problem, team: int) -> Reach:
    """The nodes of worth that it can walk to from its door and straight back in time; first-leg limit and bands aside.

    Where walks through a third block are the only way, this leaves nodes out: a ground to search on, none to prove on.
    """
    nodes = allowed(problem, team)
    out_s = problem.door_m[team, nodes.enter] * nodes.pace
    walk_s = out_s + nodes.inside_s + nodes.home_s
    fits = (walk_s + nodes.dwell_s <= nodes.limit_s + TOLERANCE_S) & (walk_s <= nodes.walk_limit_s + TOLERANCE_S)
    return nodes.only(fits & (problem.weight[nodes.block] > 0))
