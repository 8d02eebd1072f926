"""Pictures of benchmark results, from the JSON files that the benchmarks write.

`python -m benchmarks.plots gaps docs/top.svg top.json` shows, per solver, on how many instances it stays within which
gap; `python -m benchmarks.plots prizes docs/city.svg city.json` what each collects of our proven bound.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.against.peer import package
from benchmarks.measure import OURS
from benchmarks.results import Row

COLOURS = {OURS: "#0b6e4f", "pyvrp": "#c8553d", "ortools": "#588b8b", "vroom": "#8d6a9f", "greedy": "#8a8a8a"}
_OTHER = "#333333"


def main() -> None:
    """Read, draw, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=["gaps", "prizes"])
    parser.add_argument("target", type=Path, metavar="TARGET.svg")
    parser.add_argument("results", type=Path, nargs="+", metavar="FILE.json")
    given = parser.parse_args()
    rows = [row for file in given.results for row in json.loads(file.read_bytes())["instances"]]
    pyplot = package("matplotlib.pyplot", "matplotlib")
    with pyplot.rc_context({"svg.hashsalt": "benchmarks", "svg.fonttype": "none", "font.size": 10}):
        figure, axes = pyplot.subplots(figsize=(8, 4), layout="constrained")
        {"gaps": gaps, "prizes": prizes}[given.kind](axes, rows)
        axes.spines[["top", "right"]].set_visible(False)
        figure.legend(loc="outside right upper", frameon=False)
        figure.savefig(given.target, metadata={"Date": None})


def gaps(axes: Any, rows: Sequence[Row]) -> None:
    """Per solver, the gaps to the best known prizes in order: the lower and the further right, the better."""
    for solver in _solvers(rows):
        found = sorted(row["gap_percent"] for row in rows if row["solver"] == solver and row["best_known"] is not None)
        share = [100.0 * at / len(found) for at in range(len(found) + 1)]
        colour = COLOURS.get(solver, _OTHER)
        axes.plot(share, [*found[:1], *found], label=solver, color=colour, drawstyle="steps-pre", clip_on=False)
    axes.set_yscale("symlog", linthresh=0.1)
    axes.set(xlabel="instances, %", ylabel="gap to the best known prize, at most %", xlim=(0, 100), ylim=(0, None))


def prizes(axes: Any, rows: Sequence[Row]) -> None:
    """A dot for each solver and instance, in percent of our bound; runs with several seeds count with their mean."""
    instances = list(dict.fromkeys(row["instance"] for row in rows))
    bound = [_mean(rows, name, OURS, "bound") for name in instances]
    for solver in _solvers(rows):
        collected = [_mean(rows, name, solver, "prize") for name in instances]
        percent = [100.0 * prize / most for prize, most in zip(collected, bound, strict=True)]
        axes.plot(range(len(instances)), percent, "o", label=solver, color=COLOURS.get(solver, _OTHER))
    axes.axhline(100.0, color="black", linewidth=1, label="proven bound")
    axes.set_xticks(range(len(instances)), instances, rotation=20, ha="right")
    axes.set(ylabel="prize, % of the proven bound", xlim=(-0.5, len(instances) - 0.5))


def _solvers(rows: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(row["solver"] for row in rows))


def _mean(rows: Sequence[Row], instance: str, solver: str, what: str) -> float:
    """NaN, which is not drawn, where there is nothing."""
    found = [row[what] for row in rows if (row["instance"], row["solver"]) == (instance, solver)]
    known = [value for value in found if value is not None]
    return sum(known) / len(known) if known else float("nan")


if __name__ == "__main__":
    main()
