"""What is kept no longer: one rule a kind of thing, and a receipt for whatever a run removed.

A rule says after how long, by the city's policy or for the whole installation, and what removes it. `run` goes by the
full hour, so that a thing stays at most an hour longer than its rule says and receipts stay few. Safe to repeat.
"""

import functools
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from config.database import checkpoint, connection, transaction
from config.policy import PolicyError, Retention
from notifications.events import forget_events
from notifications.outbox import forget_messages, forget_old_messages
from patrol.http.replays import forget_replays
from patrol.notices import operations as notices
from patrol.people.models import RetentionReceipt
from patrol.people.operations.audit import forget_entries
from patrol.people.operations.challenges import forget_challenges
from patrol.people.operations.sessions import forget_sign_ins
from patrol.people.operations.throttle import forget_windows
from patrol.places.models import City
from patrol.places.operations.cities import policy_of
from patrol.planning.operations import personal as planning
from patrol.shifts.operations import personal as shifts
from patrol.sightings.operations import personal as sightings
from patrol.sightings.operations.photos import forget_unclaimed
from patrol.teams.operations import personal as teams
from patrol.walks.operations import personal as walks
from patrol.walks.operations.due import forget_tracks

log = structlog.get_logger(__name__)

ON_TEAM_FORGOTTEN = (planning.forget_team, walks.forget_team, shifts.forget_team)
"""Who lets go of a team before it is removed, from the upper subjects down."""


@dataclass(frozen=True, slots=True)
class CityRule:
    """A city keeps things of a kind for its policy's days; `forget(city, before, now)` says how many it removed."""

    kind: str
    days: Callable[[Retention], int]
    forget: Callable[[City, datetime, datetime], int]


@dataclass(frozen=True, slots=True)
class HouseRule:
    """The installation keeps things of a kind for so long; no city has a say, as they are nobody's but its own."""

    kind: str
    lasting: timedelta
    forget: Callable[[datetime], int]


CITY_RULES = (
    CityRule("tracks", lambda kept: kept.tracks_days, lambda city, before, _: forget_tracks(city, before=before)),
    CityRule(
        "shift_route_ends",
        lambda kept: kept.routes_days,
        lambda city, before, _: shifts.forget_route_ends(city, before=before),
    ),
    CityRule(
        "plan_route_ends",
        lambda kept: kept.routes_days,
        lambda city, before, _: planning.forget_route_ends(city, before=before),
    ),
    CityRule(
        "sightings",
        lambda kept: kept.sightings_days,
        lambda city, before, now: sightings.coarsen_ended(city, before=before, now=now),
    ),
    CityRule(
        "notices", lambda kept: kept.notices_days, lambda city, before, _: notices.forget_over(city, before=before)
    ),
    CityRule(
        "messages",
        lambda kept: kept.messages_days,
        lambda city, before, _: forget_old_messages(city.id, before=before),
    ),
    CityRule(
        "stream_events", lambda kept: kept.stream_days, lambda city, before, _: forget_events(before, city=city.id)
    ),
    CityRule(
        "access_log",
        lambda kept: kept.access_log_days,
        lambda city, before, _: forget_entries(city=city.id, before=before),
    ),
    CityRule(
        "applications",
        lambda kept: kept.applicants_days,
        lambda city, before, now: teams.forget_applications(city, before=before, effects=ON_TEAM_FORGOTTEN, now=now),
    ),
    CityRule(
        "retired_teams",
        lambda kept: kept.retired_teams_days,
        lambda city, before, now: teams.forget_retired(city, before=before, effects=ON_TEAM_FORGOTTEN, now=now),
    ),
)
HOUSE_RULES = (
    HouseRule("expired_messages", timedelta(0), forget_messages),
    HouseRule("replayed_answers", timedelta(days=2), lambda before: forget_replays(before=before)),
    HouseRule("unanswered_codes", timedelta(0), lambda before: forget_challenges(before=before)),
    HouseRule("throttle_windows", timedelta(days=2), lambda before: forget_windows(before=before)),
    HouseRule("unclaimed_photos", timedelta(days=7), lambda before: forget_unclaimed(before=before)),
    HouseRule("ended_sign_ins", timedelta(days=30), lambda before: forget_sign_ins(before=before)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """So many things of a kind from before then; `city` None: of the whole installation."""

    kind: str
    city: City | None
    before: datetime
    count: int


def run(now: datetime, *, dry_run: bool = False) -> list[Removed]:
    """Remove what no rule keeps, each kind and city in a transaction of its own with its receipt.

    Returns what was removed, or in a dry run what would be: then everything is done and taken back. What fails is
    logged and holds up nothing else; the first failure is raised when all the rest is done.
    """
    found, failures = [], []
    with connection():
        for due in _due(now):
            try:
                found.append(_remove(due, now, dry_run=dry_run))
            except Exception as failure:
                log.exception("retention failed", kind=due.kind)
                failures.append(failure)
        checkpoint()
    if failures:
        raise failures[0]
    return [removed for removed in found if removed.count]


class _TakenBack(Exception):
    """Ends the transaction of a dry run."""


@dataclass(frozen=True, slots=True)
class _Due:
    kind: str
    city: City | None
    before: datetime
    forget: Callable[[], int]


def _due(now: datetime) -> Iterator[_Due]:
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    for city in City.select().order_by(City.slug):
        try:
            kept = policy_of(city).retention
        except PolicyError:
            log.exception("nothing is removed here: the policy cannot be read", city=city.slug)
            continue
        for rule in CITY_RULES:
            before = hour - timedelta(days=rule.days(kept))
            yield _Due(rule.kind, city, before, functools.partial(rule.forget, city, before, now))
    for each in HOUSE_RULES:
        before = hour - each.lasting
        yield _Due(each.kind, None, before, functools.partial(each.forget, before))


def _remove(due: _Due, now: datetime, *, dry_run: bool) -> Removed:
    count = 0
    with suppress(_TakenBack), transaction():
        count = due.forget()
        if dry_run:
            raise _TakenBack
        if count:
            RetentionReceipt.create(city=due.city, kind=due.kind, before=due.before, count=count, at=now)
    return Removed(kind=due.kind, city=due.city, before=due.before, count=count)
