"""How fast a channel may be used, and whether at all: a token bucket and an outage's pauses, shared by every relay."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from config.database import transaction
from notifications.models import ChannelState

FIRST_PAUSE_S, LONGEST_PAUSE_S = 5.0, 60.0
PROBE = 5
"""So many are tried after a pause to see whether the channel is back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """At most `per_s` a second over time and `burst` at a stroke; `batch` in one pass, `at_once` at the same time."""

    per_s: float
    burst: int
    batch: int
    at_once: int


PACES = {
    "email": Pace(per_s=20, burst=200, batch=40, at_once=8),
    "sms": Pace(per_s=10, burst=100, batch=20, at_once=4),
    "fcm": Pace(per_s=500, burst=500, batch=500, at_once=40),
    "web_push": Pace(per_s=100, burst=200, batch=200, at_once=20),
    "webhook": Pace(per_s=20, burst=100, batch=40, at_once=8),
}


def allowed(channel: str, pace: Pace, *, now: datetime) -> int:
    """How many may be sent now. Within the caller's transaction nobody else reckons with the same channel."""
    state = _held(channel, pace, now=now)
    if state.paused_until is not None and state.paused_until > now:
        return 0
    passed_s = max((now - state.counted_at).total_seconds(), 0.0)
    allowance = min(state.allowance + passed_s * pace.per_s, float(pace.burst))
    ChannelState.update(allowance=allowance, counted_at=now).where(ChannelState.channel == channel).execute()
    return min(int(allowance), pace.batch, PROBE if state.failures else pace.batch)


def spend(channel: str, number: int) -> None:
    """So many are on their way; in the transaction of `allowed`."""
    ChannelState.update(allowance=ChannelState.allowance - number).where(ChannelState.channel == channel).execute()


def note_answered(channel: str) -> None:
    """The service answers: an outage is over, and so are its pauses."""
    changed = (ChannelState.failures > 0) | ChannelState.down_since.is_null(is_null=False)
    with transaction():
        ChannelState.update(down_since=None, down_because="", failures=0, paused_until=None).where(
            (ChannelState.channel == channel) & changed
        ).execute()


def note_outage(channel: str, *, because: str, asked_s: float, jitter: Callable[[], float], now: datetime) -> None:
    """The service does not answer: leave it alone for a while, longer each time, never shorter than it asks for."""
    with transaction():
        state = ChannelState.get_by_id(channel)
        pause = max(pause_s(state.failures, jitter=jitter()), asked_s)
        ChannelState.update(
            down_since=state.down_since or now,
            down_because=because,
            failures=ChannelState.failures + 1,
            paused_until=now + timedelta(seconds=pause),
        ).where(ChannelState.channel == channel).execute()


def note_refused(channel: str, *, because: str, now: datetime) -> None:
    """The service refuses all that is ours, such as for credentials that do not hold: said, but not paused."""
    with transaction():
        ChannelState.update(down_since=now, down_because=because).where(
            (ChannelState.channel == channel) & ChannelState.down_since.is_null()
        ).execute()


def note_throttled(channel: str, *, asked_s: float, now: datetime) -> None:
    """We send too much: nothing for as long as is asked, and then no burst."""
    with transaction():
        until = now + timedelta(seconds=asked_s)
        ChannelState.update(paused_until=until, allowance=0.0, counted_at=until).where(
            ChannelState.channel == channel
        ).execute()


def pause_s(failures: int, *, jitter: float) -> float:
    """Seconds of the pause after `failures` earlier ones in a row: doubling to a limit, and spread."""
    doubled = min(FIRST_PAUSE_S * 2.0 ** min(failures, 10), LONGEST_PAUSE_S)
    return doubled * (0.5 + 0.5 * jitter)


def _held(channel: str, pace: Pace, *, now: datetime) -> ChannelState:
    """The channel's row, locked: a write is a lock on PostgreSQL, and SQLite has one writer anyway."""
    ChannelState.insert(
        channel=channel, allowance=float(pace.burst), counted_at=now
    ).on_conflict_ignore().as_rowcount().execute()
    ChannelState.update(channel=channel).where(ChannelState.channel == channel).execute()
    found: ChannelState = ChannelState.get_by_id(channel)
    return found
