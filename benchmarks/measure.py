"""One solver on one problem in a process of its own: made, warmed up, timed, and recounted there.

A process of its own, as some solvers hold the interpreter and as its peak memory is then theirs. Compilation is no part
of the time: each process first plans a few blocks of the same kind of problem.
"""

import importlib
import math
import resource
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np

from benchmarks.against.peer import NothingFoundError, Walk
from benchmarks.recount import Step, Walked, recount
from routing.check import verify
from routing.files.instance import Instance
from routing.plan import Plan, PlanParams, plan
from routing.problem import Problem

Made = TypeVar("Made")

OURS = "ours"
AGAINST = {
    "pyvrp": "benchmarks.against.pyvrp",
    "ortools": "benchmarks.against.ortools_routing",
    "vroom": "benchmarks.against.vroom",
    "greedy": "benchmarks.against.greedy",
}

WARM_S = 1.0
_WARM_TIMES, _TIMELY = 10, 1.5
_WARM_TEAMS, _WARM_BLOCKS = 3, 12
_SLACK_WEIGHT = 1e-6

_ENDS = signal.SIG_DFL
"""Ctrl-C ends a solver's process without a word."""

_warm: set[tuple[Any, ...]] = set()


@dataclass(frozen=True)
class Job(Generic[Made]):
    """What to solve and how. make: gives the instance, in the process that solves it."""

    name: str
    make: Callable[[], Made]
    solver: str
    seconds: float
    seed: int
    threads: int


@dataclass(frozen=True)
class Outcome:
    """prize: recounted, 0 when `verified` is False. what: is wrong with the answer, if anything.

    seconds: of solving. cpu_s: what the process computed meanwhile, all threads. peak_mib: the most memory that the
    process has held since it was started, the problem included.
    """

    job: Job[Any]
    prize: float
    verified: bool
    seconds: float
    cpu_s: float
    bound: float | None
    lp: float | None
    peak_mib: float
    what: str


class Took(NamedTuple):
    """Seconds by the clock, and of computing."""

    seconds: float
    cpu_s: float


class Clock:
    """Counts from its making."""

    def __init__(self) -> None:
        self._began, self._cpu = time.perf_counter(), time.process_time()

    def took(self) -> Took:
        """Until now."""
        return Took(time.perf_counter() - self._began, time.process_time() - self._cpu)


def outcomes(jobs: Sequence[Job[Made]], how: Callable[[Job[Made]], Outcome], *, at_once: int) -> Iterator[Outcome]:
    """In the order of the jobs, `at_once` of them at a time; each solver has processes of its own."""
    context = get_context("spawn")
    pools: dict[str, ProcessPoolExecutor] = {}
    try:
        for first in range(0, len(jobs), at_once):
            batch = jobs[first : first + at_once]
            for job in batch:
                if job.solver not in pools:
                    pools[job.solver] = ProcessPoolExecutor(at_once, context, signal.signal, (signal.SIGINT, _ENDS))
            for future in [pools[job.solver].submit(how, job) for job in batch]:
                yield future.result()
    finally:
        for pool in pools.values():
            pool.shutdown(cancel_futures=True)


def run(job: Job[Instance]) -> Outcome:
    """Solve and recount, here. A solver that found nothing is judged as one whose answer is wrong."""
    instance = job.make()
    if job.solver == OURS:
        return _ours(job, instance)
    solve = importlib.import_module(AGAINST[job.solver]).solve
    clock = Clock()
    try:
        walks = solve(instance.problem, job.seconds, job.seed)
    except NothingFoundError as error:
        return judged(job, 0.0, took=clock.took(), said=Said(None, None, None), broken=str(error))
    took = clock.took()
    walked = [_steps(walk) for walk in walks]
    return _outcome(job, instance, walked, took=took)


def _ours(job: Job[Instance], instance: Instance) -> Outcome:
    problem = instance.problem
    _warm_up(problem, job.threads)
    clock = Clock()
    made = plan(problem, PlanParams(seconds=job.seconds, threads=job.threads), seed=job.seed)
    took = clock.took()
    walked = [
        Walked(route.team, tuple(Step(stop.block, stop.entered_at) for stop in route.stops), route.start_s)
        for route in made.routes
    ]
    broken = "; ".join(f"{one.where}: {one.what}" for one in verify(problem, made)[:3])
    return _outcome(job, instance, walked, took=took, made=made, broken=broken)


