"""A plan: who walks which blocks tonight, when, and why the others are left out. `plan` makes one.

Importing this module loads no solver: records cross process borders and are read by web workers.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from routing.deadline import Deadline
from routing.problem import Floats, Problem, ProblemError

Reason = Literal["out_of_reach", "band_empty", "no_time", "outvalued"]
Phase = Literal["insertion", "loops", "proof", "reasons", "done"]


@dataclass(frozen=True)
class Stop:
    """A block on a loop, and the end (0 or 1) by which it is entered; a line block is left by the other."""

    block: int
    entered_at: int


@dataclass(frozen=True)
class Route:
    """One team's loop: from its door through the stops and back.

    distance_m: metres walked, inside line blocks too. duration_s: from door to door: walking, dwell, and the waiting
    that bands force; the least that any start allows. start_s: when to leave, the earliest with that duration.
    weight: what its visits earn: the visits to a block are credited in the order of the teams, see `credited`.
    The teams of a joint patrol have routes that differ in team and weight only: they begin and end at the first one's
    door (the ways there and back are not part of them) at the pace of the slowest; the first one has the weight.
    """

    team: int
    stops: tuple[Stop, ...]
    distance_m: float
    duration_s: float
    start_s: float
    weight: float


@dataclass(frozen=True)
class LeftOut:
    """A block on no loop, the first of these reasons that holds, and its amount.

    out_of_reach  no team that may (compatible, and the block pinned to nobody else) can go there and back within its
                  budget, window and walk limit with nothing else on its loop; amount: seconds that the nearest of
                  them lacks (metres too many at its speed), inf when none may go or no way leads there
    band_empty    in none of the block's bands could a team that reaches it be there; amount: 0
    outvalued     it fits in place of one planned stop, but every such stop earns at least as much; amount: what the
                  lightest of them earns. A block of weight 0 is outvalued by a shorter walk; amount: 0
    no_time       it fits into what is left of no team's time; amount: the least seconds lacking; 0 when only bands
                  stand in the way, or the search was ended before the block was tried; inf when no team can walk to
                  it between two stops
    """

    block: int
    reason: Reason
    amount: float


@dataclass(frozen=True)
class Plan:
    """One route per team that walks (by team), one LeftOut per block that is on none (by block).

    weight: sum over the routes. solver: what made it. seed, solve_s: how. bound: no plan can weigh more; None: unknown.
    lp: what the relaxed packing of all loops met is worth, an estimate of the best plan; None: not worked out.
    """

    routes: tuple[Route, ...]
    left_out: tuple[LeftOut, ...]
    weight: float
    solver: str
    seed: int
    solve_s: float
    bound: float | None
    lp: float | None = None

    @property
    def gap(self) -> float | None:
        """By what share of the bound the plan may fall short of the best one; None without a bound."""
        return gap(self.weight, self.bound)


def gap(weight: float, bound: float | None) -> float | None:
    """By what share of the bound a weight falls short of it."""
    if bound is None:
        return None
    return max(0.0, bound - weight) / bound if bound > 0 else 0.0


@dataclass(frozen=True)
class PlanParams:
    """How long to search, and on how many threads.

    seconds: a hard limit, kept within 5 % or 0.2 s, whichever is more.
    rounds: end after that many rounds of improvement; 0 is insertion alone; None: use the time. With a number of
    rounds that the time suffices for, and one thread, the same seed gives the same plan every time; when time ends the
    search, the plan depends on how fast the machine was.
    """

    seconds: float = 20.0
    rounds: int | None = None
    threads: int = 1

    def __post_init__(self) -> None:
        """Refuse what has no meaning."""
        if not 0 < self.seconds < math.inf:
            raise ProblemError("seconds", f"must be a number above 0, is {self.seconds}")
        if self.rounds is not None and self.rounds < 0:
            raise ProblemError("rounds", f"must be from 0, is {self.rounds}")
        if self.threads < 1:
            raise ProblemError("threads", f"must be from 1, is {self.threads}")


@dataclass(frozen=True)
class Progress:
    """How far a search is: fraction 0..1 of its limit, weight of the best plan so far, and what bounds it."""

    phase: Phase
    fraction: float
    weight: float
    bound: float | None
    elapsed_s: float

    @property
    def gap(self) -> float | None:
        """By what share of the bound the plan may fall short of the best one; None without a bound."""
        return gap(self.weight, self.bound)


def never() -> bool:
    """A `stop` that never asks to stop."""
    return False


def unwatched(progress: Progress) -> None:
    """An `on_progress` that nobody reads."""


def plan(
    problem: Problem,
    params: PlanParams,
    *,
    seed: int,
    stop: Callable[[], bool] = never,
    on_progress: Callable[[Progress], None] = unwatched,
) -> Plan:
    """Loops that cover as much weight as the search can find; among equals, shorter ones.

    `stop` is polled: once it answers True the best plan so far is returned. OR-Tools holds the interpreter while it
    runs, so call this in a process of its own. Raises PlanBrokenError if the checker objects to the result, which
    would be a fault of the solver.
    """
    deadline = Deadline(params.seconds, stop)
    from routing.solver import solve  # noqa: PLC0415 the solver needs these records, and its readers no solver

    return solve(problem, params, seed=seed, deadline=deadline, on_progress=on_progress)


def credited(problem: Problem, sequences: Sequence[Sequence[int]]) -> list[float]:
    """What each team's visits earn: the k-th team that visits a block, by number, has the k-th of its visit weights.

    sequences: the blocks on each team's loop, T of them; of a joint patrol only the first team has them, the others
    are empty. Visits beyond those that count earn nothing. The sum is the weight of the plan.
    """
    prizes = problem.visit_weight
    visits = np.zeros(problem.blocks, dtype=np.int64)
    earned = []
    for sequence in sequences:
        blocks = np.array([block for block in sequence if visits[block] < prizes.shape[1]], dtype=np.int64)
        earned.append(math.fsum(prizes[blocks, visits[blocks]].tolist()))
        visits[blocks] += 1
    return earned


def timetable(problem: Problem, route: Route) -> tuple[Floats, Floats]:
    """When a route comes to each stop's entrance and leaves its exit, in seconds; shapes [stops], [stops].

    Before a band opens a team waits at the entrance: arrival, wait, service, departure.
    """
    arrivals, departures = np.empty(len(route.stops)), np.empty(len(route.stops))
    together = next((group.teams for group in problem.groups if route.team in group.teams), (route.team,))
    slowest = min(together, key=lambda team: float(problem.speed_mps[team]))
    clock, left_by = route.start_s, -1
    for place, stop in enumerate(route.stops):
        entrance = 2 * stop.block + stop.entered_at
        leg = problem.out_m(together[0])[entrance] if left_by < 0 else problem.legs_m(left_by, entrance)
        arrivals[place] = clock + leg / problem.speed_mps[slowest]
        clock = _served(problem, slowest, stop.block, float(arrivals[place]))
        departures[place] = clock
        left_by = entrance ^ 1
    return arrivals, departures


def _served(problem: Problem, team: int, block: int, arrival_s: float) -> float:
    """When the service ends that begins as early as possible after the arrival; inf when no band is left for it."""
    service = problem.service_s(team, block)
    bands = problem.bands[block] or ((arrival_s, np.inf),)
    slack = 1e-6  # seconds; a start chosen to meet a band exactly must not miss it by rounding
    ends = (max(arrival_s, start) + service for start, end in bands if max(arrival_s, start) + service <= end + slack)
    return min(ends, default=np.inf)
