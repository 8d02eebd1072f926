"""One evening to plan: teams with their doors, blocks with their prizes, and the walking metres between them.

Everything is an array with a fixed shape, so that a problem crosses a process border as it is. T is the number of
teams, B the number of blocks. Block b has two ends, 2b and 2b+1: a line block is walked from one to the other, a
point block has both at the same place. Ends lie at P places, and metres are given between places. Times are seconds
after the evening's origin, distances are metres, speeds metres per second; `inf` metres means out of reach.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Metres = npt.NDArray[np.float64] | npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Bands = tuple[tuple[float, float], ...]
Kind = TypeVar("Kind", Floats, Integers)

_SAME_PLACE_M = 0.01
_ROWS_AT_ONCE = 256


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


@dataclass(frozen=True)
class Group:
    """A joint patrol: these teams walk one loop together, from the door of the first of them and back to it.

    approach_s: per team, seconds from its own door to that door (0 for the first); they count twice against its
    budget, and its window leaves room for them. The slowest sets the pace, and everybody's limits hold.
    """

    teams: tuple[int, ...]
    approach_s: tuple[float, ...]


@dataclass(frozen=True)
class Previous:
    """The plan to stay near: team -> blocks in order. A block changes hands only for at least `keep_weight`."""

    routes: tuple[tuple[int, tuple[int, ...]], ...]
    keep_weight: float


@dataclass(frozen=True, eq=False)
class Problem:
    """The teams and blocks of one evening. Raises ProblemError for anything that has no meaning.

    team_ids, block_ids: unique names, T and B of them.
    weight [B] >= 0: the prize for covering a block. length_m [B]: metres to walk inside it, 0 for a point block.
    dwell_s [B]: seconds to stay, on top of the walk.
    bands [B]: per block the times in which the whole service must lie, (start, end) pairs; none: at any time.
    speed_mps [T] > 0. budget_s [T]: most seconds between leaving the door and being back, all included: walking,
    dwell, and whatever waiting a band forces. earliest_s, latest_s [T]: leave not before, be back not after.
    place [2B]: at which of the P places a block end lies; None: end e at place e, P = 2B.
    door_m [T, P]: door to place. between_m [P, P]: place to place, symmetric; float32 is kept as it is, as it halves
    the memory of a large problem. home_m [T, P]: place to where the team ends its walk; None: at its door.
    compatible [T, B]: may this team serve this block. start_at_most_m [T]: most metres from the door to the entrance
    of the first block; None: no limit. walk_at_most_m [T]: most metres of the whole loop; None: no limit.
    repeat_weight [B, R]: the prize of the second, third, ... visit, each by another team and none above the one
    before; None: only the first counts.
    pinned_to [B]: the team that should walk this block, before all others, and that nobody else may; -1: any; None:
    none is pinned. groups: joint patrols, a team in at most one. previous: the plan to stay near.
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
    between_m: Metres
    compatible: Bools
    start_at_most_m: Floats | None = None
    walk_at_most_m: Floats | None = None
    home_m: Floats | None = None
    place: Integers | None = None
    repeat_weight: Floats | None = None
    pinned_to: Integers | None = None
    groups: tuple[Group, ...] = ()
    previous: Previous | None = None

    def __post_init__(self) -> None:
        """Normalise types, freeze, and check every field."""
        teams, blocks = len(self.team_ids), len(self.block_ids)
        places = _set_defaults(self, teams, blocks)
        for name, shape in _shapes(teams, blocks, places).items():
            object.__setattr__(self, name, _frozen(name, getattr(self, name), shape))
        object.__setattr__(self, "bands", tuple(_sorted_bands(row) for row in self.bands))
        _check_names("team", self.team_ids)
        _check_names("block", self.block_ids)
        _check_teams(self)
        _check_blocks(self)
        _check_wishes(self)
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
        return _given(self.start_at_most_m)

    @property
    def walk_limit_m(self) -> Floats:
        """Per team, the most metres of its loop (inf: no limit). Shape [T]."""
        return _given(self.walk_at_most_m)

    @property
    def last_leg_m(self) -> Floats:
        """From each place to where the team ends its walk. Shape [T, P]."""
        return _given(self.home_m)

    @property
    def place_of_end(self) -> Integers:
        """At which place each block end lies. Shape [2B]."""
        return _given(self.place)

    @property
    def pinned(self) -> Integers:
        """The team each block is pinned to, -1: none. Shape [B]."""
        return _given(self.pinned_to)

    @property
    def visit_weight(self) -> Floats:
        """The prize of each block's first, second, ... visit. Shape [B, 1 + R]."""
        return np.column_stack([self.weight, _given(self.repeat_weight)])

    def service_s(self, team: int, block: int) -> float:
        """Seconds this team spends in this block: the walk through it and the dwell."""
        return float(self.length_m[block] / self.speed_mps[team] + self.dwell_s[block])

    def out_m(self, team: int) -> Floats:
        """Metres from the team's door to each block end. Shape [2B]."""
        out: Floats = self.door_m[team][self.place_of_end]
        return out

    def back_m(self, team: int) -> Floats:
        """Metres from each block end to where the team ends its walk. Shape [2B]."""
        back: Floats = self.last_leg_m[team][self.place_of_end]
        return back

    def legs_m(self, ends: int | Integers, others: int | Integers) -> Floats:
        """Metres from each of these block ends to each of those. Shapes broadcast."""
        place = self.place_of_end
        return np.asarray(self.between_m[place[ends], place[others]], dtype=np.float64)


