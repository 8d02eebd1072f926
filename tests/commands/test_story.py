"""The demo's story at hours when nobody walks: a real server and a real planner, by a clock that is set."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from app import create_app
from commands.cast import Cast
from commands.demo import sample_city, tell
from commands.serving import channels, plan_runs
from commands.shared import Context
from config.database import connection, disconnect
from patrol import jobs
from patrol.people.models import Person
from patrol.planning.models import PlanRun
from patrol.shifts.models import Shift
from patrol.sightings.models import Sighting
from patrol.teams.models import Team
from patrol.walks.models import Walk
from tests.support.command_line import context_of
from tests.support.evenings import faults_of
from tests.support.serving import serving

pytestmark = pytest.mark.slow


class Shifted:
    """A clock that runs on from the moment at which it was set."""

    def __init__(self, at: str) -> None:
        self.set(at)

    def set(self, at: str) -> None:
        self._ahead = datetime.fromisoformat(at) - datetime.now(UTC)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._ahead


@contextmanager
def stage(settings, clock) -> Iterator[Cast]:
    """Web and planner of a demo, in this process."""
    context = context_of(settings, clock)
    stopping = threading.Event()
    planner = threading.Thread(target=plan_runs, args=(context, "test", stopping))
    postman = threading.Thread(target=deliver, args=(context, stopping))
    with serving(create_app(settings, clock=clock)) as address:
        planner.start()
        postman.start()
        try:
            yield Cast(context, sample_city(context), address=address)
        finally:
            stopping.set()
            planner.join()
            postman.join()
    disconnect()


def deliver(context: Context, stopping: threading.Event) -> None:
    """What a worker does with codes."""
    while not stopping.wait(0.2):
        with connection():
            jobs.deliver(tuple(channels(context)), now=context.now(), holder="test", clock=context.clock)


def told(cast) -> str:
    return tell(cast.context, cast, seconds=1.0)


@pytest.mark.parametrize(
    ("now", "evening"), [("2026-11-06T23:30:00+09:00", "2026-11-06"), ("2026-11-07T05:00:00+09:00", "2026-11-07")]
)
def test_the_story_can_be_told_at_any_hour(settings, now, evening):
    clock = Shifted(now)
    with stage(settings, clock) as cast:
        printed = told(cast)
        assert f"{evening} {now[11:16]}" in printed
        run = PlanRun.get()
        assert (run.state, run.evening.isoformat()) == ("published", evening)
        assert run.summary["routes"] >= 20
        assert faults_of(run) == []
        assert [walk.state for walk in Walk.select()] == ["ended"]
        assert [sighting.state for sighting in Sighting.select()] == ["acknowledged"]
        states = sorted(shift.state for shift in Shift.select())
        assert (states.count("walked"), states.count("offered")) == (1, 1)
        assert set(states) == {"accepted", "offered", "walked"}
        assert f"files in {settings.var}/codes" in printed
        assert all(person.sample for person in Person.select())
        assert all(team.name.startswith("견본") for team in Team.select())


def test_told_again_late_in_the_evening_it_plans_the_hours_that_are_left(settings):
    clock = Shifted("2026-11-06T19:10:00+09:00")
    with stage(settings, clock) as cast:
        told(cast)
        first = PlanRun.get()
        assert first.ends_at - first.begins_at == timedelta(hours=4)
        told(cast)
        assert PlanRun.select().count() == 1  # there is time left, so nothing is planned anew
        clock.set("2026-11-06T22:10:00+09:00")
        assert "22:10 to 02:10" in told(cast)
        runs = list(PlanRun.select().order_by(PlanRun.created_at))
        assert [run.state for run in runs] == ["withdrawn", "published"]
        assert Shift.select().where((Shift.plan_run == runs[1].id) & (Shift.state == "accepted")).count() >= 15
        assert Walk.select().count() == 1
