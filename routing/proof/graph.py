"""What a team's loops are relaxed to: whole ticks between nodes, never more than a true walk takes.

Only limits that shorten nothing are dropped (bands, walking limits), seconds are rounded down to ticks and the limit
up. A stop of no worth may be a way to a stop of worth, where walks are no metric: before such stops are left out, every
leg is replaced by the quickest way through any of them (Floyd, doi:10.1145/367766.368168).
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from routing.compiled import compiled
from routing.problem import Bools, Floats, Integers, Metres, Problem
from routing.reach import Reach, allowed

Ticks = npt.NDArray[np.int32]

FAR = 1 << 28
"""Ticks that no walk takes."""
_TICKS = 1 << 22
SAME_PLACE_M = 0.01
SLACK_S = 5e-3
"""More than the checker forgives a route."""


class Graph(NamedTuple):
    """One team's nodes of worth, as seen from one end of the walk; N nodes.

    start [N]: ticks from the start of the walk to having served the node, by way of whichever others; leg [N, N]: from
    having served one to having served the other; finish [N]: from having served it to the end of the walk, likewise;
    service [N]. worth [N] > 0. block [N]:
    small numbers without gaps. limit: ticks.
    """

    start: Ticks
    leg: Ticks
    finish: Ticks
    service: Ticks
    worth: Floats
    block: Integers
    limit: int


def backwards(graph: Graph) -> Graph:
    """The same loops walked from the end."""
    leg = graph.leg.T - graph.service[:, None] + graph.service[None, :]
    return graph._replace(
        start=graph.finish + graph.service,
        leg=np.ascontiguousarray(np.where(graph.leg.T >= FAR, FAR, leg).astype(np.int32)),
        finish=np.where(graph.start >= FAR, FAR, graph.start - graph.service).astype(np.int32),
    )


def within_reach(problem: Problem, team: int) -> Reach:
    """The nodes that can be on any loop of the team, ways through other nodes included."""
    nodes = allowed(problem, team)
    service_s = nodes.inside_s + nodes.dwell_s
    count = len(nodes.block)
    there, back = np.empty(count), np.empty(count)
    slack_s = SLACK_S + count * SAME_PLACE_M * nodes.pace  # metres there and back need only be nearly the same
    limit_s = nodes.limit_s + slack_s
    nearest_first(problem.between_m, nodes.enter, nodes.leave, nodes.pace, service_s, nodes.out_s, limit_s, there)
    nearest_first(problem.between_m, nodes.leave, nodes.enter, nodes.pace, service_s, nodes.home_s, limit_s, back)
    return nodes.only(there + service_s + back <= limit_s)


@compiled
def nearest_first(  # noqa: PLR0917 a kernel takes what it works on
    between_m: Metres,
    enter: Integers,
    leave: Integers,
    pace: float,
    service_s: Floats,
    first_s: Floats,
    limit_s: float,
    out: Floats,
) -> None:
    """Least seconds until each node is come to, through whichever others (Dijkstra, doi:10.1007/BF01386390)."""
    count = len(out)
    open_s = first_s.copy()
    out[:] = first_s
    while True:
        best = -1
        for j in range(count):
            if open_s[j] <= limit_s and (best < 0 or open_s[j] < open_s[best]):
                best = j
        if best < 0:
            return
        open_s[best] = np.inf
        left_s = out[best] + service_s[best]
        for j in range(count):
            seconds = left_s + between_m[leave[best], enter[j]] * pace
            if seconds < out[j]:
                out[j] = seconds
                open_s[j] = seconds


def team_graph(problem: Problem, nodes: Reach, worth: Floats) -> Graph:
    """The graph of the nodes whose block is worth something. worth [B]; `nodes` from `within_reach`."""
    tick_s = max(nodes.limit_s, SLACK_S) / _TICKS
    service_s = nodes.inside_s + nodes.dwell_s
    leg = np.empty((len(nodes.block), len(nodes.block)), dtype=np.int32)
    legs(problem.between_m, nodes.enter, nodes.leave, nodes.pace / tick_s, service_s / tick_s, leg)
    start, finish = _down((nodes.out_s + service_s) / tick_s), _down(nodes.home_s / tick_s)
    keep = worth[nodes.block] > 0
    shortcut(leg, start, finish, np.flatnonzero(~keep))
    leg = np.ascontiguousarray(leg[np.ix_(keep, keep)])
    block = nodes.block[keep]
    _, small = np.unique(block, return_inverse=True)
    return Graph(
        start=_by_any_way(start[keep], leg),
        leg=leg,
        finish=_by_any_way(finish[keep], leg.T),
        service=_down(service_s[keep] / tick_s),
        worth=worth[block],
        block=small.astype(np.int64),
        limit=int(np.ceil((nodes.limit_s + SLACK_S) / tick_s)) + 1,
    )


def _by_any_way(least: Ticks, leg: Ticks) -> Ticks:
    """The least ticks to each node when others may be passed on the way; `least`: straight.

    What is too far for a first leg is no nearer to the end of a walk for that, nor what has no way home of its own.
    """
    while True:
        by_way: Ticks = np.minimum(least, (least[:, None] + leg).min(axis=0, initial=FAR))
        if (by_way == least).all():
            return by_way
        least = by_way


def _down(ticks: Floats) -> Ticks:
    return np.minimum(np.floor(ticks), FAR).astype(np.int32)


@compiled
def legs(  # noqa: PLR0917 a kernel takes what it works on
    between_m: Metres, enter: Integers, leave: Integers, ticks_a_metre: float, service: Floats, leg: Ticks
) -> None:
    """Fill in the legs; nothing leads from a node to itself."""
    for i in range(len(enter)):
        for j in range(len(enter)):
            ticks = between_m[leave[i], enter[j]] * ticks_a_metre + service[j]
            leg[i, j] = FAR if i == j else int(min(np.floor(ticks), float(FAR)))


@compiled
def shortcut(leg: Ticks, start: Ticks, finish: Ticks, through: Integers) -> None:
    """Make every leg the quickest way through nodes of `through`, any of them, or straight."""
    count = len(start)
    for k in through:
        via = leg[k]
        for i in range(count):
            to = leg[i, k]
            if to >= FAR:
                continue
            row = leg[i]
            for j in range(count):
                row[j] = min(row[j], to + via[j])
            finish[i] = min(finish[i], to + finish[k])
        for j in range(count):
            start[j] = min(start[j], start[k] + via[j])


def only(graph: Graph, keep: Bools) -> Graph:
    """The same with these nodes alone; blocks keep their numbers. keep [N]."""
    return graph._replace(
        start=graph.start[keep],
        leg=np.ascontiguousarray(graph.leg[np.ix_(keep, keep)]),
        finish=graph.finish[keep],
        service=graph.service[keep],
        worth=graph.worth[keep],
        block=graph.block[keep],
    )
