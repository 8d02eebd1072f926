"""One team's best loops when every block has a worth: from the problem to the kernel and back."""

from collections.abc import Sequence

import numpy as np

from routing.dice import dice
from routing.master.improve import Ground, fill_legs, nothing_found, room, search
from routing.master.pool import Loop
from routing.problem import Floats, Integers, Problem
from routing.reach import Reach, alone
from routing.sequence import TeamView, best_loop, view

_LEAST_WORTH = 1e-6
_KEPT = 8
_MOST_NODES = 700
_MOST_TIMED = 3


class Pricing:
    """What every team can reach, and dice of its own."""

    def __init__(self, problem: Problem, *, seed: int) -> None:
        """Look at nothing closer than needed."""
        self._problem = problem
        self._reach = [alone(problem, team) for team in range(problem.teams)]
        self._dice = [dice(seed * 100_003 + team) for team in range(problem.teams)]
        self._views: dict[int, TeamView] = {}
        self._banded = np.array([bool(bands) for bands in problem.bands], dtype=np.bool_)

    def loops(self, team: int, starts: Sequence[Loop], worth: Floats, moves: int, halt: Integers) -> list[Loop]:
        """Good loops of the team that it can walk, best first; so many repairs from each of `starts`. worth [B]."""
        nodes = self._nodes(team, starts, worth)
        count = len(nodes.block)
        if not count or halt[0]:
            return []
        found, work = nothing_found(_KEPT, count), room(count)
        rows, sizes = _placed(starts, nodes)
        search(_ground(self._problem, nodes, worth), rows, sizes, moves, self._dice[team], found, work, halt)
        order = np.argsort(-found.worth, kind="stable")
        loops = [tuple(nodes.block[found.node[k, : found.size[k]]].tolist()) for k in order if found.size[k] > 0]
        # The kernel knows no bands.
        banded = [bool(self._banded[list(loop)].any()) for loop in loops]
        timed = [loop for loop, one in zip(loops, banded, strict=True) if one][:_MOST_TIMED]
        out = {loop for loop in timed if not self.fits(team, loop)}
        return [loop for loop, one in zip(loops, banded, strict=True) if not one or (loop in timed and loop not in out)]

    def fits(self, team: int, loop: Loop) -> bool:
        """Whether the team can walk this loop in this order, every limit kept."""
        return best_loop(self._view(team), loop) is not None

    def _view(self, team: int) -> TeamView:
        if team not in self._views:
            self._views[team] = view(self._problem, team)
        return self._views[team]

    def _nodes(self, team: int, starts: Sequence[Loop], worth: Floats) -> Reach:
        """The nodes worth looking at: all of them, or the dearest and those on the starts."""
        nodes = self._reach[team]
        value = worth[nodes.block]
        keep = value > _LEAST_WORTH
        if keep.sum() > _MOST_NODES:
            keep &= value >= np.partition(value, -_MOST_NODES)[-_MOST_NODES]
            keep |= np.isin(nodes.block, [block for loop in starts for block in loop]) & (value > _LEAST_WORTH)
        return nodes.only(keep)


def _placed(starts: Sequence[Loop], nodes: Reach) -> tuple[Integers, Integers]:
    """The starts as nodes [S, N], and their sizes [S]; at least one, empty if need be."""
    at = {block: place for place, block in enumerate(nodes.block.tolist())}
    rows = np.zeros((max(len(starts), 1), len(nodes.block)), dtype=np.int64)
    sizes = np.zeros(len(rows), dtype=np.int64)
    for k, loop in enumerate(starts):
        inside = [at[block] for block in loop if block in at]
        rows[k, : len(inside)] = inside
        sizes[k] = len(inside)
    return rows, sizes


def _ground(problem: Problem, nodes: Reach, worth: Floats) -> Ground:
    count = len(nodes.block)
    service_s = nodes.inside_s + nodes.dwell_s
    leg_s, back_s = np.empty((count, count)), np.empty((count, count))
    fill_legs(problem.between_m, nodes.enter, nodes.leave, nodes.pace, service_s, leg_s, back_s)
    place = np.arange(count)
    same_next = np.append(nodes.block[1:] == nodes.block[:-1], False)
    turned = place + same_next - np.append(False, same_next[:-1])
    return Ground(
        leg_s=leg_s,
        back_s=back_s,
        first_s=nodes.out_s + service_s,
        last_s=nodes.home_s,
        service_s=service_s,
        stay_s=nodes.dwell_s,
        worth=worth[nodes.block],
        block=nodes.block,
        turned=turned,
        limit_s=nodes.limit_s,
        walk_limit_s=nodes.walk_limit_s,
    )
