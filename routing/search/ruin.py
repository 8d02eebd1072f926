"""Which stops to take out: adjacent strings on neighbouring loops, stops here and there, or all around one place.

Strings after Christiaens and Vanden Berghe 2020 (doi:10.1287/trsc.2019.0914), the others after Shaw 1998
(doi:10.1007/3-540-49481-2_30).
"""

from typing import NamedTuple

import numpy as np

from routing.compiled import compiled
from routing.dice import below, chance
from routing.problem import Bools, Floats, Integers
from routing.search.costs import Costs, after_cuts, fill
from routing.search.ground import Ground
from routing.search.walks import Walks, cut, join, leave_out, loss, measure

FEW_TEAMS = 4
MOST_TEAMS = 6
_STRINGS, _SCATTERED = 0.55, 0.90
_LONGEST_STRING = 20
_MOST_SCATTERED = 20
_MOST_AROUND = 40


class Touched(NamedTuple):
    """The teams whose loops an iteration changes, and what they were before. A = at most so many teams.

    teams [A], number [1]: the first so many count. doomed [T, M]: stops to take out. stop [A, M], size [A], time_s [A],
    metres [A], open_s, due_s [A, W]: as they were.
    """

    teams: Integers
    number: Integers
    doomed: Bools
    stop: Integers
    size: Integers
    time_s: Floats
    metres: Floats
    open_s: Floats
    due_s: Floats


def untouched(walks: Walks) -> Touched:
    """Room for what an iteration touches."""
    return room_for(walks, min(len(walks.stop), MOST_TEAMS))


def room_for(walks: Walks, room: int) -> Touched:
    """Room for so many teams."""
    teams, most = walks.stop.shape
    return Touched(
        teams=np.zeros(room, dtype=np.int64),
        number=np.zeros(1, dtype=np.int64),
        doomed=np.zeros((teams, most), dtype=np.bool_),
        stop=np.zeros((room, most), dtype=np.int64),
        size=np.zeros(room, dtype=np.int64),
        time_s=np.zeros(room),
        metres=np.zeros(room),
        open_s=np.zeros((room, walks.open_s.shape[1])),
        due_s=np.zeros((room, walks.open_s.shape[1])),
    )


@compiled
def touch(walks: Walks, touched: Touched, team: int) -> bool:
    """Remember a team's loop as it is; False when there is no room for one more team."""
    number = touched.number[0]
    for k in range(number):
        if touched.teams[k] == team:
            return True
    if number == len(touched.teams):
        return False
    touched.teams[number] = team
    size = walks.size[team]
    touched.size[number] = size
    touched.time_s[number] = walks.time_s[team]
    touched.metres[number] = walks.metres[team]
    for k in range(1, size + 1):
        touched.stop[number, k] = walks.stop[team, k]
    if walks.open_s.shape[1] > 0:
        for k in range(1, size + 1):
            touched.open_s[number, k] = walks.open_s[team, k]
            touched.due_s[number, k] = walks.due_s[team, k]
    touched.number[0] = number + 1
    return True


@compiled
def choose(
    ground: Ground, walks: Walks, touched: Touched, mine: Integers, part: int, teams: Integers, dice: Integers
) -> None:
    """Mark the stops to take out. `teams`: those under search; mine [B]: `part` marks the blocks under search."""
    touched.number[0] = 0
    seed = _somewhere(walks, teams, dice)
    if seed >= 0:
        operator = chance(dice)
        if operator < _STRINGS:
            _strings(ground, walks, touched, mine, part, seed, dice)
        elif operator < _SCATTERED:
            _scattered(ground, walks, touched, mine, part, seed, teams, dice)
        else:
            _around(ground, walks, touched, mine, part, seed, dice)
    if len(teams) <= FEW_TEAMS:
        for team in teams:
            touch(walks, touched, team)
    else:
        touch(walks, touched, teams[below(dice, len(teams))])


@compiled
def _somewhere(walks: Walks, teams: Integers, dice: Integers) -> int:
    """A served block, its team drawn first; -1 when the drawn teams stay at home."""
    for _ in range(8):
        team = teams[below(dice, len(teams))]
        if walks.size[team] > 0:
            return int(walks.stop[team, 1 + below(dice, walks.size[team])]) >> 1
    return -1


@compiled
def _place_of(walks: Walks, team: int, block: int) -> int:
    for k in range(1, walks.size[team] + 1):
        if walks.stop[team, k] >> 1 == block:
            return k
    return -1


@compiled
def _strings(
    ground: Ground, walks: Walks, touched: Touched, mine: Integers, part: int, seed: int, dice: Integers
) -> None:
    """A string of adjacent stops from each of several loops near the seed, in a third of cases with a gap inside."""
    strings = 1 + below(dice, min(len(touched.teams), 3))
    longest = 1 + below(dice, _LONGEST_STRING)
    for near in ground.near[seed]:
        if near < 0 or touched.number[0] >= strings:
            break
        if mine[near] != part:
            continue
        for visit in range(walks.visits[near]):
            team = walks.who[near, visit]
            before = touched.number[0]
            if not touch(walks, touched, team) or touched.number[0] == before:
                continue
            size = walks.size[team]
            length = min(1 + below(dice, longest), size)
            at = _place_of(walks, team, near)
            least = max(1, at - length + 1)
            first = least + below(dice, min(at, size - length + 1) - least + 1)
            kept = -1
            if length > 2 and chance(dice) < 0.33:
                kept = first + below(dice, length)
            for k in range(first, first + length):
                touched.doomed[team, k] = k != kept


