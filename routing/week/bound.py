"""A weight that no week can exceed, from the bounding evening (see routing.week.relaxed).

First from what time alone says: for any prices of blocks, what their visits are worth at most at these prices, and for
every walk the most that fits into its seconds, were the blocks it reaches to be had for their service alone (Geoffrion
1974, doi:10.1007/BFb0120690; a fractional knapsack for each walk, Dantzig 1957, doi:10.1287/opre.5.2.266). The prices
are bettered by subgradients (Held, Wolfe, Crowder 1974, doi:10.1007/BF01580223). Then, where walks reach few enough
blocks, from the proof by ng-walks that evenings have.
"""

import threading
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from routing.compiled import compiled
from routing.deadline import Deadline
from routing.master.pool import Loop
from routing.problem import Floats, Integers, Metres, Problem
from routing.proof.graph import nearest_first
from routing.week.descent import Walks
from routing.week.problem import WeekProblem
from routing.week.relaxed import all_walks, all_walks_as_teams, partners_worth

_SAFE = 1e-9
_SLACK_S = 1.0
_FIRST_STEP, _SHORTER, _LEAST_STEP = 1.0, 0.7, 1e-3
_PATIENCE = 4
_MOST_BLOCKS_TO_PROVE = 400
_LEAST_COST_S = 1e-3
_HALVINGS = 25


class _Knapsacks(NamedTuple):
    """K kinds of walks: first [K + 1] into the blocks that each reaches, block, with their cost_s of service.

    room_s [K]: seconds for services; times [K]: so many walks are of this kind.
    """

    first: Integers
    block: Integers
    cost_s: Floats
    room_s: Floats
    times: Integers


