"""Shorter loops by 2-opt and or-opt, and dearer stops for cheaper ones."""

import numpy as np

from routing.compiled import compiled
from routing.problem import Integers
from routing.search.costs import Costs, fill
from routing.search.ground import Ground
from routing.search.recreate import refresh
from routing.search.ruin import Touched
from routing.search.walks import TOLERANCE_S, Walks, cut, join, leave_out, loss, measure, put, worth

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
def _two_opt(ground: Ground, walks: Walks, team: int) -> bool:
    """Every reversal that shortens the loop, done as it is found; True when there was one."""
    size = walks.size[team]
    enter, leave, leg_m, metres = walks.enter[team], walks.leave[team], walks.leg_m[team], ground.metres
    better = False
    for i in range(1, size + 1):
        for j in range(i, size + 1):
            if i == j and enter[i] == leave[i]:
                continue
            new = np.float64(metres[leave[i - 1], leave[j]]) + np.float64(metres[enter[i], enter[j + 1]])
            if new < leg_m[i - 1] + leg_m[j] - _LEAST_GAIN_M:
                _reverse(walks, team, i, j)
                measure(ground, walks, team)
                better = True
    return better


@compiled
def _reverse(walks: Walks, team: int, i: int, j: int) -> None:
    stop = walks.stop[team]
    while i < j:
        first = stop[i] ^ 1
        stop[i] = stop[j] ^ 1
        stop[j] = first
        i += 1
        j -= 1
    if i == j:
        stop[i] ^= 1


@compiled
def _or_opt(ground: Ground, walks: Walks, team: int) -> bool:
    """The first move of up to three stops elsewhere, as they are or reversed, that shortens the loop, done."""
    size = walks.size[team]
    enter, leave, leg_m, metres = walks.enter[team], walks.leave[team], walks.leg_m[team], ground.metres
    for length in range(1, min(_LONGEST_MOVED, size - 1) + 1):
        for i in range(1, size - length + 2):
            j = i + length - 1
            saved = leg_m[i - 1] + leg_m[j] - np.float64(metres[leave[i - 1], enter[j + 1]])
            if saved <= _LEAST_GAIN_M:
                continue
            one = enter[i]
            other = leave[j]
            for gap in range(size + 1):
                if i - 1 <= gap <= j:
                    continue
                before = leave[gap]
                after = enter[gap + 1]
                forth = np.float64(metres[before, one]) + np.float64(metres[other, after])
                back = np.float64(metres[before, other]) + np.float64(metres[one, after])
                if min(forth, back) - leg_m[gap] < saved - _LEAST_GAIN_M:
                    _move(walks, team, i, j, gap, bool(back < forth))
                    measure(ground, walks, team)
                    return True
    return False


@compiled
def _move(walks: Walks, team: int, i: int, j: int, gap: int, turned: bool) -> None:
    """Move stops i..j into a gap outside, reversed if `turned`."""
    if turned:
        _reverse(walks, team, i, j)
    stop = walks.stop[team]
    for _ in range(j - i + 1):
        if gap > j:
            first = stop[i]
            for k in range(i, gap):
                stop[k] = stop[k + 1]
            stop[gap] = first
        else:
            last = stop[j]
            for k in range(j, gap + 1, -1):
                stop[k] = stop[k - 1]
            stop[gap + 1] = last


