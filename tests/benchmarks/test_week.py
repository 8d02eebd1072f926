"""The benchmark of weeks: what it writes, and the small week that it warms up with."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.week import few
from benchmarks.week_streets import contested_week

ROOT = Path(__file__).parents[2]


@pytest.mark.slow  # the benchmark measures in single precision, whose kernels are compiled when first met
def test_a_week_is_planned_recounted_and_bounded():
    options = ["--teams", "4", "--blocks", "30", "--seconds", "1", "--json", "-"]
    command = [sys.executable, "-m", "benchmarks.week", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (row,) = json.loads(done.stdout)["instances"]
    assert row["verified"]
    assert row["bound"] >= row["prize"] > 0
    assert row["instance"] == "seomyeon 4x30 seed 1"


@pytest.mark.slow
def test_the_warm_up_is_a_small_week_of_the_same_kind():
    problem = contested_week(teams=5, blocks=40, city="seomyeon", seed=1)
    small = few(problem)
    assert (small.teams, small.blocks, small.days) == (3, 12, problem.days)
    assert small.between_m.dtype == problem.between_m.dtype
    assert small.visit_weight.tolist() == problem.visit_weight[:12].tolist()
