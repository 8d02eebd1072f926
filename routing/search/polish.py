"""Shorter loops by 2-opt and or-opt, and dearer stops for cheaper ones."""

import numpy as np

from routing.compiled import compiled
from routing.problem import Integers
from routing.search.costs import Costs, fill
from routing.search.ground import Ground
from routing.search.recreate import refresh
from routing.search.ruin import Touched
from routing.search.walks import TOLERANCE_S, Walks, cut, join, leave_out, loss, measure, put, service_s, walked_by, worth

_LEAST_GAIN_M = 1e-7
_LONGEST_MOVED = 3


@compiled
def shorten(ground: Ground, walks: Walks, team: int) -> bool:
    """2-opt and or-opt on one loop until neither helps; True when it became shorter. Without bands.

    Reversing a part turns its line blocks round, so their legs stay the same.
    """
    better = False
    while walks.size[team] > 1 and (_two_opt(ground, walks, team) or _or_opt(ground, walks, team)):
        better = True
    return better


@compiled
def _leg(ground: Ground, walks: Walks, team: int, before: int, after: int) -> float:
    """Metres from leaving the stop at one position to entering the one at another; -1 and size: the door."""
    if before < 0:
        return ground.out_m[team, walks.enter[team, after]]
    if after == walks.size[team]:
        return ground.home_m[team, walks.leave[team, before]]
    return float(ground.between_m[walks.leave[team, before], walks.enter[team, after]])


@compiled
def _two_opt(ground: Ground, walks: Walks, team: int) -> bool:
    """The first reversal that shortens the loop, done."""
    size = walks.size[team]
    for i in range(size - 1):
        for j in range(i + 1, size):
            enter = walks.leave[team, j]
            leave = walks.enter[team, i]
            before = ground.out_m[team, enter] if i == 0 else float(ground.between_m[walks.leave[team, i - 1], enter])
            after = (
                ground.home_m[team, leave]
                if j == size - 1
                else float(ground.between_m[leave, walks.enter[team, j + 1]])
            )
            if before + after < walks.leg_m[team, i] + walks.leg_m[team, j + 1] - _LEAST_GAIN_M:
                _reverse(walks, team, i, j)
                measure(ground, walks, team)
                return True
    return False


@compiled
def _reverse(walks: Walks, team: int, i: int, j: int) -> None:
    while i < j:
        first = walks.stop[team, i] ^ 1
        walks.stop[team, i] = walks.stop[team, j] ^ 1
        walks.stop[team, j] = first
        i += 1
        j -= 1
    if i == j:
        walks.stop[team, i] ^= 1


@compiled
def _or_opt(ground: Ground, walks: Walks, team: int) -> bool:
    """The first move of up to three stops elsewhere, as they are or reversed, that shortens the loop, done."""
    size = walks.size[team]
    for length in range(1, min(_LONGEST_MOVED, size - 1) + 1):
        for i in range(size - length + 1):
            j = i + length - 1
            closing = _leg(ground, walks, team, i - 1, j + 1) if size > length else 0.0
            saved = walks.leg_m[team, i] + walks.leg_m[team, j + 1] - closing
            if saved <= _LEAST_GAIN_M:
                continue
            enter = walks.enter[team, i]
            leave = walks.leave[team, j]
            for gap in range(size + 1):
                if i <= gap <= j + 1:
                    continue
                forth = _through(ground, walks, team, gap, enter, leave)
                back = _through(ground, walks, team, gap, leave, enter)
                if min(forth, back) - walks.leg_m[team, gap] < saved - _LEAST_GAIN_M:
                    _move(walks, team, i, j, gap, back < forth)
                    measure(ground, walks, team)
                    return True
    return False


@compiled
def _through(ground: Ground, walks: Walks, team: int, gap: int, enter: int, leave: int) -> float:
    """Metres of the two legs that put a part into a gap."""
    before = ground.out_m[team, enter] if gap == 0 else float(ground.between_m[walks.leave[team, gap - 1], enter])
    after = (
        ground.home_m[team, leave]
        if gap == walks.size[team]
        else float(ground.between_m[leave, walks.enter[team, gap]])
    )
    return before + after


@compiled
def _move(walks: Walks, team: int, i: int, j: int, gap: int, turned: bool) -> None:
    """Move stops i..j into a gap outside, reversed if `turned`."""
    if turned:
        _reverse(walks, team, i, j)
    length = j - i + 1
    for _ in range(length):
        if gap > j:
            stop = walks.stop[team, i]
            for k in range(i, gap - 1):
                walks.stop[team, k] = walks.stop[team, k + 1]
            walks.stop[team, gap - 1] = stop
        else:
            stop = walks.stop[team, j]
            for k in range(j, gap, -1):
                walks.stop[team, k] = walks.stop[team, k - 1]
            walks.stop[team, gap] = stop


