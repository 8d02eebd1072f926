"""The problem as the arrays that the kernels read: metres between places, seconds per metre, who may go where."""

from typing import NamedTuple

import numpy as np

from routing.problem import Bools, Floats, Integers, Metres, Problem

NEAREST = 100
"""So many neighbours of a block are looked at when stops around it are taken out."""
_ROWS_AT_ONCE = 256
_TOLERANCE_S = 1e-7


class Days(NamedTuple):
    """When the teams walk, where that is not all on one evening.

    day [T]: of each. apart_days [B]: at least so many days between two visits of a block. liked [T, B]: what a visit by
    this team is worth beyond its prize; [0, 0]: nothing.
    """

    day: Integers
    apart_days: Integers
    liked: Floats


class Ground(NamedTuple):
    """What does not change during a search. T teams, B blocks, K visits a block, P places, N neighbours.

    prize [B, K]: of the k-th visit. owner, bonus [B]: which team earns how much more with the block (a pin, or a plan
    to stay near); -1: none. place [2B] of each block end; door, home [T]: places as well; metres between all of
    these [P + 2T, P + 2T]. length_m, dwell_s [B]; ways [B]: in how many directions it can be walked. pace [T]: seconds
    a metre. limit_s, limit_m, earliest_s, latest_s [T]. flexible [T]: the budget is shorter than the window, so the
    start matters. banded: does any block have bands; those of block b are band_of[b]:band_of[b + 1] of band_open_s,
    band_close_s, and one without has one that never closes. reach_of [T + 1], reach: blocks that team t may serve and
    can. near [B, N]: the nearest blocks to each, nearest first; -1: no more. day, apart_days, liked: see Days.
    """

    prize: Floats
    owner: Integers
    bonus: Floats
    place: Integers
    door: Integers
    home: Integers
    metres: Metres
    length_m: Floats
    dwell_s: Floats
    ways: Integers
    pace: Floats
    limit_s: Floats
    limit_m: Floats
    earliest_s: Floats
    latest_s: Floats
    flexible: Bools
    banded: bool
    band_of: Integers
    band_open_s: Floats
    band_close_s: Floats
    reach_of: Integers
    reach: Integers
    near: Integers
    day: Integers
    apart_days: Integers
    liked: Floats


def lay_out(problem: Problem, days: Days | None = None) -> Ground:
    """The arrays of a problem without groups (see routing.joint for those). days: None: all on one evening."""
    if days is None:
        days = Days(np.zeros(problem.teams, dtype=np.int64), np.zeros(problem.blocks, dtype=np.int64), np.zeros((0, 0)))
    owner, bonus = _owners(problem)
    place, window_s = problem.place_of_end, problem.latest_s - problem.earliest_s
    limit_s = np.minimum(problem.budget_s, window_s)
    out_m = np.where(problem.door_m <= problem.first_leg_m[:, None], problem.door_m, np.inf)
    reach = [_reach(problem, team, float(limit_s[team])) for team in range(problem.teams)]
    band_of, opens, closes = _bands(problem)
    same_place = place[0::2] == place[1::2]
    return Ground(
        prize=np.ascontiguousarray(problem.visit_weight),
        owner=owner,
        bonus=bonus,
        place=np.ascontiguousarray(place),
        door=len(problem.between_m) + np.arange(problem.teams),
        home=len(problem.between_m) + problem.teams + np.arange(problem.teams),
        metres=_metres(problem, out_m),
        length_m=np.ascontiguousarray(problem.length_m),
        dwell_s=np.ascontiguousarray(problem.dwell_s),
        ways=np.where(same_place | (problem.length_m == 0), 1, 2),
        pace=1.0 / problem.speed_mps,
        limit_s=limit_s,
        limit_m=np.ascontiguousarray(problem.walk_limit_m),
        earliest_s=np.ascontiguousarray(problem.earliest_s),
        latest_s=np.ascontiguousarray(problem.latest_s),
        flexible=problem.budget_s < window_s,
        banded=any(problem.bands),
        band_of=band_of,
        band_open_s=opens,
        band_close_s=closes,
        reach_of=np.concatenate([[0], np.cumsum([len(one) for one in reach], dtype=np.int64)]),
        reach=np.concatenate([np.empty(0, dtype=np.int64), *reach]),
        near=_nearest(problem),
        day=days.day,
        apart_days=days.apart_days.copy(),  # a week's is frozen, and kernels are compiled once: for a writeable one
        liked=days.liked,
    )


