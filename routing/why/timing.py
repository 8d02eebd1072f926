"""Kernels: when a loop with bands can be walked, and how long it takes.

For chosen directions and bands the minute of leaving a stop is max(ready, start + walk) up to a latest start (the time
slack of Savelsbergh, doi:10.1287/ijoc.4.2.146), so that labels of these three numbers, with dominance, give the least
duration. Tables of the earliest and latest minutes say beforehand, for little, what no start could meet.
"""

from typing import NamedTuple

import numpy as np

from routing.compiled import compiled
from routing.problem import Floats, Integers
from routing.why.walker import TOLERANCE_S, Sight

MOST_LABELS = 48
"""Undominated labels kept for each direction of a stop; more are never seen, and the first ones are kept then."""


class Labels(NamedTuple):
    """Ways to have left a stop by one end: ready, walk and latest start in each of `held[0]` rows of values."""

    values: Floats
    held: Integers


@compiled
def lacking_s(sight: Sight, total_s: float, dwell_s: float) -> float:
    """Seconds by which a loop is too long, in time or in walking; 0: it is not."""
    lacking = max(total_s - sight.limit_s, 0.0)
    if sight.walking_s < np.inf:
        lacking = max(lacking, total_s - dwell_s - sight.walking_s)
    return float(lacking)


@compiled
def has_bands(sight: Sight, block: int) -> bool:
    """Whether the block may be served at some times only."""
    return bool(sight.band_of[block + 1] > sight.band_of[block])


@compiled
def time_tables(sight: Sight, stops: Integers, early: Floats, late: Floats) -> None:
    """Fill early, late [K, 2]: the minutes of leaving and of coming to each stop by each end, see Loop."""
    size = len(stops)
    for k in range(size):
        for x in range(2):
            enter = 2 * stops[k] + 1 - x
            if k == 0:
                arrival = sight.earliest_s + sight.first_s[enter]
            else:
                last = 2 * stops[k - 1]
                arrival = min(
                    early[k - 1, 0] + sight.legs_s[last, enter], early[k - 1, 1] + sight.legs_s[last + 1, enter]
                )
            early[k, x] = served_by(sight, stops[k], arrival)
    for k in range(size - 1, -1, -1):
        for x in range(2):
            leave = 2 * stops[k] + 1 - x
            if k == size - 1:
                due = sight.latest_s - sight.home_s[leave]
            else:
                then = 2 * stops[k + 1]
                due = max(late[k + 1, 0] - sight.legs_s[leave, then], late[k + 1, 1] - sight.legs_s[leave, then + 1])
            late[k, x] = _come_by(sight, stops[k], due)


@compiled
def served_by(sight: Sight, block: int, arrival: float) -> float:
    """The earliest end of the service; inf: in no band."""
    stay = sight.stay_s[block]
    if not has_bands(sight, block):
        return float(arrival + stay)
    end = np.inf
    for band in range(sight.band_of[block], sight.band_of[block + 1]):
        served = max(arrival, sight.opens_s[band]) + stay
        if served <= sight.closes_s[band] + TOLERANCE_S:
            end = min(end, served)
    return end


@compiled
def _come_by(sight: Sight, block: int, due: float) -> float:
    """The latest arrival for a service that ends by then; -inf: in no band."""
    stay = sight.stay_s[block]
    if not has_bands(sight, block):
        return float(due - stay)
    latest = -np.inf
    for band in range(sight.band_of[block], sight.band_of[block + 1]):
        begin = min(sight.closes_s[band], due) - stay
        if begin >= sight.opens_s[band] - TOLERANCE_S:
            latest = max(latest, begin)
    return latest


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
    best, best_start, dwell = np.inf, np.inf, 0.0
    for stop in stops:
        dwell += sight.dwell_s[stop]
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
