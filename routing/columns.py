"""Improve a plan: gather many good loops per team, let OR-Tools say which of them to walk together.

Rounds of: price the blocks by the relaxed packing of all loops found so far; from each team's best loops under those
prices, search for better ones; put them into the pool. Every few rounds, harvest: round the relaxed packing to a whole
plan, search on from the best plan's own loops, and pick the loops of a few neighbouring teams anew while all others
stay. The best plan seen is kept at every
moment. This is column generation with a heuristic search for columns (Desrosiers and Lübbecke 2005,
doi:10.1007/0-387-25486-2_1; for team orienteering Boussier, Feillet, Gendreau 2007, doi:10.1007/s10288-006-0009-1),
so the relaxed value is an estimate, never a bound.
"""

import itertools
from collections.abc import Callable, Sequence

import numpy as np

from routing.deadline import Deadline
from routing.greedy import Sequences, greedy
from routing.loops import better_loops
from routing.or_tools import Column, Master, Prices, pick
from routing.pool import Pool
from routing.sequence import Indices, TeamView

_FIRST_MOVES = 30
_MOVES = 12
_STARTS = 4
_KEPT_PER_SEARCH = 6
_WORTH_KEEPING = 0.3
_SMOOTHING = 0.5
_ROUNDS_PER_HARVEST = 5
_LAST_HARVEST_SHARE = 0.25
_LONGER = 1.5
_NEIGHBOURHOODS = 4
_NEIGHBOURS = 12
_MOST_TO_PICK_FROM = 1500
_NODES = 20
_PICK_S = 0.25


def improve(
    teams: Sequence[TeamView],
    floor: Sequences,
    *,
    enough: float,
    rounds: int | None,
    seed: int,
    deadline: Deadline,
    watch: Callable[[Sequences], None],
) -> Sequences:
    """The best plan found, never worse than `floor`.

    Ends by the deadline, after that many rounds, or soon after the weight is `enough`.
    """
    # A pick that time cuts short differs from run to run: with a number of rounds asked for, nodes alone limit it.
    pick_s = _PICK_S if rounds is None else deadline.left_s()
    search = _Search(teams, floor, seed=seed, deadline=deadline, pick_s=pick_s)
    search.open_pool()
    harvest_s = _LAST_HARVEST_SHARE * deadline.left_s()
    for done in itertools.count():
        prices = search.prices()
        if prices is None or done == rounds or deadline.left_s() <= harvest_s:
            break
        search.look_for_loops(prices)
        if (done + 1) % _ROUNDS_PER_HARVEST == 0:
            began_s = deadline.elapsed_s()
            search.harvest(prices)
            harvest_s = _LONGER * (deadline.elapsed_s() - began_s)
            watch(search.best)
            if search.weight() >= enough:
                break
    if prices is not None:
        search.harvest(prices)
    return search.best