def _outcome(
    job: Job[Instance],
    instance: Instance,
    walked: Sequence[Walked],
    *,
    took: Took,
    made: Plan | None = None,
    broken: str = "",
) -> Outcome:
    """Recounted by the problem, and by the file where it has a reckoning of its own."""
    prize = recount(instance.problem, walked)
    if instance.prize is not None and not math.isnan(prize):
        filed = instance.prize([[step.block for step in walk.steps] for walk in walked])
        if not abs(filed - prize) <= _SLACK_WEIGHT:
            broken = broken or f"{filed:g} by the file, {prize:g} by the problem"
    said = (None, None, None) if made is None else (made.weight, made.bound, made.lp)
    return judged(job, prize, took=took, said=Said(*said), broken=broken)


class Said(NamedTuple):
    """What a plan says of itself; None: nothing."""

    weight: float | None
    bound: float | None
    lp: float | None


def judged(job: Job[Any], prize: float, *, took: Took, said: Said, broken: str) -> Outcome:
    """The recounted prize (nan: a rule is broken) beside what was said; whatever does not agree makes it 0."""
    what = broken
    if math.isnan(prize):
        what = what or "a walk breaks a limit, a band or a rule"
    if said.weight is not None and not abs(said.weight - prize) <= _SLACK_WEIGHT:
        what = what or f"says {said.weight:g}, is worth {prize:g}"
    if said.bound is not None and said.bound < prize - _SLACK_WEIGHT:
        what = what or f"says that no plan is worth more than {said.bound:g}, is worth {prize:g}"
    return Outcome(
        job=job,
        prize=0.0 if what else prize,
        verified=not what,
        seconds=took.seconds,
        cpu_s=took.cpu_s,
        bound=said.bound,
        lp=said.lp,
        peak_mib=peak_mib(),
        what=what,
    )


def _steps(walk: Walk) -> Walked:
    """Blocks of other solvers are points: either end will do."""
    return Walked(walk.team, tuple(Step(block, 0) for block in walk.blocks))


def _warm_up(problem: Problem, threads: int) -> None:
    """Have everything compiled that a problem of this kind needs."""
    kind = (problem.between_m.dtype, any(problem.bands), problem.teams > 1, threads > 1)
    if kind not in _warm:
        small = few(problem)
        until_timely(lambda: plan(small, PlanParams(seconds=WARM_S, threads=threads), seed=1))
        _warm.add(kind)


def until_timely(solve: Callable[[], object]) -> None:
    """Again while it takes far longer than WARM_S: compiling used up the time, and what came later was left out."""
    for _ in range(_WARM_TIMES):
        clock = Clock()
        solve()
        if clock.took().seconds < _TIMELY * WARM_S:
            return


def few(problem: Problem) -> Problem:
    """The first teams and blocks of it, as a problem of the same kind."""
    teams, blocks = min(problem.teams, _WARM_TEAMS), min(problem.blocks, _WARM_BLOCKS)
    places, place = np.unique(problem.place_of_end[: 2 * blocks], return_inverse=True)
    per_team = ("speed_mps", "budget_s", "earliest_s", "latest_s", "start_at_most_m", "walk_at_most_m")
    per_block = ("weight", "length_m", "dwell_s", "repeat_weight")
    return Problem(
        team_ids=problem.team_ids[:teams],
        block_ids=problem.block_ids[:blocks],
        bands=problem.bands[:blocks],
        door_m=problem.door_m[:teams, places],
        home_m=problem.last_leg_m[:teams, places],
        between_m=problem.between_m[np.ix_(places, places)],
        place=place,
        compatible=problem.compatible[:teams, :blocks],
        **{name: getattr(problem, name)[:teams] for name in per_team},
        **{name: getattr(problem, name)[:blocks] for name in per_block},
    )


def peak_mib() -> float:
    """The most memory that this process has held, MiB."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:  # not Linux
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
