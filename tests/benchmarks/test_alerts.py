"""The benchmark of alerts as a person types it, which is also the product's own processes at work together."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*arguments):
    command = [sys.executable, "-m", "benchmarks.alerts", *(str(argument) for argument in arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=180)


@pytest.mark.slow
def test_every_report_reaches_the_open_streams_of_its_box_once():
    done = run("--seconds", 2, "--rate", 5, "--streams", 94, "--api", 1, "--json", "-")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["summary"]
    assert (found["sent"], found["refused"], found["streams_refused"]) == (10, 0, 0)
    assert found["due"] == found["seen"] == found["pushed"] == 10
    assert (found["lost"], found["doubled"]) == (0, 0)
    assert found["p50_ms"] > 0


@pytest.mark.parametrize("wrong", [("--rate", 0), ("--streams", 0), ("--api", 0)])
def test_what_makes_no_sense_is_refused(wrong):
    assert run(*wrong).returncode == 2
