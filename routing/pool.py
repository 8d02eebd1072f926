"""The loops worth remembering while a plan is searched for."""

from collections.abc import Iterable, Sequence

import numpy as np

from routing.greedy import Sequences
from routing.or_tools import Column
from routing.problem import Floats
from routing.sequence import Indices, TeamView, walk_s

_TIE_BREAK = 1e-2


class Pool:
    """Columns by place: each team and set of blocks once, in the quickest order seen."""

    def __init__(self, teams: Sequence[TeamView]) -> None:
        self._teams = teams
        self._per_second = _per_second(teams)
        self._places: dict[tuple[int, frozenset[int]], int] = {}
        self._stops: list[Indices] = []
        self._told = 0
        self.columns: list[Column] = []
        self.of_team: list[list[int]] = [[] for _ in teams]

    def add(self, team: int, sequence: tuple[int, ...]) -> int:
        """Remember a loop that fits and is not empty; answers its place."""
        place = self._places.setdefault((team, frozenset(sequence)), len(self.columns))
        stops = np.array(sequence, dtype=np.int64)
        seconds = walk_s(self._teams[team], sequence)
        value = float(self._teams[team].problem.weight[stops].sum()) - self._per_second * seconds
        column = Column(team, sequence, value)
        if place == len(self.columns):
            self.columns.append(column)
            self._stops.append(stops)
            self.of_team[team].append(place)
        elif value > self.columns[place].value:
            self.columns[place] = column
        return place

    def add_plan(self, sequences: Sequences) -> list[int]:
        """Remember all loops of a plan; answers their places."""
        return [self.add(team, loop) for team, loop in enumerate(sequences) if loop]

    def value(self, sequences: Sequences) -> float:
        """Weight of a plan less a trifle for its seconds."""
        return sum(self.columns[place].value for place in self.add_plan(sequences))

    def news(self) -> list[Column]:
        """What was added since this was last asked, in order of place."""
        news = self.columns[self._told :]
        self._told = len(self.columns)
        return news

    def reduced(self, price: Floats, places: Sequence[int]) -> Floats:
        """Value of each column less the price [B] of its blocks."""
        stops = [self._stops[place] for place in places]
        starts = np.cumsum([0, *(len(one) for one in stops[:-1])])
        paid: Floats = np.add.reduceat(price[np.concatenate(stops)], starts)
        return np.array([self.columns[place].value for place in places]) - paid

    def promising(
        self, teams: Iterable[int], price: Floats, team_price: Floats, *, taken: set[int], most: int
    ) -> list[int]:
        """Places of the best-priced columns of these teams that cover nothing in `taken`, at most so many."""
        places = [p for t in teams for p in self.of_team[t] if taken.isdisjoint(self.columns[p].sequence)]
        if len(places) <= most:
            return places
        reduced = self.reduced(price, places) - team_price[[self.columns[place].team for place in places]]
        return [places[i] for i in np.argsort(-reduced, kind="stable")[:most].tolist()]


def _per_second(teams: Sequence[TeamView]) -> float:
    """What a second is worth: so little that all seconds together never outweigh the smallest weight."""
    weight = teams[0].problem.weight
    return _TIE_BREAK * float(weight.min(where=weight > 0, initial=np.inf)) / sum(team.limit_s for team in teams)
