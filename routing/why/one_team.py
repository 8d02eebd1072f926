"""The best loop of one team among blocks that nobody else wants: small destroy and repair, in milliseconds."""

from typing import NamedTuple

import numpy as np

from routing.compiled import compiled
from routing.dice import below, chance, dice
from routing.problem import Floats, Integers, Problem
from routing.why.pricing import Loop, best_gap, inserted, loop, price_all
from routing.why.timing import has_bands, lacking_s, quickest
from routing.why.walker import TOLERANCE_S, Bands, Sight, Walker, meets_bands, short_s, sight

MOST_CANDIDATES = 80
"""So many blocks are looked at: those with most prize for the seconds of a loop with it alone."""
_LEAST_EXTRA_S = 1.0
_ABOVE_ALL = 1e12


class OneLoop(NamedTuple):
    """A loop thought of: the blocks in order, what they earn, least duration, earliest such start."""

    blocks: tuple[int, ...]
    weight: float
    duration_s: float
    start_s: float


def best_for_one(problem: Problem, one: Walker, all_bands: Bands, prize: Floats, *, rounds: int, seed: int) -> OneLoop:
    """The loop of greatest prize that the search can find; no blocks where there is none. prize [B]."""
    possible = (prize > 0) & (short_s(problem, one) <= TOLERANCE_S) & meets_bands(problem, one, all_bands)
    candidates = _most_promising(problem, one, np.flatnonzero(possible), prize)
    seen = sight(problem, one, all_bands, candidates)
    prizes = prize[candidates]
    stops = search(seen, prizes, rounds, dice(seed))
    duration, start = quickest(seen, stops)
    return OneLoop(tuple(candidates[stops].tolist()), float(prizes[stops].sum()), duration, start)


def _most_promising(problem: Problem, one: Walker, blocks: Integers, prize: Floats) -> Integers:
    if len(blocks) <= MOST_CANDIDATES:
        return blocks
    place = problem.place_of_end
    out_m = np.minimum(one.door_m[place[2 * blocks]], one.door_m[place[2 * blocks + 1]])
    alone_s = (2 * out_m + problem.length_m[blocks]) / one.speed_mps + problem.dwell_s[blocks]
    chosen = np.argsort(-prize[blocks] / np.maximum(alone_s, _LEAST_EXTRA_S), kind="stable")[:MOST_CANDIDATES]
    return np.sort(blocks[chosen])


@compiled
def search(seen: Sight, prizes: Floats, rounds: int, state: Integers) -> Integers:
    """The stops of the best loop found, all blocks of the sight being candidates and rows. prizes [M]."""
    stops = fill(seen, np.empty(0, dtype=np.int64), prizes)
    best, best_prize, best_s = stops, prizes[stops].sum(), loop(seen, stops).total_s
    worse = prizes.mean() / 2 if len(prizes) > 0 else 0.0
    for spent in range(rounds):
        if len(stops) == 0:
            break
        tried = fill(seen, _without_some(stops, state), _with_noise(prizes, state))
        prize, seconds = prizes[tried].sum(), loop(seen, tried).total_s
        if prize > best_prize or (prize == best_prize and seconds < best_s):
            best, best_prize, best_s = tried, prize, seconds
        if prize >= best_prize - worse * (1.0 - spent / rounds):
            stops = tried
    return best


@compiled
def fill(seen: Sight, stops: Integers, appeal: Floats) -> Integers:
    """Insert blocks, the greatest appeal for an extra second first, until none fits any more. appeal [M]."""
    left = np.ones(len(appeal), dtype=np.bool_)
    left[stops] = False
    blocks = np.flatnonzero(left)
    while True:
        tour, totals = loop(seen, stops), np.empty(len(blocks))
        price_all(seen, tour, blocks, totals)
        block = _most_appealing(seen, tour, blocks, totals, appeal)
        if block < 0:
            return stops
        stops = inserted(stops, best_gap(seen, tour, block)[1], block)
        blocks = blocks[(blocks != block) & (totals < np.inf)]


@compiled
def _with_noise(prizes: Floats, state: Integers) -> Floats:
    """Prizes to a chance power from 1/2 to 2, made less by chance, and every other time one that comes before all."""
    greed, spread = 0.5 + 1.5 * chance(state), chance(state)
    appeal = prizes**greed
    for block in range(len(appeal)):
        appeal[block] *= 1.0 - spread * chance(state)
    if chance(state) < 0.5:
        appeal[below(state, len(appeal))] = _ABOVE_ALL
    return appeal


@compiled
def _most_appealing(seen: Sight, tour: Loop, blocks: Integers, totals: Floats, appeal: Floats) -> int:
    """The block to insert next; -1: none fits. Totals of blocks that are seen not to fit become inf."""
    scores = np.zeros(len(blocks))
    for c in range(len(blocks)):
        if lacking_s(seen, totals[c], tour.dwell_s + seen.dwell_s[blocks[c]]) > TOLERANCE_S:
            totals[c] = np.inf
        else:
            scores[c] = appeal[blocks[c]] / max(totals[c] - tour.total_s, _LEAST_EXTRA_S)
    while len(scores) > 0:
        c = int(scores.argmax())
        if scores[c] == 0.0:
            break
        if not (tour.banded or has_bands(seen, blocks[c])) or best_gap(seen, tour, blocks[c])[1] >= 0:
            return int(blocks[c])
        scores[c] = 0.0
        totals[c] = np.inf
    return -1


@compiled
def _without_some(stops: Integers, state: Integers) -> Integers:
    """Without a string of them, or without every one by a chance of a third."""
    keep = np.ones(len(stops), dtype=np.bool_)
    if chance(state) < 0.5:
        first = below(state, len(stops))
        keep[first : first + 1 + below(state, max(len(stops) // 2, 1))] = False
    else:
        for k in range(len(stops)):
            keep[k] = chance(state) >= 1.0 / 3.0
    return stops[keep]
