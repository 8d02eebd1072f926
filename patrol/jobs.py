"""APScheduler triggers → operations. What is due is read from the tables, so a missed tick loses nothing.

One clock, however many workers are started: a tick does nothing unless this process holds the lease `clock`.
"""

import functools
import random
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from config import leases
from config.clock import Clock
from config.database import connection
from config.settings import Settings
from notifications.channels import AnyChannel
from notifications.channels.files import FileDrop
from notifications.leasing import take_over
from notifications.relay import relay, settle_expired
from patrol import retention
from patrol.alerts.operations import drills
from patrol.bridges.operations import following
from patrol.notices import operations as notices
from patrol.people.operations import due as due_people
from patrol.places.models import City
from patrol.shifts.operations import due as due_shifts
from patrol.shifts.operations.forecast import withdraw_forbidden
from patrol.shifts.operations.offering import open_after
from patrol.shifts.operations.reading import shifts_after
from patrol.sightings.operations import due as due_sightings
from patrol.sightings.operations import escalating
from patrol.teams.operations import lapsing
from patrol.teams.operations.fetching import fetch_weather
from patrol.teams.operations.weather import weather_of
from patrol.teams.operations.welfare import WeatherAt
from patrol.walks.operations import due as due_walks
from patrol.walks.operations import welfare as walks_welfare

log = structlog.get_logger(__name__)

CLOCK = "clock"
CLOCK_LASTS = timedelta(seconds=5)
"""Prolonged three times a second; a clock that was killed is replaced so soon."""
TICK_S = 5
TEAMS_S = 60
ESCALATE_S = 2
DELIVER_S = 0.3
PASSES = 10
WEATHER_S = 60
HOUSEKEEPING_S = 600

Job = Callable[[datetime], object]


def scheduler(*, holder: str, clock: Clock, channels: Iterable[AnyChannel], settings: Settings) -> BackgroundScheduler:
    """A scheduler with every job, not started yet. `holder` names this process in the lease."""
    source = settings.weather
    found = BackgroundScheduler(
        timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )

    def every(seconds: float, name: str, job: Job) -> None:
        found.add_job(
            lambda: tick(name, job, holder=holder, clock=clock), "interval", seconds=seconds, id=name, name=name
        )

    every(TICK_S, "shifts", look_after_shifts)
    every(TEAMS_S, "teams", look_after_teams)
    every(TICK_S, "walks", due_walks.end_silent)
    every(TICK_S, "sightings", look_after_sightings)
    every(TEAMS_S, "drills", drills.start_scheduled)
    every(TICK_S, "notices", notices.tell_nearby)
    found.add_job(
        lambda: unleased("escalation", escalate, clock=clock), "interval", seconds=ESCALATE_S, id="escalation"
    )
    every(HOUSEKEEPING_S, "retention", retention.run)
    every(TICK_S, "webhooks", following.follow)
    every(HOUSEKEEPING_S, "failing webhooks", following.pause_failing)
    every(WEATHER_S, "weather", lambda now: fetch_weather(source, settings.weather_fields, now=now))
    every(WEATHER_S, "dogs", lambda now: look_after_dogs(source, now))
    every(HOUSEKEEPING_S, "rota", due_people.warn_of_gaps)
    every(DELIVER_S, "deliveries", settle_expired)
    for channel in channels:  # each by itself: one that is slow or out of order holds up no other
        every(DELIVER_S, f"deliveries by {channel.name}", functools.partial(_deliver_by, channel, holder, clock))
        if isinstance(channel, FileDrop):
            every(HOUSEKEEPING_S, f"files by {channel.name}", channel.tidy)
    return found


def tick(name: str, job: Job, *, holder: str, clock: Clock) -> bool:
    """Run a job if this process is the clock. A job that fails is logged and tried again at its next tick."""
    with connection():
        now = clock()
        try:
            newly = functools.partial(take_over, holder)
            if not leases.take(CLOCK, holder, now=now, lasting=CLOCK_LASTS, newly=newly):
                return False
            job(now)
        except Exception:
            log.exception("job failed", job=name)
            return False
    return True


def unleased(name: str, job: Job, *, clock: Clock) -> None:
    """Run a job that several workers may run at once: what is due to be escalated waits for no lease to run out."""
    with connection():
        try:
            job(clock())
        except Exception:
            log.exception("job failed", job=name)


def stand_down(holder: str) -> None:
    """Let another process be the clock at once."""
    leases.give_back(CLOCK, holder)


def deliver(channels: tuple[AnyChannel, ...], *, now: datetime, holder: str, clock: Clock) -> None:
    """Pass after pass until nothing is due, or it is time to see whether this process is still the clock."""
    for _ in range(PASSES):
        if not relay(channels, now=now, holder=holder, jitter=random.random):
            return
        now = clock()


def _deliver_by(channel: AnyChannel, holder: str, clock: Clock, now: datetime) -> None:
    deliver((channel,), now=now, holder=holder, clock=clock)


def look_after_shifts(now: datetime) -> None:
    """Remind of shifts, close those nobody answered and those nobody walked."""
    due_shifts.remind(now)
    due_shifts.close_unanswered(now)
    due_shifts.close_missed(now)


def look_after_teams(now: datetime) -> None:
    """Warn of what lapses, take who has lapsed out of planning and later shifts, bring back who is in order again."""
    lapsing.look_after_teams(effects=(open_after,), blocked=shifts_after, now=now)


def look_after_sightings(now: datetime) -> None:
    """Sightings that nobody took find whoever has come, or come on duty, since."""
    due_sightings.route_unheard(now)
    due_sightings.hand_over(now)


def escalate(now: datetime) -> None:
    """Tell the next contact of what nobody has acknowledged in time."""
    escalating.escalate(now)
    drills.escalate(now)


def look_after_dogs(source: str, now: datetime) -> None:
    """Take back what the forecast forbids the dogs, and see to those that are out. `source`: the weather's setting."""

    def weather(city: City) -> WeatherAt:
        return weather_of(city, source, now=now)

    withdraw_forbidden(weather, now)
    walks_welfare.look_after_dogs(weather, now)