class WeekBound:
    """The least bound so far."""

    def __init__(self, problem: WeekProblem, *, threads: int, seed: int, over: Callable[[], bool]) -> None:
        """Begins with the worth of all visits wanted that anybody can make."""
        self._evening = all_walks_as_teams(problem)
        self._more = partners_worth(problem)
        self._visits = np.ascontiguousarray(self._evening.visit_weight)
        self._team = all_walks(problem).team
        self._knapsacks = _knapsacks(self._evening, self._team, over)
        self._threads, self._seed = threads, seed
        self._walks: Walks | None = None
        self._price = self._by_time()
        self._step, self._stalled = _FIRST_STEP, 0
        self._lock = threading.Lock()
        times = np.repeat(self._knapsacks.times, np.diff(self._knapsacks.first))
        able = np.bincount(self._knapsacks.block, weights=times, minlength=problem.blocks)
        counted = np.arange(self._visits.shape[1])[None, :] < able[:, None]
        self.value = np.inf
        self._keep(float(self._visits[counted].sum()))

    @property
    def by_walks(self) -> bool:
        """Whether a proof by walks is within reach."""
        return 0 < int(np.diff(self._knapsacks.first).max(initial=0)) <= _MOST_BLOCKS_TO_PROVE

    def sharpen_by_time(self, deadline: Deadline, *, steps: int, aim: float) -> bool:
        """So many subgradient steps; False when they help no more. aim: the weight of a plan that is known."""
        best = self._price.copy()
        least = np.inf
        taken = np.empty(len(best))
        for _ in range(steps):
            if deadline.over() or self._step < _LEAST_STEP:
                break
            worth = _pack(self._knapsacks, self._price, taken)
            gains = np.cumsum(self._visits - self._price[:, None], axis=1)
            wanted = np.where(gains.max(axis=1) > 0, gains.argmax(axis=1) + 1, 0)
            bound = worth + float(np.maximum(gains.max(axis=1), 0.0).sum())
            self._keep(bound)
            if bound < least - 1e-4 * abs(least) or least == np.inf:
                self._stalled = 0
            else:
                self._stalled += 1
            if bound < least:
                least, best = bound, self._price.copy()
            if self._stalled >= _PATIENCE:
                self._step, self._stalled, self._price = self._step * _SHORTER, 0, best.copy()
                continue
            slope = taken - wanted
            length = self._step * max(bound - aim, 1e-3 * bound) / max(float(slope @ slope), 1e-12)
            self._price = np.clip(self._price - length * slope, 0.0, self._visits[:, 0])
        self._price = best
        return self._step >= _LEAST_STEP and len(best) > 0

    def sharpen_by_walks(self, deadline: Deadline, loops: Sequence[Loop], *, prices: int | None, floor: float) -> bool:
        """Try some prices and prove at the best; False when there is nothing more to learn.

        loops: of a plan, to guess prices from; floor: its weight. prices: see Walks.step.
        """
        if self._walks is None:
            self._walks = Walks(self._evening, self._team, threads=self._threads, seed=self._seed)
            self._walks.begin(loops)
        more = self._walks.step(deadline, prices=prices, floor=max(floor - self._more, 0.0))
        self._keep(self._walks.proof.value)
        return more

    def _by_time(self) -> Floats:
        """Prices to begin with: for all blocks the same for a second of service, the best such."""
        sacks = self._knapsacks
        cost_s = np.full(len(self._visits), np.inf)
        np.minimum.at(cost_s, sacks.block, np.maximum(sacks.cost_s, _LEAST_COST_S))
        rates = (self._visits / cost_s[:, None]).ravel()
        order = np.argsort(-rates, kind="stable")[: int(np.isfinite(cost_s).sum()) * self._visits.shape[1]]
        if not len(order):
            return np.zeros(len(self._visits))
        spent_s = np.cumsum(cost_s[order // self._visits.shape[1]])
        last = min(int(np.searchsorted(spent_s, float(sacks.room_s @ sacks.times))), len(order) - 1)
        prices: Floats = rates[order[last]] * np.where(np.isinf(cost_s), 0.0, cost_s)
        return np.minimum(prices, self._visits[:, 0])

    def _keep(self, bound: float) -> None:
        with self._lock:
            self.value = min(self.value, (bound + self._more) * (1.0 + _SAFE) + _SAFE)


def _knapsacks(evening: Problem, team: Integers, over: Callable[[], bool]) -> _Knapsacks:
    """Walks of one team and as many seconds are of one kind. team [W]: whose walks they are.

    A walk takes at least its services, the least way from the door to any stop and the least way home; ways may lead
    through other stops, where metres are no metric.
    """
    kinds, where, times = np.unique(
        np.column_stack([team, evening.budget_s]), axis=0, return_index=True, return_counts=True
    )
    between = np.minimum(evening.between_m, evening.between_m.T)
    zero, one = evening.place_of_end[0::2], evening.place_of_end[1::2]
    np.minimum.at(between, (zero, one), evening.length_m.astype(between.dtype))
    np.minimum.at(between, (one, zero), evening.length_m.astype(between.dtype))
    nowhere_s = np.zeros(len(between))  # when time is up, every block is next door
    first, blocks, costs, room_s = [0], [np.empty(0, dtype=np.int64)], [np.empty(0)], np.zeros(len(kinds))
    for kind, walk in enumerate(where.tolist()):
        there_s, back_s = (nowhere_s, nowhere_s) if over() else _ways(evening, walk, between)
        service_s = evening.length_m / evening.speed_mps[walk] + evening.dwell_s
        alone_s = np.minimum(there_s[zero] + back_s[one], there_s[one] + back_s[zero]) + service_s
        reached = np.flatnonzero(evening.compatible[walk] & (alone_s <= evening.budget_s[walk] + _SLACK_S))
        ends = np.concatenate([zero[reached], one[reached]])
        ways_s = there_s[ends].min(initial=np.inf) + back_s[ends].min(initial=np.inf)
        room_s[kind] = max(evening.budget_s[walk] - ways_s + _SLACK_S, 0.0) if len(reached) else 0.0
        blocks.append(reached)
        costs.append(service_s[reached])
        first.append(first[-1] + len(reached))
    return _Knapsacks(np.array(first), np.concatenate(blocks), np.concatenate(costs), room_s, times)


def _ways(evening: Problem, walk: int, between: Metres) -> tuple[Floats, Floats]:
    """Least seconds from the door to each place, and from each place home; inf beyond the budget. Shapes [P], [P]."""
    pace, limit_s = 1.0 / float(evening.speed_mps[walk]), float(evening.budget_s[walk])
    places = np.arange(len(between))
    none_s = np.zeros(len(between))
    out_m, home_m = evening.door_m[walk], evening.last_leg_m[walk]
    first_m = np.where(out_m <= evening.first_leg_m[walk], out_m, np.inf)
    there_s, back_s = np.empty(len(between)), np.empty(len(between))
    nearest_first(between, places, places, pace, none_s, first_m * pace, limit_s, there_s)
    if np.array_equal(first_m, home_m):
        return there_s, there_s
    nearest_first(between, places, places, pace, none_s, home_m * pace, limit_s, back_s)
    return there_s, back_s


@compiled
def _pack(knapsacks: _Knapsacks, price: Floats, taken: Floats) -> float:
    """What all walks can be worth at these prices, never too little; taken [B]: visits of walks that are worth it.

    For any worth of a second, a walk is worth no more than its seconds and what its blocks are worth beyond theirs; a
    good one is found by halving.
    """
    first, block, cost_s = knapsacks.first, knapsacks.block, knapsacks.cost_s
    taken[:] = 0.0
    total = 0.0
    for kind in range(len(knapsacks.room_s)):
        room_s = knapsacks.room_s[kind]
        low = 0.0
        high = 0.0
        for k in range(first[kind], first[kind + 1]):
            high = max(high, price[block[k]] / max(cost_s[k], _LEAST_COST_S))
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            spent_s = 0.0
            for k in range(first[kind], first[kind + 1]):
                if price[block[k]] > middle * cost_s[k]:
                    spent_s += cost_s[k]
            if spent_s > room_s:
                low = middle
            else:
                high = middle
        worth = high * room_s
        for k in range(first[kind], first[kind + 1]):
            more = price[block[k]] - high * cost_s[k]
            if more > 0.0:
                worth += more
                taken[block[k]] += knapsacks.times[kind]
        total += worth * knapsacks.times[kind]
    return total
