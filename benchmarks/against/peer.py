"""What every other solver is given, and what it gives back."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from routing.problem import Floats, Problem

Integers = npt.NDArray[np.int64]

PER_SECOND = 10_000
"""Whole numbers that a second has for solvers on integers: legs are rounded up to them, limits down."""


class Walk(NamedTuple):
    """A team and its blocks in order."""

    team: int
    blocks: tuple[int, ...]


Solve = Callable[[Problem, float, int], list[Walk]]
"""Problem, seconds, seed -> who walks what."""


class NotInstalledError(RuntimeError):
    """A solver that is asked for and not here."""

    def __init__(self, package: str) -> None:
        super().__init__(f"{package} is not installed: `make bench-setup` installs what the benchmarks compare with")


def package(module: str, installed_as: str) -> Any:
    """An optional package, untyped, as it may not be there to be checked against. Raises NotInstalledError."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise NotInstalledError(installed_as) from error


class NothingFoundError(RuntimeError):
    """A solver that ended without any plan that keeps the limits."""


class NotForThisError(RuntimeError):
    """A problem with something that this way of handing it over does not carry."""


@dataclass(frozen=True, eq=False)
class Nodes:
    """A problem of point blocks as nodes: for each kind of team one, or two if home is not the door; then the blocks.

    teams: for each kind, the teams that are alike. start, end: their nodes. seconds [N, N] times PER_SECOND, whole.
    stay [B], limit [kinds]: dwell and budget, likewise. first: the node of block 0.
    """

    teams: tuple[tuple[int, ...], ...]
    start: tuple[int, ...]
    end: tuple[int, ...]
    seconds: Integers
    stay: Integers
    limit: Integers
    first: int


def nodes(problem: Problem) -> Nodes:
    """Raises NotForThisError for line blocks, unequal speeds, rules of who may serve what, repeats, pins and groups."""
    _refuse(problem)
    kinds = _kinds(problem)
    heads = [kind[0] for kind in kinds]
    same = [bool((problem.last_leg_m[head] == problem.door_m[head]).all()) for head in heads]
    start = [2 * k - sum(same[:k]) for k in range(len(kinds))]
    end = [node + (not alike) for node, alike in zip(start, same, strict=True)]
    first = 2 * len(kinds) - sum(same)
    speed = float(problem.speed_mps[0])
    place = problem.place_of_end[0::2]
    seconds = np.zeros((first + problem.blocks,) * 2, dtype=np.int64)
    seconds[first:, first:] = whole_up(problem.between_m[np.ix_(place, place)] / speed)
    for head, leaves, comes in zip(heads, start, end, strict=True):
        seconds[comes, first:] = seconds[first:, comes] = whole_up(problem.last_leg_m[head, place] / speed)
        seconds[leaves, first:] = seconds[first:, leaves] = whole_up(problem.door_m[head, place] / speed)
    np.fill_diagonal(seconds, 0)
    window = problem.latest_s - problem.earliest_s
    return Nodes(
        teams=kinds,
        start=tuple(start),
        end=tuple(end),
        seconds=seconds,
        stay=whole_up(problem.dwell_s),
        limit=whole_down(np.minimum(problem.budget_s, window)[heads]),
        first=first,
    )


def whole_up(seconds: Floats | npt.NDArray[np.float32]) -> Integers:
    """In whole numbers, up; what is off by rounding alone stays."""
    found: Integers = np.ceil(np.round(np.asarray(seconds, dtype=np.float64) * PER_SECOND, 3)).astype(np.int64)
    return found


def whole_down(seconds: Floats) -> Integers:
    """In whole numbers, down; what is off by rounding alone stays."""
    found: Integers = np.floor(np.round(seconds * PER_SECOND, 3)).astype(np.int64)
    return found


def worth(problem: Problem, given: Nodes) -> Integers:
    """Prizes in the solver's cost, so large that no way round is worth losing the least of them. Shape [B]."""
    longest = sum(int(limit) * len(kind) for limit, kind in zip(given.limit, given.teams, strict=True))
    found: Integers = np.round(problem.weight * (longest + 1)).astype(np.int64)
    return found


def _kinds(problem: Problem) -> tuple[tuple[int, ...], ...]:
    """Teams that are alike in everything, together."""
    alike: dict[tuple[bytes | float, ...], list[int]] = {}
    for t in range(problem.teams):
        numbers = (problem.budget_s[t], problem.earliest_s[t], problem.latest_s[t])
        key = (problem.door_m[t].tobytes(), problem.last_leg_m[t].tobytes(), *(float(number) for number in numbers))
        alike.setdefault(key, []).append(t)
    return tuple(tuple(kind) for kind in alike.values())


def _refuse(problem: Problem) -> None:
    carried = {
        "line blocks": not problem.length_m.any(),
        "unequal speeds": bool((problem.speed_mps == problem.speed_mps[0]).all()),
        "rules of who may serve what": bool(problem.compatible.all()),
        "limits of metres": bool(np.isinf(problem.first_leg_m).all() and np.isinf(problem.walk_limit_m).all()),
        "repeat visits, pins or joint patrols": not (
            problem.visit_weight.shape[1] > 1 or (problem.pinned >= 0).any() or problem.groups
        ),
        "more than one band a block": all(len(bands) <= 1 for bands in problem.bands),
        "places that cannot be reached": bool(
            np.isfinite(problem.between_m).all() and np.isfinite(problem.door_m).all()
        ),
    }
    for what, fine in carried.items():
        if not fine:
            raise NotForThisError(f"the problem has {what}, which the comparison does not carry over")
