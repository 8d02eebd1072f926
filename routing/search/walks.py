"""The plan under search: every team's stops in order, and what they take. Changed in place by the kernels.

A stop is the end e = 2b + (0 | 1) by which block b is entered; e ^ 1 is the end by which it is left. With bands, each
stop also has the band chosen for it, and the route the slacks that price an insertion in constant time (Savelsbergh
1992, doi:10.1287/ijoc.4.2.146): the earliest and latest start of each service, and what the least duration needs.
"""

from typing import NamedTuple

import numpy as np

from routing.compiled import compiled
from routing.problem import Floats, Integers
from routing.search.ground import Ground

TOLERANCE_S = 1e-7


class Walks(NamedTuple):
    """T teams, at most M - 2 stops each: the k-th stop is column k from 1, column 0 the door, the last one home.

    stop, enter, leave [T, M]: block end, place of entering, place of leaving. leg_m [T, M]: metres to the next column.
    size, time_s, metres [T]. who [B, K]: teams on a block, visits [B] of them.
    With bands, [T, W], W = M (else 0): open_s, due_s: the service must start between; early_s, late_s: it can start
    between; work_s: seconds of walking and service from the door to the start of the service; first_s: no later start
    at the door meets all due times so far; rest_s: work from the start of the service until home; home_s: home no
    earlier than this because of what opens later.
    """

    stop: Integers
    enter: Integers
    leave: Integers
    leg_m: Floats
    size: Integers
    time_s: Floats
    metres: Floats
    who: Integers
    visits: Integers
    open_s: Floats
    due_s: Floats
    early_s: Floats
    late_s: Floats
    work_s: Floats
    first_s: Floats
    rest_s: Floats
    home_s: Floats


def empty_walks(ground: Ground) -> Walks:
    """Nobody walks anything."""
    teams, blocks = len(ground.pace), len(ground.ways)
    most = _most_stops(ground) + 2
    banded = (teams, most if ground.banded else 0)
    enter, leave = np.zeros((teams, most), dtype=np.int64), np.zeros((teams, most), dtype=np.int64)
    enter[:, 1] = ground.home
    leave[:, 0] = ground.door
    return Walks(
        stop=np.full((teams, most), -1, dtype=np.int64),
        enter=enter,
        leave=leave,
        leg_m=np.zeros((teams, most)),
        size=np.zeros(teams, dtype=np.int64),
        time_s=np.zeros(teams),
        metres=np.zeros(teams),
        who=np.full((blocks, ground.prize.shape[1]), -1, dtype=np.int64),
        visits=np.zeros(blocks, dtype=np.int64),
        open_s=np.zeros(banded),
        due_s=np.zeros(banded),
        early_s=np.zeros(banded),
        late_s=np.zeros(banded),
        work_s=np.zeros(banded),
        first_s=np.zeros(banded),
        rest_s=np.zeros(banded),
        home_s=np.zeros(banded),
    )


def _most_stops(ground: Ground) -> int:
    """No loop has more stops than its shortest services fit into its budget; and one to spare for an exchange."""
    most = 0
    for team in range(len(ground.pace)):
        reach = ground.reach[ground.reach_of[team] : ground.reach_of[team + 1]]
        service = np.sort(ground.length_m[reach] * ground.pace[team] + ground.dwell_s[reach])
        fitting = int((np.cumsum(service) <= ground.limit_s[team] + TOLERANCE_S).sum())
        most = max(most, fitting)
    return most + 1


@compiled
def worth(ground: Ground, walks: Walks, block: int, team: int) -> float:
    """What the team would earn by one more visit; below 0: there is nothing more to earn."""
    visits = walks.visits[block]
    if visits >= ground.prize.shape[1]:
        return -1.0
    for visit in range(visits):
        if abs(ground.day[walks.who[block, visit]] - ground.day[team]) < ground.apart_days[block]:
            return -1.0
    bonus = ground.bonus[block] if ground.owner[block] == team else 0.0
    if len(ground.liked) > 0 and ground.prize[block, visits] > 0.0:
        bonus += ground.liked[team, block]
    return float(ground.prize[block, visits] + bonus)


