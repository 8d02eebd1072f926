"""The driver: annealing in rounds, on as many threads as asked for, each with teams and blocks of its own.

Between rounds the teams are shared out anew, those near a block drawn by chance to one thread and those far from it to
another, so that every border is inside somebody's part before long.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from routing.dice import dice
from routing.problem import Integers, Problem
from routing.search.anneal import Best, burst, keep, nothing_yet, prepare
from routing.search.costs import no_costs
from routing.search.ground import Days, lay_out
from routing.search.recreate import refill
from routing.search.ruin import room_for, take_out, touch, untouched
from routing.search.walks import empty_walks, follow

_ROUND_S = 0.3
_CHUNK_S = 0.02
_FIRST_CHUNK = 20
_MOST_IN_A_ROUND = 1000
_SPARE_SECOND = 0.3
_TEAMS_A_THREAD = 8


class Search:
    """The plan under search and the best one seen, for a problem without groups."""

    def __init__(self, problem: Problem, *, seed: int, threads: int, days: Days | None = None) -> None:
        """Nobody walks anything yet."""
        self._ground = lay_out(problem, days)
        self._walks = empty_walks(self._ground)
        self._costs = no_costs(self._ground, self._walks.stop.shape[1])
        self._teams = np.arange(problem.teams)
        self._rng = np.random.default_rng(seed)
        repeats = self._ground.prize.shape[1] > 1
        self._threads = 1 if repeats else max(1, min(threads, problem.teams // _TEAMS_A_THREAD))
        self._dice = [dice(seed * 1009 + thread) for thread in range(self._threads)]
        self._touched = [untouched(self._walks) for _ in range(self._threads)]
        self._chunk = [_FIRST_CHUNK] * self._threads
        self._round, self._best = nothing_yet(self._walks), nothing_yet(self._walks)
        self._value = 0.0
        prizes = self._ground.prize[:, 0]
        self.mean_prize = float(prizes[prizes > 0].mean()) if (prizes > 0).any() else 1.0
        spare = float(self._ground.limit_s.mean()) if problem.teams else 1.0
        self._per_second = _SPARE_SECOND * self.mean_prize / max(spare, 1.0)
        prepare(self._ground, self._walks, self._costs, self._teams)

    @property
    def value(self) -> float:
        """Prizes of the best plan, bonuses included."""
        return max(float(self._best.value[0]), 0.0)

    def sequences(self) -> list[tuple[int, ...]]:
        """The blocks on each team's loop in the best plan."""
        stop, size = self._best.stop, self._best.size
        return [tuple((stop[team, 1 : size[team] + 1] >> 1).tolist()) for team in self._teams.tolist()]

    @property
    def reach(self) -> Integers:
        """Every block once for each team that can serve it."""
        return self._ground.reach

    @property
    def bonuses(self) -> float:
        """The most that pins and staying near can add to the prizes of a plan."""
        ground = self._ground
        team = np.repeat(self._teams, np.diff(ground.reach_of))
        return float(ground.bonus[ground.reach[ground.owner[ground.reach] == team]].sum())

    def worth(self, sequences: Sequence[Sequence[int]]) -> float:
        """Prizes of such a plan, bonuses included."""
        ground, visits, total = self._ground, np.zeros(len(self._ground.ways), dtype=np.int64), 0.0
        for team, sequence in enumerate(sequences):
            blocks = np.array(sequence, dtype=np.int64)
            total += float(ground.prize[blocks, visits[blocks]].sum())
            total += float(ground.bonus[blocks][ground.owner[blocks] == team].sum())
            visits[blocks] += 1
        return total

    def construct(self) -> None:
        """Fill all loops together, greedily."""
        room = room_for(self._walks, len(self._teams))
        for team in self._teams.tolist():
            touch(self._walks, room, team)
        best, score = np.zeros(len(self._teams), dtype=np.int64), np.zeros(len(self._teams))
        mine = np.zeros(len(self._ground.ways), dtype=np.int64)
        self._value += refill(self._ground, self._walks, self._costs, room, mine, 0, 1.0, 0.0, 1, 0.5, best, score)
        self._settle()

    def adopt(self, sequences: Sequence[Sequence[int]]) -> None:
        """Go on from this plan, given as the blocks on each team's loop; stops that do not fit are left out."""
        room = room_for(self._walks, len(self._teams))
        for team in self._teams.tolist():
            touch(self._walks, room, team)
            room.doomed[team, 1 : self._walks.size[team] + 1] = True
        take_out(self._ground, self._walks, self._costs, room, 0.5)
        self._value = 0.0
        for team, sequence in enumerate(sequences):
            self._value += follow(self._ground, self._walks, team, np.array(sequence, dtype=np.int64))
        prepare(self._ground, self._walks, self._costs, self._teams)
        self._settle()

    def cool(self, hot: float, cold: float, *, share: Callable[[], float], iterations: int | None = None) -> None:
        """Anneal from one heat (in mean prizes) to another until share() reaches 1, or for so many iterations."""
        done = 0
        with ThreadPoolExecutor(self._threads) as workers:
            while True:
                at = share()
                if iterations is not None:
                    at = max(at, done / iterations) if at < 1.0 and iterations else 1.0
                if at >= 1.0 or not len(self._teams):
                    return
                heat = self.mean_prize * hot * (cold / hot) ** at
                left = None if iterations is None else min(_MOST_IN_A_ROUND, iterations - done)
                done += self._anneal(heat, share, workers, left)

    def _anneal(
        self, heat: float, share: Callable[[], float], workers: ThreadPoolExecutor, iterations: int | None
    ) -> int:
        """One round at one heat; returns the iterations of the first thread."""
        part, mine = self._parts()
        changed = np.ones(len(self._teams), dtype=np.int64)
        keep(self._walks, self._round, self._teams, changed)
        until = time.monotonic() + (_ROUND_S if self._threads > 1 else _CHUNK_S)

        def run(thread: int) -> tuple[float, float, int]:
            teams = np.flatnonzero(part == thread)
            value, best = np.zeros(2), self._round._replace(value=np.zeros(2))
            done = 0
            while True:
                size = self._chunk[thread] if iterations is None else iterations
                began = time.monotonic()
                burst(
                    self._ground,
                    self._walks,
                    self._costs,
                    self._touched[thread],
                    best,
                    teams,
                    mine,
                    thread,
                    changed,
                    value,
                    self._dice[thread],
                    size,
                    heat,
                    self._per_second,
                )
                done += size
                now = time.monotonic()
                if iterations is None:
                    wanted = size * _CHUNK_S / max(now - began, 1e-6)
                    self._chunk[thread] = max(1, int(min(wanted, 2.0 * size + 1)))
                if iterations is not None or now >= until or share() >= 1.0:
                    return float(value[0]), float(best.value[0]), done

        answers = list(workers.map(run, range(self._threads))) if self._threads > 1 else [run(0)]
        self._offer(self._value + sum(answer[1] for answer in answers), self._round)
        self._value += sum(answer[0] for answer in answers)
        return answers[0][2]

    def _parts(self) -> tuple[Integers, Integers]:
        """Which thread has each team [T], and which each block [B]."""
        ground, walks = self._ground, self._walks
        part = np.zeros(len(self._teams), dtype=np.int64)
        mine = np.zeros(len(ground.ways), dtype=np.int64)
        if self._threads == 1:
            return part, mine
        far_m = ground.metres[ground.door[:, None], ground.place[None, 0::2]]
        pivot = int(self._rng.integers(len(mine)))
        order = np.argsort(far_m[:, pivot], kind="stable")
        for thread, teams in enumerate(np.array_split(order, self._threads)):
            part[teams] = thread
        mine[:] = part[far_m.argmin(axis=0)]
        served = walks.visits > 0
        mine[served] = part[walks.who[served, 0]]
        return part, mine

    def _settle(self) -> None:
        """Offer the plan under search as it is."""
        changed = np.ones(len(self._teams), dtype=np.int64)
        keep(self._walks, self._round, self._teams, changed)
        self._offer(self._value, self._round)

    def _offer(self, value: float, plan: Best) -> None:
        """Keep the plan if it is the best."""
        if value > self._best.value[0] + 1e-9:
            for kept, new in zip(self._best[:-1], plan[:-1], strict=True):
                kept[:] = new
            self._best.value[0] = value
