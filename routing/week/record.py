"""From loops on a roster to the plan that is handed out: directions, times, weights, and what may be said of it."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from routing.plan import Route, Stop
from routing.problem import Floats, Integers, Problem
from routing.sequence import TeamView, best_loop
from routing.week.plan import Fairness, Short, Surprise, Walk, WeekPlan, Why
from routing.week.problem import WeekProblem
from routing.week.roster import Roster, longest_s

_SLACK_S = 1e-3


class Loops(NamedTuple):
    """A week under search: per walk of the roster the blocks in order, () where it is not walked after all."""

    roster: Roster
    sequences: list[tuple[int, ...]]
    weight: float

    def pairs(self) -> list[tuple[int, int, tuple[int, ...]]]:
        """Day, team and loop of every walk that is walked, in this order."""
        rows = zip(self.roster.day.tolist(), self.roster.team.tolist(), self.sequences, strict=True)
        return sorted(row for row in rows if row[2])

    def visits(self) -> dict[int, list[tuple[int, int]]]:
        """Per visited block, the (team, day) of each visit."""
        found: dict[int, list[tuple[int, int]]] = {}
        for day, team, loop in self.pairs():
            for block in loop:
                found.setdefault(block, []).append((team, day))
        return found


def loops_of(problem: WeekProblem, roster: Roster, sequences: Sequence[tuple[int, ...]]) -> Loops:
    """With what they are worth."""
    loops = Loops(roster, list(sequences), 0.0)
    return loops._replace(weight=math.fsum([*_earned(problem, loops), _together(problem, loops)]))


def _earned(problem: WeekProblem, loops: Loops) -> list[float]:
    """What each walk's visits earn and the team likes of them, walks by day and team."""
    visits = np.zeros(problem.blocks, dtype=np.int64)
    earned = []
    for _, team, loop in loops.pairs():
        blocks = list(loop)
        worth = problem.visit_weight[blocks, visits[blocks]] + problem.liking[team, blocks]
        earned.append(math.fsum(worth.tolist()))
        visits[blocks] += 1
    return earned


def _together(problem: WeekProblem, loops: Loops) -> float:
    out = np.zeros((problem.teams, problem.days), dtype=np.bool_)
    for day, team, _ in loops.pairs():
        out[team, day] = True
    days = (out[problem.pairs[:, 0]] & out[problem.pairs[:, 1]]).sum(axis=1)
    return float((days * problem.pair_weight).sum())


def finished(
    problem: WeekProblem,
    loops: Loops,
    evening: Problem,
    *,
    solver: str,
    seed: int,
    bound: float,
    surprise: Surprise,
) -> WeekPlan:
    """The plan of a week whose walks are the teams of `evening`, not yet checked."""
    number = {
        (day, team): walk
        for walk, (day, team) in enumerate(zip(loops.roster.day.tolist(), loops.roster.team.tolist(), strict=True))
    }
    walks = tuple(
        Walk(day, _route(evening, number[day, team], team, loop, weight))
        for (day, team, loop), weight in zip(loops.pairs(), _earned(problem, loops), strict=True)
    )
    visits = np.bincount([block for loop in loops.sequences for block in loop], minlength=problem.blocks)
    return WeekPlan(
        walks=walks,
        short=tuple(_short(problem, loops, visits)),
        visits=tuple(visits.tolist()),
        weight=loops.weight,
        bound=bound,
        fairness=_fairness(problem, walks),
        surprise=surprise,
        solver=solver,
        seed=seed,
        solve_s=0.0,
    )


def _route(evening: Problem, walk: int, team: int, loop: tuple[int, ...], weight: float) -> Route:
    """The loop in its best directions, leaving when it takes least."""
    speed = evening.speed_mps[walk]
    out_m, back_m = evening.out_m(walk), evening.back_m(walk)
    view = TeamView(
        team=walk,
        problem=evening,
        first_s=np.where(out_m <= evening.first_leg_m[walk], out_m / speed, np.inf),
        home_s=back_m / speed,
        service_s=evening.length_m / speed + evening.dwell_s,
        limit_s=float(min(evening.budget_s[walk], evening.latest_s[walk] - evening.earliest_s[walk])),
        blocks=np.empty(0, dtype=np.int64),
        banded=frozenset(),
    )
    timed = best_loop(view, loop)
    if timed is None:
        raise RuntimeError(f"the search made a loop that {evening.team_ids[walk]} cannot walk: {loop}")
    enter = np.array([2 * block + end for block, end in zip(loop, timed.entered_at, strict=True)])
    legs_m = evening.legs_m(enter[:-1] ^ 1, enter[1:]).sum()
    return Route(
        team=team,
        stops=tuple(Stop(block, end) for block, end in zip(loop, timed.entered_at, strict=True)),
        distance_m=float(out_m[enter[0]] + legs_m + back_m[enter[-1] ^ 1] + evening.length_m[list(loop)].sum()),
        duration_s=timed.duration_s,
        start_s=timed.start_s,
        weight=weight,
    )


def _short(problem: WeekProblem, loops: Loops, visits: Integers) -> list[Short]:
    wanted = (problem.visit_weight > 0).sum(axis=1)
    lacking = np.flatnonzero(visits < wanted)
    if not len(lacking):
        return []
    near = _reached(problem)
    on: dict[int, list[int]] = {}
    for block, pairs in loops.visits().items():
        on[block] = [day for _, day in pairs]
    return [
        Short(block, int(visits[block]), int(wanted[block]), _why(problem, block, near, on.get(block, [])))
        for block in lacking.tolist()
    ]


def _why(problem: WeekProblem, block: int, reached: np.typing.NDArray[np.bool_], on: Sequence[int]) -> Why:
    """Reached [D, B]: whether any team can be there that day."""
    days = np.flatnonzero(reached[:, block]).tolist()
    if not days:
        return "out_of_reach"
    spacing = int(problem.spacing_days[block])
    if not any(all(abs(day - other) >= spacing for other in on) for day in days):
        return "spacing"
    return "no_time"


def _reached(problem: WeekProblem) -> np.typing.NDArray[np.bool_]:
    """Whether some team can walk to each block and straight home, on each day. Shape [D, B]."""
    limit_s = longest_s(problem)
    zero, one = problem.place_of_end[0::2], problem.place_of_end[1::2]
    reached = np.zeros((problem.days, problem.blocks), dtype=np.bool_)
    for team in range(problem.teams):
        out, home = problem.door_m[team], problem.last_leg_m[team]
        out = np.where(out <= problem.first_leg_m[team], out, np.inf)
        metres = np.minimum(out[zero] + home[one], out[one] + home[zero]) + problem.length_m
        alone_s = metres / problem.speed_mps[team] + problem.dwell_s
        may = problem.compatible[team] & (metres <= problem.walk_limit_m[team])
        reached |= may[None, :] & (alone_s[None, :] <= limit_s[team][:, None] + _SLACK_S) & (limit_s[team] > 0)[:, None]
    return reached


def _fairness(problem: WeekProblem, walks: Sequence[Walk]) -> Fairness:
    minutes: Floats = problem.before_s / 60.0
    for _, route in walks:
        minutes = minutes + (np.arange(problem.teams) == route.team) * route.duration_s / 60.0
    able = minutes[(longest_s(problem) > 0).any(axis=1)]
    if not len(able):
        return Fairness(0.0, 0.0, 0.0)
    return Fairness(float(able.min()), float(able.mean()), float(able.max()))
