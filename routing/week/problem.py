"""One week to plan: teams with the days on which they can walk, blocks with the visits they want.

Everything is an array with a fixed shape, as in routing.problem, whose words for ends, places and metres hold here too.
T is the number of teams, B of blocks, D of days, V the most visits that any block wants in the week. A walk is one
team's loop on one day; a team walks at most once a day. Times are seconds after the origin of their own day.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from routing.problem import Bands, Bools, Floats, Integers, Metres, ProblemError

Kind = TypeVar("Kind", Floats, Integers)

_SAME_M = 0.01
_ROWS_AT_ONCE = 256


@dataclass(frozen=True, eq=False)
class WeekProblem:
    """The teams and blocks of one week. Raises ProblemError for anything that has no meaning.

    team_ids, block_ids: unique names, T and B of them.
    visit_weight [B, V] >= 0: the prize of a block's first, second, ... visit of the week, none above the one before.
    length_m [B]: metres to walk inside a block, 0 for a point block. dwell_s [B]: seconds to stay, on top of the walk.
    spacing_days [B] >= 0: days between two visits of a block at least; 1: never twice a day, 0: whenever.
    bands [B]: per block the times of every day in which the whole service must lie; none: at any time.
    speed_mps [T] > 0. budget_s [T, D]: most seconds from door to door on that day; 0: the team cannot walk that day.
    earliest_s, latest_s [T, D]: leave not before, be back not after.
    walks_at_most [T]: in this week. rest_days [T]: whole days between two of its walks at least.
    walked_before_s [T]: seconds from door to door in the three weeks before. burden_at_most_s [T]: bound on those and
    this week's together, the burden of four weeks; None: no bound.
    place [2B]: at which of the P places a block end lies; None: end e at place e, P = 2B. door_m [T, P], between_m
    [P, P] (float32 is kept), home_m [T, P] (None: the door), start_at_most_m, walk_at_most_m [T] (None: no limit) and
    compatible [T, B] as in routing.problem.
    liked [T, B] >= 0: what a visit by this team is worth beyond its weight, as it likes the block or its street; None:
    nothing. partners [K, 2]: two teams that like to walk on the same day; together [K] >= 0: what each such day is
    worth; None: there are none.
    The arrays are made read-only views; the caller must not change what lies under them.
    """

    team_ids: tuple[str, ...]
    block_ids: tuple[str, ...]
    visit_weight: Floats
    length_m: Floats
    dwell_s: Floats
    spacing_days: Integers
    bands: tuple[Bands, ...]
    speed_mps: Floats
    budget_s: Floats
    earliest_s: Floats
    latest_s: Floats
    walks_at_most: Integers
    rest_days: Integers
    door_m: Floats
    between_m: Metres
    compatible: Bools
    walked_before_s: Floats | None = None
    burden_at_most_s: Floats | None = None
    place: Integers | None = None
    home_m: Floats | None = None
    start_at_most_m: Floats | None = None
    walk_at_most_m: Floats | None = None
    liked: Floats | None = None
    partners: Integers | None = None
    together: Floats | None = None

    def __post_init__(self) -> None:
        """Normalise types, freeze, and check every field."""
        _set_defaults(self)
        sizes: dict[str, int] = {"T": len(self.team_ids), "B": len(self.block_ids)}
        sizes["2B"] = 2 * sizes["B"]
        for name, shape in _SHAPES.items():
            object.__setattr__(self, name, _frozen(name, getattr(self, name), shape, sizes))
        _check_names("team", self.team_ids)
        _check_names("block", self.block_ids)
        if len(self.bands) != self.blocks:
            raise ProblemError("bands", f"has {len(self.bands)} entries, must be {self.blocks}")
        object.__setattr__(self, "bands", tuple(_sorted_bands(row) for row in self.bands))
        _check_teams(self)
        _check_blocks(self)
        _check_partners(self)
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
    def days(self) -> int:
        """D, the number of days."""
        return int(self.budget_s.shape[1])

    @property
    def place_of_end(self) -> Integers:
        """At which place each block end lies. Shape [2B]."""
        return _given(self.place)

    @property
    def last_leg_m(self) -> Floats:
        """From each place to where the team ends its walk. Shape [T, P]."""
        return _given(self.home_m)

    @property
    def first_leg_m(self) -> Floats:
        """Per team, the most metres from the door to the first block (inf: no limit). Shape [T]."""
        return _given(self.start_at_most_m)

    @property
    def walk_limit_m(self) -> Floats:
        """Per team, the most metres of a loop (inf: no limit). Shape [T]."""
        return _given(self.walk_at_most_m)

    @property
    def before_s(self) -> Floats:
        """Per team, seconds walked in the three weeks before. Shape [T]."""
        return _given(self.walked_before_s)

    @property
    def burden_limit_s(self) -> Floats:
        """Per team, most seconds walked in four weeks (inf: no bound). Shape [T]."""
        return _given(self.burden_at_most_s)

    @property
    def liking(self) -> Floats:
        """What each team's visit to each block is worth beyond its weight. Shape [T, B]."""
        return _given(self.liked)

    @property
    def pairs(self) -> Integers:
        """Teams that like to walk on the same day. Shape [K, 2]."""
        return _given(self.partners)

    @property
    def pair_weight(self) -> Floats:
        """What each day on which a pair walks is worth. Shape [K]."""
        return _given(self.together)


