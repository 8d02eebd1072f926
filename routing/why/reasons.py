"""Why each block that nobody walks was left out: exactly one reason a block, see LeftOut."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from routing.compiled import compiled
from routing.plan import LeftOut
from routing.problem import Bools, Floats, Integers, Problem
from routing.why.pricing import best_gap, loop, price_all
from routing.why.timing import has_bands, lacking_s
from routing.why.visits import Sequences, last_prize, visits_of
from routing.why.walker import TOLERANCE_S, Sight, bands, meets_bands, short_s, sight, walker


class Found(NamedTuple):
    """What is known of each block so far, over the teams seen; all [B].

    short: least seconds lacking for a loop with it alone. possible: some team can serve it alone. lacking: least
    seconds lacking in what is left of a loop. lightest: what the least stop earns in whose place it fits.
    """

    short: Floats
    possible: Bools
    lacking: Floats
    lightest: Floats


def reasons(problem: Problem, sequences: Sequences, *, over: Callable[[], bool]) -> tuple[LeftOut, ...]:
    """One entry for each block on none of the loops, by block.

    problem: without groups (see routing.joint). sequences: the blocks on each team's loop, T of them. Once `over()`
    says so, loops are no longer searched for stops that could make room.
    """
    visits = visits_of(problem, sequences)
    worth = last_prize(problem, visits)
    endless = np.full(problem.blocks, np.inf)
    found = Found(endless.copy(), np.zeros(problem.blocks, dtype=np.bool_), endless.copy(), endless.copy())
    all_bands = bands(problem)
    for team, sequence in enumerate(sequences):
        one = walker(problem, team)
        alone = short_s(problem, one)
        np.minimum(found.short, alone, out=found.short)
        reaches = (visits == 0) & (alone <= TOLERANCE_S) & meets_bands(problem, one, all_bands)
        np.logical_or(found.possible, reaches, out=found.possible)
        tried = np.flatnonzero(reaches & (problem.weight > 0))
        if len(tried):
            seen = sight(problem, one, all_bands, sequence, tried)
            _try(seen, worth[list(sequence)], found, tried, swaps=not over())
    return tuple(_reason(b, float(problem.weight[b]), found) for b in np.flatnonzero(visits == 0).tolist())


def _try(seen: Sight, worth: Floats, found: Found, tried: Integers, *, swaps: bool) -> None:
    """Lower what was found by what one team's loop says about the blocks tried. worth: what each stop earns."""
    stops = np.arange(len(worth))
    lacking, lightest = found.lacking[tried], found.lightest[tried]
    spare(seen, stops, lacking)
    if swaps:
        exchange(seen, np.argsort(worth, kind="stable"), worth, lightest)
    found.lacking[tried], found.lightest[tried] = lacking, lightest


def _reason(block: int, weight: float, found: Found) -> LeftOut:
    if found.short[block] > TOLERANCE_S:
        return LeftOut(block, "out_of_reach", float(found.short[block]))
    if not found.possible[block]:
        return LeftOut(block, "band_empty", 0.0)
    if weight == 0:
        return LeftOut(block, "outvalued", 0.0)
    if weight <= found.lightest[block] < np.inf:
        return LeftOut(block, "outvalued", float(found.lightest[block]))
    return LeftOut(block, "no_time", float(found.lacking[block]))


@compiled
def spare(seen: Sight, stops: Integers, lacking: Floats) -> None:
    """Lower lacking [C] to the seconds that each block after the stops lacks in this loop, bands ignored."""
    size = len(stops)
    tour, totals, blocks = loop(seen, stops), np.empty(len(lacking)), np.arange(size, size + len(lacking))
    price_all(seen, tour, blocks, totals)
    for c in range(len(lacking)):
        lacking[c] = min(lacking[c], lacking_s(seen, totals[c], tour.dwell_s + seen.dwell_s[blocks[c]]))


@compiled
def exchange(seen: Sight, by_worth: Integers, worth: Floats, lightest: Floats) -> None:
    """Lower lightest [C] to what the least stop earns in whose place each block after the stops fits.

    by_worth: the stops 0..n-1, what earns least first; worth [n]: what each earns.
    """
    size = len(by_worth)
    totals, blocks = np.empty(len(lightest)), np.arange(size, size + len(lightest))
    for stop in by_worth:
        rest = np.empty(size - 1, dtype=np.int64)
        for k in range(size - 1):
            rest[k] = k if k < stop else k + 1
        tour = loop(seen, rest)
        price_all(seen, tour, blocks, totals)
        for c in range(len(lightest)):
            fits = lacking_s(seen, totals[c], tour.dwell_s + seen.dwell_s[blocks[c]]) <= TOLERANCE_S
            if worth[stop] < lightest[c] and fits:
                if tour.banded or has_bands(seen, blocks[c]):
                    fits = best_gap(seen, tour, blocks[c])[1] >= 0
                if fits:
                    lightest[c] = worth[stop]
