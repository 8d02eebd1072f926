"""A large evening, district by district: solve, shift the borders, solve again from there, put together, check."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

import numpy as np

from routing.deadline import Deadline
from routing.districts.crew import LEAST_S, Crew, OnLost, Task
from routing.districts.partition import cut, landmark_metres
from routing.districts.sharing import District, Sequences, district_of, share_out, spare_share
from routing.finish import finished, weight_of
from routing.joint import Merged, merge_groups
from routing.plan import Phase, Plan, PlanParams, Progress, never, plan, unwatched
from routing.problem import Bools, Integers, Problem, ProblemError

RESERVE_S = 0.5
"""Kept back at the end, beside twice what putting together and checking took the first time."""


@dataclass(frozen=True)
class DistrictParams:
    """How a problem is cut up.

    teams: in a district, about so many at most. rounds: how often districts are solved, with other borders each time.
    workers: how many districts at once.
    """

    teams: int = 60
    rounds: int = 4
    workers: int = 2

    def __post_init__(self) -> None:
        """Refuse what has no meaning."""
        for name in ("teams", "rounds", "workers"):
            if getattr(self, name) < 1:
                raise ProblemError(name, f"must be from 1, is {getattr(self, name)}")

    def count(self, teams: int) -> int:
        """How many districts: none too large, and no worker idle while others finish."""
        count = -(-teams // self.teams)
        return max(1, min(teams, -(-count // self.workers) * self.workers if count > 1 else 1))


def unheard(name: str, times: int) -> None:
    """An `on_lost` that nobody reads."""


def plan_districts(
    problem: Problem,
    params: PlanParams,
    *,
    districts: DistrictParams | None = None,
    executor: Executor | None = None,
    seed: int,
    stop: Callable[[], bool] = never,
    on_progress: Callable[[Progress], None] = unwatched,
    on_lost: OnLost = unheard,
) -> Plan:
    """A plan for an evening too large for one search: `routing.plan.plan` for each district, on several workers.

    Time limit, `stop` and what is said of `seed` and `params.rounds` are as in `plan`; `params.rounds` and
    `params.threads` count within each district. `executor` runs the districts; None: processes made here, which end
    with this call. Where a worker dies, `on_lost` is told and the district is solved again. Raises DistrictLostError
    when that happens to one district three times, PlanBrokenError if the checker objects to the result.
    """
    deadline = Deadline(params.seconds, stop)
    asked = _Asked(params, districts or DistrictParams(), seed, deadline, on_progress)
    work = _Work(problem, merge_groups(problem), asked)
    with Crew(executor, asked.districts.workers, on_lost) as crew:
        made = work.plan_in_rounds(crew)
    work.report("done")
    return replace(made, solve_s=deadline.elapsed_s())


@dataclass(frozen=True)
class _Asked:
    """What `plan_districts` was asked, and until when."""

    params: PlanParams
    districts: DistrictParams
    seed: int
    deadline: Deadline
    on_progress: Callable[[Progress], None]


class _Work:
    """The plan so far, and what it is made from. In here there are no joint patrols: each is one team."""

    def __init__(self, original: Problem, merged: Merged, asked: _Asked) -> None:
        self.original, self.merged, self.problem = original, merged, merged.problem
        self.params, self.districts, self.seed = asked.params, asked.districts, asked.seed
        self.deadline, self.on_progress = asked.deadline, asked.on_progress
        self.spare = spare_share(self.problem)
        self.metres = landmark_metres(self.problem)
        self.bound, self.enough = _most(self.problem, self.problem.compatible), _most(self.problem, self.spare > 0)
        self.sequences: Sequences = [()] * self.problem.teams
        self.ahead: dict[int, float] = {}  # by how much districts under way are better than the plan so far

    def plan_in_rounds(self, crew: Crew) -> Plan:
        """Insertion here, while workers start, so that there is a plan; then the rounds."""
        crew.wake()
        self._insert()
        began_s = self.deadline.elapsed_s()
        made = self.put_together()
        closing = self.deadline.earlier(RESERVE_S + 2 * (self.deadline.elapsed_s() - began_s))
        if self.params.rounds == 0:
            return made
        rounds = self.districts.rounds if self.districts.count(self.problem.teams) > 1 else 1
        for number in range(rounds):
            if closing.over() or self.weight() >= self.enough:
                break
            first = number == 0  # it has twice the time of the others, as it starts from insertion alone
            seconds = closing.left_s() * (1 + first) / (rounds - number + first)
            self._round(crew, number, seconds, closing)
        crew.dismiss()
        self.report("reasons")
        return self.put_together()

    def _insert(self) -> None:
        """The whole problem by insertion alone."""
        params = replace(self.params, rounds=0, seconds=max(self.deadline.left_s(), LEAST_S))
        found = plan(self.problem, params, seed=self.seed, stop=self.deadline.over)
        self._walk(range(self.problem.teams), found)
        self.bound = self.bound if found.bound is None else min(self.bound, found.bound)
        self.report("insertion")

    def _round(self, crew: Crew, number: int, seconds: float, closing: Deadline) -> None:
        """Solve every district once, and keep what is better than before."""
        parts = list(self._districts(number))
        tasks = [
            Task(f"district {place} of round {number}", part.problem, self.params, _seed(self.seed, number, place))
            for place, part in enumerate(parts)
        ]
        had = [weight_of(part.problem, part.numbered([self.sequences[team] for team in part.teams])) for part in parts]

        def hear(place: int, weight: float) -> None:
            ahead = max(0.0, weight - had[place])
            if ahead != self.ahead.get(place, 0.0):
                self.ahead[place] = ahead
                self.report("loops")

        for place, found in crew.solve(tasks, Deadline(seconds, closing.over), closing, hear):
            self._keep(parts[place], found)
            self.ahead.pop(place, None)
            self.report("loops")
        self.ahead.clear()

    def _districts(self, number: int) -> Iterator[District]:
        """The districts of a round, without those that have nothing to plan."""
        count = self.districts.count(self.problem.teams)
        of = cut(self.metres, self.problem.budget_s, count, turn=number)
        dice = np.random.default_rng([self.seed, number])
        noise = dice.uniform(0.5, 2.0, (int(of.max(initial=0)) + 1, self.problem.blocks)) if number else None
        visits = share_out(self.problem, self.spare, of, self.sequences, noise=noise)
        for district in range(int(of.max(initial=-1)) + 1):
            teams = np.flatnonzero(of == district)
            part = district_of(self.problem, district, teams, visits, self.sequences)
            if len(part.blocks):
                yield part

    def _keep(self, district: District, found: Plan) -> None:
        """Take over the district's loops, unless those it had are as good."""
        before = [self.sequences[team] for team in district.teams]
        self._walk(district.teams.tolist(), found, district.blocks)
        had, has = (district.worth(loops) for loops in (before, [self.sequences[team] for team in district.teams]))
        if has < had:
            for team, loop in zip(district.teams.tolist(), before, strict=True):
                self.sequences[team] = loop

    def _walk(self, teams: Sequence[int], found: Plan, blocks: Integers | None = None) -> None:
        """Have these teams walk what was found; its blocks are numbers of these blocks, or of the whole."""
        for team in teams:
            self.sequences[team] = ()
        for route in found.routes:
            stops = [stop.block for stop in route.stops]
            self.sequences[teams[route.team]] = tuple(stops if blocks is None else blocks[stops].tolist())

    def weight(self) -> float:
        """What the plan so far earns."""
        return weight_of(self.problem, self.sequences)

    def report(self, phase: Phase) -> None:
        """Tell how far this is."""
        elapsed = self.deadline.elapsed_s()
        fraction = 1.0 if phase == "done" else min(elapsed / self.params.seconds, 1.0)
        self.on_progress(Progress(phase, fraction, self.weight() + sum(self.ahead.values()), self.bound, elapsed))

    def put_together(self) -> Plan:
        """The plan so far for the whole problem, joint patrols told apart, with reasons, and checked."""
        return finished(
            self.original,
            self.merged,
            self.sequences,
            solver="districts",
            seed=self.seed,
            solve_s=self.deadline.elapsed_s,
            bound=self.bound,
            lp=None,
            over=self.deadline.over,
        )


def _most(problem: Problem, reaches: Bools) -> float:
    """All visits that count, to each block as many as there are teams that may make them. reaches: [T, B]."""
    made = np.where(problem.pinned >= 0, np.minimum(reaches.sum(axis=0), 1), reaches.sum(axis=0))
    prizes = problem.visit_weight
    return float((prizes * (np.arange(prizes.shape[1]) < made[:, None])).sum())


def _seed(seed: int, number: int, district: int) -> int:
    return int(np.random.SeedSequence([seed, number, district]).generate_state(1)[0]) >> 1  # for the solvers: 31 bits
