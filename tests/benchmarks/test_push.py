"""The benchmark of pushes as a person types it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*arguments):
    command = [sys.executable, "-m", "benchmarks.push", *(str(argument) for argument in arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.slow
def test_every_push_is_handed_over_once():
    done = run("--devices", 30, "--latency-ms", 1, "--json", "-")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["summary"]
    assert (found["devices"], found["sent"], found["lost"], found["doubled"], found["not_settled"]) == (30, 30, 0, 0, 0)
    assert found["handed_over_s"] > 0


@pytest.mark.parametrize("wrong", [("--devices", 0), ("--latency-ms", -1)])
def test_what_makes_no_sense_is_refused(wrong):
    assert run(*wrong).returncode == 2
