"""How much worth can lie on a walk, whoever walks in circles: a table over time, coarse and quick.

Walks that may come back to a stop, yet not straight after one other (the 2-cycle elimination of Houck, Picard,
Queyranne, Vemuganti 1980 and of Christofides, Mingozzi, Toth 1981, doi:10.1002/net.3230110207), by buckets of time.
"""

from typing import NamedTuple

import numpy as np

from routing.compiled import compiled
from routing.problem import Floats, Integers
from routing.proof.graph import FAR, Graph, Ticks


class Reachable(NamedTuple):
    """Most worth of a walk from one end that has served node n by the end of bucket k, its own worth included.

    first, second [N, K]: the most, and the most among walks that came from another block than `came` [N, K] (-1: from
    the door; -2: from anywhere). width: ticks a bucket.
    """

    first: Floats
    second: Floats
    came: Ticks
    width: int


def no_table(nodes: int, buckets: int, limit: int) -> Reachable:
    """Nothing is reachable yet."""
    return Reachable(
        first=np.full((nodes, buckets), -np.inf),
        second=np.full((nodes, buckets), -np.inf),
        came=np.full((nodes, buckets), -2, dtype=np.int32),
        width=limit // buckets + 1,
    )


def finer(table: Reachable, buckets: int, limit: int) -> Reachable:
    """The same by shorter buckets, each of which promises what the one does that its end lies in."""
    width = limit // buckets + 1
    at = np.minimum((width * np.arange(1, buckets + 1) - 1) // table.width, table.first.shape[1] - 1)
    return Reachable(
        first=np.ascontiguousarray(table.first[:, at]),
        second=np.ascontiguousarray(table.second[:, at]),
        came=np.ascontiguousarray(table.came[:, at]),
        width=width,
    )


def most_by_bucket(graph: Graph, buckets: int) -> Floats:
    """No loop is worth more than its blocks are when each takes its least ticks: fractional knapsack by bucket [K]."""
    least = np.minimum(graph.leg.min(axis=0, initial=FAR), graph.start)
    blocks = int(graph.block.max()) + 1
    ticks, worth = np.full(blocks, FAR), np.zeros(blocks)
    np.minimum.at(ticks, graph.block, least)
    np.maximum.at(worth, graph.block, graph.worth)
    order = np.argsort(-worth / np.maximum(ticks, 1e-9), kind="stable")
    width = graph.limit // buckets + 1
    ends = width * np.arange(1, buckets + 1) + 0.5  # between whole ticks: no doubt about blocks that take none
    spent = np.concatenate(([0.0], np.cumsum(ticks[order].astype(np.float64))))
    won = np.concatenate(([0.0], np.cumsum(worth[order])))
    most: Floats = np.interp(ends, spent, won)
    return most


@compiled
def circle(graph: Graph, most: Floats, table: Reachable, halt: Integers) -> bool:  # noqa: C901 calls would cost more than the loop does
    """Fill the table by time; False, with no use to it, once halt [1] is 1.

    most [K]: a bound that holds for whole loops, for legs too short to leave a bucket.
    """
    first = table.first
    second = table.second
    came = table.came
    came_by = graph.leg.T.copy()
    start = graph.start
    worth = graph.worth
    block = graph.block
    width = table.width
    nodes = len(worth)
    for k in range(first.shape[1]):
        by = (k + 1) * width - 1
        if halt[0] != 0:
            return False
        for i in range(nodes):
            one = -np.inf
            two = -np.inf
            via = -2
            if start[i] <= by:
                one = worth[i]
                via = -1
            for j in range(nodes):
                rest = by - came_by[i, j]
                if rest < 0 or block[j] == block[i]:
                    continue
                at = rest // width
                before = most[k] - worth[i] if at == k else first[j, at]
                if at < k and came[j, at] == block[i]:
                    before = second[j, at]
                value = before + worth[i]
                if value > one:
                    if via != block[j]:
                        two = one
                        via = block[j]
                    one = value
                elif value > two and via != block[j]:
                    two = value
            first[i, k] = min(one, most[k])
            second[i, k] = min(two, most[k])
            came[i, k] = via
    return True
