"""Rows of results as JSON and as lines, and what they amount to."""

import importlib.metadata
import json
import os
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.measure import OURS, Outcome

_PACKAGES = ("numpy", "scipy", "numba", "ortools", "pyvrp", "pyvroom")
_FOUND = 1e-6

Row = dict[str, Any]


def row(outcome: Outcome, best_known: float | None) -> Row:
    """One line of the results. gap_percent: below the best known prize, or below our bound where none is known.

    refused: why the answer counts nothing; None: it counts.
    """
    job = outcome.job
    reference = outcome.bound if best_known is None else best_known
    return {
        "instance": job.name,
        "solver": job.solver,
        "prize": outcome.prize,
        "best_known": best_known,
        "bound": outcome.bound,
        "gap_percent": None if not reference else 100.0 * (reference - outcome.prize) / reference,
        "seconds": round(outcome.seconds, 3),
        "seed": job.seed,
        "threads": job.threads if job.solver == OURS else 1,
        "verified": outcome.verified,
        "refused": outcome.what or None,
        "lp": outcome.lp,
        "cpu_s": round(outcome.cpu_s, 3),
        "peak_mib": round(outcome.peak_mib, 1),
    }


def report(rows: Sequence[Row]) -> dict[str, Any]:
    """Everything that goes into the JSON file."""
    return {"instances": list(rows), "versions": versions(), "summary": summary(rows)}


def versions() -> dict[str, str]:
    """What made the results, and on what."""
    found = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "not installed"
    return {**found, "machine": platform.machine(), "system": platform.system(), "cores": str(os.cpu_count())}


def summary(rows: Sequence[Row]) -> dict[str, Any]:
    """Per solver the means, and ours beside each other one on the same instances and seeds."""
    solvers = list(dict.fromkeys(str(one["solver"]) for one in rows))
    per_solver = {name: _figures([one for one in rows if one["solver"] == name]) for name in solvers}
    others = [name for name in solvers if name != OURS] if OURS in solvers else []
    return {"solvers": per_solver, "ours_against": {name: _beside(rows, name) for name in others}}


def _figures(rows: Sequence[Row]) -> Row:
    gaps = [one["gap_percent"] for one in rows if one["gap_percent"] is not None]
    known = [one for one in rows if one["best_known"] is not None]
    found = [one for one in known if one["prize"] >= one["best_known"] - _FOUND]
    return {
        "instances": len(rows),
        "mean_prize": fmean(one["prize"] for one in rows),
        "mean_gap_percent": fmean(gaps) if gaps else None,
        "worst_gap_percent": max(gaps, default=None),
        "best_known_found_percent": 100.0 * len(found) / len(known) if known else None,
        "mean_seconds": round(fmean(one["seconds"] for one in rows), 3),
        "most_seconds": max(one["seconds"] for one in rows),
        "peak_mib": max(one["peak_mib"] for one in rows),
        "not_verified": sum(not one["verified"] for one in rows),
    }


def _beside(rows: Sequence[Row], other: str) -> Row:
    """Our prize above theirs, in percent of theirs: of the sums, and on the worst instance.

    left_out: runs that are no part of it, as their answer was refused or is worth nothing.
    """
    prizes = {(one["solver"], one["instance"], one["seed"]): one["prize"] for one in rows}
    pairs = [
        (prize, prizes[other, instance, seed])
        for (solver, instance, seed), prize in prizes.items()
        if solver == OURS and prizes.get((other, instance, seed))
    ]
    left_out = sum(one["solver"] == other for one in rows) - len(pairs)
    ours, theirs = sum(our for our, _ in pairs), sum(their for _, their in pairs)
    ahead = [100.0 * (our / their - 1.0) for our, their in pairs]
    return {
        "pairs": len(pairs),
        "left_out": left_out,
        "percent_ahead_in_sum": 100.0 * (ours / theirs - 1.0) if theirs else None,
        "percent_ahead_at_least": min(ahead, default=None),
        "better": sum(our > their for our, their in pairs),
        "worse": sum(our < their for our, their in pairs),
    }


def write(found: dict[str, Any], target: str | None) -> None:
    """As JSON into a file, or to stdout for `-`; None: nowhere."""
    text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
    if target == "-":
        sys.stdout.write(text)
    elif target:
        Path(target).write_text(text, encoding="utf-8")


def line(one: Row) -> str:
    """A row for the terminal."""
    numbers = {"best known": one["best_known"], "bound": one["bound"], "lp": one["lp"]}
    beside = "".join(f"  {name} {value:.6g}" for name, value in numbers.items() if value is not None)
    gap = "" if one["gap_percent"] is None else f"  gap {one['gap_percent']:.3f} %"
    wrong = f"  REFUSED: {one['refused']}" if one["refused"] else ""
    took = f"{one['seconds']:8.2f} s (cpu {one['cpu_s']:.2f}) {one['peak_mib']:6.0f} MiB"
    return f"{one['instance']:<28}{one['solver']:<9}{one['prize']:>9.6g}{beside}{gap}{took}{wrong}"


def lines(found: dict[str, Any]) -> str:
    """The summary for the terminal."""
    out = []
    for name, figures in found["solvers"].items():
        out.append(f"{name}: " + ", ".join(f"{what} {_short(value)}" for what, value in figures.items()))
    for name, figures in found["ours_against"].items():
        out.append(f"ours against {name}: " + ", ".join(f"{what} {_short(value)}" for what, value in figures.items()))
    return "\n".join(out)


def _short(value: float | None) -> str:
    return "-" if value is None else f"{value:.6g}"
