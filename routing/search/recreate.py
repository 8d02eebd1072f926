"""Which blocks to put in: greedily the greatest prize for its cost, with a taste that changes from time to time.

The prize per extra second of Tsiligirides 1984 (doi:10.1057/jors.1984.162), its exponent and a little noise drawn anew
for each repair.
"""

import numpy as np

from routing.compiled import compiled
from routing.problem import Floats, Integers
from routing.search.costs import Costs, after_put, price
from routing.search.ground import Ground
from routing.search.ruin import Touched
from routing.search.walks import TOLERANCE_S, Walks, cut, join, measure, put, worth

_FLOOR_S = 1e-3
_FLOOR_SHARE = 0.002


@compiled
def refill(
    ground: Ground,
    walks: Walks,
    costs: Costs,
    touched: Touched,
    mine: Integers,
    part: int,
    taste: float,
    noisy: float,
    seed: int,
    waiting: float,
    best: Integers,
    score: Floats,
) -> float:
    """Put blocks into the touched loops until none fits; returns the prize won. best, score [A]: room.

    taste: the exponent of the cost, 0, 0.5, 1, 1.5 or 2; noisy: how much chance counts.
    """
    won = 0.0
    number = touched.number[0]
    for n in range(number):
        best[n] = _best(ground, walks, costs, touched.teams[n], mine, part, taste, noisy, seed, score, n)
    while True:
        chosen = -1
        for n in range(number):
            if best[n] >= 0 and (chosen < 0 or score[n] > score[chosen]):
                chosen = n
        if chosen < 0:
            return won
        team = touched.teams[chosen]
        block = best[chosen]
        gain = worth(ground, walks, block, team)
        if insert(ground, walks, costs, team, block, waiting):
            won += gain
            for n in range(number):
                if n == chosen or best[n] == block:
                    best[n] = _best(ground, walks, costs, touched.teams[n], mine, part, taste, noisy, seed, score, n)
        else:
            costs.extra[costs.current[team], team, block] = np.inf
            best[chosen] = _best(ground, walks, costs, team, mine, part, taste, noisy, seed, score, chosen)


@compiled
def insert(ground: Ground, walks: Walks, costs: Costs, team: int, block: int, waiting: float) -> bool:
    """Put a block where it costs least; False, and nothing changed, if the loop would not keep its limits."""
    slot = costs.current[team]
    gap = costs.gap[slot, team, block]
    open_s = 0.0
    due_s = 0.0
    if ground.banded:
        band = costs.band[slot, team, block]
        stay = ground.length_m[block] * ground.pace[team] + ground.dwell_s[block]
        open_s = ground.band_open_s[band]
        due_s = ground.band_close_s[band] - stay
    put(walks, team, gap + 1, costs.end[slot, team, block], open_s, due_s)
    if not measure(ground, walks, team):
        cut(walks, team, gap + 1)
        measure(ground, walks, team)
        return False
    join(walks, block, team)
    after_put(ground, walks, costs, team, gap, waiting)
    return True


@compiled
def _best(
    ground: Ground,
    walks: Walks,
    costs: Costs,
    team: int,
    mine: Integers,
    part: int,
    taste: float,
    noisy: float,
    seed: int,
    score: Floats,
    n: int,
) -> int:
    """The block of the greatest score that fits into the team's loop, -1: none; its score goes to score[n]."""
    extra_of = costs.extra[costs.current[team], team]
    count, who, prize, owner, bonus = walks.visits, walks.who, ground.prize, ground.owner, ground.bonus
    dwell_s, pace = ground.dwell_s, ground.pace[team]
    days, day, apart_days = ground.day, ground.day[team], ground.apart_days
    liked, likes = ground.liked, len(ground.liked) > 0
    spare_s = ground.limit_s[team] - walks.time_s[team] + TOLERANCE_S
    spare_m = ground.limit_m[team] - walks.metres[team]
    floor = max(_FLOOR_S, _FLOOR_SHARE * ground.limit_s[team])
    visits_at_most = prize.shape[1]
    found = -1
    highest = -1.0
    if walks.size[team] + 3 > walks.stop.shape[1]:
        return found
    for k in range(ground.reach_of[team], ground.reach_of[team + 1]):
        block = ground.reach[k]
        extra = extra_of[block]
        if not ground.banded:
            if extra > spare_m:
                continue
            extra = extra * pace + dwell_s[block]
            if extra > spare_s:
                continue
        elif extra == np.inf:
            continue
        visits = count[block]
        if visits >= visits_at_most or mine[block] != part:
            continue
        gain = prize[block, visits]
        if owner[block] == team:
            gain += bonus[block]
        if gain <= 0.0:
            continue
        if likes and prize[block, visits] > 0.0:
            gain += liked[team, block]
        if visits > 0:
            walked = False
            for visit in range(visits):
                other = who[block, visit]
                walked = walked or other == team or abs(days[other] - day) < apart_days[block]
            if walked:
                continue
        extra = max(extra, 0.0) + floor
        if taste == 1.0:
            cost = extra
        elif taste == 0.5:
            cost = np.sqrt(extra)
        elif taste == 2.0:
            cost = extra * extra
        elif taste == 1.5:
            cost = extra * np.sqrt(extra)
        else:
            cost = 1.0
        x = (seed ^ (block * 0x2545F491)) & 0x7FFFFFFF
        x = (x * 0x9E3779B1) & 0xFFFFFFFFFFFF
        x ^= x >> 15
        x = (x * 0x85EBCA77) & 0xFFFFFFFFFFFF
        chance = float((x >> 16) & 0xFFFFFF) * (1.0 / 16777216.0)
        value = gain / cost * (1.0 + noisy * (chance - 0.5))
        if value > highest:
            highest = value
            found = block
    score[n] = highest
    return found


@compiled
def refresh(ground: Ground, walks: Walks, costs: Costs, touched: Touched, block: int, waiting: float) -> None:
    """Work out what a block that became free costs in the touched loops; needed with bands only."""
    if ground.banded:
        for n in range(touched.number[0]):
            price(ground, walks, costs, touched.teams[n], block, waiting)