def _given(value: Kind | None) -> Kind:
    assert value is not None  # noqa: S101 set by __post_init__; tells mypy
    return value


def _set_defaults(problem: Problem, teams: int, blocks: int) -> int:
    """Fill in what was left out; returns P."""
    defaults: dict[str, npt.ArrayLike] = {
        "start_at_most_m": np.full(teams, np.inf),
        "walk_at_most_m": np.full(teams, np.inf),
        "home_m": problem.door_m,
        "place": np.arange(2 * blocks),
        "repeat_weight": np.zeros((blocks, 0)),
        "pinned_to": np.full(blocks, -1),
    }
    for name, default in defaults.items():
        if getattr(problem, name) is None:
            object.__setattr__(problem, name, default)
    return len(np.atleast_1d(np.asarray(problem.between_m)))


def _shapes(teams: int, blocks: int, places: int) -> dict[str, tuple[int, ...]]:
    per_team = ("speed_mps", "budget_s", "earliest_s", "latest_s", "start_at_most_m", "walk_at_most_m")
    per_block = ("weight", "length_m", "dwell_s", "pinned_to")
    return {
        **dict.fromkeys(per_team, (teams,)),
        **dict.fromkeys(per_block, (blocks,)),
        "repeat_weight": (blocks, -1),
        "place": (2 * blocks,),
        "door_m": (teams, places),
        "home_m": (teams, places),
        "between_m": (places, places),
        "compatible": (teams, blocks),
    }


_KINDS = {"compatible": np.bool_, "place": np.int64, "pinned_to": np.int64}


def _frozen(name: str, value: npt.ArrayLike, shape: tuple[int, ...]) -> npt.NDArray[np.generic]:
    kind = _KINDS.get(name, np.float64)
    if name == "between_m" and getattr(value, "dtype", None) == np.float32:
        kind = np.float32
    try:
        array: npt.NDArray[np.generic] = np.ascontiguousarray(value, dtype=kind).view()
    except (TypeError, ValueError) as error:
        raise ProblemError(name, f"must be numbers ({error})") from error
    wanted = tuple(given if wish < 0 else wish for given, wish in zip(array.shape, shape, strict=False))
    if len(array.shape) != len(shape) or array.shape != wanted:
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
    refuse(~(problem.walk_limit_m >= 0), "walk_at_most_m must be a number from 0, or inf")
    refuse(~(problem.door_m >= 0), "door_m must be numbers from 0, or inf")
    refuse(~(problem.last_leg_m >= 0), "home_m must be numbers from 0, or inf")


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


