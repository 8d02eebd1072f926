"""Retention by command line."""

import json
from datetime import timedelta

import pytest

from config.database import connect
from patrol.people.models import RetentionReceipt, Throttle
from patrol.people.operations.throttle import throttle
from tests.support.command_line import invoke
from tests.support.factories import NOW, Time, settings_of

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def run(database):
    def run(*arguments):
        done = invoke(settings_of(database), *arguments, clock=Time())
        connect(database)
        return done

    return run


def test_a_dry_run_prints_what_would_go_and_the_run_what_went(run):
    throttle("key", most=5, every=timedelta(minutes=1), now=NOW - timedelta(days=2))
    dry = run("retention", "--dry-run")
    assert (dry.exit_code, dry.stdout) == (
        0,
        "installation: 1 throttle_windows from before 2026-11-05T10:00+00:00 would be removed\n",
    )
    assert (Throttle.select().count(), RetentionReceipt.select().count()) == (1, 0)
    done = run("retention", "--json")
    assert json.loads(done.stdout) == [
        {"city": None, "kind": "throttle_windows", "before": "2026-11-05T10:00+00:00", "count": 1}
    ]
    assert (Throttle.select().count(), RetentionReceipt.select().count()) == (0, 1)
    assert run("retention").stdout == "Nothing is kept longer than it may be.\n"
