"""What a sequence of blocks costs one team, when each block may be walked in either direction.

Without bands this is a dynamic programme with two states a block (the end by which it is left), run from the door
forwards and from home backwards; one look at both tables prices every insertion of every block at once.

With bands, time matters. A partial loop is a function from the minute of leaving the door to the minute of leaving
the last block, and for a fixed choice of bands and directions that function is max(ready, start + walk) up to a
latest start (the time-slack idea of Savelsbergh, doi:10.1287/ijoc.4.2.146). Labels of these three numbers, with
dominance, give the least duration exactly: it is what counts against a budget, as a team waits at its own door
rather than in the street.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from routing.problem import Bands, Floats, Problem

Indices = npt.NDArray[np.int64]

TOLERANCE_S = 1e-6


@dataclass(frozen=True, eq=False)
class TeamView:
    """One team's seconds. first_s, home_s [2B]: door to an end as the first leg, end to the door as the last.

    service_s [B]; limit_s: the budget or the window, whichever is shorter; blocks: what the team may serve and can
    reach alone within that limit, and whose bands meet its window; banded: which of all blocks have bands.
    """

    team: int
    problem: Problem
    first_s: Floats
    home_s: Floats
    service_s: Floats
    limit_s: float
    blocks: Indices
    banded: frozenset[int]


class Loop(NamedTuple):
    """The quickest way to walk a sequence: seconds from door to door, earliest such start, entrance (0|1) of each."""

    duration_s: float
    start_s: float
    entered_at: tuple[int, ...]


class _Label(NamedTuple):
    ready_s: float  # earliest time of being here, having left as early as allowed
    walk_s: float  # time from the door to here when nothing has to be waited for, dwells included
    latest_start_s: float  # leaving the door later misses one of the chosen bands
    entered_at: tuple[int, ...]


def view(problem: Problem, team: int) -> TeamView:
    """Gather what one team needs."""
    out_m = problem.out_m(team)
    out_s = out_m / problem.speed_mps[team]
    home_s = problem.back_m(team) / problem.speed_mps[team]
    within = out_m <= problem.first_leg_m[team]
    service_s = problem.length_m / problem.speed_mps[team] + problem.dwell_s
    limit_s = min(float(problem.budget_s[team]), float(problem.latest_s[team] - problem.earliest_s[team]))
    reachable = problem.compatible[team] & (alone_s(out_s, home_s, service_s) <= limit_s + TOLERANCE_S)
    blocks = [b for b in np.flatnonzero(reachable).tolist() if meets_band(problem, team, b)]
    return TeamView(
        team=team,
        problem=problem,
        first_s=np.where(within, out_s, np.inf),
        home_s=home_s,
        service_s=service_s,
        limit_s=limit_s,
        blocks=np.array(blocks, dtype=np.int64),
        banded=frozenset(b for b, bands in enumerate(problem.bands) if bands),
    )


def alone_s(out_s: Floats, home_s: Floats, service_s: Floats) -> Floats:
    """Seconds of the quickest loop that serves one block only, per block; shapes [2B], [2B], [B] -> [B]."""
    forth: Floats = out_s[0::2] + home_s[1::2]
    return np.minimum(forth, out_s[1::2] + home_s[0::2]) + service_s


def meets_band(problem: Problem, team: int, block: int) -> bool:
    """Whether the service fits some band between the team's earliest arrival at the block and its last way home."""
    if not problem.bands[block]:
        return True
    both = slice(2 * block, 2 * block + 2)
    out = problem.out_m(team)[both] / problem.speed_mps[team]
    back = problem.back_m(team)[both] / problem.speed_mps[team]
    service = problem.service_s(team, block)
    return any(
        max(start, problem.earliest_s[team] + out[entrance]) + service
        <= min(end, problem.latest_s[team] - back[1 - entrance]) + TOLERANCE_S
        for start, end in problem.bands[block]
        for entrance in (0, 1)
    )


class Insertions(NamedTuple):
    """Per candidate, the seconds of the loop with it in its best gap, and that gap [C]; and the seconds without any."""

    total_s: Floats
    gap: Indices
    now_s: float


def insertion_s(team: TeamView, sequence: Sequence[int], candidates: Indices) -> Insertions:
    """What it costs to insert each candidate [C] where it costs least. Gap k is before the k-th stop.

    Bands are ignored: with them, the seconds are a lower bound.
    """
    totals, now_s = gap_totals_s(team, sequence, candidates)
    gaps: Indices = totals.argmin(axis=0)
    return Insertions(totals[gaps, np.arange(len(candidates))], gaps, now_s)


def gap_totals_s(team: TeamView, sequence: Sequence[int], candidates: Indices) -> tuple[Floats, float]:
    """Seconds of the loop with each candidate in each gap [len(sequence) + 1, C], and without; bands ignored."""
    ends = _both_ends(candidates)
    size = len(sequence)
    to_end = np.empty((size + 1, len(ends)))
    from_end = np.empty((size + 1, len(ends)))
    to_end[0] = team.first_s[ends]
    from_end[size] = team.home_s[ends]
    now_s = 0.0
    if size:
        stops = np.asarray(sequence, dtype=np.int64)
        legs = team.problem.legs_m(_both_ends(stops)[:, None], ends) / team.problem.speed_mps[team.team]
        out, back = _both_ways(team, stops)
        to_end[1:] = np.minimum(out[:, :1] + legs[0::2], out[:, 1:] + legs[1::2])
        from_end[:size] = np.minimum(back[:, :1] + legs[0::2], back[:, 1:] + legs[1::2])
        now_s = _home(team, stops[-1], out)
    forth = to_end[:, 0::2] + from_end[:, 1::2]
    totals: Floats = np.minimum(forth, to_end[:, 1::2] + from_end[:, 0::2])
    totals += team.service_s[candidates]
    return totals, now_s


