"""What one team, real or only thought of, can reach, and how it sees the blocks around it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from routing.problem import Bools, Floats, Integers, Problem

TOLERANCE_S = 1e-6

Blocks = Sequence[int] | npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Walker:
    """One team's share of a problem, see Problem: door_m, home_m [P], may [B]: what it may serve."""

    door_m: Floats
    home_m: Floats
    speed_mps: float
    budget_s: float
    earliest_s: float
    latest_s: float
    may: Bools
    start_at_most_m: float = np.inf
    walk_at_most_m: float = np.inf

    @property
    def limit_s(self) -> float:
        """The budget or the window, whichever is shorter."""
        return min(self.budget_s, self.latest_s - self.earliest_s)

    @property
    def walking_s(self) -> float:
        """Most seconds spent walking, inside blocks too (inf: no limit)."""
        return self.walk_at_most_m / self.speed_mps


class Bands(NamedTuple):
    """The bands of all blocks in a row: those of block b are of[b]:of[b + 1]. Shapes [B + 1], [N], [N], [N]."""

    of: Integers
    block: Integers
    opens_s: Floats
    closes_s: Floats


class Sight(NamedTuple):
    """M blocks as one team sees them, numbered 0..M-1; the first of them are rows. All in seconds.

    legs_s [2 * rows, 2M]: end to end. first_s, home_s [2M]: first and last legs. stay_s [M]: in the block;
    dwell_s [M]: the part of it that is no walking. bands as in Bands. limit_s: of the loop; walking_s: of the walking
    in it; earliest_s, latest_s: out and back.
    """

    legs_s: Floats
    first_s: Floats
    home_s: Floats
    stay_s: Floats
    dwell_s: Floats
    band_of: Integers
    opens_s: Floats
    closes_s: Floats
    limit_s: float
    walking_s: float
    earliest_s: float
    latest_s: float


def walker(problem: Problem, team: int) -> Walker:
    """A team of the problem; what is pinned to others it may not serve."""
    pinned = problem.pinned
    return Walker(
        door_m=problem.door_m[team],
        home_m=problem.last_leg_m[team],
        speed_mps=float(problem.speed_mps[team]),
        budget_s=float(problem.budget_s[team]),
        earliest_s=float(problem.earliest_s[team]),
        latest_s=float(problem.latest_s[team]),
        may=problem.compatible[team] & ((pinned < 0) | (pinned == team)),
        start_at_most_m=float(problem.first_leg_m[team]),
        walk_at_most_m=float(problem.walk_limit_m[team]),
    )


def bands(problem: Problem) -> Bands:
    """All bands of the problem."""
    counts = np.array([len(row) for row in problem.bands], dtype=np.int64)
    flat = np.array([band for row in problem.bands for band in row], dtype=np.float64).reshape(-1, 2)
    of = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts)])
    return Bands(of, np.repeat(np.arange(problem.blocks), counts), flat[:, 0].copy(), flat[:, 1].copy())


def short_s(problem: Problem, one: Walker) -> Floats:
    """Seconds lacking for a loop with each block alone, bands and first leg aside; inf: may not, or no way. [B]."""
    place = problem.place_of_end
    out, home = one.door_m[place], one.home_m[place]
    walk_s = (np.minimum(out[0::2] + home[1::2], out[1::2] + home[0::2]) + problem.length_m) / one.speed_mps
    lacks = np.maximum(walk_s + problem.dwell_s - one.limit_s, 0.0)
    if np.isfinite(one.walking_s):
        lacks = np.maximum(lacks, walk_s - one.walking_s)
    return np.where(one.may & np.isfinite(walk_s), lacks, np.inf)


def meets_bands(problem: Problem, one: Walker, all_bands: Bands) -> Bools:
    """Whether the service fits some band between the first arrival and the last way home. Shape [B]."""
    meets: Bools = np.diff(all_bands.of) == 0
    block, place = all_bands.block, problem.place_of_end
    stay = problem.length_m[block] / one.speed_mps + problem.dwell_s[block]
    for entrance in (0, 1):
        out = one.door_m[place[2 * block + entrance]] / one.speed_mps
        home = one.home_m[place[2 * block + 1 - entrance]] / one.speed_mps
        begin = np.maximum(all_bands.opens_s, one.earliest_s + out)
        in_time = begin + stay <= np.minimum(all_bands.closes_s, one.latest_s - home) + TOLERANCE_S
        meets[block[in_time & (out + stay + home <= one.limit_s + TOLERANCE_S)]] = True
    return meets


def sight(problem: Problem, one: Walker, all_bands: Bands, rows: Blocks, others: Blocks = ()) -> Sight:
    """How the team sees these blocks: legs lead from the rows to all of them, rows first."""
    blocks = np.concatenate([np.asarray(rows, dtype=np.int64), np.asarray(others, dtype=np.int64)])
    place, pace = problem.place_of_end[_ends(blocks)], 1.0 / one.speed_mps
    out_m, dwell_s = one.door_m[place], problem.dwell_s[blocks]
    counts = all_bands.of[blocks + 1] - all_bands.of[blocks]
    band_of = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts)])
    chosen = np.repeat(all_bands.of[blocks] - band_of[:-1], counts) + np.arange(band_of[-1])
    return Sight(
        legs_s=problem.between_m[np.ix_(place[: 2 * len(rows)], place)].astype(np.float64) * pace,
        first_s=np.where(out_m <= one.start_at_most_m, out_m, np.inf) * pace,
        home_s=one.home_m[place] * pace,
        stay_s=problem.length_m[blocks] * pace + dwell_s,
        dwell_s=dwell_s,
        band_of=band_of,
        opens_s=all_bands.opens_s[chosen],
        closes_s=all_bands.closes_s[chosen],
        limit_s=float(one.limit_s),
        walking_s=float(one.walking_s),
        earliest_s=float(one.earliest_s),
        latest_s=float(one.latest_s),
    )


def _ends(blocks: Integers) -> Integers:
    """Both ends of each block, in a row."""
    return (2 * blocks[:, None] + np.arange(2)).ravel()
