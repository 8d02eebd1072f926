"""The most that one team's loop can be worth under given prices: relaxed at first, sharper pass by pass.

A coarse table bounds what lies ahead of every label of the first pass, from the door; what its labels reach bounds what
lies ahead of the labels of the second pass, from the walk's end; and so on, each pass remembering more where walks were
caught coming back (Roberti and Mingozzi 2014, doi:10.1287/trsc.2013.0474), until the best walk is a loop.
"""

from typing import NamedTuple

import numpy as np

from routing.problem import Bools, Floats, Integers
from routing.proof.cycles import circle, finer, most_by_bucket, no_table
from routing.proof.graph import Graph, backwards, only
from routing.proof.labels import HALTED, Labels, grow, tabulate
from routing.proof.memory import forbid, memory

_BUCKETS = 256
_COARSER = 2
_WALKS = 50
_LOOKS = 100_000_000
_SLACK = 1e-9


class Answer(NamedTuple):
    """Upper: no loop is worth more. loops: found on the way, small block numbers in order. labels: the work done."""

    upper: float
    loops: list[list[int]]
    labels: int


def most_worth(
    graph: Graph, remembers: Bools, *, known: float, aim: float, room: Labels, passes: int, halt: Integers
) -> Answer:
    """Bound the best loop, no closer than `aim` above the `known` worth of one; the empty loop is known.

    remembers [blocks, blocks]: see routing.proof.memory; what is learned is added. Ends early where labels run
    out, and once halt [1] is 1.
    """
    wanted = max(known, 0.0) + aim
    if not len(graph.worth):
        return Answer(wanted, [], 0)
    turned = backwards(graph)
    coarse = no_table(len(graph.worth), _BUCKETS // _COARSER, graph.limit)
    most = most_by_bucket(turned, _BUCKETS // _COARSER)
    upper = float(most[-1])
    if upper <= wanted or not circle(turned, most, coarse, halt):
        return Answer(max(upper, wanted) * (1.0 + _SLACK), [], 0)
    table = finer(coarse, _BUCKETS, graph.limit)
    upper = min(upper, _upper(graph, table.first, table.width))
    level = wanted
    loops: list[list[int]] = []
    work, backward = 0, False
    for _ in range(passes):
        if upper <= wanted or halt[0]:
            break
        shape = (len(graph.worth), _BUCKETS)
        head, top = np.empty(shape, dtype=np.int32), np.empty(shape)
        count = grow(graph, memory(remembers), table, level, room, head, top, _LOOKS, halt)
        if count == HALTED:
            break
        work += abs(count)
        if count < 0:
            level = (level + upper) / 2
            continue
        upper = min(upper, max(level, float(room.worth[:count].max(initial=-np.inf))))
        came_back = [_judged(remembers, walk, loops, backward=backward) for walk in _walks(graph, room, count, level)]
        if level == wanted and not (came_back and came_back[0]):
            break
        reached = no_table(len(graph.worth), _BUCKETS, graph.limit)
        tabulate(graph, room, count, table, level, reached)
        table, graph, turned, backward = reached, turned, graph, not backward
        if level == wanted:
            met = head.max(axis=1) >= 0
            table = table._replace(first=table.first[met], second=table.second[met], came=table.came[met])
            graph, turned = only(graph, met), only(turned, met)
        level = max(wanted, (level + wanted) / 2 if level - wanted > aim else wanted)
    return Answer(max(upper, wanted) * (1.0 + _SLACK), loops, work)


def _upper(graph: Graph, rest: Floats, width: int) -> float:
    """The most that the table promises for a whole loop, judged at its first stop."""
    can = graph.start + graph.finish <= graph.limit
    slot = (graph.limit - graph.start[can] + graph.service[can]) // width
    return float(rest[can, slot].max(initial=0.0))


def _walks(graph: Graph, labels: Labels, count: int, enough: float) -> list[list[int]]:
    """The best walks, as blocks in order of the pass."""
    ends = np.flatnonzero(labels.worth[:count] > enough)
    best = ends[np.argsort(-labels.worth[ends], kind="stable")[:_WALKS]]
    walks = []
    for end in best.tolist():
        walk, label = [], end
        while label >= 0:
            walk.append(int(graph.block[labels.node[label]]))
            label = int(labels.came[label])
        walks.append(walk[::-1])
    return walks


def _judged(remembers: Bools, walk: list[int], loops: list[list[int]], *, backward: bool) -> bool:
    """Whether the walk comes back to a stop, which is then remembered; if not, it is a loop, and kept."""
    if forbid(remembers, walk):
        return True
    loops.append(walk[::-1] if backward else walk)
    return False
