"""The search for one team's best loops when every block has a worth: machine code, one team a call.

Ruin and recreate (Schrimpf et al. 2000, doi:10.1006/jcph.1999.6413) for one loop: stops next to each other or random
ones are taken out, then nodes are put in by worth over extra seconds to a random power, with noise, so that no two
repairs are alike. Now and then the loop is shortened by walking parts of it backwards. The best loops met are kept.
"""

from typing import NamedTuple

import numpy as np

from routing.compiled import compiled
from routing.dice import below, chance
from routing.problem import Floats, Integers, Metres

_LONGEST_STRING = 8
_LEAST_EXTRA_S = 1.0
_NOISY = 0.4
_FALL_BACK = 0.03
_TRIFLE = 1e-6
_TOLERANCE_S = 1e-7


class Ground(NamedTuple):
    """The nodes of worth of one team; M nodes, siblings (two ways to walk one block) next to each other.

    leg_s [M, M]: from one node to another, walking and the service of the other; back_s [M, M]: the same transposed,
    so that both neighbours of a gap are read along a row. first_s, last_s [M]: from the door, with the service; home.
    service_s [M]: walking inside and staying; stay_s [M]: staying alone. worth [M]. block [M]. turned
    [M]: the sibling, or the node itself. limit_s, walk_limit_s.
    """

    leg_s: Floats
    back_s: Floats
    first_s: Floats
    last_s: Floats
    service_s: Floats
    stay_s: Floats
    worth: Floats
    block: Integers
    turned: Integers
    limit_s: float
    walk_limit_s: float


class Found(NamedTuple):
    """The best loops met so far, K of them: node [K, L], size [K] (-1: none yet), worth [K], mark [K] of the set."""

    node: Integers
    size: Integers
    worth: Floats
    mark: Integers


class Repair(NamedTuple):
    """Room for one repair. extra_s, score [M]: of the best gap of each node, gap [M]; loop, spare, link_s [L]."""

    extra_s: Floats
    score: Floats
    link_s: Floats
    gap: Integers
    loop: Integers
    spare: Integers


def nothing_found(loops: int, stops: int) -> Found:
    """Room for so many loops of so many stops."""
    return Found(
        node=np.zeros((loops, stops), dtype=np.int64),
        size=np.full(loops, -1, dtype=np.int64),
        worth=np.full(loops, -np.inf),
        mark=np.zeros(loops, dtype=np.int64),
    )


def room(nodes: int) -> Repair:
    """Room for repairs among so many nodes."""
    return Repair(
        extra_s=np.zeros(nodes),
        score=np.zeros(nodes),
        link_s=np.zeros(nodes + 2),
        gap=np.zeros(nodes, dtype=np.int64),
        loop=np.zeros(nodes, dtype=np.int64),
        spare=np.zeros(nodes, dtype=np.int64),
    )


@compiled
def fill_legs(  # noqa: PLR0917 a kernel takes what it works on
    between_m: Metres, enter: Integers, leave: Integers, pace: float, service_s: Floats, leg_s: Floats, back_s: Floats
) -> None:
    """Fill in the two tables of a Ground."""
    for i in range(len(enter)):
        for j in range(len(enter)):
            seconds = between_m[leave[i], enter[j]] * pace + service_s[j]
            leg_s[i, j] = seconds
            back_s[j, i] = seconds


@compiled
def search(  # noqa: PLR0917 a kernel takes what it works on
    ground: Ground,
    starts: Integers,
    sizes: Integers,
    moves: int,
    dice: Integers,
    found: Found,
    work: Repair,
    halt: Integers,
) -> None:
    """From each start [S, L] (sizes [S]) so many repairs; what is met is kept in `found`. Ends once halt [1] is 1."""
    loop = work.loop
    for s in range(len(sizes)):
        current = starts[s].copy()
        size = sizes[s]
        seconds = length_s(ground, current, size)
        if not fits(ground, seconds, stays_s(ground, current, size)):
            size = 0
            seconds = 0.0
        now = value(ground, current, size, seconds)
        best = now
        keep(ground, found, current, size)
        for move in range(moves):
            if halt[0] != 0:
                return
            loop[:size] = current[:size]
            new_size = ruin(loop, size, dice, work.spare) if size > 0 else 0
            new_s = length_s(ground, loop, new_size)
            if not new_s < np.inf:
                continue
            new_size, new_s = recreate(ground, work, new_size, new_s, dice)
            shorter_s = shorten(ground, loop, new_size, new_s)
            if shorter_s < new_s - _TOLERANCE_S:
                new_size, new_s = recreate(ground, work, new_size, shorter_s, dice)
            new = value(ground, loop, new_size, new_s)
            if new >= now - _FALL_BACK * chance(dice) * best * (1.0 - move / moves):
                size = new_size
                now = new
                current[:size] = loop[:size]
                if now >= found.worth.min():
                    keep(ground, found, current, size)
            best = max(best, new)


