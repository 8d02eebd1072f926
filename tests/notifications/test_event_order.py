import threading
from queue import Queue
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.database import connection, transaction
from config.database import database as db
from notifications import events
from tests.support.messages import CITY, NOW, happen
from tests.support.patience import PATIENCE_S, wait_until

PERSON = UUID(int=1)
WRITERS = 3


class Writer:
    """One connection of its own that takes one step of a transaction after another, each when told to."""

    def __init__(self):
        self.steps, self.idle = Queue(), threading.Event()
        self.idle.set()
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def take(self, step):
        self.idle.clear()
        self.steps.put(step)

    def _run(self):
        with connection():
            while self._one_transaction():
                pass

    def _one_transaction(self):
        with transaction():
            while (step := self._next()) == "append":
                events.append([{"city": CITY, "person": PERSON, "kind": "plan", "content": {}, "created_at": NOW}])
            if step == "undo":
                db.rollback()
        return step != "end"

    def _next(self):
        if self.steps.empty():
            self.idle.set()
        return self.steps.get()


def anybody_waits():
    """Whether a connection of this database waits for its turn."""
    waiting = db.execute_sql(
        "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database "
        "WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()"
    )
    return waiting.fetchone()[0] > 0


def settled(writer):
    """Wait until the writer has done its step or waits for its turn."""
    while not writer.idle.wait(0.002):
        if anybody_waits():
            return


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(0, WRITERS - 1), st.sampled_from(["append", "append", "commit", "undo"])), max_size=25
    )
)
def test_a_reader_that_follows_sees_every_event_once_however_transactions_interleave(database, steps):
    seen, after = [], events.last_seq()
    began_at = after
    writers = [Writer() for _ in range(WRITERS)]

    def look():
        nonlocal after
        for event in events.of_everybody(after=after, limit=100):
            seen.append(event.seq)
            after = event.seq

    try:
        for number, step in steps:
            writers[number].take(step)
            settled(writers[number])
            look()
    finally:
        for writer in writers:
            writer.take("end")
        for writer in writers:
            writer.thread.join()
    look()
    assert seen == [event.seq for event in events.of_everybody(after=began_at, limit=1000)]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_whoever_has_written_and_not_committed_holds_up_nobody_and_comes_later(database):
    stopped, busy = Writer(), Writer()
    try:
        for writer, step in ((stopped, "append"), (busy, "append"), (busy, "commit")):
            writer.take(step)
            assert writer.idle.wait(PATIENCE_S)
        (first,) = events.of_everybody(after=0, limit=10)
    finally:
        for writer in (stopped, busy):
            writer.take("end")
            writer.thread.join()
    assert [event.seq for event in events.of_everybody(after=0, limit=10)] == [first.seq, first.seq + 1]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_number_is_given_only_after_those_before_it_are_there_to_see(database):
    writer = Writer()
    try:
        with connection(), db.atomic():  # as whoever commits at this moment
            db.execute_sql("SELECT pg_advisory_xact_lock(7202611)")
            writer.take("append")
            writer.take("commit")
            wait_until(anybody_waits)
            assert db.execute_sql("SELECT last_value, is_called FROM event_seq_seq").fetchone() == (1, False)
    finally:
        writer.take("end")
        writer.thread.join()
    assert len(events.of_everybody(after=0, limit=10)) == 1


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_the_oldest_event_is_never_a_draft(database):
    happen(PERSON)
    with transaction():
        happen(PERSON)
        events.append([{"city": CITY, "person": PERSON, "kind": "plan", "content": {}, "created_at": NOW}])
        assert events.first_seq() == 1


def test_a_reader_that_follows_writers_at_full_speed_sees_every_event_once(database):
    after, seen = events.last_seq(), []
    people = [uuid4() for _ in range(3)]

    def write():
        for _ in range(20):
            happen(*people)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    while len(seen) < 4 * 20 * 3 and any(thread.is_alive() for thread in threads):
        for event in events.of_everybody(after=after, limit=100):
            seen.append(event.seq)
            after = event.seq
    for thread in threads:
        thread.join()
    seen += [event.seq for event in events.of_everybody(after=after, limit=1000)]
    assert seen == [event.seq for event in events.of_everybody(after=0, limit=1000)]
    assert len(seen) == 4 * 20 * 3