@compiled
def exchange(
    ground: Ground, walks: Walks, costs: Costs, touched: Touched, team: int, mine: Integers, part: int, waiting: float
) -> float:
    """The exchange of a stop for a dearer block that fits, done; returns the prize won, 0: there is none."""
    size = walks.size[team]
    pace = ground.pace[team]
    most = 1e-9
    least = np.inf
    at = -1
    into = -1
    for k in range(ground.reach_of[team], ground.reach_of[team + 1]):
        block = ground.reach[k]
        if mine[block] != part:
            continue
        gain = worth(ground, walks, block, team)
        if gain <= most or walked_by(walks, block, team):
            continue
        for position in range(size):
            old = walks.stop[team, position] >> 1
            more = gain - loss(ground, walks, old, team)
            if more < most:
                continue
            end, extra = _instead(ground, walks, team, position, block)
            seconds = extra * pace + ground.dwell_s[block] - ground.dwell_s[old]
            if walks.metres[team] + extra > ground.limit_m[team]:
                continue
            if not ground.banded and walks.time_s[team] + seconds > ground.limit_s[team] + TOLERANCE_S:
                continue
            if ground.banded and not _in_time(ground, walks, team, position, end):
                continue
            if more > most + 1e-9 or seconds < least:
                most = more
                least = seconds
                at = position
                into = end
    if at < 0:
        return 0.0
    return _replace(ground, walks, costs, touched, team, at, into, waiting)


@compiled
def _instead(ground: Ground, walks: Walks, team: int, position: int, block: int) -> tuple[int, float]:
    """The end by which the block is best entered in place of a stop, and the metres that it adds."""
    size = walks.size[team]
    old = walks.stop[team, position] >> 1
    now = walks.leg_m[team, position] + walks.leg_m[team, position + 1] + ground.length_m[old]
    best = np.inf
    found = 2 * block
    for way in range(ground.ways[block]):
        end = 2 * block + way
        enter = ground.place[end]
        leave = ground.place[end ^ 1]
        before = (
            ground.out_m[team, enter]
            if position == 0
            else float(ground.between_m[walks.leave[team, position - 1], enter])
        )
        after = (
            ground.home_m[team, leave]
            if position == size - 1
            else float(ground.between_m[leave, walks.enter[team, position + 1]])
        )
        extra = before + after + ground.length_m[block] - now
        if extra < best:
            best = extra
            found = end
    return found, best


@compiled
def _in_time(ground: Ground, walks: Walks, team: int, position: int, end: int) -> bool:
    """Whether a block can stand in place of a stop by the clock; the budget is looked at afterwards."""
    return _band_in_time(ground, walks, team, position, end) >= 0


@compiled
def _band_in_time(ground: Ground, walks: Walks, team: int, position: int, end: int) -> int:
    block = end >> 1
    size = walks.size[team]
    pace = ground.pace[team]
    stay = service_s(ground, team, block)
    enter = ground.place[end]
    leave = ground.place[end ^ 1]
    if position == 0:
        arrival = ground.earliest_s[team] + ground.out_m[team, enter] * pace
    else:
        ready = walks.early_s[team, position - 1] + service_s(ground, team, walks.stop[team, position - 1] >> 1)
        arrival = ready + float(ground.between_m[walks.leave[team, position - 1], enter]) * pace
    if position == size - 1:
        must = ground.latest_s[team] - ground.home_m[team, leave] * pace
    else:
        must = (
            walks.late_s[team, position + 1] - float(ground.between_m[leave, walks.enter[team, position + 1]]) * pace
        )
    for band in range(ground.band_of[block], ground.band_of[block + 1]):
        start = max(arrival, ground.band_open_s[band])
        if start <= ground.band_close_s[band] - stay + TOLERANCE_S and start + stay <= must + TOLERANCE_S:
            return band
    return -1


@compiled
def _replace(
    ground: Ground, walks: Walks, costs: Costs, touched: Touched, team: int, at: int, end: int, waiting: float
) -> float:
    """Put a block in place of a stop; 0, and nothing changed, if the loop then breaks its budget."""
    old_end = walks.stop[team, at]
    old = old_end >> 1
    block = end >> 1
    open_s = 0.0
    due_s = 0.0
    old_open = 0.0
    old_due = 0.0
    if ground.banded:
        band = _band_in_time(ground, walks, team, at, end)
        open_s = ground.band_open_s[band]
        due_s = ground.band_close_s[band] - service_s(ground, team, block)
        old_open = walks.open_s[team, at]
        old_due = walks.due_s[team, at]
    won = worth(ground, walks, block, team) - loss(ground, walks, old, team)
    cut(walks, team, at)
    put(walks, team, at, end, open_s, due_s)
    if not measure(ground, walks, team):
        cut(walks, team, at)
        put(walks, team, at, old_end, old_open, old_due)
        measure(ground, walks, team)
        return 0.0
    leave_out(walks, old, team)
    join(walks, block, team)
    fill(ground, walks, costs, team, waiting)
    refresh(ground, walks, costs, touched, old, waiting)
    return won
