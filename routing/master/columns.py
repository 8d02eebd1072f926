"""Column generation for an evening (Boussier, Feillet, Gendreau 2007, doi:10.1007/s10288-006-0009-1).

Prices of blocks go down the Lagrangian bound; at each of them every team's best loops are searched for and kept. The
relaxed packing of all loops met says what plans can be worth, and its duals which loops to pick from.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from routing.abreast import abreast
from routing.deadline import Deadline
from routing.master.descent import Descent
from routing.master.packing import pick
from routing.master.pool import Loop, Pool
from routing.master.pricing import Pricing
from routing.master.relaxed import Prices, Relaxed
from routing.problem import Floats, Integers, Problem
from routing.proof.bound import Proof

_PRICES_A_STEP = 10
_FIRST_MOVES, _MORE_MOVES, _MOST_MOVES = 6, 3, 40
_SHORT = 10
_KEPT_OF_A_SEARCH = 6
_CLOSED = 1e-5
_AIM = 0.0007
_MOST_TO_PICK_FROM = 8000


class ColumnSearch:
    """A pool of loops that grows step by step, with the value of its relaxation."""

    def __init__(self, problem: Problem, *, threads: int, seed: int) -> None:
        """An empty pool."""
        self.pool = Pool(problem.weight)
        self.prices: Prices | None = None
        self.proof = Proof(problem, threads=threads)
        self.descent = Descent(problem.visit_weight)
        self._problem = problem
        self._threads = threads
        self._seed = seed
        self._pricing = Pricing(problem, seed=seed)
        self._relaxed = Relaxed(problem, self.pool)
        self._steps = 0
        self._slack = float(problem.weight.mean()) if problem.blocks else 0.0

    def add(self, routes: Iterable[tuple[int, Sequence[int]]]) -> None:
        """Loops that can be walked, from wherever: team and blocks in order."""
        for team, loop in routes:
            if loop:
                self.pool.add(team, loop)

    def step(self, deadline: Deadline) -> bool:
        """Try some prices, then relax; whether time and hope are left for another step."""
        if not self._steps:
            last = dict(zip(self.pool.team, self.pool.loop, strict=True))
            self.descent.guess(list(last.values()))
        else:
            self.descent.return_to_best(self._left(self.descent.best))
        self._steps += 1
        before, least = len(self.pool), self.descent.least
        for _ in range(_PRICES_A_STEP):
            if not self._try_prices(deadline):
                return False
        if not self._relax(deadline) or self.prices is None:
            return False
        open_still = self.descent.least > self.prices.value * (1 + _CLOSED)
        return open_still and (len(self.pool) > before or self.descent.least < least)

    def _left(self, price: Floats) -> float:
        """What all teams' best loops keep of their worth at these prices, as far as loops are known."""
        return float(self.pool.best_of_teams(price, self._problem.teams).sum())

    def _try_prices(self, deadline: Deadline) -> bool:
        """Search for every team's best loops at the present prices, and move these; False when time is up."""
        price, teams = self.descent.price, self._problem.teams
        worth = self._problem.weight - price
        known = self.pool.best_of_teams(price, teams)
        starts = self.pool.best_places(price, teams, 1)
        moves = min(_FIRST_MOVES + _MORE_MOVES * self._steps, _MOST_MOVES)  # for each stop of a loop

        def searched(team: int, halt: Integers) -> list[Loop]:
            loops = [self.pool.loop[place] for place in starts[team]]
            longest = max([_SHORT, *(len(loop) for loop in loops)])
            return self._pricing.loops(team, loops, worth, moves * longest, halt)

        answers = abreast(searched, range(teams), threads=self._threads, deadline=deadline)
        for team, loops in enumerate(answers):
            for loop in loops[:_KEPT_OF_A_SEARCH]:
                if worth[list(loop)].sum() > known[team] - self._slack:
                    self.pool.add(team, loop)
        if deadline.over():
            return False
        wanted = np.zeros(self._problem.blocks, dtype=np.int64)
        for places in self.pool.best_places(price, teams, 1):
            for place in places:
                stops = list(self.pool.loop[place])
                wanted[stops] += worth[stops].sum() > 0
        self.descent.move(self._left(price), wanted, 0.0 if self.prices is None else self.prices.value)
        return True

    def _relax(self, deadline: Deadline) -> bool:
        """Duals and value of the relaxed packing; False when the time did not suffice."""
        self._relaxed.offer(range(len(self.pool)))
        prices = self._relaxed.solve(seconds=deadline.left_s())
        if prices is not None:
            self.prices = prices
        return prices is not None

    def pack(self, best: Sequence[Loop], deadline: Deadline) -> list[Loop]:
        """Loops of the pool to walk together, one a team, () for none; never worth less than `best`."""
        top = list(best)
        start = self.pool.of_plan(best)
        if not self._relax(deadline) or self.prices is None:
            return top
        dived = self._relaxed.dive(left_s=deadline.left_s)
        top = self._better(top, dived)
        start = start if top == list(best) else dived
        slack = self.prices.value - self.worth(top)
        reduced = self.pool.reduced(self.prices.block) - self.prices.team[self.pool.teams()]
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

    def prove(self, deadline: Deadline, *, passes: int = 8, rounds: int = 1) -> None:
        """Sharpen the bound at the best prices, and learn the loops met on the way.

        passes: how closely to look at a team; every further round looks twice as closely where doubt remains.
        """
        price = self.descent.best
        known = self.pool.best_of_teams(price, self._problem.teams)
        aim = _AIM * (self.descent.visits_worth(price) + known.sum()) / max(self._problem.teams, 1)
        loops = self.proof.sharpen(price, known, aim=float(aim), passes=passes, rounds=rounds, deadline=deadline)
        worth = self._problem.weight - price
        for team, loop in loops:  # relaxed ones: not all of them can be walked
            if worth[list(loop)].sum() > known[team] - self._slack and self._pricing.fits(team, loop):
                self.pool.add(team, loop)
