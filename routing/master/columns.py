"""Column generation for an evening (Boussier, Feillet, Gendreau 2007, doi:10.1007/s10288-006-0009-1).

The relaxation of the packing prices the blocks; under smoothed prices (Wentges 1997,
doi:10.1016/S0969-6016(97)00001-4) every team's best loops are searched for and offered to it.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from routing.deadline import Deadline
from routing.master.improve import Ground, fill_legs, nothing_found, room, search
from routing.master.packing import pick
from routing.master.pool import Loop, Pool
from routing.master.relaxed import Prices, Relaxed
from routing.problem import Floats, Problem
from routing.proof.bound import Proof
from routing.reach import Reach, alone
from routing.dice import dice

_SMOOTHING = 0.5
_MOVES = 300
_STARTS = 3
_KEPT = 8
_MOST_TO_PICK_FROM = 6000
_LEAST_WORTH = 1e-6


class ColumnSearch:
    """A pool of loops that grows step by step, with the value of its relaxation."""

    def __init__(self, problem: Problem, *, threads: int, seed: int) -> None:
        self.pool = Pool(problem.weight)
        self.prices: Prices | None = None
        self.smooth = np.zeros(problem.blocks)
        self._problem = problem
        self._reach = [alone(problem, team) for team in range(problem.teams)]
        self._dice = [dice(seed * 100_003 + team) for team in range(problem.teams)]
        self._workers = ThreadPoolExecutor(threads)
        self._relaxed = Relaxed(problem, self.pool)
        self.proof = Proof(problem)
        self.passes = 6
        self._seed = seed

    def add(self, routes: Iterable[tuple[int, Sequence[int]]]) -> None:
        """Loops that can be walked, from wherever: team and blocks in order."""
        for team, loop in routes:
            if loop:
                self.pool.add(team, loop)

    def step(self, deadline: Deadline) -> bool:
        """Solve, price, search; whether anything new was found in time."""
        self._relaxed.offer(range(len(self.pool)))
        prices = self._relaxed.solve(seconds=deadline.left_s())
        if prices is None:
            return False
        self.prices = prices
        self.smooth = _SMOOTHING * self.smooth + (1 - _SMOOTHING) * prices.block
        before = len(self.pool)
        worth = self._problem.weight - self.smooth
        reduced = self.pool.reduced(self.smooth, np.zeros(self._problem.teams))
        by_team: list[list[int]] = [[] for _ in range(self._problem.teams)]
        for place, team in enumerate(self.pool.team):
            by_team[team].append(place)
        jobs = []
        for team, places in enumerate(by_team):
            best = sorted(places, key=lambda place: -reduced[place])[:_STARTS]
            jobs.append((team, [self.pool.loop[place] for place in best]))
        for team, loops in self._workers.map(lambda job: self._search(job[0], job[1], worth), jobs):
            for loop in loops:
                if worth[list(loop)].sum() > prices.team[team] - 0.3 * self._problem.weight.mean():
                    self.pool.add(team, loop)
        return len(self.pool) > before

    def pack(self, best: Sequence[Loop], deadline: Deadline) -> list[Loop]:
        """Loops of the pool to walk together, one a team, () for none; never worth less than `best`."""
        start = self.pool.of_plan(best)
        top = list(best)
        if self.prices is None:
            return top
        self._relaxed.offer(range(len(self.pool)))
        top = self._better(top, self._relaxed.dive(left_s=deadline.left_s))
        start = self.pool.of_plan(top)
        slack = self.prices.value - self.worth(top)
        reduced = self.pool.reduced(self.prices.block, self.prices.team)
        near = [
            place
            for place in np.argsort(-reduced, kind="stable")[:_MOST_TO_PICK_FROM].tolist()
            if reduced[place] > -slack
        ]
        if deadline.left_s() > 0:
            chosen = pick(self._problem, self.pool, near, start, seconds=deadline.left_s(), seed=self._seed)
            top = self._better(top, chosen)
        return top

    def worth(self, sequences: Sequence[Loop]) -> float:
        """What a plan with these loops weighs."""
        visits = np.bincount([block for loop in sequences for block in loop], minlength=self._problem.blocks)
        by_visit = self._problem.visit_weight
        counted = np.arange(by_visit.shape[1])[None, :] < visits[:, None]
        return float(by_visit[counted].sum())

    def _better(self, best: list[Loop], places: Iterable[int]) -> list[Loop]:
        other: list[Loop] = [()] * self._problem.teams
        for place in places:
            other[self.pool.team[place]] = self.pool.loop[place]
        return other if self.worth(other) > self.worth(best) else best

    def prove(self, deadline: Deadline) -> None:
        """Sharpen the bound at the smoothed prices, and learn the loops met on the way."""
        if self.prices is None:
            return
        reduced = self.pool.reduced(self.smooth, np.zeros(self._problem.teams))
        known = np.zeros(self._problem.teams)
        np.maximum.at(known, self.pool.teams(), reduced)
        aim = 0.004 * self.prices.value / self._problem.teams
        loops = self.proof.sharpen(
            self.smooth, known, aim=aim, passes=self.passes, deadline=deadline, workers=self._workers
        )
        worth = self._problem.weight - self.smooth
        for team, loop in loops:
            if worth[list(loop)].sum() > known[team] - 0.5:
                self.pool.add(team, loop)

    def _search(self, team: int, starts: list[Loop], worth: Floats) -> tuple[int, list[Loop]]:
        nodes = self._reach[team]
        nodes = nodes.only(worth[nodes.block] > _LEAST_WORTH)
        count = len(nodes.block)
        if not count:
            return team, []
        ground = _ground(self._problem, nodes, worth)
        found, work = nothing_found(_KEPT, count), room(count)
        at = {int(block): place for place, block in enumerate(nodes.block)}
        rows = np.zeros((len(starts) or 1, count), dtype=np.int64)
        sizes = np.zeros(len(rows), dtype=np.int64)
        for k, loop in enumerate(starts):
            inside = [at[block] for block in loop if block in at]
            rows[k, : len(inside)] = inside
            sizes[k] = len(inside)
        search(ground, rows, sizes, _MOVES, self._dice[team], found, work)
        order = np.argsort(-found.worth, kind="stable")
        return team, [tuple(nodes.block[found.node[k, : found.size[k]]].tolist()) for k in order if found.size[k] > 0]


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
