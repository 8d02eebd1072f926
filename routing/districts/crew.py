"""Districts solved through a concurrent.futures executor; a worker that dies is noticed, its district solved again."""

import contextlib
import multiprocessing
import os
import signal
import tempfile
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, replace
from multiprocessing.connection import wait as wait_for
from pathlib import Path
from types import TracebackType
from typing import Self

from routing.deadline import Deadline
from routing.plan import Plan, PlanParams, Progress, plan
from routing.problem import Problem

ATTEMPTS = 3
"""A district whose worker has died so often is given up, and the whole plan with it."""
LOOK_S = 0.05
GRACE_S = 0.5
"""How long to wait for workers that were told to end, before what they have is given up."""
LEAST_S = 0.05
TELL_S = 0.3


class DistrictLostError(RuntimeError):
    """A district whose worker died every time."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name}: its worker died {ATTEMPTS} times; is memory short?")
        self.name = name

    def __reduce__(self) -> tuple[type["DistrictLostError"], tuple[str]]:
        """Survive the way through a pipe."""
        return type(self), (self.name,)


@dataclass(frozen=True)
class Task:
    """One district to solve.

    The crew's own: going, a file that lies there as long as anybody waits for the plan; told, where the worker says
    what the plan weighs so far.
    """

    name: str
    problem: Problem
    params: PlanParams
    seed: int
    going: str = ""
    told: str = ""


OnWeight = Callable[[int, float], None]
"""Told how much the plan of a task weighs so far, by the task's number."""
OnLost = Callable[[str, int], None]
"""Told of each worker that died: the district's name, and how often that has been so."""


def solve_district(task: Task) -> Plan:
    """What a worker does. Where it cannot see the files, as on another machine, only its time limit ends it."""
    seen = Path(task.going).exists()
    weighed_s = -TELL_S

    def tell(progress: Progress) -> None:
        nonlocal weighed_s
        if seen and progress.elapsed_s - weighed_s >= TELL_S:
            weighed_s = progress.elapsed_s
            with contextlib.suppress(OSError), open(task.told, "w", encoding="ascii", opener=_as_it_lies) as file:
                file.write(f"{progress.weight!r}\n")

    return plan(
        replace(task.problem),  # arrays arrive writeable; kernels are compiled for those that are not
        task.params,
        seed=task.seed,
        stop=lambda: seen and not Path(task.going).exists(),
        on_progress=tell,
    )


