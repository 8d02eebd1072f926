"""Published team-orienteering instances (TOP): several walkers from one start to one end, within one length.

Two formats, the same content. Chao, Golden and Wasil (doi:10.1016/0377-2217(94)00289-4): `n 100`, `m 2`, `tmax 25.0`,
then a line `x y score` for each node. Dang, Guibadj and Moukrim (doi:10.1016/j.ejor.2013.02.049): the same with `;`
between the fields. The first node is the start, the last the end. Distances are Euclidean and not rounded.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from routing.files.refusal import FileError
from routing.problem import Floats, Problem

SLACK = 1e-6
"""A route is valid up to this much above tmax."""

_HEADER = ("n", "m", "tmax")


@dataclass(frozen=True, eq=False)
class TopInstance:
    """points [N, 2], score [N]: all nodes, the start first and the end last; walkers: m; tmax: each one's length."""

    points: Floats
    score: Floats
    walkers: int
    tmax: float

    def problem(self) -> Problem:
        """As an evening: the nodes between start and end are point blocks, metres are seconds."""
        inner = len(self.points) - 2
        apart = distances(self.points)
        return Problem(
            team_ids=tuple(f"path {k + 1}" for k in range(self.walkers)),
            block_ids=tuple(f"node {node}" for node in range(1, inner + 1)),
            weight=self.score[1:-1],
            length_m=np.zeros(inner),
            dwell_s=np.zeros(inner),
            bands=((),) * inner,
            speed_mps=np.ones(self.walkers),
            budget_s=np.full(self.walkers, self.tmax),
            earliest_s=np.zeros(self.walkers),
            latest_s=np.full(self.walkers, self.tmax),
            door_m=np.tile(apart[0, 1:-1], (self.walkers, 1)),
            home_m=np.tile(apart[-1, 1:-1], (self.walkers, 1)),
            between_m=apart[1:-1, 1:-1],
            place=np.repeat(np.arange(inner), 2),
            compatible=np.ones((self.walkers, inner), dtype=np.bool_),
        )

    def prize(self, paths: Iterable[Sequence[int]]) -> float:
        """The score of these paths of blocks (node 1 is block 0), by the file's own numbers; nan if not valid."""
        nodes = [[0, *(block + 1 for block in path), len(self.points) - 1] for path in paths if len(path)]
        visited = [node for path in nodes for node in path[1:-1]]
        lengths = [float(np.hypot(*np.diff(self.points[path], axis=0).T).sum()) for path in nodes]
        fits = len(nodes) <= self.walkers and all(length <= self.tmax + SLACK for length in lengths)
        return float(self.score[visited].sum()) if fits and len(set(visited)) == len(visited) else np.nan


def distances(points: Floats) -> Floats:
    """Euclidean, from each point to each. Shape [N, N]."""
    x, y = points[:, :1], points[:, 1:]
    apart: Floats = np.hypot(x - x.T, y - y.T)
    return apart


def is_top(text: str) -> bool:
    """Whether the file begins like one of the two formats."""
    return re.match(r"\s*n[\s;]+\d+", text) is not None


def read_top(text: str) -> TopInstance:
    """The instance in a file of either format. Raises FileError with the line that is wrong."""
    lines = [(at, line.replace(";", " ").split()) for at, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) < len(_HEADER):
        raise FileError("line 1", "must begin with n, m and tmax, a line each")
    size, walkers, tmax = (_headed(name, *line) for name, line in zip(_HEADER, lines, strict=False))
    rows = lines[len(_HEADER) :]
    if not size.is_integer() or len(rows) != size or size < 2:
        raise FileError("line 1", f"says n = {size:g}, but {len(rows)} nodes follow; a start and an end are the least")
    if not walkers.is_integer() or walkers < 1:
        raise FileError("line 2", f"m must be a whole number from 1, is {walkers:g}")
    if not tmax >= 0:
        raise FileError("line 3", f"tmax must be a number from 0, is {tmax:g}")
    nodes = np.array([numbers(at, fields, 3) for at, fields in rows])
    if (nodes[:, 2] < 0).any():
        raise FileError(f"line {rows[int(nodes[:, 2].argmin())][0]}", "the score must be a number from 0")
    return TopInstance(nodes[:, :2], nodes[:, 2], int(walkers), tmax)


def numbers(line: int, fields: Sequence[str], count: int) -> list[float]:
    """Exactly `count` finite numbers (all of them when 0). Raises FileError."""
    try:
        found = [float(field) for field in fields]
    except ValueError as error:
        raise FileError(f"line {line}", f"must be numbers ({error})") from error
    if not np.isfinite(found).all() or (count and len(found) != count):
        raise FileError(f"line {line}", f"must be {count or 'finite'} numbers, has {len(found)}: {' '.join(fields)}")
    return found


def _headed(name: str, line: int, fields: Sequence[str]) -> float:
    if len(fields) != 2 or fields[0] != name:
        raise FileError(f"line {line}", f"must be `{name}` and a number")
    return numbers(line, fields[1:], 1)[0]
