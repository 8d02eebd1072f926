"""All loops met so far, one entry per team and set of blocks."""

import itertools
from collections.abc import Sequence

import numpy as np

from routing.problem import Floats, Integers

Loop = tuple[int, ...]

_ROOM = 1024


class Pool:
    """Columns at places 0, 1, ...: team, blocks in walking order, and what they weigh."""

    def __init__(self, weight: Floats) -> None:
        self.team: list[int] = []
        self.loop: list[Loop] = []
        self.worth: list[float] = []
        self._weight = weight
        self._place: dict[tuple[int, frozenset[int]], int] = {}
        self._flat = np.zeros(_ROOM, dtype=np.int32)
        self._starts = np.zeros(_ROOM, dtype=np.int64)
        self._teams = np.zeros(_ROOM, dtype=np.int64)
        self._used = 0

    def __len__(self) -> int:
        """How many columns there are."""
        return len(self.team)

    def add(self, team: int, loop: Sequence[int]) -> int:
        """The place of the column with this team and these blocks, a new one if there was none. No empty loops."""
        key = (team, frozenset(loop))
        place = self._place.setdefault(key, len(self.team))
        if place == len(self.team):
            self.team.append(team)
            self.loop.append(tuple(loop))
            self.worth.append(float(self._weight[list(loop)].sum()))
            while self._used + len(loop) > len(self._flat):
                self._flat = np.concatenate((self._flat, np.zeros_like(self._flat)))
            if place == len(self._starts):
                self._starts = np.concatenate((self._starts, np.zeros_like(self._starts)))
                self._teams = np.concatenate((self._teams, np.zeros_like(self._teams)))
            self._flat[self._used : self._used + len(loop)] = loop
            self._starts[place], self._teams[place] = self._used, team
            self._used += len(loop)
        return place

    def of_plan(self, sequences: Sequence[Loop]) -> list[int]:
        """Places of a plan's loops, one sequence a team, put in where they are new."""
        return [self.add(team, loop) for team, loop in enumerate(sequences) if loop]

    def reduced(self, block_price: Floats) -> Floats:
        """Worth of every column less the prices of its blocks."""
        if not self.team:
            return np.zeros(0)
        gains = (self._weight - block_price)[self._flat[: self._used]]
        out: Floats = np.add.reduceat(gains, self._starts[: len(self)])
        return out

    def best_of_teams(self, block_price: Floats, teams: int) -> Floats:
        """What each team's best column is worth less the prices of its blocks, 0 at least. Shape [teams]."""
        best = np.zeros(teams)
        np.maximum.at(best, self.teams(), self.reduced(block_price))
        return best

    def best_places(self, block_price: Floats, teams: int, number: int) -> list[list[int]]:
        """Places of so many columns of each team, best first."""
        order = np.argsort(-self.reduced(block_price), kind="stable")
        order = order[np.argsort(self.teams()[order], kind="stable")]
        ends = np.searchsorted(self.teams()[order], np.arange(teams + 1))
        return [order[first : min(first + number, last)].tolist() for first, last in itertools.pairwise(ends)]

    def teams(self) -> Integers:
        """The team of every column."""
        return self._teams[: len(self)]
