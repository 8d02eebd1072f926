"""FCM out of order, in the middle of a batch and for an hour or a day: the clock is set, SDK and server are real."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest

from notifications.leasing import LEASE
from notifications.models import ChannelState, Delivery, Device
from notifications.pace import FIRST_PAUSE_S, LONGEST_PAUSE_S, PROBE, Pace, pause_s
from notifications.relay import ATTEMPTS, relay, settle_expired
from tests.notifications.test_relay import Desk
from tests.support import fcm
from tests.support.databases import slowly_on_postgresql
from tests.support.factories import Time
from tests.support.fcm import channel_to, fcm_server
from tests.support.messages import NOW, add_device, delivery_of, someone_with_devices, someone_with_mail, states, tell

HOUR = timedelta(hours=1)
SLOW = Pace(per_s=0.1, burst=5, batch=5, at_once=1)
PACES = {"fcm": SLOW, "email": Pace(per_s=100, burst=100, batch=100, at_once=1)}


@pytest.fixture(scope="module")
def running():
    with fcm_server() as held:
        yield held


@pytest.fixture
def server(running):
    running.answer, running.received, running.requests = fcm.OK, [], 0
    return running


@pytest.fixture
def time():
    return Time(NOW)


class Worker:
    """A relay on a clock that is set; `log` says when each device was reached."""

    def __init__(self, server, time, *others):
        self.server, self.time = server, time
        self.channels = (channel_to(server, clock=time), *others)
        self.log = []

    def run(self, until, *, every=timedelta(seconds=10)):
        while self.time.at < until:
            self.passes()
            self.time.at += every

    def passes(self):
        settle_expired(self.time.at)
        for channel in self.channels:  # each by itself, as the scheduler runs them
            while relay([channel], now=self.time.at, holder="relay", jitter=lambda: 1.0, paces=PACES):
                pass
        self.log += [(self.time.at, device) for device in self.server.reached()[len(self.log) :]]


def test_in_an_outage_what_is_immediate_goes_by_the_other_channels_at_once(database, server, time):
    server.answer = fcm.UNAVAILABLE
    person = someone_with_mail()
    add_device(person, "fid-1")
    desk = Desk()
    worker = Worker(server, time, desk)
    worker.passes()
    (message_id,) = tell(person, urgent=True)
    worker.passes()
    assert desk.sent == [message_id]
    assert states() == {"sent": 1, "pending": 1}
    server.answer = fcm.OK
    time.passes(seconds=LONGEST_PAUSE_S)
    worker.passes()
    assert server.reached() == ["fid-1"]


@slowly_on_postgresql
def test_after_an_hours_outage_the_rest_goes_out_in_order_at_the_channels_pace(database, server, time):
    server.answer = fcm.UNAVAILABLE
    worker = Worker(server, time)
    people = [someone_with_devices(f"fid-{number:02}") for number in range(12)]
    for number, person in enumerate(people, start=1):
        tell(person, now=time.at)
        worker.run(NOW + timedelta(minutes=5 * number), every=timedelta(minutes=5))
    assert states() == {"pending": 12}
    asked = server.requests
    assert asked <= PROBE * 3600 / (LONGEST_PAUSE_S / 2)  # left alone but for a few that look whether it is back
    server.answer = fcm.OK
    worker.run(NOW + HOUR + timedelta(minutes=3))
    assert states() == {"sent": 12}
    assert server.reached() == [f"fid-{number:02}" for number in range(12)]
    assert_pace(worker.log)
    assert {row.attempts for row in Delivery.select()} == {1}  # an outage is no fault of a message


@slowly_on_postgresql
def test_after_a_days_outage_what_is_old_is_dropped_and_said_so(database, server, time):
    server.answer = fcm.DROPPED
    worker = Worker(server, time)
    person = someone_with_devices("fid-1")
    others = [someone_with_devices(f"fid-{hour}") for hour in range(2, 8)]
    (at_noon,) = tell(person, expires_at=NOW + HOUR)
    (old,) = tell(someone_with_devices("fid-old"))
    for hour, other in enumerate(others, start=2):
        worker.run(NOW + hour * HOUR, every=HOUR)
        tell(other, now=NOW + hour * HOUR)
    worker.run(NOW + 25 * HOUR, every=HOUR)
    server.answer = fcm.OK
    worker.run(NOW + 25 * HOUR + timedelta(minutes=3))
    assert server.reached() == [f"fid-{hour}" for hour in range(2, 8)]
    assert_pace(worker.log)
    assert (delivery_of(at_noon).state, delivery_of(at_noon).reason) == ("expired", "over")
    assert (delivery_of(old).state, delivery_of(old).reason) == ("expired", "stale")
    assert delivery_of(at_noon).settled_at < NOW + HOUR + timedelta(minutes=61)


@slowly_on_postgresql
@pytest.mark.parametrize(("lasts", "stale"), [(HOUR, 0), (24 * HOUR, 1)])
@pytest.mark.slow
def test_through_an_outage_nothing_immediate_waits_and_all_the_rest_is_sent_or_said_to_be_over(
    database, server, time, lasts, stale
):
    server.answer = fcm.UNAVAILABLE
    desk = Desk()
    worker = Worker(server, time, desk)
    (over,) = tell(someone_with_devices("fid-over"), expires_at=NOW + lasts / 2)
    urgent, usual = [], []
    for number in range(12):
        person = someone_with_mail(f"officer-{number}@example.org")
        add_device(person, f"fid-urgent-{number}")
        usual += tell(someone_with_devices(f"fid-usual-{number}"), now=time.at)
        urgent += tell(person, urgent=True, now=time.at)
        worker.passes()
        assert desk.sent == urgent  # by mail, at the same instant
        worker.run(time.at + lasts / 12, every=lasts / 12)
    assert server.reached() == []
    server.answer = fcm.OK
    worker.run(time.at + timedelta(minutes=6))
    kept = range(stale, 12)
    assert server.reached() == [f"fid-{kind}-{number}" for kind in ("urgent", "usual") for number in kept]
    assert_pace(worker.log)
    assert desk.sent == urgent
    assert (delivery_of(over).state, delivery_of(over).reason) == ("expired", "over")
    dropped = Delivery.select().where((Delivery.channel == "fcm") & (Delivery.reason == "stale"))
    assert {row.message_id for row in dropped} == {*urgent[:stale], *usual[:stale]}
    assert Delivery.select().where(Delivery.state == "pending").count() == 0


def assert_pace(log):
    """Never more in any span of time than the bucket holds and gains meanwhile."""
    for start, _ in log:
        for end, _ in log:
            if end >= start:
                sent = sum(start <= at <= end for at, _ in log)
                assert sent <= SLOW.burst + SLOW.per_s * (end - start).total_seconds() + 1e-6


def test_a_channel_that_is_down_is_said_to_be_since_when_and_why_until_it_answers(database, server, time):
    server.answer = fcm.BAD_GATEWAY
    worker = Worker(server, time)
    tell(someone_with_devices("fid-1"))
    worker.run(NOW + timedelta(minutes=5))
    state = ChannelState.get_by_id("fcm")
    assert (state.down_since, state.down_because) == (NOW, "unavailable")
    assert state.paused_until <= time.at + timedelta(seconds=LONGEST_PAUSE_S)
    server.answer = fcm.OK
    worker.run(NOW + timedelta(minutes=7))
    state = ChannelState.get_by_id("fcm")
    assert (state.down_since, state.down_because, state.failures, state.paused_until) == (None, "", 0, None)


def test_refused_credentials_are_said_of_the_channel_and_the_messages_are_given_up(database, server, time):
    server.answer = fcm.UNAUTHENTICATED
    (message_id,) = tell(someone_with_devices("fid-1"))
    Worker(server, time).passes()
    assert (delivery_of(message_id).state, delivery_of(message_id).reason) == ("failed", "credentials")
    state = ChannelState.get_by_id("fcm")
    assert (state.down_since, state.down_because, state.paused_until) == (NOW, "credentials", None)


def test_one_that_fails_among_others_waits_alone(database, server, time):
    bad = someone_with_devices("fid-bad")
    server.answer = lambda message: fcm.INTERNAL if message["fid"] == "fid-bad" else fcm.OK
    (failing,) = tell(bad, now=NOW - timedelta(seconds=1))  # tried first
    others = [tell(someone_with_devices(f"fid-{number}"))[0] for number in range(3)]
    worker = Worker(server, time)
    worker.passes()
    assert {delivery_of(each).state for each in others} == {"sent"}
    held = delivery_of(failing)
    assert (held.state, held.attempts, held.reason) == ("pending", 1, "unavailable")
    assert held.due_at > NOW
    assert ChannelState.get_by_id("fcm").down_since is None


def test_one_that_always_fails_is_given_up_though_the_service_works(database, server, time):
    server.answer = lambda message: fcm.INTERNAL if message["fid"] == "fid-bad" else fcm.OK
    (failing,) = tell(someone_with_devices("fid-bad"))
    worker, beside = Worker(server, time), someone_with_devices("fid-good")
    while delivery_of(failing).state == "pending" and time.at < NOW + timedelta(hours=20):
        tell(beside, urgent=True, now=time.at)  # the service answers somebody at each try
        worker.passes()
        time.at = max(delivery_of(failing).due_at, time.at + timedelta(minutes=1))
    assert (delivery_of(failing).state, delivery_of(failing).attempts) == ("failed", ATTEMPTS)


def test_over_quota_nothing_is_sent_for_as_long_as_asked_and_then_without_a_burst(database, server, time):
    for number in range(12):
        tell(someone_with_devices(f"fid-{number:02}"))
    server.answer = fcm.QUOTA  # Retry-After: 7
    worker = Worker(server, time)
    worker.passes()
    assert server.requests == 1  # the rest of the batch was not tried
    server.answer = fcm.OK
    time.passes(seconds=6)
    worker.passes()
    assert server.requests == 1
    time.passes(seconds=1)
    worker.passes()
    assert server.requests == 1  # its time is over, but the bucket starts empty
    worker.run(NOW + timedelta(minutes=5))
    assert len(server.received) == 12
    assert_pace(worker.log)


def test_a_dead_device_is_retired_and_gets_nothing_more(database, server, time):
    person = someone_with_devices("fid-1")
    server.answer = fcm.UNREGISTERED
    (message_id,) = tell(person)
    worker = Worker(server, time)
    worker.passes()
    assert (delivery_of(message_id).state, delivery_of(message_id).reason) == ("failed", "unregistered")
    device = Device.get(Device.person == person)
    assert (device.retired_at, device.retired_because, device.address) == (NOW, "unregistered", "")
    tell(person)
    assert Delivery.select().count() == 1


def test_a_device_that_registered_anew_meanwhile_is_not_retired(database, server, time):
    person = uuid4()
    device = add_device(person, "fid-old")

    def moves_on(_message):
        add_device(person, "fid-new", device=device.id)
        return fcm.UNREGISTERED

    server.answer = moves_on
    tell(person)
    Worker(server, time).passes()
    held = Device.get_by_id(device.id)
    assert (held.retired_at, held.address) == (None, "fid-new")


def test_a_device_that_moved_to_somebody_else_does_not_get_what_was_for_the_one_before(database, server, time):
    person, other = uuid4(), uuid4()
    device = add_device(person, "fid-1")
    (message_id,) = tell(person)
    add_device(other, "fid-1", device=device.id)
    Worker(server, time).passes()
    assert server.requests == 0
    assert (delivery_of(message_id).state, delivery_of(message_id).reason) == ("failed", "device_gone")


class Killed(BaseException):
    """The process ends in the middle of a batch."""


class Dies:
    """The real channel in a process that dies after so many."""

    name = "fcm"

    def __init__(self, channel, after):
        self.channel, self.left = channel, after

    def push(self, push):
        if self.left == 0:
            raise Killed
        self.left -= 1
        return self.channel.push(push)


def test_a_crash_in_the_middle_of_a_batch_loses_nothing_and_repeats_carry_the_same_id(database, server):
    ids = [tell(someone_with_devices(f"fid-{number}"))[0] for number in range(5)]
    channel = channel_to(server)
    with pytest.raises(Killed):
        relay([Dies(channel, 3)], now=NOW, holder="killed", jitter=lambda: 1.0, paces=PACES)
    later = NOW + LEASE + timedelta(minutes=1)
    assert relay([channel], now=later, holder="other", jitter=lambda: 1.0, paces=PACES) == 5
    seen = [(message["fid"], message["data"]["id"]) for message in server.received]
    assert len(seen) == 8
    assert len(set(seen)) == 5
    assert {message_id for _, message_id in seen} == {str(each) for each in ids}
    assert states() == {"sent": 5}


def test_two_relays_at_once_lease_each_message_once(database, server):
    people = [someone_with_devices(f"fid-{number:02}") for number in range(40)]
    for person in people:
        tell(person)
    paces = {"fcm": Pace(per_s=1000, burst=1000, batch=7, at_once=3)}
    begin = threading.Barrier(2)

    def run(holder):
        channel = channel_to(server)
        begin.wait()
        while relay([channel], now=NOW, holder=holder, jitter=lambda: 1.0, paces=paces):
            pass

    threads = [threading.Thread(target=run, args=(f"relay {number}",)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(server.reached()) == [f"fid-{number:02}" for number in range(40)]
    assert states() == {"sent": 40}


def test_pauses_grow_to_a_limit_and_are_spread():
    assert [pause_s(failures, jitter=1.0) for failures in (0, 1, 2, 9, 99)] == [
        FIRST_PAUSE_S,
        2 * FIRST_PAUSE_S,
        4 * FIRST_PAUSE_S,
        LONGEST_PAUSE_S,
        LONGEST_PAUSE_S,
    ]
    assert pause_s(0, jitter=0.0) == FIRST_PAUSE_S / 2
