"""How time and memory grow: what the benchmark writes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FIELDS = {"instance", "solver", "prize", "best_known", "bound", "gap_percent", "seconds", "seed", "threads", "verified"}


def _run(*arguments: object):
    command = [sys.executable, "-m", "benchmarks.growth", *(str(argument) for argument in arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_growth_measures_one_search_and_districts_at_each_size():
    done = _run("--sizes", "4x120", "--seconds", 1, "--json", "-")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [(row["instance"], row["solver"]) for row in found["instances"]] == [
        ("4x120 seed 1", "one search"),
        ("4x120 seed 1", "districts"),
    ]
    for row in found["instances"]:
        assert set(row) >= FIELDS
        assert row["verified"]
        assert row["bound"] >= row["prize"] > 0
        assert 0 <= row["first_plan_s"] <= row["near_end_s"] <= row["seconds"]
        assert row["peak_mib"] > row["problem_mib"]
    assert set(found["summary"]["solvers"]) == {"one search", "districts"}


def test_growth_refuses_a_size_that_is_none():
    done = _run("--sizes", "many")
    assert done.returncode == 2
    assert "TEAMSxBLOCKS" in done.stderr
