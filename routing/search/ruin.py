"""Which stops to take out: adjacent strings on neighbouring loops, stops here and there, or all around one place.

Strings after Christiaens and Vanden Berghe 2020 (doi:10.1287/trsc.2019.0914), the others after Shaw 1998
(doi:10.1007/3-540-49481-2_30).
"""

from typing import NamedTuple

import numpy as np

from routing.compiled import compiled
from routing.problem import Bools, Floats, Integers
from routing.search.costs import Costs, after_cuts, fill
from routing.search.dice import below, chance
from routing.search.ground import Ground
from routing.search.walks import Walks, cut, leave_out, loss, measure

FEW_TEAMS = 4
MOST_TEAMS = 6
_STRINGS, _SCATTERED = 0.55, 0.90
_LONGEST_STRING = 20
_MOST_SCATTERED = 20
_MOST_AROUND = 40


class Touched(NamedTuple):
    """The teams whose loops an iteration changes, and what they were before. A = at most so many teams.

    teams [A], number [1]: the first so many count. doomed [T, M]: stops to take out. stop [A, M], size [A], time_s [A],
    metres [A], open_s, due_s [A, W]: as they were. moved [M + 1]: room for the gaps.
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
    moved: Integers


def untouched(ground: Ground, walks: Walks) -> Touched:
    """Room for what an iteration touches."""
    teams, most = walks.stop.shape
    room = min(teams, MOST_TEAMS)
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
        moved=np.zeros(most + 1, dtype=np.int64),
    )


@compiled
def touch(walks: Walks, costs: Costs, touched: Touched, team: int) -> bool:
    """Remember a team's loop and costs as they are; False when there is no room for one more team."""
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
    touched.stop[number, :size] = walks.stop[team, :size]
    if walks.open_s.shape[1] > 0:
        touched.open_s[number, :size] = walks.open_s[team, :size]
        touched.due_s[number, :size] = walks.due_s[team, :size]
    touched.number[0] = number + 1
    return True


@compiled
def choose(
    ground: Ground, walks: Walks, costs: Costs, touched: Touched, mine: Integers, part: int, teams: Integers, dice: Integers
) -> None:
    """Mark the stops to take out. `teams`: those under search; mine [B]: `part` marks the blocks under search."""
    touched.number[0] = 0
    seed = _somewhere(walks, teams, dice)
    if seed >= 0:
        operator = chance(dice)
        if operator < _STRINGS:
            _strings(ground, walks, costs, touched, mine, part, seed, dice)
        elif operator < _SCATTERED:
            _scattered(ground, walks, costs, touched, mine, part, seed, teams, dice)
        else:
            _around(ground, walks, costs, touched, mine, part, seed, dice)
    if len(teams) <= FEW_TEAMS:
        for team in teams:
            touch(walks, costs, touched, team)
    else:
        touch(walks, costs, touched, teams[below(dice, len(teams))])


@compiled
def _somewhere(walks: Walks, teams: Integers, dice: Integers) -> int:
    """A served block, its team drawn first; -1 when the drawn teams stay at home."""
    for _ in range(8):
        team = teams[below(dice, len(teams))]
        if walks.size[team] > 0:
            return walks.stop[team, below(dice, walks.size[team])] >> 1
    return -1


@compiled
def _place_of(walks: Walks, team: int, block: int) -> int:
    for k in range(walks.size[team]):
        if walks.stop[team, k] >> 1 == block:
            return k
    return -1


@compiled
def _strings(
    ground: Ground, walks: Walks, costs: Costs, touched: Touched, mine: Integers, part: int, seed: int, dice: Integers
) -> None:
    """A string of adjacent stops from each of several loops near the seed, in a third of cases with a gap inside."""
    strings = 1 + below(dice, min(len(touched.teams), 3))
    longest = 1 + below(dice, _LONGEST_STRING)
    for near in ground.near[seed]:
        if near < 0 or touched.number[0] >= strings:
            break
        if mine[near] != part:
            continue
        for visit in range(walks.count[near]):
            team = walks.who[near, visit]
            before = touched.number[0]
            if not touch(walks, costs, touched, team) or touched.number[0] == before:
                continue
            size = walks.size[team]
            length = min(1 + below(dice, longest), size)
            at = _place_of(walks, team, near)
            least = max(0, at - length + 1)
            first = least + below(dice, min(at, size - length) - least + 1)
            kept = -1
            if length > 2 and chance(dice) < 0.33:
                kept = first + below(dice, length)
            for k in range(first, first + length):
                touched.doomed[team, k] = k != kept


