"""What each block would cost in each loop: the best gap, direction and band, kept up to date as loops change.

Without bands a cost is metres added, and a change of a loop touches few of its gaps, so that most costs stay as they
are. With bands any gap may have closed, and the costs of a changed loop are worked out anew.
"""

from typing import NamedTuple

import numpy as np

from routing.compiled import compiled
from routing.problem import Floats, Integers
from routing.search.ground import Ground
from routing.search.walks import TOLERANCE_S, Walks, service_s, walked_by


class Costs(NamedTuple):
    """Two slots a team, so that a change can be taken back: current [T] says which one holds.

    extra [2, T, B]: without bands metres, with bands seconds that the block adds in its best gap; inf: none. gap,
    end, band [2, T, B]: where, entered by which end, in which of all bands.
    """

    current: Integers
    extra: Floats
    gap: Integers
    end: Integers
    band: Integers


def no_costs(ground: Ground) -> Costs:
    """Room for the costs; `fill` works them out."""
    shape = (2, len(ground.pace), len(ground.ways))
    return Costs(
        current=np.zeros(shape[1], dtype=np.int64),
        extra=np.full(shape, np.inf),
        gap=np.zeros(shape, dtype=np.int32),
        end=np.zeros(shape, dtype=np.int32),
        band=np.zeros(shape if ground.banded else (2, 0, 0), dtype=np.int32),
    )


@compiled
def fill(ground: Ground, walks: Walks, costs: Costs, team: int, waiting: float) -> None:
    """Work out the costs of every block that the team may serve and does not."""
    for k in range(ground.reach_of[team], ground.reach_of[team + 1]):
        fill_one(ground, walks, costs, team, ground.reach[k], waiting)


@compiled
def fill_one(ground: Ground, walks: Walks, costs: Costs, team: int, block: int, waiting: float) -> None:
    """Work out the cost of one block."""
    slot = costs.current[team]
    costs.extra[slot, team, block] = np.inf
    if ground.banded:
        if walks.count[block] < ground.prize.shape[1] and not walked_by(walks, block, team):
            _fill_banded(ground, walks, costs, team, block, waiting)
        return
    for gap in range(walks.size[team] + 1):
        try_gap(ground, walks, costs, team, block, gap)


@compiled
def try_gap(ground: Ground, walks: Walks, costs: Costs, team: int, block: int, gap: int) -> None:
    """Keep this gap if no better one is known. Without bands."""
    slot = costs.current[team]
    size = walks.size[team]
    for way in range(ground.ways[block]):
        end = 2 * block + way
        enter = ground.place[end]
        leave = ground.place[end ^ 1]
        before = ground.out_m[team, enter] if gap == 0 else float(ground.between_m[walks.leave[team, gap - 1], enter])
        after = (
            ground.home_m[team, leave] if gap == size else float(ground.between_m[leave, walks.enter[team, gap]])
        )
        replaced = walks.leg_m[team, gap] if size > 0 else 0.0
        extra = before + after - replaced + ground.length_m[block]
        if extra < costs.extra[slot, team, block]:
            costs.extra[slot, team, block] = extra
            costs.gap[slot, team, block] = gap
            costs.end[slot, team, block] = end