class _Search:
    """What the rounds share: the pool of loops, its master problem, smoothed prices and the best plan so far."""

    def __init__(
        self, teams: Sequence[TeamView], floor: Sequences, *, seed: int, deadline: Deadline, pick_s: float
    ) -> None:
        self.best = floor
        self._teams = teams
        self._weight = teams[0].problem.weight
        self._seed = seed
        self._rng = np.random.default_rng(seed)
        self._deadline = deadline
        self._pick_s = pick_s
        self._pool = Pool(teams)
        self._master = Master(len(teams), len(self._weight))
        self._smooth = np.zeros(len(self._weight))
        self._nearest = _nearest(teams)

    def weight(self) -> float:
        """What the best plan covers."""
        return float(sum(self._weight[list(loop)].sum() for loop in self.best))

    def open_pool(self) -> None:
        """Loops near those of the floor, and for each team some that it would walk were it alone."""
        self._sharpen()
        for t, (team, loop) in enumerate(zip(self._teams, self.best, strict=True)):
            if self._deadline.over():
                return
            for other in better_loops(team, loop, self._weight, moves=_FIRST_MOVES, rng=self._rng):
                self._pool.add(t, other)

    def prices(self) -> Prices | None:
        """What blocks and teams are worth in the packing of all loops so far; None when time is up."""
        self._master.add(self._pool.news(), over=self._deadline.over)
        return self._master.prices(seconds=self._deadline.left_s())

    def look_for_loops(self, prices: Prices) -> None:
        """For each team, search from one of its best loops under smoothed prices."""
        self._smooth = _SMOOTHING * self._smooth + (1.0 - _SMOOTHING) * prices.block
        gains = self._weight - self._smooth
        slack = _WORTH_KEEPING * float(self._weight.mean())
        for t, team in enumerate(self._teams):
            if self._deadline.over():
                return
            if not self._pool.of_team[t]:
                continue
            reduced = self._pool.reduced(self._smooth, self._pool.of_team[t])
            first = np.argsort(-reduced, kind="stable")[:_STARTS]
            start = self._pool.columns[self._pool.of_team[t][int(self._rng.choice(first))]].sequence
            found = better_loops(team, start, gains, moves=_MOVES, rng=self._rng)[:_KEPT_PER_SEARCH]
            for loop in found:
                if gains[list(loop)].sum() >= prices.team[t] - slack:
                    self._pool.add(t, loop)

    def harvest(self, prices: Prices) -> None:
        """Make whole plans of the pool: round the relaxed packing, then better the best plan by itself."""
        self._pool.add_plan(self.best)
        self._master.add(self._pool.news(), over=self._deadline.over)
        places = self._master.dive(left_s=self._deadline.left_s)
        self._keep([self._pool.columns[place] for place in places])
        self._sharpen()
        for team in self._rng.permutation(len(self._teams))[:_NEIGHBOURHOODS].tolist():
            self._mend(self._nearest[team, :_NEIGHBOURS].tolist(), prices)

    def _sharpen(self) -> None:
        """Search from each loop of the best plan among the blocks that it has and those that nobody has."""
        gains = self._weight.copy()
        gains[[block for loop in self.best for block in loop]] = 0.0
        loops = list(self.best)
        for t, team in enumerate(self._teams):
            if self._deadline.over():
                break
            own = list(loops[t])
            gains[own] = self._weight[own]
            found = better_loops(team, loops[t], gains, moves=_MOVES, rng=self._rng)
            for loop in found[:_KEPT_PER_SEARCH]:
                self._pool.add(t, loop)
            loops[t] = found[0] if found else ()
            gains[list(loops[t])] = 0.0
        self._keep([Column(t, loop, 0.0) for t, loop in enumerate(loops)])

    def _mend(self, teams: list[int], prices: Prices) -> None:
        """Pick these teams' loops anew from the pool; all others stay."""
        left_s = self._deadline.left_s()
        if left_s < 2 * _PICK_S:
            return
        others = [Column(t, loop, 0.0) for t, loop in enumerate(self.best) if loop and t not in teams]
        taken = {block for column in others for block in column.sequence}
        start = self._pool.add_plan([loop if t in teams else () for t, loop in enumerate(self.best)])
        promising = self._pool.promising(teams, prices.block, prices.team, taken=taken, most=_MOST_TO_PICK_FROM)
        places = [*start, *(place for place in promising if place not in start)]
        columns = [self._pool.columns[place] for place in places]
        chosen = pick(columns, range(len(start)), seconds=min(self._pick_s, left_s), nodes=_NODES, seed=self._seed)
        self._keep([*others, *(columns[place] for place in chosen)])

    def _keep(self, columns: Sequence[Column]) -> None:
        """Fill up the plan that these loops make; from now on it is the best, if it is better."""
        sequences: Sequences = [()] * len(self._teams)
        for column in columns:
            sequences[column.team] = column.sequence
        sequences = greedy(self._teams, sequences, over=self._deadline.over)
        if self._pool.value(sequences) > self._pool.value(self.best):
            self.best = sequences


def _nearest(teams: Sequence[TeamView]) -> Indices:
    """[T, T]: for each team, all teams, those first with which it can share most blocks (itself first of all)."""
    reach = np.zeros((len(teams), teams[0].problem.blocks))
    for t, team in enumerate(teams):
        reach[t, team.blocks] = 1.0
    shared = reach @ reach.T
    np.fill_diagonal(shared, np.inf)
    return np.argsort(-shared, axis=1, kind="stable").astype(np.int64)
