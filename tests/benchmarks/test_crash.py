"""The benchmark of kills as a person types it: the promise that no report and no alert is lost, in a few rounds."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*arguments):
    command = [sys.executable, "-m", "benchmarks.crash", *(str(argument) for argument in arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=400)


@pytest.mark.slow
def test_killed_processes_lose_and_double_nothing():
    done = run("--rounds", 6, "--seed", 7, "--json", "-")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["summary"]
    assert found["sent"] > 10
    assert found["alerts_due"] > 0
    assert [found[what] for what in ("refused", "unanswered", "lost", "doubled", "alerts_lost")] == [0] * 5
    assert found["late_escalations"] == 0


@pytest.mark.parametrize("wrong", [("--rounds", 0), ("--rate", 0)])
def test_what_makes_no_sense_is_refused(wrong):
    assert run(*wrong).returncode == 2
