"""A weight that no plan can exceed.

For any prices of blocks: what the blocks' visits are worth at most at these prices, and for every team the most that a
loop is worth once its stops are paid for. Each team's part is over-, never underestimated (see routing.proof.team), so
the sum is a bound for any prices (Lagrangian relaxation, Geoffrion 1974, doi:10.1007/BFb0120690); good prices make it
a sharp one. The least bound met is kept.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from routing.abreast import abreast
from routing.deadline import Deadline
from routing.problem import Floats, Integers, Problem
from routing.proof.inquiries import Inquiries
from routing.proof.labels import Labels, room_for
from routing.proof.rough import Rough
from routing.reach import allowed

_LABELS = 200_000
_MOST = 0.9
_TRIFLE = 1e-9
_WHOLE = 1e-6


class Proof:
    """The least bound so far."""

    def __init__(self, problem: Problem, *, threads: int) -> None:
        """Begins with the worth of all visits."""
        self._problem = problem
        self._threads = threads
        self._kind = _kinds(problem)
        self._rooms: list[Labels] = []
        self._lock = threading.Lock()
        self._rough = Rough(problem)
        self._may = np.zeros(problem.blocks, dtype=np.int64)
        for team in range(problem.teams):
            nodes = allowed(problem, team)
            self._may[np.unique(nodes.block)] += 1
        self.value = np.inf
        self._keep(self._visits_worth(problem.weight))

    def sharpen(
        self, price: Floats, known: Floats, *, aim: float, passes: int, rounds: int, deadline: Deadline
    ) -> list[tuple[int, tuple[int, ...]]]:
        """Try these prices [B]; returns good loops met on the way: team and blocks in order.

        known [T]: worth, less prices, of the best loop known of each team; what lies within `aim` above it is not
        looked at closely. First every team is judged by its table alone, then rounds of passes look at those that
        make up most of what is in doubt: `passes` a team in the first of them, and twice as many more in each further
        one. Those that time does not suffice for are judged roughly; the bound is one after every round.
        """
        best = np.zeros(self._problem.teams)
        np.maximum.at(best, self._kind, known)
        kinds, number = np.unique(self._kind, return_counts=True)
        worth = self._problem.weight - price
        upper = np.array([self._rough.most(team, worth) for team in kinds.tolist()])
        self._keep(self._visits_worth(price) + float(number @ upper))
        inquiries = Inquiries(self._problem, worth, aim=aim)
        met: list[tuple[int, tuple[int, ...]]] = []
        for more_passes in [0, *(passes << again for again in range(rounds))]:
            doubt = np.where(upper - best[kinds] > aim * (1 + _TRIFLE), number * (upper - best[kinds]), 0.0)
            jobs = _most_of(doubt, _MOST if more_passes else 1.0)

            def judged(at: int, halt: Integers, more: int = more_passes) -> tuple[float, list[list[int]]]:
                team = int(kinds[at])
                with self._room() as room:
                    return inquiries.ask(team, known=float(best[team]), passes=more, room=room, halt=halt)

            answers = abreast(judged, jobs, threads=self._threads, deadline=deadline)
            for at, (most, loops) in zip(jobs, answers, strict=True):
                upper[at] = min(upper[at], most)
                worths = [float(worth[loop].sum()) for loop in loops]
                best[kinds[at]] = max([best[kinds[at]], *worths])
                met += [(int(kinds[at]), tuple(loop)) for loop in loops]
            self._keep(self._visits_worth(price) + float(number @ upper))
            if deadline.over() or not jobs:
                break
        return met

    def _visits_worth(self, price: Floats) -> float:
        """What all visits are worth at most, with the price of the first visit's worth lent back for each."""
        visits = self._problem.visit_weight
        gains = visits - visits[:, :1] + price[:, None]
        gains[np.arange(visits.shape[1])[None, :] >= self._may[:, None]] = 0.0
        most = np.maximum(np.cumsum(gains, axis=1).max(axis=1, initial=0.0), 0.0)
        return float(most.sum())

    def _keep(self, bound: float) -> None:
        """Keep the least; where all weights are whole, so is every plan's."""
        bound = bound * (1.0 + _TRIFLE) + _TRIFLE
        visits = self._problem.visit_weight
        if (visits == np.floor(visits)).all():
            bound = float(np.floor(bound + _WHOLE))
        self.value = min(self.value, bound)

    @contextmanager
    def _room(self) -> Iterator[Labels]:
        """Room for labels, for one thread at a time."""
        with self._lock:
            room = self._rooms.pop() if self._rooms else room_for(_LABELS)
        yield room
        with self._lock:
            self._rooms.append(room)


def _most_of(doubt: Floats, share: float) -> list[int]:
    """Places of the greatest, down from the greatest, that make up this share of their sum."""
    order = np.argsort(-doubt, kind="stable")
    before = np.cumsum(doubt[order]) - doubt[order]
    return [int(at) for at in order[before < share * doubt.sum()] if doubt[at] > 0]


def _kinds(problem: Problem) -> np.typing.NDArray[np.int64]:
    """For each team the first that is just like it. Shape [T]."""
    firsts: dict[object, int] = {}
    kind = np.empty(problem.teams, dtype=np.int64)
    for team in range(problem.teams):
        nodes = allowed(problem, team)
        key = (
            nodes.block.tobytes(),
            nodes.out_s.tobytes(),
            nodes.home_s.tobytes(),
            nodes.inside_s.tobytes(),
            nodes.pace,
            nodes.limit_s,
        )
        kind[team] = firsts.setdefault(key, team)
    return kind