def _metres(problem: Problem, out_m: Floats) -> Metres:
    """Metres between places, doors and homes, so that a loop needs no special first and last leg."""
    places, teams = len(problem.between_m), problem.teams
    metres = np.full((places + 2 * teams,) * 2, np.inf, dtype=problem.between_m.dtype)
    metres[:places, :places] = problem.between_m
    doors, homes = slice(places, places + teams), slice(places + teams, None)
    metres[doors, :places] = out_m
    metres[:places, doors] = out_m.T
    metres[homes, :places] = problem.last_leg_m
    metres[:places, homes] = problem.last_leg_m.T
    return metres


def _owners(problem: Problem) -> tuple[Integers, Floats]:
    """Who earns more with which block: the team of the plan to stay near, and above all the team of a pin."""
    owner = np.full(problem.blocks, -1, dtype=np.int64)
    bonus = np.zeros(problem.blocks)
    if problem.previous is not None:
        for team, blocks in problem.previous.routes:
            owner[list(blocks)] = team
            bonus[list(blocks)] = problem.previous.keep_weight
    pinned = problem.pinned >= 0
    owner[pinned] = problem.pinned[pinned]
    bonus[pinned] = problem.visit_weight.sum() + bonus.sum() + 1.0
    return owner, bonus


def _reach(problem: Problem, team: int, limit_s: float) -> Integers:
    """Blocks that the team may serve and can on a loop of their own; too far for a first leg, they may come later."""
    speed, out, home = problem.speed_mps[team], problem.out_m(team), problem.back_m(team)
    metres = np.minimum(out[0::2] + home[1::2], out[1::2] + home[0::2]) + problem.length_m
    may = problem.compatible[team] & ((problem.pinned < 0) | (problem.pinned == team))
    fits = (metres / speed + problem.dwell_s <= limit_s + _TOLERANCE_S) & (metres <= problem.walk_limit_m[team])
    worth = (problem.weight > 0) | (problem.pinned == team)
    return np.flatnonzero(may & fits & worth)


def _bands(problem: Problem) -> tuple[Integers, Floats, Floats]:
    rows = [row or ((-np.inf, np.inf),) for row in problem.bands]
    band_of = np.concatenate([[0], np.cumsum([len(row) for row in rows], dtype=np.int64)])
    flat = np.array([band for row in rows for band in row], dtype=np.float64).reshape(-1, 2)
    return band_of, np.ascontiguousarray(flat[:, 0]), np.ascontiguousarray(flat[:, 1])


def _nearest(problem: Problem) -> Integers:
    """The nearest blocks of each block, itself first. Shape [B, N]."""
    blocks = problem.blocks
    size = min(NEAREST, blocks)
    near = np.full((blocks, size), -1, dtype=np.int64)
    place = problem.place_of_end
    for first in range(0, blocks, _ROWS_AT_ONCE):
        rows = np.arange(first, min(first + _ROWS_AT_ONCE, blocks))
        metres = _least_m(problem, place, rows)
        metres[np.arange(len(rows)), rows] = -1.0
        if size < blocks:
            some = np.argpartition(metres, size - 1, axis=1)[:, :size]
        else:
            some = np.tile(np.arange(blocks), (len(rows), 1))
        far = np.take_along_axis(metres, some, axis=1)
        order = np.lexsort((some, far), axis=1)
        near[rows] = np.take_along_axis(np.where(np.isinf(far), -1, some), order, axis=1)
    return near


def _least_m(problem: Problem, place: Integers, rows: Integers) -> Floats:
    """Metres between the nearest ends of these blocks and of all. Shape [rows, B]."""
    zero, one = place[0::2], place[1::2]
    between = problem.between_m
    metres = between[np.ix_(zero[rows], zero)].astype(np.float64)
    if not np.array_equal(zero, one):
        for here, there in ((zero, one), (one, zero), (one, one)):
            metres = np.minimum(metres, between[np.ix_(here[rows], there)])
    return metres