@compiled
def _scattered(
    ground: Ground,
    walks: Walks,
    touched: Touched,
    mine: Integers,
    part: int,
    seed: int,
    teams: Integers,
    dice: Integers,
) -> None:
    """Stops drawn at random from loops near the seed, from all loops when they are few."""
    if len(teams) <= FEW_TEAMS:
        for team in teams:
            touch(walks, touched, team)
    else:
        for near in ground.near[seed]:
            if near < 0 or touched.number[0] >= FEW_TEAMS:
                break
            if mine[near] == part:
                for visit in range(walks.visits[near]):
                    touch(walks, touched, walks.who[near, visit])
    stops = 0
    for k in range(touched.number[0]):
        stops += walks.size[touched.teams[k]]
    for _ in range(min(1 + below(dice, _MOST_SCATTERED), stops)):
        team = touched.teams[below(dice, touched.number[0])]
        if walks.size[team] > 0:
            touched.doomed[team, 1 + below(dice, walks.size[team])] = True


@compiled
def _around(
    ground: Ground, walks: Walks, touched: Touched, mine: Integers, part: int, seed: int, dice: Integers
) -> None:
    """The served blocks nearest to the seed."""
    left = 1 + below(dice, _MOST_AROUND)
    for near in ground.near[seed]:
        if near < 0 or left == 0:
            break
        if mine[near] != part:
            continue
        for visit in range(walks.visits[near]):
            team = walks.who[near, visit]
            if touch(walks, touched, team):
                touched.doomed[team, _place_of(walks, team, near)] = True
                left -= 1


@compiled
def take_out(ground: Ground, walks: Walks, costs: Costs, touched: Touched, waiting: float) -> float:
    """Take the marked stops out of the touched loops; returns the prize lost."""
    lost = 0.0
    for n in range(touched.number[0]):
        team = touched.teams[n]
        slot = costs.current[team]
        other = 1 - slot
        if not ground.banded:
            for k in range(ground.reach_of[team], ground.reach_of[team + 1]):
                block = ground.reach[k]
                costs.extra[other, team, block] = costs.extra[slot, team, block]
                costs.gap[other, team, block] = costs.gap[slot, team, block]
                costs.end[other, team, block] = costs.end[slot, team, block]
        costs.current[team] = other
        lost += _close_ranks(ground, walks, costs, touched, team)
    if ground.banded:
        for n in range(touched.number[0]):
            fill(ground, walks, costs, touched.teams[n], waiting)
    return lost


@compiled
def _close_ranks(ground: Ground, walks: Walks, costs: Costs, touched: Touched, team: int) -> float:
    """Take out the marked stops, and more from the end if the loop cannot be walked without them."""
    size = walks.size[team]
    doomed, moved, stop = touched.doomed[team], costs.moved[team], walks.stop[team]
    lost = 0.0
    kept = 0
    moved[0] = 0
    for k in range(1, size + 1):
        if doomed[k]:
            doomed[k] = False
            moved[k - 1] = -1
            moved[k] = -1
            block = stop[k] >> 1
            lost += loss(ground, walks, block, team)
            leave_out(walks, block, team)
            continue
        kept += 1
        moved[k] = kept
        stop[kept] = stop[k]
        if walks.open_s.shape[1] > 0:
            walks.open_s[team, kept] = walks.open_s[team, k]
            walks.due_s[team, kept] = walks.due_s[team, k]
    if kept == size:
        return 0.0
    walks.size[team] = kept
    if measure(ground, walks, team):
        if not ground.banded:
            after_cuts(ground, walks, costs, team, size)
        return lost
    while not measure(ground, walks, team):
        last = walks.size[team]
        block = stop[last] >> 1
        lost += loss(ground, walks, block, team)
        leave_out(walks, block, team)
        cut(walks, team, last)
    if not ground.banded:
        fill(ground, walks, costs, team, 0.0)
    return lost


@compiled
def take_back(ground: Ground, walks: Walks, costs: Costs, touched: Touched) -> None:
    """Put the touched loops and their costs back as they were."""
    for n in range(touched.number[0]):
        team = touched.teams[n]
        for k in range(1, walks.size[team] + 1):
            leave_out(walks, walks.stop[team, k] >> 1, team)
    for n in range(touched.number[0]):
        team = touched.teams[n]
        size = touched.size[n]
        walks.size[team] = size
        for k in range(1, size + 1):
            walks.stop[team, k] = touched.stop[n, k]
            join(walks, walks.stop[team, k] >> 1, team)
        if walks.open_s.shape[1] > 0:
            for k in range(1, size + 1):
                walks.open_s[team, k] = touched.open_s[n, k]
                walks.due_s[team, k] = touched.due_s[n, k]
        measure(ground, walks, team)
        costs.current[team] = 1 - costs.current[team]
