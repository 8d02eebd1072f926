"""A plan run from claim to result. The solver runs in a process of its own: it holds the interpreter while it works.

A worker that dies leaves a claim that runs out; the next one solves the run again from the tables.
"""

import contextlib
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from typing import Any

import structlog

from config.clock import Clock
from config.database import connection, transaction
from patrol.places.models import StreetNetwork
from patrol.planning.models import PlanRun
from patrol.planning.operations.asking import move, tell
from patrol.planning.operations.planner import Job, run_planner
from patrol.planning.operations.snapshot import Snapshot, snapshot
from patrol.planning.operations.storing import note, store
from patrol.planning.operations.weekly import WeekSnapshot, snapshot_week
from patrol.planning.rules import MOST_ATTEMPTS
from patrol.teams.operations.weather import weather_of
from routing.evening import Evening, Week

log = structlog.get_logger(__name__)

CLAIM = timedelta(seconds=30)
GRACE_S = 120.0
"""Beyond its solving time a run may take so long for streets, drawing and the comparison; then it is ended."""
LOOK_S = 0.25


OnProgress = Callable[[dict[str, Any]], None]


def claim(holder: str, *, now: datetime, run: PlanRun | None = None) -> PlanRun | None:
    """Take the oldest run that waits, or whose worker died; or that very `run`. None when there is none."""
    waits = (PlanRun.state == "queued") | ((PlanRun.state == "running") & (PlanRun.claimed_until < now))
    if run is not None:
        waits &= PlanRun.id == run.id
    while (found := PlanRun.select().where(waits).order_by(PlanRun.created_at).first()) is not None:
        if found.attempts >= MOST_ATTEMPTS:
            move(found, "fail", problem="the planner died three times on this run", finished_at=now)
        elif _take(found, waits, holder, now):
            return PlanRun.get_by_id(found.id)
    return None


def _take(run: PlanRun, waits: Any, holder: str, now: datetime) -> bool:
    """False when another worker was faster: it waits no longer."""
    with transaction():
        taken = (
            PlanRun.update(
                state="running",
                claimed_by=holder,
                claimed_until=now + CLAIM,
                attempts=PlanRun.attempts + 1,
                phase="streets",
                progress=0,
            )
            .where((PlanRun.id == run.id) & waits)
            .execute()
        )
    return bool(taken)


def let_go(holder: str, *, now: datetime) -> None:
    """A worker that leaves gives its run to the next one at once, and has no more say in it."""
    with transaction():
        PlanRun.update(claimed_by=None, claimed_until=now, attempts=PlanRun.attempts - 1).where(
            (PlanRun.claimed_by == holder) & (PlanRun.state == "running")
        ).execute()


def solve(run: PlanRun, *, weather: str, clock: Clock, on_progress: OnProgress = lambda _: None) -> None:
    """Solve a claimed run and store what comes out: routes and reasons, or the problem that stands in the way.

    `weather` is the setting that says where readings come from.
    """
    with connection():
        try:
            streets = StreetNetwork.get(StreetNetwork.city == run.city)
            wanted, seen = _seen(run, weather, now=clock())
            note(run, seen)
            job = Job(bytes(streets.content), wanted, run.seconds, run.seed)
            outcome = _in_another_process(run, job, clock=clock, on_progress=on_progress)
        except Exception:
            log.exception("plan run failed", run=str(run.id))
            outcome = {"problem": f"unexpected; the server's log says why, under run {run.id}"}
        store(run, outcome, now=clock())
        tell(run, now=clock())


def _seen(run: PlanRun, source: str, *, now: datetime) -> tuple[Evening | Week, Snapshot | WeekSnapshot]:
    """What the run has to plan, and what else was seen with it."""
    weather = weather_of(run.city, source, now=now)
    if run.kind == "week":
        week = snapshot_week(run, weather=weather, now=now)
        return week.week, week
    evening = snapshot(run, weather=weather, now=now)
    return evening.evening, evening


def _in_another_process(run: PlanRun, job: Job, *, clock: Clock, on_progress: OnProgress) -> dict[str, Any]:
    here, there = multiprocessing.Pipe()
    child = multiprocessing.get_context("spawn").Process(
        target=run_planner, args=(there, os.getpid(), job), daemon=True, name="planner"
    )
    try:
        with _undisturbed():
            child.start()
        there.close()
        return _watch(run, child, here, clock=clock, on_progress=on_progress)
    finally:
        if child.pid is not None:
            child.terminate()
            child.join()
        here.close()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Start a process whole, even if we are asked to leave meanwhile: half started it would complain.

    It never gets Ctrl-C, which a terminal sends to all its processes: only we end the planner, by SIGTERM.
    """
    resource_tracker.ensure_running()  # its own start would let the signal through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    asked: list[int] = []
    # Held back by a handler, not by the mask: that the planner would inherit, and then nothing could end it.
    main = threading.current_thread() is threading.main_thread()
    kept = signal.signal(signal.SIGTERM, lambda number, _: asked.append(number)) if main else None
    try:
        yield
    finally:
        if main:
            signal.signal(signal.SIGTERM, kept)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for number in asked:
            signal.raise_signal(number)


def _watch(run: PlanRun, child: Any, pipe: Connection, *, clock: Clock, on_progress: OnProgress) -> dict[str, Any]:
    """Pass on progress, renew the claim, hand in a cancel, until the result is there."""
    give_up = time.monotonic() + run.seconds + GRACE_S
    told, untold = 0.0, None
    while time.monotonic() < give_up:
        wait_s = LOOK_S
        try:
            while pipe.poll(wait_s):
                news, wait_s = pipe.recv(), 0.0
                if "result" in news or "problem" in news:
                    return dict(news)
                untold = news
        except EOFError:
            child.join()
            return {"problem": _ended(child.exitcode)}
        if time.monotonic() - told >= 2 * LOOK_S:
            told = time.monotonic()
            if untold:
                on_progress(untold)
            if _renew(run, untold, now=clock()):
                with contextlib.suppress(BrokenPipeError):  # it has ended by itself; its answer is to be read yet
                    pipe.send("stop")
            untold = None
    return {"problem": f"the planner did not end within {run.seconds + GRACE_S:.0f} s"}


def _ended(code: int) -> str:
    """What to tell of a planner that ended without a word: killed by the system, or by an error of our own."""
    hint = "is memory short?" if code < 0 else "the log has its message"
    return f"the planner's process ended with code {code}; {hint}"


def _renew(run: PlanRun, news: dict[str, Any] | None, *, now: datetime) -> bool:
    """Write progress and prolong the claim. True when somebody asked to cancel."""
    with transaction():
        PlanRun.update(claimed_until=now + CLAIM, **(news or {})).where(
            (PlanRun.id == run.id) & (PlanRun.claimed_by == run.claimed_by)
        ).execute()
    if news:
        tell(run, now=now)
    return bool(PlanRun.get_by_id(run.id).cancel_asked)
