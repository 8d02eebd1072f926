"""The bound by walks: prices that go down, the best loops of every kind of walk at them, and a proof now and then.

As for an evening (see routing.master.columns and routing.proof), but a team's walks of the same length are alike: what
holds for one holds for all of them, so each kind is searched once and counts as often as there are walks of it.
"""

from collections.abc import Sequence

import numpy as np

from routing.abreast import abreast
from routing.deadline import Deadline
from routing.master.descent import Descent
from routing.master.pool import Loop, Pool
from routing.master.pricing import Pricing
from routing.problem import Floats, Integers, Problem
from routing.proof.bound import Proof

_PRICES_SHARE, _ROOM = 0.25, 2.0
_FIRST_MOVES, _MORE_MOVES, _MOST_MOVES = 100, 20, 300
_KEPT_OF_A_SEARCH = 4
_AIM, _PASSES, _ROUGH_ROUNDS, _ROUNDS, _CLOSED = 0.002, 2, 2, 6, 1e-5


class Walks:
    """proof.value: what the bounding evening's plans weigh at most."""

    def __init__(self, evening: Problem, team: Integers, *, threads: int, seed: int) -> None:
        """Of `team` [W] are the walks of the bounding evening."""
        _, first, times = np.unique(
            np.column_stack([team, evening.budget_s]), axis=0, return_index=True, return_counts=True
        )
        self.proof = Proof(evening, threads=threads)
        self._evening, self._threads = evening, threads
        self._first, self._times = first, times
        self._pool = Pool(evening.weight)
        self._pricing = Pricing(evening, seed=seed)
        self._descent = Descent(evening.visit_weight)
        self._steps = 0
        self._proof_s = 0.0

    def begin(self, loops: Sequence[Loop]) -> None:
        """With prices that suit the loops of a plan."""
        self._descent.guess(loops)

    def step(self, deadline: Deadline, *, prices: int | None, floor: float) -> bool:
        """Try so many prices, and prove at the best; whether another step can help.

        prices: None: until it is time to prove, roughly at first, for loops to price by, then closely. floor: a plan's.
        """
        self._steps += 1
        left_s = deadline.left_s()
        keep_s = max((1.0 - _PRICES_SHARE) * left_s, _ROOM * self._proof_s)
        tried = 0
        while tried != prices and (prices is not None or deadline.left_s() > keep_s):
            if not self._try_prices(deadline, floor) or self._descent.least <= floor * (1 + _CLOSED):
                break
            tried += 1
        began_s = deadline.elapsed_s()
        self._prove(deadline)
        self._proof_s = deadline.elapsed_s() - began_s
        return deadline.left_s() > _ROOM * self._proof_s and self.proof.value > floor * (1 + _CLOSED)

    def _try_prices(self, deadline: Deadline, floor: float) -> bool:
        """Search every kind's best loops at the present prices, and move these; False when time is up."""
        price, walks = self._descent.price, self._evening.teams
        worth = self._evening.weight - price
        starts = self._pool.best_places(price, walks, 1)
        moves = min(_FIRST_MOVES + _MORE_MOVES * self._steps, _MOST_MOVES)

        def searched(walk: int, halt: Integers) -> list[Loop]:
            return self._pricing.loops(walk, [self._pool.loop[place] for place in starts[walk]], worth, moves, halt)

        answers = abreast(searched, self._first.tolist(), threads=self._threads, deadline=deadline)
        for walk, loops in zip(self._first.tolist(), answers, strict=True):
            for loop in loops[:_KEPT_OF_A_SEARCH]:
                self._pool.add(walk, loop)
        if deadline.over():
            return False
        wanted = np.zeros(self._evening.blocks, dtype=np.int64)
        best = self._pool.best_places(price, walks, 1)
        for walk, times in zip(self._first.tolist(), self._times.tolist(), strict=True):
            for place in best[walk]:
                stops = list(self._pool.loop[place])
                wanted[stops] += times * int(worth[stops].sum() > 0)
        self._descent.move(self._left(price), wanted, floor)
        return True

    def _known(self, price: Floats) -> Floats:
        """What each walk's best known loop keeps of its worth at these prices. Shape [W]."""
        return self._pool.best_of_teams(price, self._evening.teams)

    def _left(self, price: Floats) -> float:
        return float(self._times @ self._known(price)[self._first])

    def _prove(self, deadline: Deadline) -> None:
        """Sharpen the bound at the best prices, and learn the loops met on the way."""
        price = self._descent.best
        rounds = _ROUGH_ROUNDS if self._steps == 1 else _ROUNDS
        aim = _AIM * (self._descent.visits_worth(price) + self._left(price)) / max(self._evening.teams, 1)
        loops = self.proof.sharpen(price, self._known(price), aim=aim, passes=_PASSES, rounds=rounds, deadline=deadline)
        for walk, loop in loops:
            if self._pricing.fits(walk, loop):
                self._pool.add(walk, loop)
        self._descent.return_to_best(self._left(price))
