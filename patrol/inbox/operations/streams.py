"""A person's live events. Nobody reads another's."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from config.database import connection
from notifications import events
from notifications.models import Event
from notifications.pump import Pump, Subscription
from patrol.errors import DomainError

HEARTBEAT_S = 15.0
REPLAY = 200


class StreamsFull(DomainError):
    """This process holds as many live streams as it may. Facts: `retry_after_s`."""

    words = {
        "ko": "실시간 연결이 가득 찼습니다. /events 를 조회하고 나중에 다시 연결하세요.",
        "en": "All live streams are taken; poll /events and try the stream again later.",
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """What a polling client gets. `next` is the number to go on from; `reset`: what is older may be missing."""

    items: list[Event]
    next: int
    reset: bool


def happened(person: UUID, *, after: int | None, limit: int) -> Happened:
    """The events of `person` numbered above `after`; without it none, only where to go on from."""
    last = events.last_seq()  # before the events: what commits in between is found from `next` on
    start, reset = _start(after, last=last)
    items = events.of_person(person, after=start, limit=limit)
    newest = items[-1].seq if items else start
    return Happened(items=items, next=newest if len(items) == limit else max(newest, last), reset=reset)


class Streams:
    """The live streams of one process: how many it may hold, and the pump that feeds them all."""

    def __init__(self, *, limit: int, heartbeat_s: float = HEARTBEAT_S) -> None:
        """`limit` stays below the server's threads: each stream holds one. `heartbeat_s` in seconds."""
        self.heartbeat_s = heartbeat_s
        self._places = threading.BoundedSemaphore(limit) if limit else None
        self._pump = Pump()

    @contextmanager
    def place(self, person: UUID) -> Iterator[Subscription]:
        """A place for one stream of `person`, with its subscription. Raises StreamsFull."""
        if self._places is None or not self._places.acquire(blocking=False):
            raise StreamsFull(retry_after_s=round(self.heartbeat_s) or 1)
        try:
            with self._pump.subscribe(person) as subscription:
                yield subscription
        finally:
            self._places.release()

    def close(self) -> None:
        """End every stream; their clients come again with the number they have seen."""
        self._pump.close()


@dataclass(frozen=True, slots=True)
class Began:
    """A stream's first line: the number it goes on from. `reset`: what is older may be missing."""

    seq: int
    reset: bool


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Nothing for a while; the session still stands."""


def follow(
    subscription: Subscription, *, after: int | None, heartbeat_s: float, standing: Callable[[], bool]
) -> Iterator[Began | Event | Heartbeat]:
    """The events above `after` from the table, then live ones: none twice, none left out.

    The subscription was open before the table is read, so that what commits in between is in one or both; by their
    numbers both is seen. Without `after`: only live ones. Every `heartbeat_s` seconds `standing` is asked whether the
    session still stands; the stream ends when it does not, or when its reader is too slow. No database connection is
    held between lines.
    """
    with connection():
        seen, reset = _start(after, last=events.last_seq())
    yield Began(seen, reset)
    for event in _replayed(subscription.person, after=seen):
        seen = event.seq
        yield event
    heartbeat_at = time.monotonic() + heartbeat_s
    while not subscription.ended:
        live = subscription.get(within_s=heartbeat_at - time.monotonic())
        if live is not None and live.seq > seen:
            seen = live.seq
            yield live
        if time.monotonic() >= heartbeat_at:
            if not standing():
                return
            yield Heartbeat()
            heartbeat_at = time.monotonic() + heartbeat_s


def _replayed(person: UUID, *, after: int) -> Iterator[Event]:
    while True:
        with connection():
            page = events.of_person(person, after=after, limit=REPLAY)
        yield from page
        if len(page) < REPLAY:
            return
        after = page[-1].seq


def _start(after: int | None, *, last: int) -> tuple[int, bool]:
    """Where to go on from, and whether the caller may have missed what is no longer kept.

    A number above the last is from before the database was restored: it would hide all that comes.
    """
    if after is None:
        return last, False
    if after > last:
        return last, True
    return after, after < events.first_seq() - 1
