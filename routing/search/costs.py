"""What each block would cost in each loop: the best gap, direction and band, kept up to date as loops change.

Without bands a cost is metres added, and a change of a loop touches few of its gaps, so that most costs stay as they
are. With bands any gap may have closed, and the costs of a changed loop are worked out anew.
"""

from typing import NamedTuple

import numpy as np

from routing.compiled import compiled
from routing.problem import Floats, Integers
from routing.search.ground import Ground
from routing.search.walks import TOLERANCE_S, Walks


class Costs(NamedTuple):
    """Two slots a team, so that a change can be taken back: current [T] says which one holds.

    extra [2, T, B]: without bands metres, with bands seconds that the block adds in its best gap; inf: none. gap k
    follows the k-th stop; end: entered by which; band: in which of all bands. moved, scanned [M]: room.
    """

    current: Integers
    extra: Floats
    gap: Integers
    end: Integers
    band: Integers
    moved: Integers
    scanned: Integers


def no_costs(ground: Ground, most: int) -> Costs:
    """Room for the costs of loops of `most` columns; `fill` works them out."""
    shape = (2, len(ground.pace), len(ground.ways))
    return Costs(
        current=np.zeros(shape[1], dtype=np.int64),
        extra=np.full(shape, np.inf),
        gap=np.zeros(shape, dtype=np.int32),
        end=np.zeros(shape, dtype=np.int32),
        band=np.zeros(shape if ground.banded else (2, 1, 1), dtype=np.int32),
        moved=np.zeros((shape[1], most), dtype=np.int64),
        scanned=np.zeros((shape[1], most), dtype=np.int64),
    )


@compiled
def fill(ground: Ground, walks: Walks, costs: Costs, team: int, waiting: float) -> None:
    """Work out what every block that the team may serve costs in its loop as it is now."""
    if ground.banded:
        for k in range(ground.reach_of[team], ground.reach_of[team + 1]):
            price(ground, walks, costs, team, ground.reach[k], waiting)
        return
    costs.moved[team, :] = -1
    _scan(ground, walks, costs, team, 0)


@compiled
def after_put(ground: Ground, walks: Walks, costs: Costs, team: int, gap: int, waiting: float) -> None:
    """Bring the costs up to date after a stop was put into `gap`."""
    if ground.banded:
        _after_put_banded(ground, walks, costs, team, gap, waiting)
        return
    for k in range(walks.size[team]):
        costs.moved[team, k] = k if k < gap else k + 1
    costs.moved[team, gap] = -1
    costs.scanned[team, 0] = gap
    costs.scanned[team, 1] = gap + 1
    _scan(ground, walks, costs, team, 2)


@compiled
def _after_put_banded(ground: Ground, walks: Walks, costs: Costs, team: int, gap: int, waiting: float) -> None:
    """With bands an insertion only takes room away: a gap that was best stays so until it closes."""
    slot = costs.current[team]
    extra, gaps = costs.extra[slot, team], costs.gap[slot, team]
    for k in range(ground.reach_of[team], ground.reach_of[team + 1]):
        block = ground.reach[k]
        if extra[block] == np.inf:
            continue
        best = gaps[block]
        extra[block] = np.inf
        if best != gap:
            now = best if best < gap else best + 1
            _price_gaps(ground, walks, costs, team, block, waiting, now, now)
            if extra[block] < np.inf:
                _price_gaps(ground, walks, costs, team, block, waiting, gap, gap + 1)
        if extra[block] == np.inf:
            _price_gaps(ground, walks, costs, team, block, waiting, 0, walks.size[team])


@compiled
def after_cuts(ground: Ground, walks: Walks, costs: Costs, team: int, old_size: int) -> None:
    """Bring the costs up to date after stops were taken out. Without bands.

    costs.moved[team, old gap] is the new gap, -1 where it is gone.
    """
    fresh = 0
    gap = 0
    for new in range(walks.size[team] + 1):
        while gap <= old_size and costs.moved[team, gap] < new:
            gap += 1
        if gap > old_size or costs.moved[team, gap] != new:
            costs.scanned[team, fresh] = new
            fresh += 1
    _scan(ground, walks, costs, team, fresh)


