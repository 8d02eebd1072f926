"""The loop around ruin, recreate and polish: simulated annealing (doi:10.1126/science.220.4598.671) in short bursts."""

from typing import NamedTuple

import numpy as np

from routing.compiled import compiled
from routing.dice import below, chance
from routing.problem import Floats, Integers
from routing.search.costs import Costs, fill
from routing.search.ground import Ground
from routing.search.polish import exchange, shorten
from routing.search.recreate import refill
from routing.search.ruin import Touched, choose, take_back, take_out
from routing.search.walks import Walks

_TASTES = 5


class Best(NamedTuple):
    """The best plan seen. stop [T, M], size [T]; open_s, due_s [T, W]; value [2]: prize, seconds."""

    stop: Integers
    size: Integers
    open_s: Floats
    due_s: Floats
    value: Floats


def nothing_yet(walks: Walks) -> Best:
    """Room for the best plan; value -1 prize."""
    return Best(
        stop=walks.stop.copy(),
        size=walks.size.copy(),
        open_s=walks.open_s.copy(),
        due_s=walks.due_s.copy(),
        value=np.array([-1.0, 0.0]),
    )


@compiled
def keep(walks: Walks, best: Best, teams: Integers, changed: Integers) -> None:
    """Copy the loops of the teams that changed since the last time into the best plan."""
    for team in teams:
        if changed[team]:
            size = walks.size[team]
            best.size[team] = size
            for k in range(1, size + 1):
                best.stop[team, k] = walks.stop[team, k]
            if walks.open_s.shape[1] > 0:
                for k in range(1, size + 1):
                    best.open_s[team, k] = walks.open_s[team, k]
                    best.due_s[team, k] = walks.due_s[team, k]
            changed[team] = 0


@compiled
def prepare(ground: Ground, walks: Walks, costs: Costs, teams: Integers) -> None:
    """Work out all costs of these teams."""
    for team in teams:
        fill(ground, walks, costs, team, 0.5)


@compiled
def burst(
    ground: Ground,
    walks: Walks,
    costs: Costs,
    touched: Touched,
    best: Best,
    teams: Integers,
    mine: Integers,
    part: int,
    changed: Integers,
    value: Floats,
    dice: Integers,
    iterations: int,
    heat: float,
    per_second: float,
) -> int:
    """So many iterations at one heat (in prize); returns how many were accepted.

    teams: those under search, with the blocks whose mine [B] is `part`. value [2]: prize and seconds of these
    teams' loops, best.value likewise; changed [T]: loops that differ from the best plan's. per_second: the prize of a
    spare second, which decides between plans of about the same prize.
    """
    room = np.zeros(len(touched.teams), dtype=np.int64)
    score = np.zeros(len(touched.teams))
    accepted = 0
    if len(teams) == 0:
        return 0
    for _ in range(iterations):
        choose(ground, walks, touched, mine, part, teams, dice)
        waiting = chance(dice) if ground.banded else 0.0
        before_s = 0.0
        for n in range(touched.number[0]):
            before_s += walks.time_s[touched.teams[n]]
        delta = -take_out(ground, walks, costs, touched, waiting)
        taste = 0.5 * below(dice, _TASTES)
        noisy = 0.4 * chance(dice)
        seed = below(dice, 2147483647)
        delta += refill(ground, walks, costs, touched, mine, part, taste, noisy, seed, waiting, room, score)
        threshold = -heat * np.log(max(chance(dice), 1e-300))
        if delta >= -threshold - 4.0 * heat:
            delta += _polish(ground, walks, costs, touched, mine, part, taste, noisy, seed, waiting, room, score)
        after_s = 0.0
        for n in range(touched.number[0]):
            after_s += walks.time_s[touched.teams[n]]
        if delta - per_second * (after_s - before_s) >= -threshold:
            accepted += 1
            value[0] += delta
            value[1] += after_s - before_s
            for n in range(touched.number[0]):
                changed[touched.teams[n]] = 1
            if value[0] > best.value[0] + 1e-9 or (value[0] > best.value[0] - 1e-9 and value[1] < best.value[1] - 1e-6):
                best.value[0] = value[0]
                best.value[1] = value[1]
                keep(walks, best, teams, changed)
        else:
            take_back(ground, walks, costs, touched)
    return accepted


@compiled
def _polish(
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
    room: Integers,
    score: Floats,
) -> float:
    """Shorten and fill the touched loops, and exchange stops, while that helps; returns the prize won."""
    won = 0.0
    for _ in range(8):
        shorter = False
        if not ground.banded:
            for n in range(touched.number[0]):
                team = touched.teams[n]
                if shorten(ground, walks, team):
                    fill(ground, walks, costs, team, waiting)
                    shorter = True
        if shorter:
            won += refill(ground, walks, costs, touched, mine, part, taste, noisy, seed, waiting, room, score)
        gained = 0.0
        for n in range(touched.number[0]):
            gained += exchange(ground, walks, costs, touched, touched.teams[n], mine, part, waiting)
        won += gained
        if gained == 0.0:
            break
    return won