@compiled
def _fill_banded(ground: Ground, walks: Walks, costs: Costs, team: int, block: int, waiting: float) -> None:
    """The least extra seconds over gaps, directions and bands that keep every band and limit.

    An insertion costs the walk it adds and, to the part `waiting` (0..1), by how much the next service is put off.
    """
    slot = costs.current[team]
    size = walks.size[team]
    pace = ground.pace[team]
    stay = service_s(ground, team, block)
    for gap in range(size + 1):
        ready = ground.earliest_s[team]
        if gap > 0:
            ready = walks.early_s[team, gap - 1] + service_s(ground, team, walks.stop[team, gap - 1] >> 1)
            if ready > ground.band_close_s[ground.band_of[block + 1] - 1]:
                break
        for way in range(ground.ways[block]):
            end = 2 * block + way
            enter = ground.place[end]
            leave = ground.place[end ^ 1]
            before = (
                ground.out_m[team, enter] if gap == 0 else float(ground.between_m[walks.leave[team, gap - 1], enter])
            )
            after = (
                ground.home_m[team, leave] if gap == size else float(ground.between_m[leave, walks.enter[team, gap]])
            )
            replaced = walks.leg_m[team, gap] if size > 0 else 0.0
            metres = before + after - replaced + ground.length_m[block]
            if not walks.metres[team] + metres <= ground.limit_m[team]:
                continue
            arrival = ready + before * pace
            for band in range(ground.band_of[block], ground.band_of[block + 1]):
                due = ground.band_close_s[band] - stay
                start = max(arrival, ground.band_open_s[band])
                if start > due + TOLERANCE_S:
                    continue
                then = start + stay + after * pace
                if gap < size:
                    if then > walks.late_s[team, gap] + TOLERANCE_S:
                        continue
                    delay = max(then - walks.early_s[team, gap], 0.0)
                else:
                    if then > ground.latest_s[team] + TOLERANCE_S:
                        continue
                    delay = start - arrival + metres * pace + stay - ground.length_m[block] * pace
                if ground.flexible[team] and not _short_enough(
                    ground, walks, team, gap, arrival - ready, due, then, after * pace, metres * pace, stay, block
                ):
                    continue
                walk = metres * pace + ground.dwell_s[block]
                extra = waiting * delay + (1.0 - waiting) * walk
                if extra < costs.extra[slot, team, block]:
                    costs.extra[slot, team, block] = extra
                    costs.gap[slot, team, block] = gap
                    costs.end[slot, team, block] = end
                    costs.band[slot, team, block] = band


@compiled
def _short_enough(
    ground: Ground,
    walks: Walks,
    team: int,
    gap: int,
    leg_s: float,
    due: float,
    then: float,
    after_s: float,
    walk_s: float,
    stay: float,
    block: int,
) -> bool:
    """Whether the least duration with the block in the gap keeps the team's budget."""
    size = walks.size[team]
    work = leg_s
    first = ground.latest_s[team]
    if gap > 0:
        work += walks.work_s[team, gap - 1] + service_s(ground, team, walks.stop[team, gap - 1] >> 1)
        first = walks.first_s[team, gap - 1]
    if gap < size:
        home = max(walks.home_s[team, gap], max(then, walks.open_s[team, gap]) + walks.rest_s[team, gap])
        late = min(due, walks.late_s[team, gap] - after_s - stay)
        whole = work + stay + after_s + walks.rest_s[team, gap]
    else:
        home = then
        late = min(due, ground.latest_s[team] - after_s - stay)
        whole = work + stay + after_s
    first = min(first, late - work)
    return max(home - first, whole) <= ground.limit_s[team] + TOLERANCE_S


@compiled
def after_put(ground: Ground, walks: Walks, costs: Costs, team: int, gap: int, waiting: float) -> None:
    """Bring the costs up to date after a stop was put in at `gap`."""
    if ground.banded:
        fill(ground, walks, costs, team, waiting)
        return
    slot = costs.current[team]
    for k in range(ground.reach_of[team], ground.reach_of[team + 1]):
        block = ground.reach[k]
        best = costs.gap[slot, team, block]
        if best == gap:
            fill_one(ground, walks, costs, team, block, waiting)
            continue
        if best > gap:
            costs.gap[slot, team, block] = best + 1
        try_gap(ground, walks, costs, team, block, gap)
        try_gap(ground, walks, costs, team, block, gap + 1)


@compiled
def after_cuts(ground: Ground, walks: Walks, costs: Costs, team: int, moved: Integers, gaps: int, waiting: float) -> None:
    """Bring the costs up to date after stops were taken out: moved[old gap] is the new gap, or -1. Without bands."""
    slot = costs.current[team]
    fresh = np.ones(walks.size[team] + 1, dtype=np.bool_)
    for gap in range(gaps):
        if moved[gap] >= 0:
            fresh[moved[gap]] = False
    for k in range(ground.reach_of[team], ground.reach_of[team + 1]):
        block = ground.reach[k]
        best = moved[costs.gap[slot, team, block]]
        if best < 0 or costs.extra[slot, team, block] == np.inf:
            fill_one(ground, walks, costs, team, block, waiting)
            continue
        costs.gap[slot, team, block] = best
        for gap in range(walks.size[team] + 1):
            if fresh[gap]:
                try_gap(ground, walks, costs, team, block, gap)
