"""A week's plan: who walks which loop on which day, and what may be said of it. `plan_week` makes one.

Importing this module loads no solver, as with routing.plan.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from routing.deadline import Deadline
from routing.plan import Progress, Route, gap, never, unwatched
from routing.problem import ProblemError
from routing.week.problem import WeekProblem

Why = Literal["out_of_reach", "spacing", "no_time"]


class Walk(NamedTuple):
    """One team's loop on one day; the route's times are seconds after the origin of that day.

    route.weight: what its visits earn: the visits to a block are credited by day, then by team; and what the team
    likes of them.
    """

    day: int
    route: Route


@dataclass(frozen=True)
class Short:
    """A block with fewer visits than it wants, and the first of these reasons that holds.

    out_of_reach  no team that may can go there and back on any of its days with nothing else on its loop
    spacing       no day is far enough from the visits that it has for one more
    no_time       one more visit would be possible, yet takes more time than is left, or than it is worth
    """

    block: int
    visits: int
    wanted: int
    why: Why


@dataclass(frozen=True)
class Fairness:
    """Minutes from door to door over four weeks, this one included, of the teams that can walk this week."""

    least_min: float
    mean_min: float
    most_min: float


@dataclass(frozen=True)
class Surprise:
    """How hard the plan is to foresee for somebody who knows how it is made, yet not the seed; and what that costs.

    plans: so many near-best plans, all equally likely, one of which was drawn.
    entropy_bits: of who comes when, a mean over the blocks: for each block that any of the plans visits, let a plan be
    drawn and then one of its visits to the block (the plans without any are left out); with p the chance of each (team,
    day), the block's entropy is -sum(p log2 p) (Shannon 1948, doi:10.1002/j.1538-7305.1948.tb01338.x).
    where_bits: of whether a plan visits a block at all, a mean over the same blocks.
    price: by how much the best plan outweighs the one drawn.
    """

    plans: int
    entropy_bits: float
    where_bits: float
    price: float


@dataclass(frozen=True)
class WeekPlan:
    """Walks by day and team; a team's walks are on days of their own.

    short: blocks with fewer visits than wanted, by number. visits: per block. weight: what all routes earn, and what
    the days are worth on which partners walk both. bound: no plan can weigh more. solver: what made it. seed, solve_s:
    how.
    """

    walks: tuple[Walk, ...]
    short: tuple[Short, ...]
    visits: tuple[int, ...]
    weight: float
    bound: float
    fairness: Fairness
    surprise: Surprise
    solver: str
    seed: int
    solve_s: float

    @property
    def gap(self) -> float:
        """By what share of the bound the plan may fall short of the best one."""
        return gap(self.weight, self.bound) or 0.0


@dataclass(frozen=True)
class WeekParams:
    """How long to search, on how many threads, and how much to pay for a plan that nobody foresees.

    seconds: a hard limit, kept within 5 % or 0.2 s, whichever is more. threads: from the second on they work on the
    bound while the first searches.
    rounds: end after that many rounds of improvement; 0 is insertion alone; None: use the time. With a number of
    rounds that the time suffices for, and one thread, the same seed gives the same plan every time.
    explore: the share of the best plan's weight that the plan drawn may lack, from 0 to below 1; 0: the best plan.
    """

    seconds: float = 60.0
    threads: int = 1
    rounds: int | None = None
    explore: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what has no meaning."""
        if not 0 < self.seconds < math.inf:
            raise ProblemError("seconds", f"must be a number above 0, is {self.seconds}")
        if self.threads < 1:
            raise ProblemError("threads", f"must be from 1, is {self.threads}")
        if self.rounds is not None and self.rounds < 0:
            raise ProblemError("rounds", f"must be from 0, is {self.rounds}")
        if not 0 <= self.explore < 1:
            raise ProblemError("explore", f"must be from 0 to below 1, is {self.explore}")


def plan_week(
    problem: WeekProblem,
    params: WeekParams,
    *,
    seed: int,
    stop: Callable[[], bool] = never,
    on_progress: Callable[[Progress], None] = unwatched,
) -> WeekPlan:
    """Walks that are worth as much as the search can find.

    `stop` is polled: once it answers True the best plan so far is returned. OR-Tools holds the interpreter while it
    runs, so call this in a process of its own. Raises PlanBrokenError if the checker objects to the result, which
    would be a fault of the solver.
    """
    deadline = Deadline(params.seconds, stop)
    from routing.week.solver import solve  # noqa: PLC0415 the solver needs these records, and its readers no solver

    return solve(problem, params, seed=seed, deadline=deadline, on_progress=on_progress)