def walk_s(team: TeamView, sequence: Sequence[int]) -> float:
    """Seconds of the quickest loop through the sequence, bands ignored."""
    if not sequence:
        return 0.0
    out, _ = _both_ways(team, np.asarray(sequence, dtype=np.int64))
    return _home(team, sequence[-1], out)


def _home(team: TeamView, last: int, out: Floats) -> float:
    """Seconds of the loop, given those until the last stop is left."""
    return float(min(out[-1, 0] + team.home_s[2 * last], out[-1, 1] + team.home_s[2 * last + 1]))


def _both_ends(blocks: Indices) -> Indices:
    out = np.empty(2 * len(blocks), dtype=np.int64)
    out[0::2] = 2 * blocks
    out[1::2] = 2 * blocks + 1
    return out


def _both_ways(team: TeamView, stops: Indices) -> tuple[Floats, Floats]:
    """[K, 2] seconds from the door until stop k is left by an end, and from coming to an end of it until home."""
    ends = _both_ends(stops).reshape(-1, 2)
    legs = (team.problem.legs_m(ends[:-1, :, None], ends[1:, None, :]) / team.problem.speed_mps[team.team]).tolist()
    service = team.service_s[stops].tolist()
    zero, one = team.first_s[ends[0]].tolist()
    out = [(one + service[0], zero + service[0])]
    for leg, stay in zip(legs, service[1:], strict=True):
        zero, one = out[-1]
        at_zero = min(zero + leg[0][0], one + leg[1][0])
        at_one = min(zero + leg[0][1], one + leg[1][1])
        out.append((at_one + stay, at_zero + stay))
    zero, one = team.home_s[ends[-1]].tolist()
    back = [(one + service[-1], zero + service[-1])]
    for leg, stay in zip(reversed(legs), reversed(service[:-1]), strict=True):
        zero, one = back[-1]
        from_zero = min(leg[0][0] + zero, leg[0][1] + one)
        from_one = min(leg[1][0] + zero, leg[1][1] + one)
        back.append((from_one + stay, from_zero + stay))
    return np.array(out), np.array(back[::-1])


def best_loop(team: TeamView, sequence: Sequence[int]) -> Loop | None:
    """The loop of least duration (then earliest start) through the sequence within all of the team's limits.

    None: there is none. Where bands force waiting, the quickest directions may be too far to walk and slower ones not.
    """
    problem, earliest = team.problem, float(team.problem.earliest_s[team.team])
    if not sequence:
        return Loop(0.0, earliest, ())
    labels = [[_Label(earliest, 0.0, np.inf, ())]]
    legs = [[[float(team.first_s[2 * sequence[0] + end]) for end in (0, 1)]]]
    for before, after in itertools.pairwise(sequence):
        rows = problem.legs_m(_both_ends(np.array([before]))[:, None], _both_ends(np.array([after])))
        legs.append((rows / problem.speed_mps[team.team]).tolist())
    for block, leg in zip(sequence, legs, strict=True):
        stay, bands = float(team.service_s[block]), problem.bands[block]
        arrived = [
            [label for state, way in zip(labels, leg, strict=True) for label in _walked(state, way[end], end)]
            for end in (0, 1)
        ]
        labels = [_undominated(_served(arrived[1 - end], bands, stay, earliest)) for end in (0, 1)]
    last = 2 * sequence[-1]
    home = [label for end in (0, 1) for label in _walked(labels[end], float(team.home_s[last + end]), None)]
    far_s = float(problem.walk_limit_m[team.team] / problem.speed_mps[team.team])
    dwell_s = float(problem.dwell_s[list(sequence)].sum())
    return _quickest([label for label in home if label.walk_s <= far_s + dwell_s + TOLERANCE_S], team, earliest)


def _walked(labels: list[_Label], seconds: float, entrance: int | None) -> list[_Label]:
    if seconds == np.inf:
        return []
    mark = () if entrance is None else (entrance,)
    return [_Label(ready + seconds, walk + seconds, late, trail + mark) for ready, walk, late, trail in labels]


def _served(labels: list[_Label], bands: Bands, stay_s: float, earliest_s: float) -> list[_Label]:
    """Every label after the service, once for each band that it can still meet."""
    if not bands:
        return [_Label(ready + stay_s, walk + stay_s, late, trail) for ready, walk, late, trail in labels]
    out = []
    for ready, walk, late, trail in labels:
        for start, end in bands:
            begin = max(ready, start)
            latest_start = min(late, end - stay_s - walk)
            if begin + stay_s <= end + TOLERANCE_S and latest_start >= earliest_s - TOLERANCE_S:
                out.append(_Label(begin + stay_s, walk + stay_s, latest_start, trail))
    return out


def _undominated(labels: list[_Label]) -> list[_Label]:
    """Without those that another label beats or equals in all three numbers."""
    kept: list[_Label] = []
    for label in sorted(labels, key=lambda one: (one.ready_s, one.walk_s, -one.latest_start_s)):
        if not any(other.walk_s <= label.walk_s and other.latest_start_s >= label.latest_start_s for other in kept):
            kept.append(label)
    return kept


def _quickest(labels: list[_Label], team: TeamView, earliest_s: float) -> Loop | None:
    latest = float(team.problem.latest_s[team.team])
    best: Loop | None = None
    for ready, walk, late, trail in labels:
        last_start = min(late, latest - walk)
        start = max(min(last_start, ready - walk), earliest_s)
        loop = Loop(max(walk, ready - start), start, trail)
        if ready > latest + TOLERANCE_S or last_start < earliest_s - TOLERANCE_S:
            continue
        if loop.duration_s <= team.limit_s + TOLERANCE_S and (best is None or loop < best):
            best = loop
    return best
