"""Published team-orienteering instances with time windows (TOPTW), made from Solomon's and Cordeau's.

Described by Vansteenwegen, Souriau, Vanden Berghe and Van Oudheusden (doi:10.1016/j.cor.2009.03.008). Two header
lines; then for each vertex its number, x, y, service time, profit, f, a, a list of `a` numbers, and the times at which
service may start: earliest and latest. Vertex 0 is start and end; it closes when every path must be over. How many
paths there are is not in the file. Distances are Euclidean, cut after one decimal for Solomon's instances, after two
for Cordeau's.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from routing.files.refusal import FileError
from routing.files.top import SLACK, distances, numbers
from routing.problem import Floats, Problem

_CORDEAU = re.compile(r"pr\d+", flags=re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class ToptwInstance:
    """apart [N, N]: cut distances, which are times too. score, service, opens, closes [N]; vertex 0 is the depot.

    closes: the latest start of the service; of the depot: the end of every path.
    """

    apart: Floats
    score: Floats
    service: Floats
    opens: Floats
    closes: Floats

    def problem(self, paths: int) -> Problem:
        """As an evening with this many teams: vertices are point blocks with a band, metres are seconds."""
        inner = len(self.score) - 1
        horizon, out = float(self.closes[0]), self.apart[0, 1:]
        bands = zip(self.opens[1:], self.closes[1:] + self.service[1:], strict=True)
        return Problem(
            team_ids=tuple(f"path {k + 1}" for k in range(paths)),
            block_ids=tuple(f"vertex {vertex}" for vertex in range(1, inner + 1)),
            weight=self.score[1:],
            length_m=np.zeros(inner),
            dwell_s=self.service[1:],
            bands=tuple(((float(ready), float(due)),) for ready, due in bands),
            speed_mps=np.ones(paths),
            budget_s=np.full(paths, horizon - self.opens[0]),
            earliest_s=np.full(paths, self.opens[0]),
            latest_s=np.full(paths, horizon),
            door_m=np.tile(out, (paths, 1)),
            between_m=self.apart[1:, 1:],
            place=np.repeat(np.arange(inner), 2),
            compatible=np.ones((paths, inner), dtype=np.bool_),
        )

    def prize(self, paths: Iterable[Sequence[int]]) -> float:
        """The score of these paths of blocks (vertex 1 is block 0), from the file's own numbers; nan if one is late."""
        ways = [[block + 1 for block in path] for path in paths]
        visited = [vertex for way in ways for vertex in way]
        fits = all(self._in_time(way) for way in ways) and len(set(visited)) == len(visited)
        return float(self.score[visited].sum()) if fits else np.nan

    def _in_time(self, way: Sequence[int]) -> bool:
        now, here = float(self.opens[0]), 0
        for vertex in way:
            now = max(now + self.apart[here, vertex], self.opens[vertex])
            if now > self.closes[vertex] + SLACK:
                return False
            now, here = now + self.service[vertex], vertex
        return bool(now + self.apart[here, 0] <= self.closes[0] + SLACK)


def is_toptw(text: str) -> bool:
    """Whether the first three lines have the shape of the format."""
    first = [len(line.split()) for line in text.splitlines()[:3]]
    return len(first) == 3 and first[0] == 4 and 1 <= first[1] <= 2 and first[2] >= 9


def read_toptw(text: str, name: str) -> ToptwInstance:
    """The instance in a file; its name says whose it is (`pr01`: Cordeau's). Raises FileError with the wrong line."""
    lines = [(at, line.split()) for at, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) < 4:
        raise FileError("line 1", "must be two header lines and a line for each vertex")
    header = numbers(*lines[0], 4)
    if len(lines) - 2 not in {header[2], header[2] + 1}:  # with the depot or without it
        raise FileError("line 1", f"says N = {header[2]:g}, but {len(lines) - 2} vertices follow")
    rows = np.array([_vertex(at, fields) for at, fields in lines[2:]])
    x_and_y, service, score, opens, closes = rows[:, :2], rows[:, 2], rows[:, 3], rows[:, 4], rows[:, 5]
    wrong = (service < 0) | (score < 0) | (opens > closes)
    if wrong.any():
        raise FileError(f"line {lines[2:][int(wrong.argmax())][0]}", "has a negative number or closes before it opens")
    tenth = 100.0 if _CORDEAU.match(name) else 10.0
    apart = np.floor(distances(x_and_y) * tenth + SLACK) / tenth
    return ToptwInstance(apart, score, service, opens, closes)


def _vertex(line: int, fields: Sequence[str]) -> list[float]:
    """x, y, service, score, opens, closes of one vertex."""
    found = numbers(line, fields, 0)
    if len(found) < 9 or len(found) != 9 + int(found[6]):
        raise FileError(f"line {line}", "must be: number x y service score f a, a list of `a` numbers, opens closes")
    return [*found[1:5], *found[-2:]]
