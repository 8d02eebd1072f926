"""A bound on one team's best loop within a millisecond: the fractional knapsack on the least seconds of each block."""

import numpy as np

from routing.problem import Floats, Problem
from routing.proof.graph import SAME_PLACE_M, SLACK_S
from routing.reach import allowed

_ROWS_AT_ONCE = 256
_LEAST_S = 1e-9


class Rough:
    """What every block takes at least, whoever comes from wherever."""

    def __init__(self, problem: Problem) -> None:
        """Look for the shortest way to each end of a block from any other block."""
        self._problem = problem
        self._hop_m = _shortest_hops(problem)

    def most(self, team: int, worth: Floats) -> float:
        """No loop of the team is worth more. worth [B]."""
        gain, least_s, limit_s = self._blocks(team, worth)
        order = np.argsort(-gain / np.maximum(least_s, _LEAST_S), kind="stable")
        spent_s = np.concatenate(([0.0], np.cumsum(least_s[order])))
        won = np.concatenate(([0.0], np.cumsum(gain[order])))
        most = won[-1] if spent_s[-1] <= limit_s else np.interp(limit_s, spent_s, won)
        return float(most) * (1 + 1e-9)

    def size(self, team: int, worth: Floats) -> float:
        """How hard the team is to judge, to put teams in order."""
        gain, _, limit_s = self._blocks(team, worth)
        return len(gain) * limit_s

    def _blocks(self, team: int, worth: Floats) -> tuple[Floats, Floats, float]:
        """Worth and least seconds of the blocks that it can serve alone or on the way, and its seconds in all."""
        nodes = allowed(self._problem, team)
        hop_m = np.minimum(self._hop_m[2 * nodes.block], self._hop_m[2 * nodes.block + 1])
        least_s = np.maximum(np.minimum(hop_m * nodes.pace, _first_s(nodes.block, nodes.out_s)), 0.0)
        least_s += nodes.inside_s + nodes.dwell_s
        home_s = float(nodes.home_s.min()) if len(nodes.home_s) else 0.0
        limit_s = max(nodes.limit_s + SLACK_S - home_s, 0.0)
        blocks, first = np.unique(nodes.block, return_index=True)
        gain, seconds = worth[blocks], least_s[first]
        good = (gain > 0) & (seconds <= limit_s)
        return gain[good], seconds[good], limit_s


def _first_s(block: np.typing.NDArray[np.int64], out_s: Floats) -> Floats:
    """For every node the least first leg to any node of its block."""
    least = np.full(int(block.max()) + 1 if len(block) else 0, np.inf)
    np.minimum.at(least, block, out_s)
    first: Floats = least[block]
    return first


def _shortest_hops(problem: Problem) -> Floats:
    """Least metres to each block end from an end of another block, less what metres there and back may differ. [2B]."""
    place = problem.place_of_end
    hop_m = np.full(2 * problem.blocks, np.inf)
    for first in range(0, len(place), _ROWS_AT_ONCE):
        rows = problem.between_m[np.ix_(place[first : first + _ROWS_AT_ONCE], place)].astype(np.float64)
        own = np.arange(first, first + len(rows))
        rows[np.arange(len(rows)), own] = np.inf
        rows[np.arange(len(rows)), own ^ 1] = np.inf
        hop_m[own] = rows.min(axis=1, initial=np.inf)
    return np.maximum(hop_m - SAME_PLACE_M, 0.0)
