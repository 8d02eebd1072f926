"""The benchmark of alerts as a person types it, which is also the product's own processes at work together."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from uuid import uuid4

import pytest

from benchmarks.alert_city import AlertCity
from benchmarks.alerts import Seen, compared
from tests.support.databases import sqlite_only
from tests.support.messages import tell

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
    assert (found["lost"], found["doubled"], found["pushed_again"]) == (0, 0, 0)
    assert found["p50_ms"] > 0


@sqlite_only
@pytest.mark.usefixtures("database")
class TestComparing:
    """One report at a place of two officers; what the streams showed is held against that."""

    def found(self, *shown):
        one, other = uuid4(), uuid4()
        report, place = uuid4(), (129.06, 35.157)
        messages = tell(one, other, subject=report)
        seen = Seen(sent={report: (1.0, place)})
        seen.shown = [(messages[said], (one, other)[on], at) for said, on, at in shown]
        city = AlertCity(officers={}, walkers=[], places={place: frozenset((one, other))})
        summary = compared(seen, city, Counter(), {})
        return summary["seen"], summary["lost"], summary["doubled"]

    def test_each_officer_once_is_right(self):
        assert self.found((0, 0, 1.1), (1, 1, 1.2)) == (2, 0, 0)

    def test_what_an_officer_has_not_seen_is_lost(self):
        assert self.found((0, 0, 1.1)) == (1, 1, 0)

    def test_what_came_twice_is_doubled(self):
        assert self.found((0, 0, 1.1), (1, 1, 1.2), (1, 1, 1.3)) == (2, 0, 1)

    def test_what_came_on_anothers_stream_is_doubled_and_lost_on_the_right_one(self):
        assert self.found((0, 0, 1.1), (1, 0, 1.2)) == (1, 1, 1)

    def test_a_second_message_about_the_same_report_is_doubled(self):
        person, report, place = uuid4(), uuid4(), (129.06, 35.157)
        first, second = tell(person, subject=report)[0], tell(person, subject=report)[0]
        seen = Seen(sent={report: (1.0, place)}, shown=[(first, person, 1.1), (second, person, 1.2)])
        city = AlertCity(officers={}, walkers=[], places={place: frozenset((person,))})
        assert compared(seen, city, Counter({("fid-x", str(first)): 2}), {})["doubled"] == 1


@pytest.mark.parametrize("wrong", [("--rate", 0), ("--streams", 0), ("--api", 0)])
@pytest.mark.slow
def test_what_makes_no_sense_is_refused(wrong):
    assert run(*wrong).returncode == 2
