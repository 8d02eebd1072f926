"""The most that one team's loop can be worth under given prices: relaxed at first, sharper pass by pass.

A coarse table bounds what lies ahead of every label of the first pass, from the door; what its labels reach bounds what
lies ahead of the labels of the second pass, from the walk's end; and so on, each pass remembering more where walks were
caught coming back (Roberti and Mingozzi 2014, doi:10.1287/trsc.2013.0474), until the best walk is a loop.
"""

import numpy as np

from routing.problem import Bools, Floats, Integers
from routing.proof.cycles import Reachable, circle, finer, most_by_bucket, no_table
from routing.proof.graph import Graph, Ticks, backwards, only
from routing.proof.labels import HALTED, Labels, Memory, grow, tabulate
from routing.proof.memory import forbid, memory

_BUCKETS = 256
_COARSER = 2
_WALKS = 50
_LOOKS = 100_000_000
_SLACK = 1e-9


class Inquiry:
    """What is known of the team's best loop, and what it takes to ask on.

    upper: no loop is worth more, or than `wanted`. loops: met on the way, small block numbers in order.
    """

    def __init__(self, graph: Graph, remembers: Bools, *, known: float, aim: float, halt: Integers) -> None:
        """Judge by the coarse table alone.

        The bound is not to come closer than `aim` to the worth of a loop, be it the `known` one or one met; the empty
        loop is known. remembers [blocks, blocks]: see routing.proof.memory; what is learned is added. halt [1]: once it
        is 1, everything ends early.
        """
        self.loops: list[list[int]] = []
        self._graph, self._remembers, self._aim = graph, remembers, aim
        self._wanted = self._level = max(known, 0.0) + aim
        self._worth = np.zeros(len(remembers))
        self._worth[graph.block] = graph.worth
        self._backward = False
        self._upper = 0.0
        if len(graph.worth):
            self._turned = backwards(graph)
            self._table, self._upper = self._first_table(halt)

    @property
    def upper(self) -> float:
        """No loop is worth more."""
        return max(self._upper, self._wanted) * (1.0 + _SLACK)

    @property
    def closed(self) -> bool:
        """Whether nothing is in doubt any more."""
        return self._upper <= self._wanted

    @property
    def bytes(self) -> int:
        """What it takes to keep this for later."""
        if not len(self._graph.worth):
            return 0
        return sum(array.nbytes for array in (*self._table[:3], 2 * self._graph.leg, self._remembers))

    def look(self, passes: int, *, known: float, room: Labels, halt: Integers) -> None:
        """So many more passes, or until the doubt is less than `aim`. known: as at the making, or more by now."""
        self._aspire(known)
        for _ in range(passes):
            if self.closed or halt[0]:
                return
            head, top = self._heads()
            recalled = memory(self._remembers)
            count = grow(self._graph, recalled, self._table, self._level, room, head, top, _LOOKS, halt)
            if count == HALTED:
                return
            if count < 0:
                self._level = (self._level + self._upper) / 2
                continue
            self._upper = min(self._upper, max(self._level, float(room.worth[:count].max(initial=-np.inf))))
            self._learn(room, count)
            self._turn(recalled, room, count, head)

    def _first_table(self, halt: Integers) -> tuple[Reachable, float]:
        """What lies ahead of whoever walks in circles, and what that says of whole loops."""
        graph, coarse = self._graph, no_table(len(self._graph.worth), _BUCKETS // _COARSER, self._graph.limit)
        most = most_by_bucket(self._turned, _BUCKETS // _COARSER)
        upper = float(most[-1])
        if upper <= self._wanted or not circle(self._turned, most, coarse, halt):
            coarse.first[:] = coarse.second[:] = upper
        table = finer(coarse, _BUCKETS, graph.limit)
        can = graph.start + graph.finish <= graph.limit
        slot = (graph.limit - graph.start[can] + graph.service[can]) // table.width
        return table, min(upper, float(table.first[can, slot].max(initial=0.0)))

    def _heads(self) -> tuple[Ticks, Floats]:
        shape = (len(self._graph.worth), _BUCKETS)
        return np.empty(shape, dtype=np.int32), np.empty(shape)

    def _aspire(self, known: float) -> None:
        """Ask no more than what could be worth more than this by `aim`."""
        self._wanted = max(self._wanted, known + self._aim)
        self._level = max(self._level, self._wanted)

    def _learn(self, labels: Labels, count: int) -> None:
        """Keep the loops among the best walks of a pass, and remember where the others came back."""
        ends = np.flatnonzero(labels.worth[:count] > self._level)
        for end in ends[np.argsort(-labels.worth[ends], kind="stable")[:_WALKS]].tolist():
            walk, label = [], end
            while label >= 0:
                walk.append(int(self._graph.block[labels.node[label]]))
                label = int(labels.came[label])
            if not forbid(self._remembers, walk[::-1]):
                self.loops.append(walk if self._backward else walk[::-1])

    def _turn(self, recalled: Memory, labels: Labels, count: int, head: Ticks) -> None:
        """Take what the labels reached for the table of the next pass, which comes from the other end."""
        reached = no_table(len(self._graph.worth), _BUCKETS, self._graph.limit)
        tabulate(self._graph, recalled, labels, count, self._table, self._level, reached)
        self._table = reached
        self._graph, self._turned, self._backward = self._turned, self._graph, not self._backward
        level = self._level
        self._aspire(max((float(self._worth[loop].sum()) for loop in self.loops), default=0.0))
        if level <= self._wanted:
            met = head.max(axis=1) >= 0
            self._table = reached._replace(first=reached.first[met], second=reached.second[met], came=reached.came[met])
            self._graph, self._turned = only(self._graph, met), only(self._turned, met)
        halfway = (level + self._wanted) / 2
        self._level = halfway if level - self._wanted > self._aim else self._wanted
