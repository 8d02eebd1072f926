"""One thread a process that follows the event table and hands each event to the open streams of its person."""

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from queue import Empty, Full, Queue
from uuid import UUID

import structlog

from config.database import connection, database, is_sqlite
from notifications import events
from notifications.models import BELL, Event

log = structlog.get_logger(__name__)

ROOM = 200
BATCH = 500
POLL_S = 0.15  # SQLite has no bell to ring
BELL_S = 0.5  # PostgreSQL has: this is for a bell not heard
AGAIN_S = 1.0


class Subscription:
    """The events of one person from the moment it was opened, in order.

    A reader that falls `ROOM` events behind is dropped (`ended`): what it missed is in the table.
    """

    def __init__(self, person: UUID) -> None:
        """Made by `Pump.subscribe`."""
        self.person = person
        self.ended = False
        self._queue: Queue[Event | None] = Queue(maxsize=ROOM)

    def get(self, *, within_s: float) -> Event | None:
        """The next event, or None when none came in time or it has ended."""
        try:
            return self._queue.get(timeout=max(within_s, 0.0))
        except Empty:
            return None

    def put(self, event: Event) -> None:
        """Hand over an event; called by the pump."""
        if self.ended:
            return
        try:
            self._queue.put_nowait(event)
        except Full:
            self.end()

    def end(self) -> None:
        """Let the reader go; one that waits is woken."""
        self.ended = True
        with self._queue.mutex:
            self._queue.queue.clear()
        self._queue.put_nowait(None)


class Pump:
    """Runs while anybody is subscribed, on one database connection however many are."""

    def __init__(self) -> None:
        """Starts nothing yet."""
        self._lock = threading.Lock()
        self._subscriptions: dict[UUID, set[Subscription]] = defaultdict(set)
        self._stop = threading.Event()
        self._stop.set()
        self._thread: threading.Thread | None = None

    @contextmanager
    def subscribe(self, person: UUID) -> Iterator[Subscription]:
        """Every event of `person` that commits after this call, until the block ends."""
        subscription = Subscription(person)
        with self._lock, connection():
            if self._stop.is_set():
                self._start(after=events.last_seq())
            self._subscriptions[person].add(subscription)
        try:
            yield subscription
        finally:
            with self._lock:
                self._subscriptions[person].discard(subscription)
                if not self._subscriptions[person]:
                    del self._subscriptions[person]
                if not self._subscriptions:
                    self._stop.set()

    def close(self) -> None:
        """End every subscription and wait for the thread to let go of the database."""
        with self._lock:
            for subscription in chain.from_iterable(self._subscriptions.values()):
                subscription.end()
            self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _start(self, *, after: int) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=self._run, kwargs={"after": after, "stop": self._stop}, name="pump", daemon=True
        )
        self._thread.start()

    def _run(self, *, after: int, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                for batch in _batches(after=after, stop=stop):
                    self._hand_out(batch, stop)
                    after = batch[-1].seq
            except Exception as error:  # noqa: BLE001 - whatever ails the database, the streams outlive it
                log.warning("the live stream lost the database and tries again", error=str(error))
                stop.wait(AGAIN_S)

    def _hand_out(self, batch: list[Event], stop: threading.Event) -> None:
        with self._lock:
            if stop.is_set():
                return
            for event in batch:
                for subscription in self._subscriptions.get(event.person, ()):
                    subscription.put(event)


def _batches(*, after: int, stop: threading.Event) -> Iterator[list[Event]]:
    """Events above `after` as they are committed, on one connection, until `stop`."""
    with connection():
        try:
            if not is_sqlite():
                database.execute_sql(f"LISTEN {BELL}")
            while not stop.is_set():
                batch = events.of_everybody(after=after, limit=BATCH)
                if batch:
                    after = batch[-1].seq
                    yield batch
                else:
                    _wait(stop)
        finally:
            if not is_sqlite():
                database.manual_close()  # it listens: the pool must not lend it to anybody


def _wait(stop: threading.Event) -> None:
    """Until something may have been committed."""
    if is_sqlite():
        stop.wait(POLL_S)
    else:
        for _ in database.connection().notifies(timeout=BELL_S, stop_after=1):
            pass
