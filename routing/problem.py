"""One evening to plan: teams with their doors, blocks with their prizes, and the walking metres between them.

Everything is an array with a fixed shape, so that a problem crosses a process border as it is. T is the number of
teams, B the number of blocks. Block b has two ends, 2b and 2b+1: a line block is walked from one to the other, a
point block has both at the same place. Times are seconds after the evening's origin, distances are metres, speeds
metres per second; `inf` metres means out of reach.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Bands = tuple[tuple[float, float], ...]

_SAME_PLACE_M = 0.01


class ProblemError(ValueError):
    """A problem that cannot be planned: `where` ("team A", "block 7", a field) and `what` is wrong there."""

    def __init__(self, where: str, what: str) -> None:
        """Keep both parts, so that a caller can point at the row."""
        super().__init__(f"{where}: {what}")
        self.where = where
        self.what = what

    def __reduce__(self) -> tuple[type["ProblemError"], tuple[str, str]]:
        """Survive the way back from the planner's process."""
        return type(self), (self.where, self.what)


@dataclass(frozen=True, eq=False)
class Problem:
    """The teams and blocks of one evening. Raises ProblemError for anything that has no meaning.

    team_ids, block_ids: unique names, T and B of them.
    weight [B] >= 0: the prize for covering a block. length_m [B]: metres to walk inside it, 0 for a point block.
    dwell_s [B]: seconds to stay, on top of the walk.
    bands [B]: per block the times in which the whole service must lie, (start, end) pairs; none: at any time.
    speed_mps [T] > 0. budget_s [T]: most seconds between leaving the door and being back, all included: walking,
    dwell, and whatever waiting a band forces. earliest_s, latest_s [T]: leave not before, be back not after.
    door_m [T, 2B]: door to block end, the same both ways. between_m [2B, 2B]: end to end, symmetric.
    compatible [T, B]: may this team serve this block. start_at_most_m [T]: most metres from the door to the entrance
    of the first block; None: no limit.
    The arrays are made read-only views; the caller must not change what lies under them.
    """

    team_ids: tuple[str, ...]
    block_ids: tuple[str, ...]
    weight: Floats
    length_m: Floats
    dwell_s: Floats
    bands: tuple[Bands, ...]
    speed_mps: Floats
    budget_s: Floats
    earliest_s: Floats
    latest_s: Floats
    door_m: Floats
    between_m: Floats
    compatible: Bools
    start_at_most_m: Floats | None = None

    def __post_init__(self) -> None:
        """Normalise types, freeze, and check every field."""
        teams, blocks = len(self.team_ids), len(self.block_ids)
        if self.start_at_most_m is None:
            object.__setattr__(self, "start_at_most_m", np.full(teams, np.inf))
        for name, shape in _shapes(teams, blocks).items():
            object.__setattr__(self, name, _frozen(name, getattr(self, name), shape))
        object.__setattr__(self, "bands", tuple(_sorted_bands(row) for row in self.bands))
        _check_names("team", self.team_ids)
        _check_names("block", self.block_ids)
        _check_teams(self)
        _check_blocks(self)
        _check_distances(self)

    @property
    def teams(self) -> int:
        """T, the number of teams."""
        return len(self.team_ids)

    @property
    def blocks(self) -> int:
        """B, the number of blocks."""
        return len(self.block_ids)

    @property
    def first_leg_m(self) -> Floats:
        """Per team, the most metres from the door to the first block (inf: no limit). Shape [T]."""
        assert self.start_at_most_m is not None  # noqa: S101 set by __post_init__; tells mypy
        return self.start_at_most_m

    def service_s(self, team: int, block: int) -> float:
        """Seconds this team spends in this block: the walk through it and the dwell."""
        return float(self.length_m[block] / self.speed_mps[team] + self.dwell_s[block])


