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
from routing.proof.graph import team_graph, within_reach
from routing.proof.labels import Labels, room_for
from routing.proof.memory import nearest
from routing.proof.rough import Rough
from routing.proof.team import Answer, most_worth
from routing.reach import Reach, allowed

_NEAREST = 10
_LABELS = 200_000
_TRIFLE = 1e-9
_WHOLE = 1e-6
_MOST_NODES = 1200
_LOOPS_KEPT = 8


class Proof:
    """The least bound so far, and what was learned about each team on the way."""

    def __init__(self, problem: Problem, *, threads: int) -> None:
        """Begins with the worth of all visits."""
        self._problem = problem
        self._threads = threads
        self._kind = _kinds(problem)
        self._learned: dict[int, set[tuple[int, int]]] = {}
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
        looked at closely. First every team is judged by its table alone, then rounds of passes look at those about
        which more is in doubt: at most `passes` a team in the first of them, twice as many in each further one.
        Those that time does not suffice for are judged roughly; the bound is one after every round.
        """
        worth = self._problem.weight - price
        best = np.zeros(self._problem.teams)
        np.maximum.at(best, self._kind, known)
        kinds, number = np.unique(self._kind, return_counts=True)
        upper = np.array([self._rough.most(team, worth) for team in kinds.tolist()])
        size = np.array([self._rough.size(team, worth) for team in kinds.tolist()])
        self._keep(self._visits_worth(price) + float(number @ upper))
        met: list[tuple[int, tuple[int, ...]]] = []
        for most_passes in [0, *(passes << again for again in range(rounds))]:
            doubt = upper - best[kinds] > aim * (1 + _TRIFLE)
            jobs = [at for at in np.argsort(size, kind="stable").tolist() if doubt[at]]

            def judged(at: int, halt: Integers, most: int = most_passes) -> tuple[float, list[list[int]]]:
                team = int(kinds[at])
                return self._judged(team, worth, known=float(best[team]), aim=aim, passes=most, halt=halt)

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

    def _judged(
        self, team: int, worth: Floats, *, known: float, aim: float, passes: int, halt: Integers
    ) -> tuple[float, list[list[int]]]:
        """What the team's best loop is worth at most, and the best loops met."""
        if halt[0]:
            return np.inf, []
        nodes = within_reach(self._problem, team)
        blocks = np.unique(nodes.block[worth[nodes.block] > 0])
        if len(nodes.block) > _MOST_NODES:
            return np.inf, []
        answer = self._answer(team, nodes, blocks, worth, known=known, aim=aim, passes=passes, halt=halt)
        loops = [blocks[loop].tolist() for loop in answer.loops]
        return answer.upper, sorted(loops, key=lambda loop: -float(worth[loop].sum()))[:_LOOPS_KEPT]

    def _answer(
        self,
        team: int,
        nodes: Reach,
        blocks: Integers,
        worth: Floats,
        *,
        known: float,
        aim: float,
        passes: int,
        halt: Integers,
    ) -> Answer:
        """The kernel's, which begins with all that walks of this team were caught at before."""
        if not len(blocks):
            return Answer(max(known, 0.0) + aim, [], 0)
        graph = team_graph(self._problem, nodes, worth)
        remembers = nearest(graph, _NEAREST)
        learned = self._learned.setdefault(team, set())
        small = {int(block): place for place, block in enumerate(blocks)}
        for one, other in learned:
            if one in small and other in small:
                remembers[small[one], small[other]] = True
        before = remembers.copy()
        with self._room() as room:
            answer = most_worth(graph, remembers, known=known, aim=aim, room=room, passes=passes, halt=halt)
        learned |= {(int(blocks[one]), int(blocks[other])) for one, other in np.argwhere(remembers & ~before)}
        return answer

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