def _check_wishes(problem: Problem) -> None:
    """Repeats, pins, groups and the previous plan."""
    visits = problem.visit_weight
    _refuse(
        problem.block_ids,
        "block",
        ~(np.isfinite(visits) & (visits >= 0)) | (np.diff(visits, axis=1, prepend=visits[:, :1]) > 0),
        "repeat_weight must be numbers from 0 and never rise from one visit to the next",
    )
    pinned = problem.pinned
    _refuse(problem.block_ids, "block", (pinned < -1) | (pinned >= problem.teams), "pinned_to must be a team, or -1")
    seen: set[int] = set()
    for place, group in enumerate(problem.groups):
        _check_group(problem, f"group {place}", group, seen)
    _check_previous(problem)


def _check_group(problem: Problem, where: str, group: Group, seen: set[int]) -> None:
    if len(group.teams) < 2 or len(group.teams) != len(group.approach_s):
        raise ProblemError(where, "must have two teams or more, and an approach for each")
    for team, approach in zip(group.teams, group.approach_s, strict=True):
        if not 0 <= team < problem.teams or team in seen:
            raise ProblemError(where, f"team {team} does not exist or is in two groups")
        if not (np.isfinite(approach) and approach >= 0):
            raise ProblemError(where, "approach_s must be numbers from 0")
        seen.add(team)


def _check_previous(problem: Problem) -> None:
    if problem.previous is None:
        return
    if not (np.isfinite(problem.previous.keep_weight) and problem.previous.keep_weight >= 0):
        raise ProblemError("previous", "keep_weight must be a number from 0")
    teams = [team for team, _ in problem.previous.routes]
    if len(set(teams)) != len(teams):
        raise ProblemError("previous", "names a team twice")
    for team, blocks in problem.previous.routes:
        if not 0 <= team < problem.teams or not all(0 <= block < problem.blocks for block in blocks):
            raise ProblemError("previous", f"team {team} or one of its blocks does not exist")
        if len(set(blocks)) != len(blocks):
            raise ProblemError("previous", f"team {team} walks a block twice")


def _check_distances(problem: Problem) -> None:
    between, place = problem.between_m, problem.place_of_end
    if len(place) and not (place.min() >= 0 and place.max() < len(between)):
        raise ProblemError("place", f"must be from 0 to {len(between) - 1}")
    for first in range(0, len(between), _ROWS_AT_ONCE):
        rows = slice(first, first + _ROWS_AT_ONCE)
        wrong = ~((between[rows] >= 0) & _same(between[rows], between[:, rows].T))
        if wrong.any():
            at, other = (int(found) for found in np.argwhere(wrong)[0])
            raise ProblemError(
                _named(problem, at + first, other), "between_m must be 0 or more, and the same both ways"
            )
    points = np.flatnonzero(problem.length_m == 0)
    zero, one = place[2 * points], place[2 * points + 1]
    ends_differ = zero != one
    apart = np.zeros(problem.blocks, dtype=np.bool_)
    for block, here, there in zip(points[ends_differ], zero[ends_differ], one[ends_differ], strict=True):
        apart[block] = not (
            _same(between[here], between[there]).all()
            and _same(problem.door_m[:, here], problem.door_m[:, there]).all()
            and _same(problem.last_leg_m[:, here], problem.last_leg_m[:, there]).all()
        )
    _refuse(problem.block_ids, "block", apart, "a point block (length 0) must have both ends at one place")


def _named(problem: Problem, *places: int) -> str:
    """The block that has an end at the first of the places that has any."""
    for place in places:
        ends = np.flatnonzero(problem.place_of_end == place)
        if len(ends):
            return f"block {problem.block_ids[int(ends[0]) // 2]}"
    return f"place {places[0]}"


def _same(left: Metres, right: Metres) -> Bools:
    """Elementwise: both inf, or at most a centimetre apart."""
    same: Bools = (left == right) | (np.abs(np.where(np.isinf(left), -1.0, left) - right) <= _SAME_PLACE_M)
    return same
