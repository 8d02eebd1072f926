"""How time and memory grow with teams and blocks: one search beside districts on several workers, at five sizes.

`python -m benchmarks.growth --seconds 30 --json growth.json --plot docs/growth.svg`

Each run has a process of its own on an evening of benchmarks.city_evening, contested or not. Told are the seconds until
there was a first plan and until the plan was within 1 % of what it weighed in the end, and the most memory that the
process and its workers held together, the problem included. Compilation is no part of it; that workers start is.
"""

import argparse
import contextlib
import multiprocessing
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.against.peer import NotInstalledError, package
from benchmarks.city_evening import contested_evening
from benchmarks.measure import few, peak_mib
from benchmarks.results import Row, report, write
from routing.check import verify
from routing.districts import DistrictParams, plan_districts
from routing.plan import Plan, PlanParams, Progress, plan
from routing.problem import Problem

SIZES = ((25, 500), (50, 1_000), (100, 2_000), (200, 4_000), (300, 6_000))
COLOURS = {"one search": "#0b6e4f", "districts": "#c8553d"}
NEAR = 0.99
WARM_S = 1.0
SERVICE_S = 120.0


@dataclass(frozen=True)
class Run:
    """What to plan and how."""

    teams: int
    blocks: int
    way: str
    seconds: float
    threads: int
    seed: int


@dataclass
class Watch:
    """Weight over time, and the memory of the workers at its most, as progress is told."""

    began: float
    heard: list[tuple[float, float]] = field(default_factory=list)
    workers_mib: dict[int, float] = field(default_factory=dict)

    def __call__(self, progress: Progress) -> None:
        """Note where the plan is."""
        self.heard.append((time.perf_counter() - self.began, progress.weight))
        for child in multiprocessing.active_children():
            if child.pid is not None:
                with contextlib.suppress(OSError, IndexError):  # it has just ended
                    self.workers_mib[child.pid] = worker_mib(child.pid)

    def reached(self, weight: float) -> float:
        """Seconds until there was a plan of that weight."""
        return next((seconds for seconds, had in self.heard if had >= weight - 1e-9), float("inf"))


