"""The planner's process: it carries the solver, reports through a pipe, and answers with plain values."""

import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from routing.evening import Evening, Week

if TYPE_CHECKING:
    from routing.plan import Progress
    from routing.solved import Solved


MOST_THREADS = 4
"""Beyond that a plan hardly gains, and the machine has others to serve."""


@dataclass(frozen=True, slots=True)
class Job:
    """What crosses into the planner's process."""

    streets: bytes
    wanted: Evening | Week
    seconds: float
    seed: int


def run_planner(pipe: Connection, parent: int, job: Job) -> None:
    """Solve, report, answer. Ends by itself when its parent is gone."""
    asked = False

    def stop() -> bool:
        nonlocal asked
        asked = asked or pipe.poll() or os.getppid() != parent
        return asked

    def report(progress: "Progress") -> None:
        pipe.send(
            {
                "phase": progress.phase,
                "progress": min(1.0, max(0.0, progress.fraction)),
                "weight": progress.weight,
                "bound": progress.bound,
            }
        )

    try:
        pipe.send({"result": asdict(_solved(job, stop, report))})
    except ValueError as error:  # a problem or streets that cannot be planned: say which
        pipe.send({"problem": str(error)})


def _solved(job: Job, stop: Callable[[], bool], report: Callable[["Progress"], None]) -> "Solved":
    from routing.plan import PlanParams  # noqa: PLC0415 - only this process carries the solver
    from routing.saved import from_bytes  # noqa: PLC0415 - as above
    from routing.solved import solve_evening  # noqa: PLC0415 - as above
    from routing.solved_week import solve_week  # noqa: PLC0415 - as above
    from routing.week.plan import WeekParams  # noqa: PLC0415 - as above

    threads = min(len(os.sched_getaffinity(0)), MOST_THREADS)
    graph = from_bytes(job.streets)
    if isinstance(job.wanted, Week):
        week = WeekParams(job.seconds, threads=threads, explore=job.wanted.explore)
        return solve_week(graph, job.wanted, week, seed=job.seed, stop=stop, on_progress=report)
    params = PlanParams(job.seconds, threads=threads)
    return solve_evening(graph, job.wanted, params, seed=job.seed, stop=stop, on_progress=report)