def _given(value: Kind | None) -> Kind:
    assert value is not None  # noqa: S101 set by __post_init__; tells mypy
    return value


_SHAPES = {
    "visit_weight": ("B", "V"),
    "length_m": ("B",),
    "dwell_s": ("B",),
    "spacing_days": ("B",),
    "speed_mps": ("T",),
    "budget_s": ("T", "D"),
    "earliest_s": ("T", "D"),
    "latest_s": ("T", "D"),
    "walks_at_most": ("T",),
    "rest_days": ("T",),
    "walked_before_s": ("T",),
    "burden_at_most_s": ("T",),
    "start_at_most_m": ("T",),
    "walk_at_most_m": ("T",),
    "place": ("2B",),
    "between_m": ("P", "P"),
    "door_m": ("T", "P"),
    "home_m": ("T", "P"),
    "compatible": ("T", "B"),
    "liked": ("T", "B"),
    "partners": ("K", "2"),
    "together": ("K",),
}
_WHOLE = frozenset({"spacing_days", "walks_at_most", "rest_days", "place", "partners"})


def _set_defaults(problem: WeekProblem) -> None:
    """Fill in what was left out."""
    teams, blocks = len(problem.team_ids), len(problem.block_ids)
    defaults: dict[str, npt.ArrayLike] = {
        "walked_before_s": np.zeros(teams),
        "burden_at_most_s": np.full(teams, np.inf),
        "place": np.arange(2 * blocks),
        "home_m": problem.door_m,
        "start_at_most_m": np.full(teams, np.inf),
        "walk_at_most_m": np.full(teams, np.inf),
        "liked": np.zeros((teams, blocks)),
        "partners": np.zeros((0, 2), dtype=np.int64),
        "together": np.zeros(0),
    }
    for name, default in defaults.items():
        if getattr(problem, name) is None:
            object.__setattr__(problem, name, default)


def _frozen(name: str, value: npt.ArrayLike, shape: tuple[str, ...], sizes: dict[str, int]) -> npt.NDArray[np.generic]:
    """A read-only array of the right type; a size seen for the first time (D, V, P, K) holds for all that follow."""
    kind: type[np.generic] = np.bool_ if name == "compatible" else np.float64
    if name == "between_m" and getattr(value, "dtype", None) == np.float32:
        kind = np.float32
    try:
        array: npt.NDArray[np.generic] = np.ascontiguousarray(value, dtype=kind).view()
    except (TypeError, ValueError) as error:
        raise ProblemError(name, f"must be numbers ({error})") from error
    if name in _WHOLE:
        whole = array.astype(np.int64)
        if (whole != array).any():
            raise ProblemError(name, "must be whole numbers")
        array = whole
    given = array.shape
    fits = len(given) == len(shape) and all(
        size == (int(letter) if letter.isdigit() else sizes.setdefault(letter, size))
        for letter, size in zip(shape, given, strict=True)
    )
    if not fits:
        wanted = ", ".join(str(sizes.get(letter, letter)) for letter in shape)
        raise ProblemError(name, f"has shape {given}, must be ({wanted})")
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


