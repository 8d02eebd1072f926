"""What is asked about each team at the same prices, kept from one round to the next as far as memory allows."""

import threading
from collections import Counter

import numpy as np

from routing.problem import Floats, Integers, Problem
from routing.proof.graph import team_graph, within_reach
from routing.proof.labels import Labels
from routing.proof.memory import nearest
from routing.proof.team import Inquiry

_NEAREST = 10
_MOST_NODES = 1200
_LOOPS_KEPT = 8
_KEPT_BYTES = 192 << 20


class Inquiries:
    """Made anew for other prices, as what walks remember at these only slows the labels at others."""

    def __init__(self, problem: Problem, worth: Floats, *, aim: float) -> None:
        """Of a stop, its price paid, `worth` [B] is left. aim: see Inquiry."""
        self._problem, self._worth, self._aim = problem, worth, aim
        self._kept: dict[int, tuple[Inquiry, Integers]] = {}
        self._kept_bytes = 0
        self._passes: Counter[int] = Counter()
        self._lock = threading.Lock()

    def ask(
        self, team: int, *, known: float, passes: int, room: Labels, halt: Integers
    ) -> tuple[float, list[list[int]]]:
        """The most that the team's best loop can be worth after so many more passes, and the best loops met so far.

        One thread at a time for each team.
        """
        kept = self._taken(team)
        inquiry, blocks = kept or self._begun(team, known, halt)
        if inquiry is None:
            return np.inf, []
        again = 0 if kept else self._passes[team]
        inquiry.look(again + passes, known=known, room=room, halt=halt)
        self._passes[team] += passes
        if not inquiry.closed:
            self._keep(team, inquiry, blocks)
        loops = sorted((blocks[loop].tolist() for loop in inquiry.loops), key=lambda loop: -self._worth[loop].sum())
        return inquiry.upper, loops[:_LOOPS_KEPT]

    def _begun(self, team: int, known: float, halt: Integers) -> tuple[Inquiry | None, Integers]:
        """None where there is no time, or too much to look at."""
        nodes = within_reach(self._problem, team)
        blocks = np.unique(nodes.block[self._worth[nodes.block] > 0])
        if halt[0] or len(nodes.block) > _MOST_NODES:
            return None, blocks
        graph = team_graph(self._problem, nodes, self._worth)
        remembers = nearest(graph, _NEAREST) if len(blocks) else np.zeros((0, 0), dtype=np.bool_)
        return Inquiry(graph, remembers, known=known, aim=self._aim, halt=halt), blocks

    def _taken(self, team: int) -> tuple[Inquiry, Integers] | None:
        with self._lock:
            kept = self._kept.pop(team, None)
            self._kept_bytes -= kept[0].bytes if kept else 0
        return kept

    def _keep(self, team: int, inquiry: Inquiry, blocks: Integers) -> None:
        """If there is room."""
        with self._lock:
            if self._kept_bytes + inquiry.bytes <= _KEPT_BYTES:
                self._kept[team] = inquiry, blocks
                self._kept_bytes += inquiry.bytes
