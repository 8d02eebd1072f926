"""All loops met so far, one entry per team and set of blocks."""

from collections.abc import Sequence

import numpy as np

from routing.problem import Floats, Integers

Loop = tuple[int, ...]


class Pool:
    """Columns at places 0, 1, ...: team, blocks in walking order, and what they weigh."""

    def __init__(self, weight: Floats) -> None:
        self.team: list[int] = []
        self.loop: list[Loop] = []
        self.worth: list[float] = []
        self._weight = weight
        self._place: dict[tuple[int, frozenset[int]], int] = {}
        self._flat: list[int] = []
        self._starts: list[int] = []

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
            self._starts.append(len(self._flat))
            self._flat.extend(loop)
        return place

    def of_plan(self, sequences: Sequence[Loop]) -> list[int]:
        """Places of a plan's loops, one sequence a team, put in where they are new."""
        return [self.add(team, loop) for team, loop in enumerate(sequences) if loop]

    def reduced(self, block_price: Floats, team_price: Floats) -> Floats:
        """Worth of every column less the prices of its blocks and its team."""
        if not self.team:
            return np.zeros(0)
        gains = (self._weight - block_price)[np.array(self._flat)]
        out: Floats = np.add.reduceat(gains, np.array(self._starts)) - team_price[self.teams()]
        return out

    def teams(self) -> Integers:
        """The team of every column."""
        return np.array(self.team, dtype=np.int64)