def _refuse(kind: str, names: Sequence[str], wrong: Bools, what: str) -> None:
    """Raise for the first row that is wrong; `wrong` has one entry, or one row of entries, per name."""
    rows = wrong.reshape(len(names), -1).any(axis=1) if len(names) else wrong
    if rows.any():
        raise ProblemError(f"{kind} {names[int(rows.argmax())]}", what)


def _check_teams(problem: WeekProblem) -> None:
    def refuse(wrong: Bools, what: str) -> None:
        _refuse("team", problem.team_ids, wrong, what)

    speed, budget = problem.speed_mps, problem.budget_s
    refuse(~(np.isfinite(speed) & (speed > 0)), "speed_mps must be a number above 0")
    refuse(~(np.isfinite(budget) & (budget >= 0)), "budget_s must be a number from 0")
    refuse(~np.isfinite(problem.earliest_s), "earliest_s must be a number")
    refuse(~(problem.latest_s >= problem.earliest_s), "latest_s must not lie before earliest_s")
    refuse(problem.walks_at_most < 0, "walks_at_most must be from 0")
    refuse(problem.rest_days < 0, "rest_days must be from 0")
    refuse(~(np.isfinite(problem.before_s) & (problem.before_s >= 0)), "walked_before_s must be a number from 0")
    refuse(~(problem.burden_limit_s >= 0), "burden_at_most_s must be a number from 0, or inf")
    refuse(~(problem.first_leg_m >= 0), "start_at_most_m must be a number from 0, or inf")
    refuse(~(problem.walk_limit_m >= 0), "walk_at_most_m must be a number from 0, or inf")
    refuse(~(problem.door_m >= 0), "door_m must be numbers from 0, or inf")
    refuse(~(problem.last_leg_m >= 0), "home_m must be numbers from 0, or inf")
    refuse(~(np.isfinite(problem.liking) & (problem.liking >= 0)), "liked must be numbers from 0")


def _check_blocks(problem: WeekProblem) -> None:
    def refuse(wrong: Bools, what: str) -> None:
        _refuse("block", problem.block_ids, wrong, what)

    for name in ("visit_weight", "length_m", "dwell_s"):
        values = getattr(problem, name)
        refuse(~(np.isfinite(values) & (values >= 0)), f"{name} must be a number from 0")
    refuse(np.diff(problem.visit_weight, axis=1) > 0, "visit_weight must never rise from one visit to the next")
    refuse(problem.spacing_days < 0, "spacing_days must be from 0")
    for block, row in zip(problem.block_ids, problem.bands, strict=True):
        if not all(start < end for start, end in row):
            raise ProblemError(f"block {block}", "each band must end after it starts")


def _check_partners(problem: WeekProblem) -> None:
    for place, (one, other) in enumerate(problem.pairs.tolist()):
        if not (0 <= one < problem.teams and 0 <= other < problem.teams and one != other):
            raise ProblemError(f"partners {place}", f"teams {one} and {other} must be two teams of the problem")
    if not (np.isfinite(problem.pair_weight) & (problem.pair_weight >= 0)).all():
        raise ProblemError("together", "must be numbers from 0")


def _check_distances(problem: WeekProblem) -> None:
    between, place = problem.between_m, problem.place_of_end
    if len(place) and not (place.min() >= 0 and place.max() < len(between)):
        raise ProblemError("place", f"must be from 0 to {len(between) - 1}")
    for first in range(0, len(between), _ROWS_AT_ONCE):
        rows = slice(first, first + _ROWS_AT_ONCE)
        here, there = between[rows], between[:, rows].T
        apart = (here != there) & ~(np.abs(np.where(np.isinf(here), -1.0, here) - there) <= _SAME_M)
        wrong = ~(here >= 0) | apart
        if wrong.any():
            at, other = (int(found) for found in np.argwhere(wrong)[0])
            raise ProblemError(f"between_m[{at + first}, {other}]", "must be 0 or more, and the same both ways")
    points = np.flatnonzero(problem.length_m == 0)
    _refuse(
        "block",
        [problem.block_ids[block] for block in points.tolist()],
        place[2 * points] != place[2 * points + 1],
        "a point block (length 0) must have both ends at one place",
    )


def fields_of(problem: WeekProblem) -> dict[str, object]:
    """Every field by name, as the constructor takes them."""
    return {field.name: getattr(problem, field.name) for field in fields(problem)}
