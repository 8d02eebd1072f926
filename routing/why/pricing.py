"""Kernels: what a block would cost in a loop, when each block may be walked in either direction.

A loop is an array of stops, numbers of blocks in a Sight. Without bands its seconds are a dynamic programme with two
states a stop (the end by which it is left), run from the door forwards and from home backwards; a look at both tables
prices a block in every gap. With bands that is a lower bound, and the timing of the longer loop decides.
"""

from typing import NamedTuple

import numpy as np

from routing.compiled import compiled
from routing.problem import Floats, Integers
from routing.why.timing import has_bands, lacking_s, quickest, served_by, time_tables
from routing.why.walker import TOLERANCE_S, Sight


class Loop(NamedTuple):
    """A loop and its tables. stops [K]: numbers of blocks in a Sight. total_s: seconds, bands ignored.

    ahead_s [K, 2]: until stop k is left by its end x. behind_s [K, 2]: from coming to end x of stop k until home.
    dwell_s: the part of it in which nobody walks, waiting aside. banded: whether one of the stops has bands.
    early_s, late_s [K, 2]: the earliest minute of leaving stop k by end x, and the latest of coming to it, that keep
    bands and window; they say nothing of the budget. Left empty where no block of the Sight has bands.
    """

    stops: Integers
    total_s: float
    ahead_s: Floats
    behind_s: Floats
    dwell_s: float
    banded: bool
    early_s: Floats
    late_s: Floats


@compiled
def loop(sight: Sight, stops: Integers) -> Loop:
    """The tables of a loop."""
    size = len(stops)
    ahead, behind = np.empty((size, 2)), np.empty((size, 2))
    dwell, banded, total = 0.0, False, 0.0
    for k in range(size):
        dwell += sight.dwell_s[stops[k]]
        banded = banded or has_bands(sight, stops[k])
        for x in range(2):
            enter = 2 * stops[k] + 1 - x
            if k == 0:
                arrived = sight.first_s[enter]
            else:
                last = 2 * stops[k - 1]
                arrived = min(
                    ahead[k - 1, 0] + sight.legs_s[last, enter], ahead[k - 1, 1] + sight.legs_s[last + 1, enter]
                )
            ahead[k, x] = arrived + sight.stay_s[stops[k]]
    for k in range(size - 1, -1, -1):
        for x in range(2):
            leave = 2 * stops[k] + 1 - x
            if k == size - 1:
                rest = sight.home_s[leave]
            else:
                then = 2 * stops[k + 1]
                rest = min(
                    sight.legs_s[leave, then] + behind[k + 1, 0], sight.legs_s[leave, then + 1] + behind[k + 1, 1]
                )
            behind[k, x] = rest + sight.stay_s[stops[k]]
    if size > 0:
        total = min(sight.first_s[2 * stops[0]] + behind[0, 0], sight.first_s[2 * stops[0] + 1] + behind[0, 1])
    timed = size if len(sight.opens_s) > 0 else 0
    early, late = np.empty((timed, 2)), np.empty((timed, 2))
    if timed:
        time_tables(sight, stops, early, late)
    return Loop(stops, total, ahead, behind, dwell, banded, early, late)


@compiled
def _in_time(sight: Sight, tour: Loop, block: int, gap: int) -> bool:
    """Whether bands and window allow the block before stop number `gap`, whatever the budget."""
    size = len(tour.stops)
    for e in range(2):
        enter = 2 * block + e
        leave = 2 * block + 1 - e
        if gap == 0:
            arrival = sight.earliest_s + sight.first_s[enter]
        else:
            last, early = 2 * tour.stops[gap - 1], tour.early_s[gap - 1]
            arrival = min(early[0] + sight.legs_s[last, enter], early[1] + sight.legs_s[last + 1, enter])
        end = served_by(sight, block, arrival)
        if gap == size:
            in_time = end + sight.home_s[leave] <= sight.latest_s + TOLERANCE_S
        else:
            then, late = 2 * tour.stops[gap], tour.late_s[gap]
            spare = max(late[0] - sight.legs_s[then, leave], late[1] - sight.legs_s[then + 1, leave]) - end
            in_time = spare >= -TOLERANCE_S
        if in_time:
            return True
    return False


@compiled
def with_block(sight: Sight, tour: Loop, block: int, gap: int) -> float:
    """Seconds of the loop with the block before its stop number `gap`, bands ignored."""
    best = np.inf
    for e in range(2):
        enter = 2 * block + e
        leave = 2 * block + 1 - e
        if gap == 0:
            before = sight.first_s[enter]
        else:
            last, ahead = 2 * tour.stops[gap - 1], tour.ahead_s[gap - 1]
            before = min(ahead[0] + sight.legs_s[last, enter], ahead[1] + sight.legs_s[last + 1, enter])
        if gap == len(tour.stops):
            after = sight.home_s[leave]
        else:
            then, behind = 2 * tour.stops[gap], tour.behind_s[gap]
            after = min(sight.legs_s[then, leave] + behind[0], sight.legs_s[then + 1, leave] + behind[1])
        best = min(best, before + after)
    return float(best + sight.stay_s[block])


@compiled
def price_all(sight: Sight, tour: Loop, blocks: Integers, totals: Floats) -> None:
    """Fill totals [C]: seconds of the loop with each of the blocks [C] in its best gap, bands ignored."""
    for c in range(len(blocks)):
        best = np.inf
        for gap in range(len(tour.stops) + 1):
            best = min(best, with_block(sight, tour, blocks[c], gap))
        totals[c] = best


@compiled
def best_gap(sight: Sight, tour: Loop, block: int) -> tuple[float, int]:
    """Seconds of the loop with the block in the best gap in which it fits, and that gap; inf, -1: it fits in none.

    With bands, the seconds include waiting.
    """
    best, at = np.inf, -1
    exact = tour.banded or has_bands(sight, block)
    for gap in range(len(tour.stops) + 1):
        total = with_block(sight, tour, block, gap)
        if total < best and lacking_s(sight, total, tour.dwell_s + sight.dwell_s[block]) <= TOLERANCE_S:
            if exact and _in_time(sight, tour, block, gap):
                total = quickest(sight, inserted(tour.stops, gap, block))[0]
            elif exact:
                total = np.inf
            if total < best:
                best, at = total, gap
    return best, at


@compiled
def inserted(stops: Integers, gap: int, block: int) -> Integers:
    """The stops with one more before number `gap`."""
    longer = np.empty(len(stops) + 1, dtype=np.int64)
    longer[:gap] = stops[:gap]
    longer[gap] = block
    longer[gap + 1 :] = stops[gap:]
    return longer