def _shapes(teams: int, blocks: int) -> dict[str, tuple[int, ...]]:
    per_team = ("speed_mps", "budget_s", "earliest_s", "latest_s", "start_at_most_m")
    per_block = ("weight", "length_m", "dwell_s")
    return {
        **dict.fromkeys(per_team, (teams,)),
        **dict.fromkeys(per_block, (blocks,)),
        "door_m": (teams, 2 * blocks),
        "between_m": (2 * blocks, 2 * blocks),
        "compatible": (teams, blocks),
    }


def _frozen(name: str, value: npt.ArrayLike, shape: tuple[int, ...]) -> npt.NDArray[np.generic]:
    kind = np.bool_ if name == "compatible" else np.float64
    try:
        array: npt.NDArray[np.generic] = np.ascontiguousarray(value, dtype=kind).view()
    except (TypeError, ValueError) as error:
        raise ProblemError(name, f"must be numbers ({error})") from error
    if array.shape != shape:
        raise ProblemError(name, f"has shape {array.shape}, must be {shape}")
    array.flags.writeable = False
    return array


def _sorted_bands(row: Sequence[tuple[float, float]]) -> Bands:
    return tuple(sorted((float(start), float(end)) for start, end in row))


def _check_names(kind: str, names: Sequence[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ProblemError(f"{kind} {name}", "appears twice")
        seen.add(name)


def _refuse(names: Sequence[str], kind: str, wrong: Bools, what: str) -> None:
    """Raise for the first row that is wrong; `wrong` has one entry, or one row of entries, per name."""
    rows = wrong.reshape(len(names), -1).any(axis=1) if len(names) else wrong
    if rows.any():
        raise ProblemError(f"{kind} {names[int(rows.argmax())]}", what)


def _check_teams(problem: Problem) -> None:
    def refuse(wrong: Bools, what: str) -> None:
        _refuse(problem.team_ids, "team", wrong, what)

    speed, budget = problem.speed_mps, problem.budget_s
    refuse(~(np.isfinite(speed) & (speed > 0)), "speed_mps must be a number above 0")
    refuse(~(np.isfinite(budget) & (budget >= 0)), "budget_s must be a number from 0")
    refuse(~np.isfinite(problem.earliest_s), "earliest_s must be a number")
    refuse(~(problem.latest_s >= problem.earliest_s), "latest_s must not lie before earliest_s")
    refuse(~(problem.first_leg_m >= 0), "start_at_most_m must be a number from 0, or inf")
    refuse(~(problem.door_m >= 0), "door_m must be numbers from 0, or inf")


def _check_blocks(problem: Problem) -> None:
    if len(problem.bands) != problem.blocks:
        raise ProblemError("bands", f"has {len(problem.bands)} entries, must be {problem.blocks}")
    for name in ("weight", "length_m", "dwell_s"):
        values = getattr(problem, name)
        wrong = ~(np.isfinite(values) & (values >= 0))
        _refuse(problem.block_ids, "block", wrong, f"{name} must be a number from 0")
    for block, row in zip(problem.block_ids, problem.bands, strict=True):
        if not all(start < end for start, end in row):
            raise ProblemError(f"block {block}", "each band must end after it starts")


def _check_distances(problem: Problem) -> None:
    between = problem.between_m
    rows = np.repeat(np.asarray(problem.block_ids, dtype=object), 2).tolist()
    _refuse(rows, "block", ~(between >= 0), "between_m must be numbers from 0, or inf")
    _refuse(rows, "block", ~_same(between, between.T), "between_m must be the same both ways")
    points = np.flatnonzero(problem.length_m == 0)
    apart = np.zeros(problem.blocks, dtype=np.bool_)
    apart[points] = ~(
        _same(between[2 * points], between[2 * points + 1]).all(axis=1)
        & _same(problem.door_m[:, 2 * points], problem.door_m[:, 2 * points + 1]).all(axis=0)
    )
    _refuse(problem.block_ids, "block", apart, "a point block (length 0) must have both ends at one place")


def _same(left: Floats, right: Floats) -> Bools:
    """Elementwise: both inf, or at most a centimetre apart."""
    same: Bools = (left == right) | (np.abs(np.where(np.isinf(left), -1.0, left) - right) <= _SAME_PLACE_M)
    return same