@compiled
def loss(ground: Ground, walks: Walks, block: int, team: int) -> float:
    """What is lost when the team leaves the block out."""
    bonus = ground.bonus[block] if ground.owner[block] == team else 0.0
    if len(ground.liked) > 0:
        bonus += ground.liked[team, block]
    return float(ground.prize[block, walks.visits[block] - 1] + bonus)


@compiled
def join(walks: Walks, block: int, team: int) -> None:
    """Note that the team walks the block."""
    walks.who[block, walks.visits[block]] = team
    walks.visits[block] += 1


@compiled
def leave_out(walks: Walks, block: int, team: int) -> None:
    """Note that the team no longer walks the block."""
    last = walks.visits[block] - 1
    for visit in range(last):
        if walks.who[block, visit] == team:
            walks.who[block, visit] = walks.who[block, last]
            break
    walks.who[block, last] = -1
    walks.visits[block] = last


@compiled
def put(walks: Walks, team: int, at: int, end: int, open_s: float, due_s: float) -> None:
    """Insert a stop so that it becomes the at-th. `measure` must follow."""
    stop = walks.stop
    size = walks.size[team]
    for k in range(size, at - 1, -1):
        stop[team, k + 1] = stop[team, k]
    stop[team, at] = end
    if walks.open_s.shape[1] > 0:
        for k in range(size, at - 1, -1):
            walks.open_s[team, k + 1] = walks.open_s[team, k]
            walks.due_s[team, k + 1] = walks.due_s[team, k]
        walks.open_s[team, at] = open_s
        walks.due_s[team, at] = due_s
    walks.size[team] = size + 1


@compiled
def cut(walks: Walks, team: int, at: int) -> None:
    """Take the at-th stop out. `measure` must follow."""
    stop = walks.stop
    size = walks.size[team]
    for k in range(at, size):
        stop[team, k] = stop[team, k + 1]
    if walks.open_s.shape[1] > 0:
        for k in range(at, size):
            walks.open_s[team, k] = walks.open_s[team, k + 1]
            walks.due_s[team, k] = walks.due_s[team, k + 1]
    walks.size[team] = size - 1


@compiled
def measure(ground: Ground, walks: Walks, team: int) -> bool:
    """Work out places, legs, metres and seconds of a team's loop anew; False when it breaks a limit."""
    size = walks.size[team]
    enter, leave, leg_m, stop = walks.enter, walks.leave, walks.leg_m, walks.stop
    place, between, length_m, dwell_s = ground.place, ground.metres, ground.length_m, ground.dwell_s
    metres = 0.0
    dwell = 0.0
    before = ground.door[team]
    for k in range(1, size + 1):
        end = stop[team, k]
        at = place[end]
        enter[team, k] = at
        leg = np.float64(between[before, at])
        before = place[end ^ 1]
        leave[team, k] = before
        leg_m[team, k - 1] = leg
        metres += leg + length_m[end >> 1]
        dwell += dwell_s[end >> 1]
    enter[team, size + 1] = ground.home[team]
    last = 0.0 if size == 0 else np.float64(between[before, ground.home[team]])
    leg_m[team, size] = last
    metres += last
    walks.metres[team] = metres
    walks.time_s[team] = metres * ground.pace[team] + dwell
    if not metres <= ground.limit_m[team]:
        return False
    if walks.open_s.shape[1] > 0 and size > 0:
        return _time(ground, walks, team)
    return bool(walks.time_s[team] <= ground.limit_s[team] + TOLERANCE_S)


