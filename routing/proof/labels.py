"""Walks that forget only far stops, in order of time: a bound on a team's best loop, as sharp as wanted.

ng-routes (Baldacci, Mingozzi, Roberti 2011, doi:10.1287/opre.1110.0975): a walk at a block remembers which of the
blocks near it it has served, and does not serve those again. Labels are kept by node and bucket of time; a label goes
when another has no less worth in no more time and remembers no more (Sadykov, Uchoa, Pessoa 2021,
doi:10.1287/trsc.2020.0985), or when even the best rest of the walk would not beat what is known already.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from routing.compiled import compiled
from routing.problem import Floats, Integers
from routing.proof.cycles import Reachable
from routing.proof.graph import Graph, Ticks

Bits = npt.NDArray[np.uint64]

_NOBODY = -2
FULL = -1
"""There was no room for all labels, or too much work with them: they prove nothing."""
HALTED = -2
"""There was no time for all labels: they prove nothing."""


class Memory(NamedTuple):
    """What a walk remembers, by small block numbers; N blocks.

    bit [N]: of the block in the memory of any block near it. tested [N, N]: the bit of the second block, if the first
    remembers it, else 0. kept [N, N]: the bits that stay on the way from the first block to the second.
    """

    bit: Bits
    tested: Bits
    kept: Bits


class Labels(NamedTuple):
    """Room for M labels: node, ticks, worth, memory, the label it came from and the next in its bucket; alive or not.

    head [N, K]: first label of a node and bucket, -1: none. top [N, K]: most worth in it. before [N]: most worth in
    all buckets before the present one.
    """

    node: Ticks
    ticks: Ticks
    worth: Floats
    memory: Bits
    came: Ticks
    next: Ticks
    alive: npt.NDArray[np.bool_]


def room_for(labels: int) -> Labels:
    """Empty."""
    return Labels(
        node=np.empty(labels, dtype=np.int32),
        ticks=np.empty(labels, dtype=np.int32),
        worth=np.empty(labels),
        memory=np.empty(labels, dtype=np.uint64),
        came=np.empty(labels, dtype=np.int32),
        next=np.empty(labels, dtype=np.int32),
        alive=np.empty(labels, dtype=np.bool_),
    )


@compiled
def grow(  # noqa: C901, PLR0912, PLR0915, PLR0917 calls would cost more than the loop does and a kernel takes what it works on
    graph: Graph,
    memory: Memory,
    rest: Reachable,
    enough: float,
    labels: Labels,
    head: Ticks,
    top: Floats,
    most_looks: int,
    halt: Integers,
) -> int:
    """All walks that may be part of a loop worth more than `enough`; how many labels, FULL, or HALTED.

    rest: what is reachable from the other end, in the same number of buckets. head, top [N, K + 1]: filled here.
    Ends, as if full, after so many looks at other labels, and once halt [1] is 1.
    """
    node = labels.node
    ticks = labels.ticks
    worth = labels.worth
    remembered = labels.memory
    came = labels.came
    follow = labels.next
    alive = labels.alive
    tested = memory.tested
    kept = memory.kept
    bit = memory.bit
    rest_first = rest.first
    rest_second = rest.second
    rest_came = rest.came
    width = rest.width
    start = graph.start
    leg = graph.leg
    finish = graph.finish
    service = graph.service
    prize = graph.worth
    block = graph.block
    limit = graph.limit
    nodes = len(prize)
    buckets = head.shape[1]
    head[:] = -1
    top[:] = -np.inf
    number = 0
    for j in range(nodes):
        if start[j] + finish[j] > limit or number >= len(node):
            continue
        if prize[j] + rest_first[j, (limit - start[j] + service[j]) // width] - prize[j] <= enough:
            continue
        node[number] = j
        ticks[number] = start[j]
        worth[number] = prize[j]
        remembered[number] = bit[block[j]]
        came[number] = -1
        alive[number] = True
        k = start[j] // width
        follow[number] = head[j, k]
        head[j, k] = number
        top[j, k] = max(top[j, k], prize[j])
        number += 1
    before = np.full(nodes, -np.inf)
    looks = 0
    done = np.empty(nodes, dtype=np.int32)
    onward = np.empty(nodes, dtype=np.int32)
    for k in range(buckets):
        done[:] = -1
        again = True
        while again:  # short legs lead to labels of the same bucket
            again = False
            for i in range(nodes):
                newest = head[i, k]
                label = newest
                stop = done[i]
                done[i] = newest
                if newest == stop:
                    continue
                if halt[0] != 0:
                    return HALTED
                own = block[i]
                ways = 0
                for j in range(nodes):  # where the best and earliest of this bucket could go
                    then = k * width + leg[i, j]
                    if then + finish[j] <= limit and block[j] != own:
                        slot = (limit - then + service[j]) // width
                        if top[i, k] + rest_first[j, slot] > enough:
                            onward[ways] = j
                            ways += 1
                while label != stop:
                    following = follow[label]
                    if alive[label] and before[i] >= worth[label]:
                        looks += _beaten(labels, head, top, i, k, label)
                    if looks > most_looks:
                        return FULL
                    if alive[label]:
                        mine = worth[label]
                        now = ticks[label]
                        mask = remembered[label]
                        for way in range(ways):
                            j = onward[way]
                            then = now + leg[i, j]
                            to = block[j]
                            if then + finish[j] > limit or mask & tested[own, to]:
                                continue
                            slot = (limit - then + service[j]) // width
                            ahead = rest_second[j, slot] if rest_came[j, slot] == own else rest_first[j, slot]
                            if mine + ahead <= enough:
                                continue
                            at = then // width
                            total = mine + prize[j]
                            keeps = (mask & kept[own, to]) | bit[to]
                            other = head[j, at]
                            while other >= 0:  # earlier buckets are looked at when the label's turn comes
                                if alive[other]:
                                    less = ticks[other] <= then and worth[other] >= total
                                    if less and not remembered[other] & ~keeps:
                                        break
                                    more = ticks[other] >= then and worth[other] <= total
                                    if more and not keeps & ~remembered[other]:
                                        alive[other] = False
                                other = follow[other]
                            if other >= 0:
                                continue
                            if number >= len(node):
                                return FULL
                            node[number] = j
                            ticks[number] = then
                            worth[number] = total
                            remembered[number] = keeps
                            came[number] = label
                            alive[number] = True
                            follow[number] = head[j, at]
                            head[j, at] = number
                            top[j, at] = max(top[j, at], total)
                            number += 1
                            again = again or at == k
                    label = following
        for i in range(nodes):
            before[i] = max(before[i], top[i, k])
    return number


@compiled
def tabulate(  # noqa: PLR0917 a kernel takes what it works on
    graph: Graph, memory: Memory, labels: Labels, number: int, rest: Reachable, enough: float, table: Reachable
) -> None:
    """What the first `number` labels reach, and at most what those reached that were dropped under `enough`.

    A label dropped at a node, by way of a block, had no more than `enough` leaves beside the best rest that goes on by
    way of another; so the table holds for later passes that want to know of less than `enough`, too. A label that does
    not remember by way of what it came may stand for one that it beat and that came by way of another; memory: the one
    that the labels grew with.
    """
    first = table.first
    second = table.second
    came = table.came
    width = table.width
    first[:] = -np.inf
    second[:] = -np.inf
    came[:] = _NOBODY
    for i in range(first.shape[0]):
        most = enough + graph.worth[i]
        for k in range(first.shape[1]):
            low = (graph.limit - (k + 1) * width + 1 + graph.service[i]) // width
            high = (graph.limit - k * width + graph.service[i]) // width
            for slot in range(max(low, 0), min(high + 1, first.shape[1])):
                if rest.first[i, slot] > -np.inf:
                    less = most - rest.first[i, slot]
                    _offer(first, second, came, i, k, less, _NOBODY)
                    if rest.second[i, slot] > -np.inf:
                        _offer(first, second, came, i, k, most - rest.second[i, slot], rest.came[i, slot])
    for label in range(number):
        via = -1 if labels.came[label] < 0 else graph.block[labels.node[labels.came[label]]]
        if via >= 0 and memory.tested[graph.block[labels.node[label]], via] == 0:
            via = _NOBODY
        _offer(first, second, came, labels.node[label], labels.ticks[label] // width, labels.worth[label], via)
    for i in range(first.shape[0]):
        for k in range(1, first.shape[1]):
            one = first[i, k - 1]
            two = second[i, k - 1]
            _offer(first, second, came, i, k, one, came[i, k - 1])
            _offer(first, second, came, i, k, two, _NOBODY)


@compiled
def _offer(first: Floats, second: Floats, came: Ticks, node: int, k: int, value: float, via: int) -> None:  # noqa: PLR0917 a kernel takes what it works on
    """Keep the most worth, and the most by way of another block; who came by way of nobody counts for both."""
    if value > first[node, k]:
        if via != came[node, k] or via == _NOBODY:
            second[node, k] = max(second[node, k], first[node, k])
        first[node, k] = value
        came[node, k] = via
    elif value > second[node, k] and (via != came[node, k] or via == _NOBODY):
        second[node, k] = value


@compiled
def _beaten(labels: Labels, head: Ticks, top: Floats, node: int, bucket: int, label: int) -> int:  # noqa: PLR0917 a kernel takes what it works on
    """Kill the label if one of an earlier bucket makes it needless; returns how many were looked at."""
    looks = 0
    worth = labels.worth[label]
    memory = labels.memory[label]
    for k in range(bucket - 1, -1, -1):
        if top[node, k] < worth:
            continue
        other = head[node, k]
        while other >= 0:
            looks += 1
            if labels.alive[other] and labels.worth[other] >= worth and not (labels.memory[other] & ~memory):
                labels.alive[label] = False
                return looks
            other = labels.next[other]
    return looks