@compiled
def value(ground: Ground, loop: Integers, size: int, seconds: float) -> float:
    """Worth of the stops; among equals, the shorter loop is better."""
    total = 0.0
    for k in range(size):
        total += ground.worth[loop[k]]
    return total * (1.0 - _TRIFLE * seconds / ground.limit_s)


@compiled
def length_s(ground: Ground, loop: Integers, size: int) -> float:
    """Seconds of the loop."""
    if size == 0:
        return 0.0
    seconds = ground.first_s[loop[0]] + ground.last_s[loop[size - 1]]
    for k in range(1, size):
        seconds += ground.leg_s[loop[k - 1], loop[k]]
    return float(seconds)


@compiled
def stays_s(ground: Ground, loop: Integers, size: int) -> float:
    """Seconds of it that are no walking."""
    total = 0.0
    for k in range(size):
        total += ground.stay_s[loop[k]]
    return total


@compiled
def fits(ground: Ground, seconds: float, stay_s: float) -> bool:
    """Whether both limits are kept."""
    return seconds <= ground.limit_s + _TOLERANCE_S and seconds - stay_s <= ground.walk_limit_s + _TOLERANCE_S


@compiled
def keep(ground: Ground, found: Found, loop: Integers, size: int) -> None:
    """Keep the loop if it is among the best and its set of blocks is new."""
    total = 0.0
    mark = 0
    for k in range(size):
        total += ground.worth[loop[k]]
        x = (ground.block[loop[k]] + 1) * 0x2545F4914F6CDD1D
        mark ^= x ^ (x >> 29)
    if size == 0:
        return
    worst = 0
    for k in range(len(found.size)):
        if found.size[k] == size and found.mark[k] == mark:
            return
        if found.worth[k] < found.worth[worst]:
            worst = k
    if total > found.worth[worst]:
        found.node[worst, :size] = loop[:size]
        found.size[worst] = size
        found.worth[worst] = total
        found.mark[worst] = mark


@compiled
def ruin(loop: Integers, size: int, dice: Integers, out: Integers) -> int:
    """Take out a string of stops or random ones; the new size."""
    number = 1 + below(dice, min(_LONGEST_STRING, size))
    out[:size] = 0
    if chance(dice) < 0.6:
        first = below(dice, size - number + 1)
        out[first : first + number] = 1
    else:
        for _ in range(number):
            out[below(dice, size)] = 1
    kept = 0
    for k in range(size):
        if out[k] == 0:
            loop[kept] = loop[k]
            kept += 1
    return kept


@compiled
def recreate(ground: Ground, work: Repair, size: int, seconds: float, dice: Integers) -> tuple[int, float]:
    """Put nodes into work.loop until none fits; the new size and seconds."""
    loop = work.loop
    extra_s = work.extra_s
    score = work.score
    nodes = len(extra_s)
    half_power = below(dice, 4)  # of half the exponent's steps: 0.5, 1, 1.5, 2
    stay_s = stays_s(ground, loop, size)
    extra_s[:] = np.inf
    for gap in range(size + 1):
        look(ground, work, size, gap)
    for k in range(size):
        strike(ground, work, loop[k])
    worth = ground.worth
    own_stay_s = ground.stay_s
    for j in range(nodes):
        extra = max(extra_s[j], _LEAST_EXTRA_S)
        root = np.sqrt(extra)
        under = root if half_power == 0 else extra
        under *= root if half_power == 2 else (extra if half_power == 3 else 1.0)
        score[j] = worth[j] / under * (1.0 + _NOISY * (chance(dice) - 0.5))
    while True:
        best = -1
        top = 0.0
        spare_s = ground.limit_s + _TOLERANCE_S - seconds
        spare_walk_s = ground.walk_limit_s + _TOLERANCE_S - (seconds - stay_s)
        for j in range(nodes):
            if score[j] > top and extra_s[j] <= spare_s and extra_s[j] - own_stay_s[j] <= spare_walk_s:
                best = j
                top = score[j]
        if best < 0:
            return size, seconds
        gap = work.gap[best]
        for k in range(size, gap, -1):
            loop[k] = loop[k - 1]
        loop[gap] = best
        size += 1
        seconds += extra_s[best]
        stay_s += ground.stay_s[best]
        strike(ground, work, best)
        renew(ground, work, size, gap, half_power)