def main() -> None:
    """Measure, print and plot."""
    given = arguments()
    try:
        pyplot = package("matplotlib.pyplot", "matplotlib") if given.plot else None
    except NotInstalledError as error:
        sys.exit(str(error))
    rows: list[Row] = []
    runs = [
        Run(teams, blocks, way, given.seconds, given.threads, given.seed)
        for teams, blocks in given.sizes
        for way in given.ways
    ]
    try:
        for run in runs:
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
                rows.append(alone.submit(measured, run).result())
            print(line(rows[-1]), file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        if rows:
            write(report(rows), given.json)
            if given.plot:
                plot(pyplot, rows, given.plot)


def measured(run: Run) -> Row:
    """One run, here."""
    problem = contested_evening(
        teams=run.teams, blocks=run.blocks, service_s=SERVICE_S, seed=run.seed, covered_too=True
    )
    plan(few(problem), PlanParams(seconds=WARM_S, threads=run.threads), seed=1)
    forget_peak()
    watch = Watch(time.perf_counter())
    made = solved(problem, run, watch)
    took = time.perf_counter() - watch.began
    watch.heard.append((took, made.weight))
    bound = made.bound
    return {
        "instance": f"{run.teams}x{run.blocks} seed {run.seed}",
        "solver": run.way,
        "prize": made.weight,
        "best_known": None,
        "bound": bound,
        "gap_percent": 100.0 * (bound - made.weight) / bound if bound else None,
        "seconds": round(took, 3),
        "seed": run.seed,
        "threads": run.threads,
        "verified": not verify(problem, made),
        "teams": run.teams,
        "blocks": run.blocks,
        "first_plan_s": round(watch.reached(1e-6), 3),
        "near_end_s": round(watch.reached(NEAR * made.weight), 3),
        "peak_mib": round(peak_mib() + sum(watch.workers_mib.values()), 1),
        "problem_mib": round(size_mib(problem), 1),
    }


def solved(problem: Problem, run: Run, watch: Watch) -> Plan:
    """By one search with so many threads, or in districts by as many workers."""
    if run.way == "one search":
        return plan(problem, PlanParams(seconds=run.seconds, threads=run.threads), seed=run.seed, on_progress=watch)
    cut = DistrictParams(workers=run.threads)
    return plan_districts(problem, PlanParams(seconds=run.seconds), districts=cut, seed=run.seed, on_progress=watch)


def worker_mib(process: int) -> float:
    """The most memory that another process has held. Raises OSError, IndexError when it is not there any more."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def size_mib(problem: Problem) -> float:
    """What the problem's arrays take."""
    arrays = (problem.between_m, problem.door_m, problem.last_leg_m, problem.compatible)
    return sum(one.nbytes for one in {id(one): one for one in arrays}.values()) / 2**20


def forget_peak() -> None:
    """Count from here what memory is held at its most; where the system cannot, making the problem counts too."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=_size, nargs="+", default=list(SIZES), metavar="TEAMSxBLOCKS")
    parser.add_argument("--ways", nargs="+", default=list(COLOURS), choices=list(COLOURS))
    parser.add_argument("--seconds", type=float, default=30.0, help="for each run (30)")
    parser.add_argument("--threads", type=int, default=2, help="of one search, or workers for districts (2)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", metavar="FILE", help="write the results there; - is stdout")
    parser.add_argument("--plot", metavar="FILE.svg", help="draw them there")
    return parser.parse_args()


def _size(text: str) -> tuple[int, int]:
    teams, _, blocks = text.partition("x")
    return int(teams), int(blocks)


def line(row: Row) -> str:
    """A row for the terminal."""
    wrong = "" if row["verified"] else "  NOT VERIFIED"
    return (
        f"{row['instance']:<18}{row['solver']:<12}{row['prize']:>9.6g}  first plan {row['first_plan_s']:6.2f} s  "
        f"within 1 % {row['near_end_s']:6.2f} s of {row['seconds']:6.2f} s  {row['peak_mib']:5.0f} MiB{wrong}"
    )


def plot(pyplot: Any, rows: Sequence[Row], target: str) -> None:
    """Seconds and memory over blocks, a line for each way."""
    with pyplot.rc_context({"svg.hashsalt": "benchmarks", "svg.fonttype": "none", "font.size": 10}):
        figure, (time_axes, memory_axes) = pyplot.subplots(1, 2, figsize=(9, 4), layout="constrained")
        for way in dict.fromkeys(row["solver"] for row in rows):
            mine = [row for row in rows if row["solver"] == way]
            blocks, colour = [row["blocks"] for row in mine], COLOURS[way]
            near, first = [row["near_end_s"] for row in mine], [row["first_plan_s"] for row in mine]
            time_axes.plot(blocks, near, "o-", color=colour, label=f"{way}: within 1 % of its end")
            time_axes.plot(blocks, first, "o:", color=colour, label=f"{way}: first plan")
            memory_axes.plot(blocks, [row["peak_mib"] for row in mine], "o-", color=colour, label=way)
        sizes = {row["blocks"]: row["problem_mib"] for row in rows}
        memory_axes.plot(list(sizes), list(sizes.values()), ":", color="black", label="the problem alone")
        for axes, what in ((time_axes, "seconds"), (memory_axes, "peak memory, MiB")):
            axes.set(xscale="log", yscale="log", xlabel="blocks, 20 for each team", ylabel=what)
            axes.set_xticks(list(sizes), [f"{blocks:,}" for blocks in sizes], fontsize=8)
            axes.set_xticks([], minor=True)
            axes.spines[["top", "right"]].set_visible(False)
            axes.legend(frameon=False, fontsize=8)
        figure.savefig(target, metadata={"Date": None})


if __name__ == "__main__":
    main()