class Crew:
    """The workers: the executor handed in, or a pool of spawned processes that ends with its `with`.

    Where the executor handed in breaks for good, such a pool takes its place.
    """

    def __init__(self, executor: Executor | None, workers: int, on_lost: OnLost) -> None:
        self.workers = workers
        self._on_lost = on_lost
        self._folder = tempfile.TemporaryDirectory(prefix="districts-")
        self._own: ProcessPoolExecutor | None = None
        self._executor = executor or self._new_pool()
        self._rounds = 0
        self._late = False
        self._leaving: threading.Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.dismiss()
        if self._leaving is not None:
            self._leaving.join()
        self._folder.cleanup()

    def dismiss(self) -> None:
        """Nothing more is to be solved: our own workers go home, those that are late are not waited for."""
        if self._own is None or self._leaving is not None:
            return
        if self._late:
            for mark in Path(self._folder.name).glob("worker-*"):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(mark.name.removeprefix("worker-")), signal.SIGKILL)
        self._leaving = threading.Thread(target=self._own.shutdown, kwargs={"wait": True, "cancel_futures": True})
        self._leaving.start()

    def wake(self) -> None:
        """Have our own workers start, while whoever called does something else."""
        if self._own is not None:
            for _ in range(self.workers):
                self._own.submit(os.getpid)

    def solve(
        self, tasks: Sequence[Task], deadline: Deadline, last: Deadline, on_weight: OnWeight
    ) -> Iterator[tuple[int, Plan]]:
        """Each task's number and plan, as they come; `on_weight` hears of those under way.

        The time until `deadline` is shared out so that all have their turn; those that do not get one are left out,
        and so are those that are not there at `last`. Raises DistrictLostError, and whatever `plan` raises.
        """
        self._rounds += 1
        going = Path(self._folder.name) / f"going-{self._rounds}"
        going.touch()
        waiting = deque(range(len(tasks)))
        running: dict[Future[Plan], int] = {}
        lost: Counter[int] = Counter()
        while (waiting or running) and not last.over():
            if deadline.over():
                waiting.clear()
                going.unlink(missing_ok=True)
            while waiting and len(running) < self.workers:
                turns = -(-(len(waiting) + len(running)) // self.workers)
                number, seconds = waiting.popleft(), max(LEAST_S, deadline.left_s() / turns)
                running[self._submit(_timed(tasks[number], seconds, going, number))] = number
            for future in wait(running, timeout=LOOK_S, return_when=FIRST_COMPLETED).done:
                number = running.pop(future)
                found = self._result(future, tasks[number].name, lost, number)
                if found is None:
                    waiting.append(number)
                else:
                    yield number, found
            for number in running.values():
                if (weight := _heard(going, number)) is not None:
                    on_weight(number, weight)
        going.unlink(missing_ok=True)
        yield from self._last(running)

    def _last(self, running: dict[Future[Plan], int]) -> Iterator[tuple[int, Plan]]:
        """What workers have when the time is up, or somebody asked to stop: they are told to hand it in."""
        done, late = wait(running, timeout=GRACE_S)
        for future in late:
            self._late |= not future.cancel()
        for future in done:
            if not future.cancelled() and future.exception() is None:
                yield running[future], future.result()

    def _submit(self, task: Task) -> Future[Plan]:
        try:
            return self._executor.submit(solve_district, task)
        except BrokenExecutor:
            self._executor = self._new_pool()
            return self._executor.submit(solve_district, task)

    def _result(self, future: Future[Plan], name: str, lost: Counter[int], number: int) -> Plan | None:
        """The plan; None where the worker died. A pool that lost one is broken, and all its tasks with it."""
        try:
            return future.result()
        except BrokenExecutor:
            lost[number] += 1
            self._on_lost(name, lost[number])
            if lost[number] >= ATTEMPTS:
                raise DistrictLostError(name) from None
            return None

    def _new_pool(self) -> ProcessPoolExecutor:
        if self._own is not None:
            self._own.shutdown(wait=False)
        self._own = ProcessPoolExecutor(
            self.workers,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=begin,
            initargs=(self._folder.name,),
        )
        return self._own


def begin(folder: str) -> None:
    """A worker's first steps: leave Ctrl-C to whoever started it, say who it is, and end when that one has gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    starter = multiprocessing.parent_process()
    assert starter is not None  # noqa: S101 a spawned process has a parent; tells mypy
    sentinel = starter.sentinel

    def end_with_parent() -> None:
        wait_for([sentinel])
        os._exit(1)

    threading.Thread(target=end_with_parent, daemon=True).start()
    import routing.solver  # noqa: F401, PLC0415 what every district needs

    Path(folder, f"worker-{os.getpid()}").touch()


def _as_it_lies(path: str, flags: int) -> int:
    """Open a file that is there and make none: once nobody waits, its folder is being removed."""
    return os.open(path, flags & ~os.O_CREAT)


def _timed(task: Task, seconds: float, going: Path, number: int) -> Task:
    params = replace(task.params, seconds=seconds)
    _told(going, number).touch()
    return replace(task, params=params, going=str(going), told=str(_told(going, number)))


def _told(going: Path, number: int) -> Path:
    return going.with_name(f"{going.name}-weight-{number}")


def _heard(going: Path, number: int) -> float | None:
    """What the worker said last, None as long as it has not finished saying it."""
    try:
        text = _told(going, number).read_text(encoding="ascii")
    except OSError:
        return None
    return float(text) if text.endswith("\n") else None