@compiled
def exchange(
    ground: Ground, walks: Walks, costs: Costs, touched: Touched, team: int, mine: Integers, part: int, waiting: float
) -> float:
    """The exchange of a stop for a dearer block that fits, done; returns the prize won, 0: there is none."""
    size = walks.size[team]
    pace = ground.pace[team]
    stop, enter, leave, leg_m = walks.stop[team], walks.enter[team], walks.leave[team], walks.leg_m[team]
    metres, place, length_m, dwell_s = ground.metres, ground.place, ground.length_m, ground.dwell_s
    prize, owner, bonus, count, who = ground.prize, ground.owner, ground.bonus, walks.visits, walks.who
    days, day, apart_days = ground.day, ground.day[team], ground.apart_days
    liked, likes = ground.liked, len(ground.liked) > 0
    spare_m = ground.limit_m[team] - walks.metres[team]
    spare_s = ground.limit_s[team] - walks.time_s[team] + TOLERANCE_S
    extra_of = costs.extra[costs.current[team], team]
    widest = 0.0
    longest_s = 0.0
    for position in range(1, size + 1):
        old = stop[position] >> 1
        widest = max(widest, 2.0 * min(leg_m[position - 1], leg_m[position]) + length_m[old])
        longest_s = max(longest_s, dwell_s[old])
    most = 1e-9
    least = np.inf
    at = -1
    into = -1
    for k in range(ground.reach_of[team], ground.reach_of[team + 1]):
        block = ground.reach[k]
        visits = count[block]
        if visits >= prize.shape[1] or mine[block] != part:
            continue
        # By the triangle inequality a stop's place costs hardly less than the best gap less the way to its neighbour.
        if not ground.banded and (extra_of[block] - widest) * pace + dwell_s[block] - longest_s > spare_s:
            continue
        gain = prize[block, visits]
        if owner[block] == team:
            gain += bonus[block]
        if likes and prize[block, visits] > 0.0:
            gain += liked[team, block]
        if gain < most:
            continue
        if visits > 0:
            walked = False
            for visit in range(visits):
                other = who[block, visit]
                walked = walked or other == team or abs(days[other] - day) < apart_days[block]
            if walked:
                continue
        for position in range(1, size + 1):
            old = stop[position] >> 1
            lost = prize[old, count[old] - 1]
            if owner[old] == team:
                lost += bonus[old]
            if likes:
                lost += liked[team, old]
            more = gain - lost
            if more < most:
                continue
            now = leg_m[position - 1] + leg_m[position] + length_m[old]
            for way in range(ground.ways[block]):
                one = place[2 * block + way]
                other = place[2 * block + 1 - way]
                extra = (
                    np.float64(metres[leave[position - 1], one]) + np.float64(metres[enter[position + 1], other]) - now
                )
                extra += length_m[block]
                seconds = extra * pace + dwell_s[block] - dwell_s[old]
                if extra > spare_m or (not ground.banded and seconds > spare_s):
                    continue
                if more < most + 1e-9 and seconds >= least:
                    continue
                if ground.banded and _band_for(ground, walks, team, position, 2 * block + way) < 0:
                    continue
                most = more
                least = seconds
                at = position
                into = 2 * block + way
    if at < 0:
        return 0.0
    return _replace(ground, walks, costs, touched, team, at, into, waiting)


@compiled
def _band_for(ground: Ground, walks: Walks, team: int, position: int, end: int) -> int:
    """The band in which a block can stand in place of a stop by the clock, -1: none. The budget is looked at later."""
    block = end >> 1
    pace = ground.pace[team]
    stay = ground.length_m[block] * pace + ground.dwell_s[block]
    arrival = ground.earliest_s[team]
    if position > 1:
        before = walks.stop[team, position - 1] >> 1
        arrival = walks.early_s[team, position - 1] + ground.length_m[before] * pace + ground.dwell_s[before]
    arrival += np.float64(ground.metres[walks.leave[team, position - 1], ground.place[end]]) * pace
    must = ground.latest_s[team] if position == walks.size[team] else walks.late_s[team, position + 1]
    must -= np.float64(ground.metres[ground.place[end ^ 1], walks.enter[team, position + 1]]) * pace + stay
    for band in range(ground.band_of[block], ground.band_of[block + 1]):
        start = max(arrival, ground.band_open_s[band])
        if start <= ground.band_close_s[band] - stay + TOLERANCE_S and start <= must + TOLERANCE_S:
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
        band = _band_for(ground, walks, team, at, end)
        open_s = ground.band_open_s[band]
        due_s = ground.band_close_s[band] - ground.length_m[block] * ground.pace[team] - ground.dwell_s[block]
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