@compiled
def _time(ground: Ground, walks: Walks, team: int) -> bool:
    """Slacks along a loop with bands; its seconds are the least duration that any start allows."""
    size = walks.size[team]
    pace = ground.pace[team]
    leg_m, stop, open_s, due_s = walks.leg_m, walks.stop, walks.open_s, walks.due_s
    length_m, dwell_s = ground.length_m, ground.dwell_s
    clock = ground.earliest_s[team]
    work = 0.0
    first = ground.latest_s[team] - walks.time_s[team]
    fits = True
    for k in range(1, size + 1):
        block = stop[team, k] >> 1
        stay = length_m[block] * pace + dwell_s[block]
        leg = leg_m[team, k - 1] * pace
        work += leg
        clock = max(clock + leg, open_s[team, k])
        walks.early_s[team, k] = clock
        walks.work_s[team, k] = work
        first = min(first, due_s[team, k] - work)
        walks.first_s[team, k] = first
        fits = fits and clock <= due_s[team, k] + TOLERANCE_S
        clock += stay
        work += stay
    clock += leg_m[team, size] * pace
    late = ground.latest_s[team]
    rest = 0.0
    home = -np.inf
    for k in range(size, 0, -1):
        block = stop[team, k] >> 1
        onward = length_m[block] * pace + dwell_s[block] + leg_m[team, k] * pace
        rest += onward
        late = min(late - onward, due_s[team, k])
        walks.late_s[team, k] = late
        walks.rest_s[team, k] = rest
        home = max(home, open_s[team, k] + rest)
        walks.home_s[team, k] = home
    walks.time_s[team] = max(rest + leg_m[team, 0] * pace, clock - first)
    return (
        fits
        and clock <= ground.latest_s[team] + TOLERANCE_S
        and walks.time_s[team] <= ground.limit_s[team] + TOLERANCE_S
    )


@compiled
def follow(ground: Ground, walks: Walks, team: int, blocks: Integers) -> float:
    """Give an idle team these blocks in this order, each by the end that makes the loop shortest; returns the prize.

    A block that does not fit behind those before it is left out.
    """
    won = 0.0
    ends = _shortest(ground, team, blocks)
    for k in range(len(blocks)):
        block, size = blocks[k], walks.size[team]
        gain = worth(ground, walks, block, team)
        if gain < 0.0 or size + 2 >= walks.stop.shape[1]:
            continue
        stay = ground.length_m[block] * ground.pace[team] + ground.dwell_s[block]
        for band in range(ground.band_of[block], ground.band_of[block + 1]):
            put(walks, team, size + 1, ends[k], ground.band_open_s[band], ground.band_close_s[band] - stay)
            if measure(ground, walks, team):
                join(walks, block, team)
                won += gain
                break
            cut(walks, team, size + 1)
            measure(ground, walks, team)
    return won


@compiled
def _shortest(ground: Ground, team: int, blocks: Integers) -> Integers:
    """By which end to enter each of the blocks so that the loop over all of them is shortest: two states a block."""
    size = len(blocks)
    ends = 2 * blocks
    metres, place = ground.metres, ground.place
    far = np.full((size, 2), np.inf)
    came = np.zeros((size, 2), dtype=np.int64)
    for k in range(size):
        for way in range(ground.ways[blocks[k]]):
            enter = place[2 * blocks[k] + way]
            if k == 0:
                far[k, way] = metres[ground.door[team], enter]
                continue
            for before in range(ground.ways[blocks[k - 1]]):
                metre = far[k - 1, before] + metres[place[(2 * blocks[k - 1] + before) ^ 1], enter]
                if metre < far[k, way]:
                    far[k, way] = metre
                    came[k, way] = before
    if size == 0:
        return ends
    best, last = np.inf, 2 * blocks[size - 1]
    way = 0
    for one in range(ground.ways[blocks[size - 1]]):
        metre = far[size - 1, one] + metres[place[(last + one) ^ 1], ground.home[team]]
        if metre < best:
            best, way = metre, one
    for k in range(size - 1, -1, -1):
        ends[k] += way
        way = came[k, way]
    return ends