@compiled
def _scan(ground: Ground, walks: Walks, costs: Costs, team: int, fresh: int) -> None:
    """Renew the costs: a best gap that is gone means all gaps anew, else only the fresh ones can be better."""
    slot = costs.current[team]
    size = walks.size[team]
    enter, leave, leg_m = walks.enter[team], walks.leave[team], walks.leg_m[team]
    place, metres, length_m, ways = ground.place, ground.metres, ground.length_m, ground.ways
    extra, gaps, ends = costs.extra[slot, team], costs.gap[slot, team], costs.end[slot, team]
    moved, scanned = costs.moved[team], costs.scanned[team]
    for k in range(ground.reach_of[team], ground.reach_of[team + 1]):
        block = ground.reach[k]
        best = moved[gaps[block]]
        least = extra[block]
        length = length_m[block]
        known = best >= 0 and least < np.inf
        if known:
            gaps[block] = best
        else:
            least = np.inf
        number = fresh if known else size + 1
        for way in range(ways[block]):
            one = place[2 * block + way]
            other = place[2 * block + 1 - way]
            for n in range(number):
                gap = scanned[n] if known else n
                more = (
                    np.float64(metres[leave[gap], one])
                    + np.float64(metres[enter[gap + 1], other])
                    - leg_m[gap]
                    + length
                )
                if more < least:
                    least = more
                    gaps[block] = gap
                    ends[block] = 2 * block + way
        extra[block] = least


@compiled
def price(ground: Ground, walks: Walks, costs: Costs, team: int, block: int, waiting: float) -> None:
    """With bands: the least cost over gaps, directions and bands that keep every band and limit.

    An insertion costs the walk it adds and, to the part `waiting` (0..1), by how much what follows is put off.
    """
    costs.extra[costs.current[team], team, block] = np.inf
    _price_gaps(ground, walks, costs, team, block, waiting, 0, walks.size[team])


@compiled
def _price_gaps(
    ground: Ground, walks: Walks, costs: Costs, team: int, block: int, waiting: float, first: int, last: int
) -> None:
    """Lower a block's cost by what it is in the gaps from first to last."""
    slot = costs.current[team]
    size = walks.size[team]
    pace = ground.pace[team]
    enter, leave, leg_m = walks.enter[team], walks.leave[team], walks.leg_m[team]
    metres, early_s, late_s, stop = ground.metres, walks.early_s[team], walks.late_s[team], walks.stop[team]
    stay = ground.length_m[block] * pace + ground.dwell_s[block]
    first_band = ground.band_of[block]
    last_band = ground.band_of[block + 1]
    spare_m = ground.limit_m[team] - walks.metres[team]
    least = costs.extra[slot, team, block]
    if walks.visits[block] >= ground.prize.shape[1]:
        return
    soonest = ground.band_open_s[first_band] + stay
    for gap in range(first, last + 1):
        must = late_s[gap + 1] if gap < size else ground.latest_s[team]
        if soonest > must:
            continue
        ready = ground.earliest_s[team]
        if gap > 0:
            before = stop[gap] >> 1
            ready = early_s[gap] + ground.length_m[before] * pace + ground.dwell_s[before]
        if ready > ground.band_close_s[last_band - 1]:
            break
        for way in range(ground.ways[block]):
            to = np.float64(metres[leave[gap], ground.place[2 * block + way]])
            after = np.float64(metres[enter[gap + 1], ground.place[2 * block + 1 - way]])
            more = to + after - leg_m[gap] + ground.length_m[block]
            if more > spare_m:
                continue
            arrival = ready + to * pace
            walk = more * pace + ground.dwell_s[block]
            for band in range(first_band, last_band):
                due = ground.band_close_s[band] - stay
                start = max(arrival, ground.band_open_s[band])
                then = start + stay + after * pace
                if start > due + TOLERANCE_S or then > must + TOLERANCE_S:
                    continue
                delay = max(then - early_s[gap + 1], 0.0) if gap < size else start - arrival + walk
                cost = waiting * delay + (1.0 - waiting) * walk
                if cost < least and (
                    not ground.flexible[team] or _short_enough(ground, walks, team, gap, to, after, block, due, then)
                ):
                    least = cost
                    costs.gap[slot, team, block] = gap
                    costs.end[slot, team, block] = 2 * block + way
                    costs.band[slot, team, block] = band
    costs.extra[slot, team, block] = least


@compiled
def _short_enough(
    ground: Ground,
    walks: Walks,
    team: int,
    gap: int,
    to_m: float,
    after_m: float,
    block: int,
    due: float,
    then: float,
) -> bool:
    """Whether the least duration with the block in the gap keeps the team's budget."""
    size = walks.size[team]
    pace = ground.pace[team]
    onward = ground.length_m[block] * pace + ground.dwell_s[block] + after_m * pace
    work = to_m * pace
    first = np.inf
    if gap > 0:
        before = walks.stop[team, gap] >> 1
        work += walks.work_s[team, gap] + ground.length_m[before] * pace + ground.dwell_s[before]
        first = walks.first_s[team, gap]
    if gap < size:
        home = max(walks.home_s[team, gap + 1], max(then, walks.open_s[team, gap + 1]) + walks.rest_s[team, gap + 1])
        late = min(due, walks.late_s[team, gap + 1] - onward)
        whole = work + onward + walks.rest_s[team, gap + 1]
    else:
        home = then
        late = min(due, ground.latest_s[team] - onward)
        whole = work + onward
    return bool(max(home - min(first, late - work), whole) <= ground.limit_s[team] + TOLERANCE_S)