@compiled
def look(ground: Ground, work: Repair, size: int, gap: int) -> None:
    """Offer one gap to all nodes."""
    extra_s = work.extra_s
    gaps = work.gap
    before = ground.first_s if gap == 0 else ground.leg_s[work.loop[gap - 1]]
    after = ground.last_s if gap == size else ground.back_s[work.loop[gap]]
    now_s = link_s(ground, work.loop, size, gap)
    for j in range(len(extra_s)):
        seconds = before[j] + after[j] - now_s
        better = seconds < extra_s[j]
        extra_s[j] = seconds if better else extra_s[j]
        gaps[j] = gap if better else gaps[j]


@compiled
def link_s(ground: Ground, loop: Integers, size: int, gap: int) -> float:
    """Seconds of the leg that an insertion in this gap replaces."""
    if size == 0:
        return 0.0
    if gap == 0:
        return float(ground.first_s[loop[0]])
    if gap == size:
        return float(ground.last_s[loop[size - 1]])
    return float(ground.leg_s[loop[gap - 1], loop[gap]])


@compiled
def strike(ground: Ground, work: Repair, node: int) -> None:
    """The node is on the loop: neither it nor its sibling goes in again."""
    for one in (node, ground.turned[node]):
        work.extra_s[one] = np.inf
        work.gap[one] = -2


@compiled
def renew(ground: Ground, work: Repair, size: int, gap: int, half_power: int) -> None:  # noqa: C901, PLR0912 calls would cost more than the loop does
    """Bring extra seconds and scores up to date after an insertion in `gap`."""
    loop = work.loop
    extra_s = work.extra_s
    gaps = work.gap
    score = work.score
    link = work.link_s
    leg_s = ground.leg_s
    back_s = ground.back_s
    first_s = ground.first_s
    last_s = ground.last_s
    new = loop[gap]
    before = first_s if gap == 0 else leg_s[loop[gap - 1]]
    after = last_s if gap + 1 == size else back_s[loop[gap + 1]]
    to_new = back_s[new]
    from_new = leg_s[new]
    for other in range(size + 1):
        link[other] = link_s(ground, loop, size, other)
    for j in range(len(extra_s)):
        at = gaps[j]
        if at == -2:
            continue
        was = extra_s[j]
        now = was
        if at == gap:
            now = np.inf
            for other in range(size + 1):
                one = first_s[j] if other == 0 else leg_s[loop[other - 1], j]
                two = last_s[j] if other == size else back_s[loop[other], j]
                seconds = one + two - link[other]
                if seconds < now:
                    now = seconds
                    at = other
        else:
            if at > gap:
                at += 1
            seconds = before[j] + to_new[j] - link[gap]
            if seconds < now:
                now = seconds
                at = gap
            seconds = from_new[j] + after[j] - link[gap + 1]
            if seconds < now:
                now = seconds
                at = gap + 1
        gaps[j] = at
        if now != was:
            extra_s[j] = now
            # The noise drawn for the node stays with it: only the seconds under its worth change.
            ratio = max(was, _LEAST_EXTRA_S) / max(now, _LEAST_EXTRA_S)
            root = np.sqrt(ratio)
            score[j] *= root if half_power == 0 else ratio
            if half_power == 2:
                score[j] *= root
            elif half_power == 3:
                score[j] *= ratio


@compiled
def shorten(ground: Ground, loop: Integers, size: int, seconds: float) -> float:
    """Walk parts of the loop backwards while that is shorter (2-opt); the seconds then."""
    leg_s = ground.leg_s
    first_s = ground.first_s
    last_s = ground.last_s
    service_s = ground.service_s
    turned = ground.turned
    improved = True
    while improved:
        improved = False
        for i in range(size - 1):
            for j in range(i + 1, size):
                a = loop[i]
                b = loop[j]
                old = first_s[a] if i == 0 else leg_s[loop[i - 1], a]
                new = first_s[turned[b]] if i == 0 else leg_s[loop[i - 1], turned[b]]
                old += last_s[b] if j + 1 == size else leg_s[b, loop[j + 1]]
                new += last_s[turned[a]] if j + 1 == size else leg_s[turned[a], loop[j + 1]]
                gain = old - new - service_s[a] + service_s[b]
                if gain > _TOLERANCE_S:
                    seconds -= gain
                    improved = True
                    for k in range((j - i + 1) // 2):
                        loop[i + k], loop[j - k] = loop[j - k], loop[i + k]
                    for k in range(i, j + 1):
                        loop[k] = turned[loop[k]]
    return seconds
