import threading
from contextlib import closing
from uuid import uuid4

import pytest

from config.database import database as db
from config.database import transaction
from notifications.pump import ROOM, Pump
from tests.support.messages import happen
from tests.support.patience import PATIENCE_S, wait_until


def taken(subscription, number):
    """The next `number` contents."""
    found = [subscription.get(within_s=PATIENCE_S) for _ in range(number)]
    return [event and event.content for event in found]


def pumps():
    return [thread for thread in threading.enumerate() if thread.name == "pump"]


def test_a_live_event_reaches_its_person_and_nobody_else(database):
    one, other = uuid4(), uuid4()
    with closing(Pump()) as pump, pump.subscribe(one) as mine, pump.subscribe(other) as others:
        happen(one, number=1)
        happen(other, number=2)
        happen(one, number=3)
        assert taken(mine, 2) == [{"number": 1}, {"number": 3}]
        assert taken(others, 1) == [{"number": 2}]


def test_every_open_stream_of_a_person_gets_the_event(database):
    person = uuid4()
    with closing(Pump()) as pump, pump.subscribe(person) as phone, pump.subscribe(person) as page:
        happen(person, number=1)
        assert taken(phone, 1) == taken(page, 1) == [{"number": 1}]


def test_what_was_committed_before_the_subscription_is_not_live(database):
    person = uuid4()
    happen(person, number=1)
    with closing(Pump()) as pump, pump.subscribe(person) as subscription:
        happen(person, number=2)
        assert taken(subscription, 1) == [{"number": 2}]


def test_one_thread_serves_all_and_ends_with_the_last(database):
    before = len(pumps())
    pump = Pump()
    assert len(pumps()) == before
    with pump.subscribe(uuid4()), pump.subscribe(uuid4()):
        with pump.subscribe(uuid4()):
            assert len(pumps()) == before + 1
        assert len(pumps()) == before + 1
    wait_until(lambda: len(pumps()) == before)


def test_a_pump_that_has_stopped_starts_again(database):
    person = uuid4()
    with closing(Pump()) as pump:
        for number in range(3):
            with pump.subscribe(person) as subscription:
                happen(person, number=number)
                assert taken(subscription, 1) == [{"number": number}]


def test_a_reader_that_is_too_slow_is_dropped_and_the_others_are_not(database):
    slow, quick = uuid4(), uuid4()
    with closing(Pump()) as pump, pump.subscribe(slow) as behind, pump.subscribe(quick) as following:
        with transaction():
            for number in range(ROOM + 1):
                happen(slow, number=number)
        happen(quick, number=1)
        assert taken(following, 1) == [{"number": 1}]
        assert behind.ended
        assert behind.get(within_s=PATIENCE_S) is None


def test_a_reader_that_keeps_up_is_never_dropped(database):
    person = uuid4()
    with closing(Pump()) as pump, pump.subscribe(person) as subscription:
        for first in range(0, 2 * ROOM, ROOM):
            with transaction():
                for number in range(first, first + ROOM):
                    happen(person, number=number)
            assert taken(subscription, ROOM) == [{"number": number} for number in range(first, first + ROOM)]
        assert not subscription.ended


def test_a_reader_that_waits_is_woken_when_the_pump_closes(database):
    pump = Pump()
    with pump.subscribe(uuid4()) as subscription:
        closer = threading.Thread(target=pump.close)
        closer.start()
        assert subscription.get(within_s=PATIENCE_S) is None
        assert subscription.ended
        closer.join()
    assert not pump._subscriptions


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_streams_survive_that_the_database_drops_the_connection(database):
    person = uuid4()
    with closing(Pump()) as pump, pump.subscribe(person) as subscription:
        happen(person, number=1)
        assert taken(subscription, 1) == [{"number": 1}]
        ended = db.execute_sql(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchone()[0]
        assert ended >= 1
        happen(person, number=2)
        assert taken(subscription, 1) == [{"number": 2}]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_many_subscriptions_hold_one_connection(database):
    with closing(Pump()) as pump:
        held = [pump.subscribe(uuid4()) for _ in range(20)]
        for subscription in held:
            subscription.__enter__()
        connections = db.execute_sql(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchone()[0]
        for subscription in held:
            subscription.__exit__(None, None, None)
    assert connections <= 1
