from datetime import UTC, datetime, timedelta

import pytest
import structlog
from apscheduler.schedulers.base import BaseScheduler

from config import leases
from notifications.channels.files import KEPT, FileDrop
from notifications.direct import nothing
from notifications.models import Event
from patrol import jobs, retention
from tests.support.factories import NOW, Time, make_city, make_shift, make_team, settings_of
from tests.support.messages import delivery_of, someone_with_mail, tell

SETTINGS = settings_of("sqlite:///unused")


def ticked(job, *, holder="one", now=NOW):
    return jobs.tick("a job", job, holder=holder, clock=Time(now))


@pytest.mark.both_fast
def test_only_the_process_that_is_the_clock_runs_jobs(database):
    ran = []
    assert ticked(lambda _: ran.append("one"))
    assert not ticked(lambda _: ran.append("two"), holder="two")
    assert ran == ["one"]


@pytest.mark.both_fast
def test_when_the_clock_dies_another_process_takes_over(database):
    ticked(lambda _: None)
    late = NOW + jobs.CLOCK_LASTS + timedelta(seconds=1)
    assert ticked(lambda _: None, holder="two", now=late)
    assert not ticked(lambda _: None, holder="one", now=late)


def test_a_process_that_leaves_hands_the_clock_over_at_once(database):
    ticked(lambda _: None)
    jobs.stand_down("one")
    assert ticked(lambda _: None, holder="two")


def test_a_job_that_fails_is_logged_and_keeps_nobody_from_the_next_tick(database):
    def fails(_now):
        raise ZeroDivisionError

    with structlog.testing.capture_logs() as logged:
        assert not ticked(fails)
    assert [(line["log_level"], line["job"]) for line in logged] == [("error", "a job")]
    assert ticked(lambda _: None)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_every_job_skips_what_it_missed_and_never_runs_beside_itself(database):
    scheduler: BaseScheduler = jobs.scheduler(holder="one", clock=Time(), channels=[], settings=SETTINGS)
    found = {job.id: job for job in scheduler.get_jobs()}
    wanted = {
        "shifts",
        "teams",
        "walks",
        "sightings",
        "notices",
        "drills",
        "escalation",
        "webhooks",
        "failing webhooks",
    }
    wanted |= {"retention", "weather", "dogs", "rota", "deliveries"}
    assert set(found) == wanted
    for job in scheduler._pending_jobs:
        assert job[0].trigger.interval.total_seconds() <= jobs.HOUSEKEEPING_S
    scheduler.start(paused=True)  # from here on jobs have what they were left to by default
    for job in scheduler.get_jobs():
        assert (job.coalesce, job.max_instances, job.misfire_grace_time) == (True, 1, None)
    scheduler.shutdown(wait=False)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_each_channel_is_a_job_of_its_own_so_that_a_slow_one_holds_up_no_other(database):
    class Post:
        name = "email"

        def send(self, _message, _address):
            raise AssertionError("nothing is due")

    scheduler = jobs.scheduler(holder="one", clock=Time(), channels=[Post()], settings=SETTINGS)
    assert {"deliveries", "deliveries by email"} <= {job.id for job in scheduler.get_jobs()}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_nobody_sent_in_time_is_said_to_be_over_though_no_channel_is_at_hand(database):
    (message_id,) = tell(someone_with_mail(), now=NOW, expires_at=NOW)
    scheduler = jobs.scheduler(holder="one", clock=Time(), channels=[], settings=SETTINGS)
    next(job for job in scheduler.get_jobs() if job.id == "deliveries").func()
    assert delivery_of(message_id).state == "expired"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_codes_in_files_go_without_another_that_comes(database, tmp_path):
    drop = FileDrop(name="sms", folder=tmp_path, opens=nothing)
    left = tmp_path / "old.json"
    left.touch()
    clock = Time(datetime.fromtimestamp(left.stat().st_mtime, UTC) + 2 * KEPT)
    scheduler = jobs.scheduler(holder="one", clock=clock, channels=[drop], settings=SETTINGS)
    next(job for job in scheduler.get_jobs() if job.id == "files by sms").func()
    assert not left.exists()


def test_shifts_are_reminded_of_closed_and_missed(database):
    team = make_team(make_city())
    unanswered = make_shift(team, state="offered", answer_by=NOW - timedelta(minutes=1))
    missed = make_shift(make_team(team.city), starts_at=NOW - timedelta(hours=3))
    jobs.look_after_shifts(NOW)
    assert type(unanswered).get_by_id(unanswered.id).state == "expired"
    assert type(missed).get_by_id(missed.id).state == "missed"
    jobs.look_after_shifts(NOW)
    assert Event.select().where(Event.kind == "message").count() >= 1


def test_on_an_empty_database_the_jobs_do_nothing(database):
    retention.run(NOW)
    jobs.look_after_shifts(NOW)
    assert leases.Lease.select().count() == 0