@compiled
def _scattered(
    ground: Ground,
    walks: Walks,
    costs: Costs,
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
            touch(walks, costs, touched, team)
    else:
        for near in ground.near[seed]:
            if near < 0 or touched.number[0] >= FEW_TEAMS:
                break
            if mine[near] == part:
                for visit in range(walks.count[near]):
                    touch(walks, costs, touched, walks.who[near, visit])
    stops = 0
    for k in range(touched.number[0]):
        stops += walks.size[touched.teams[k]]
    for _ in range(min(1 + below(dice, _MOST_SCATTERED), stops)):
        team = touched.teams[below(dice, touched.number[0])]
        if walks.size[team] > 0:
            touched.doomed[team, below(dice, walks.size[team])] = True


@compiled
def _around(
    ground: Ground, walks: Walks, costs: Costs, touched: Touched, mine: Integers, part: int, seed: int, dice: Integers
) -> None:
    """The served blocks nearest to the seed."""
    left = 1 + below(dice, _MOST_AROUND)
    for near in ground.near[seed]:
        if near < 0 or left == 0:
            break
        if mine[near] != part:
            continue
        for visit in range(walks.count[near]):
            team = walks.who[near, visit]
            if touch(walks, costs, touched, team):
                touched.doomed[team, _place_of(walks, team, near)] = True
                left -= 1


@compiled
def take_out(ground: Ground, walks: Walks, costs: Costs, touched: Touched, waiting: float) -> float:
    """Take the marked stops out of the touched loops; returns the prize lost."""
    lost = 0.0
    for n in range(touched.number[0]):
        team = touched.teams[n]
        other = 1 - costs.current[team]
        slot = costs.current[team]
        if not ground.banded:
            for k in range(ground.reach_of[team], ground.reach_of[team + 1]):
                block = ground.reach[k]
                costs.extra[other, team, block] = costs.extra[slot, team, block]
                costs.gap[other, team, block] = costs.gap[slot, team, block]
                costs.end[other, team, block] = costs.end[slot, team, block]
        costs.current[team] = other
        lost += _compress(ground, walks, costs, touched, team, waiting)
    if ground.banded:
        for n in range(touched.number[0]):
            fill(ground, walks, costs, touched.teams[n], waiting)
    return lost


@compiled
def _compress(ground: Ground, walks: Walks, costs: Costs, touched: Touched, team: int, waiting: float) -> float:
    """Close the ranks after the marked stops, and after more if the loop cannot be walked as it then is."""
    size = walks.size[team]
    lost = 0.0
    kept = 0
    alive = True
    for gap in range(size + 1):
        touched.moved[gap] = kept if alive else -1
        if gap == size:
            break
        alive = not touched.doomed[team, gap]
        if touched.doomed[team, gap]:
            touched.moved[gap] = -1
            touched.doomed[team, gap] = False
            block = walks.stop[team, gap] >> 1
            lost += loss(ground, walks, block, team)
            leave_out(walks, block, team)
            continue
        walks.stop[team, kept] = walks.stop[team, gap]
        if walks.open_s.shape[1] > 0:
            walks.open_s[team, kept] = walks.open_s[team, gap]
            walks.due_s[team, kept] = walks.due_s[team, gap]
        kept += 1
    if kept == size:
        return 0.0
    walks.size[team] = kept
    whole = measure(ground, walks, team)
    if whole:
        if not ground.banded:
            after_cuts(ground, walks, costs, team, touched.moved, size + 1, waiting)
        return lost
    while walks.size[team] > 0 and not measure(ground, walks, team):
        last = walks.size[team] - 1
        block = walks.stop[team, last] >> 1
        lost += loss(ground, walks, block, team)
        leave_out(walks, block, team)
        cut(walks, team, last)
    measure(ground, walks, team)
    if not ground.banded:
        fill(ground, walks, costs, team, waiting)
    return lost


@compiled
def take_back(ground: Ground, walks: Walks, costs: Costs, touched: Touched) -> None:
    """Put the touched loops and their costs back as they were."""
    for n in range(touched.number[0]):
        team = touched.teams[n]
        for k in range(walks.size[team]):
            leave_out(walks, walks.stop[team, k] >> 1, team)
    for n in range(touched.number[0]):
        team = touched.teams[n]
        size = touched.size[n]
        walks.size[team] = size
        for k in range(size):
            walks.stop[team, k] = touched.stop[n, k]
            block = walks.stop[team, k] >> 1
            walks.who[block, walks.count[block]] = team
            walks.count[block] += 1
        if walks.open_s.shape[1] > 0:
            walks.open_s[team, :size] = touched.open_s[n, :size]
            walks.due_s[team, :size] = touched.due_s[n, :size]
        measure(ground, walks, team)
        costs.current[team] = 1 - costs.current[team]
