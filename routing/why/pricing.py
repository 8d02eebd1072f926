"""Kernels: what a block would cost in a loop, when each block may be walked in either direction.

A loop is an array of stops, numbers of blocks in a Sight. Without bands its seconds are a dynamic programme with two
states a stop (the end by which it is left), run from the door forwards and from home backwards; a look at both tables
prices a block in every gap. With bands, that is a lower bound, and `quickest` knows: for chosen directions and bands
the minute of leaving a stop is max(ready, start + walk) up to a latest start (the time slack of Savelsbergh,
doi:10.1287/ijoc.4.2.146), so that labels of these three numbers, with dominance, give the least duration.
"""

from typing import NamedTuple

import numpy as np

from routing.compiled import compiled
from routing.problem import Floats, Integers
from routing.why.walker import TOLERANCE_S, Sight

MOST_LABELS = 48
"""Undominated labels kept for each direction of a stop; more are never seen, and the first ones are kept then."""


class Loop(NamedTuple):
    """A loop and its tables. stops [K]: numbers of blocks in a Sight. total_s: seconds, bands ignored.

    ahead_s [K, 2]: until stop k is left by its end x. behind_s [K, 2]: from coming to end x of stop k until home.
    dwell_s: the part of it in which nobody walks, waiting aside. banded: whether one of the stops has bands.
    """

    stops: Integers
    total_s: float
    ahead_s: Floats
    behind_s: Floats
    dwell_s: float
    banded: bool


class Labels(NamedTuple):
    """Ways to have left a stop by one end: ready, walk and latest start in each of `held[0]` rows of values."""

    values: Floats
    held: Integers


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
    return Loop(stops, total, ahead, behind, dwell, banded)


@compiled
def has_bands(sight: Sight, block: int) -> bool:
    """Whether the block may be served at some times only."""
    return bool(sight.band_of[block + 1] > sight.band_of[block])


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
def lacking_s(sight: Sight, total_s: float, dwell_s: float) -> float:
    """Seconds by which a loop is too long, in time or in walking; 0: it is not."""
    lacking = max(total_s - sight.limit_s, 0.0)
    if sight.walking_s < np.inf:
        lacking = max(lacking, total_s - dwell_s - sight.walking_s)
    return float(lacking)


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
            if exact:
                total = quickest(sight, inserted(tour.stops, gap, block))[0]
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


@compiled
def quickest(sight: Sight, stops: Integers) -> tuple[float, float]:
    """Least duration of the loop within every limit and band, and the earliest such start; inf, inf: there is none."""
    if len(stops) == 0:
        return 0.0, sight.earliest_s
    values = np.empty((2, 2, MOST_LABELS, 3))
    held = np.zeros((2, 2, 1), dtype=np.int64)
    now = 0
    _keep(Labels(values[0, 0], held[0, 0]), sight.earliest_s, 0.0, np.inf)
    for k in range(len(stops)):
        held[1 - now] = 0
        for e in range(2):
            enter = 2 * stops[k] + e
            there = Labels(values[1 - now, 1 - e], held[1 - now, 1 - e])
            for x in range(2):
                leg = sight.first_s[enter] if k == 0 else _leg_s(sight, 2 * stops[k - 1] + x, enter)
                if leg < np.inf:
                    _serve(sight, stops[k], leg, Labels(values[now, x], held[now, x]), there)
        now = 1 - now
    best, best_start = np.inf, np.inf
    dwell = loop(sight, stops).dwell_s
    for x in range(2):
        home = sight.home_s[2 * stops[-1] + x]
        duration, start = _at_home(sight, home, dwell, Labels(values[now, x], held[now, x]))
        if duration < best or (duration == best and start < best_start):
            best, best_start = duration, start
    return best, best_start


@compiled
def _leg_s(sight: Sight, leave: int, enter: int) -> float:
    """Seconds between two ends, of which one at least is of a row; it is the same both ways."""
    return float(sight.legs_s[leave, enter] if leave < len(sight.legs_s) else sight.legs_s[enter, leave])


@compiled
def _serve(sight: Sight, block: int, leg_s: float, here: Labels, there: Labels) -> None:
    """Every label after the leg and the service, once for each band that it can still meet."""
    stay = sight.stay_s[block]
    first, last = sight.band_of[block], sight.band_of[block + 1]
    for label in range(here.held[0]):
        ready = here.values[label, 0] + leg_s
        walk = here.values[label, 1] + leg_s
        late = here.values[label, 2]
        if first == last:
            _keep(there, ready + stay, walk + stay, late)
        for band in range(first, last):
            begin = max(ready, sight.opens_s[band])
            latest_start = min(late, sight.closes_s[band] - stay - walk)
            if begin + stay <= sight.closes_s[band] + TOLERANCE_S and latest_start >= sight.earliest_s - TOLERANCE_S:
                _keep(there, begin + stay, walk + stay, latest_start)


@compiled
def _keep(labels: Labels, ready: float, walk: float, late: float) -> None:
    """Add a label unless another beats or equals it in all three numbers; those that it beats go."""
    values, held = labels.values, labels.held[0]
    for label in range(held):
        if values[label, 0] <= ready and values[label, 1] <= walk and values[label, 2] >= late:
            return
    kept = 0
    for label in range(held):
        if not (ready <= values[label, 0] and walk <= values[label, 1] and late >= values[label, 2]):
            values[kept] = values[label]
            kept += 1
    if kept < MOST_LABELS:
        values[kept, 0] = ready
        values[kept, 1] = walk
        values[kept, 2] = late
        kept += 1
    labels.held[0] = kept


@compiled
def _at_home(sight: Sight, home_s: float, dwell_s: float, labels: Labels) -> tuple[float, float]:
    """The least duration of those that are home in time, and its start."""
    best, best_start = np.inf, np.inf
    for label in range(labels.held[0]):
        ready = labels.values[label, 0] + home_s
        walk = labels.values[label, 1] + home_s
        last_start = min(labels.values[label, 2], sight.latest_s - walk)
        if not (ready <= sight.latest_s + TOLERANCE_S and last_start >= sight.earliest_s - TOLERANCE_S):
            continue
        start = max(min(last_start, ready - walk), sight.earliest_s)
        duration = max(walk, ready - start)
        fits = lacking_s(sight, duration, duration - walk + dwell_s) <= TOLERANCE_S
        if fits and (duration < best or (duration == best and start < best_start)):
            best, best_start = duration, start
    return best, best_start
