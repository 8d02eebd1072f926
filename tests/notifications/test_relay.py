import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.channels import Dead, Retry, Sent
from notifications.leasing import LEASE, STALE, take_over
from notifications.models import Delivery
from notifications.pace import Pace
from notifications.relay import ATTEMPTS, FIRST_WAIT_S, LONGEST_WAIT_S, relay, settle_expired, wait_s
from tests.support.messages import NOW, delivery_of, someone_with_mail, tell

BATCH = 10
ONE_BY_ONE = {"email": Pace(per_s=1000, burst=1000, batch=BATCH, at_once=1)}


class Desk:
    """A channel that keeps what it is given, and answers what it is told to; the last answer stands."""

    name = "email"

    def __init__(self, *answers):
        self.answers = list(answers) or [Sent()]
        self.sent, self.addresses = [], []

    def send(self, message, address):
        self.sent.append(message.id)
        self.addresses.append(address)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer() if callable(answer) else answer


class Killed(BaseException):
    """The process ends in the middle of a send."""


def killed():
    raise Killed


def one_pass(*channels, now=NOW, holder="relay 1", jitter=1.0):
    settle_expired(now)
    return relay(channels, now=now, holder=holder, jitter=lambda: jitter, paces=ONE_BY_ONE)


def test_a_due_delivery_is_sent_once(database):
    (message_id,) = tell(someone_with_mail())
    desk = Desk()
    assert one_pass(desk) == 1
    assert one_pass(desk) == 0
    assert (desk.sent, desk.addresses) == ([message_id], ["walker@example.org"])
    delivery = delivery_of(message_id)
    assert (delivery.state, delivery.settled_at, delivery.attempts) == ("sent", NOW, 1)
    assert delivery.leased_by is None


def test_urgent_messages_go_first_then_the_oldest(database):
    person = someone_with_mail()
    (newer,) = tell(person, now=NOW)
    (older,) = tell(person, now=NOW - timedelta(minutes=5))
    (urgent,) = tell(person, urgent=True)
    desk = Desk()
    one_pass(desk)
    assert desk.sent == [urgent, older, newer]


def test_a_drills_wait_for_all_else_and_leave_room_for_what_comes_meanwhile(database):
    person = someone_with_mail()
    drill = [tell(person, urgent=True, exercise=True, now=NOW - timedelta(minutes=5))[0] for _ in range(5)]
    (real,) = tell(person)
    pace = {"email": Pace(per_s=1, burst=8, batch=BATCH, at_once=2)}
    came = []

    def meanwhile():
        came.extend(tell(person, urgent=True))
        return Sent()

    desk = Desk(Sent(), meanwhile, Sent())
    tried = [relay([desk], now=NOW, holder="relay 1", jitter=lambda: 1.0, paces=pace) for _ in range(6)]
    # of the eight that the channel allows at NOW: the real one, two of the drill, the one that came, then ever fewer
    assert desk.sent[0] == real
    assert set(desk.sent[1:3]) < set(drill)
    assert desk.sent[3] == came[0]
    assert tried[:3] == [1, 2, 1]
    assert set(desk.sent[4:]) < set(drill)
    later = NOW + timedelta(seconds=8)
    while relay([desk], now=later, holder="relay 1", jitter=lambda: 1.0, paces=pace):
        pass
    assert sorted(desk.sent) == sorted([real, *came, *drill])


def test_a_pass_takes_a_batch_and_the_next_pass_the_rest(database):
    person = someone_with_mail()
    for _ in range(BATCH + 3):
        tell(person)
    desk = Desk()
    assert [one_pass(desk) for _ in range(3)] == [BATCH, 3, 0]


def test_what_failed_is_tried_again_when_its_time_has_come_and_not_before(database):
    (message_id,) = tell(someone_with_mail())
    desk = Desk(Retry("451 busy"), Sent())
    one_pass(desk)
    delivery = delivery_of(message_id)
    assert (delivery.state, delivery.last_error) == ("pending", "451 busy")
    assert delivery.due_at == NOW + timedelta(seconds=FIRST_WAIT_S)
    assert one_pass(desk, now=delivery.due_at - timedelta(seconds=1)) == 0
    assert one_pass(desk, now=delivery.due_at) == 1
    assert delivery_of(message_id).state == "sent"


def test_a_failed_one_does_not_hold_up_the_others(database):
    person = someone_with_mail()
    (first,) = tell(person, now=NOW - timedelta(minutes=1))
    (second,) = tell(person)

    def broken():
        raise ZeroDivisionError("a mistake of the channel's own")

    desk = Desk(broken, Sent())
    assert one_pass(desk) == 2
    assert delivery_of(second).state == "sent"
    assert delivery_of(first).state == "pending"
    assert "a mistake of the channel's own" in delivery_of(first).last_error


def test_it_is_given_up_after_the_last_attempt_with_the_reason_kept(database):
    (message_id,) = tell(someone_with_mail())
    desk = Desk(Retry("451 busy"))
    tries = 0
    while delivery_of(message_id).state == "pending":
        tries += one_pass(desk, now=delivery_of(message_id).due_at)
    assert tries == ATTEMPTS
    delivery = delivery_of(message_id)
    assert delivery.state == "failed"
    assert "451 busy" in delivery.last_error


def test_a_dead_address_is_not_tried_again(database):
    (message_id,) = tell(someone_with_mail())
    desk = Desk(Dead("550 no such mailbox"))
    one_pass(desk)
    assert one_pass(desk, now=NOW + timedelta(hours=1)) == 0
    delivery = delivery_of(message_id)
    assert (delivery.state, delivery.last_error) == ("failed", "550 no such mailbox")


def test_an_expired_message_is_settled_and_never_sent(database):
    (message_id,) = tell(someone_with_mail(), expires_at=NOW)
    desk = Desk()
    assert one_pass(desk) == 0
    assert desk.sent == []
    assert (delivery_of(message_id).state, delivery_of(message_id).settled_at) == ("expired", NOW)


def test_what_no_channel_could_take_for_a_day_is_old_news(database):
    (message_id,) = tell(someone_with_mail())
    assert one_pass(now=NOW + STALE - timedelta(seconds=1)) == 0
    assert delivery_of(message_id).state == "pending"
    one_pass(now=NOW + STALE)
    assert delivery_of(message_id).state == "expired"


def test_when_a_relay_is_killed_another_sends_again_once_the_lease_has_run_out(database):
    (message_id,) = tell(someone_with_mail())
    with pytest.raises(Killed):
        one_pass(Desk(killed), holder="killed")
    desk = Desk()
    assert one_pass(desk, holder="other", now=NOW + LEASE - timedelta(seconds=1)) == 0
    assert one_pass(desk, holder="other", now=NOW + LEASE) == 1
    assert desk.sent == [message_id]
    assert (delivery_of(message_id).state, delivery_of(message_id).attempts) == ("sent", 2)


def test_who_takes_over_from_a_killed_relay_sends_again_at_once(database):
    (message_id,) = tell(someone_with_mail())
    with pytest.raises(Killed):
        one_pass(Desk(killed), holder="killed")
    assert (take_over("killed"), take_over("other")) == (0, 1)
    desk = Desk()
    assert one_pass(desk, holder="other") == 1
    assert desk.sent == [message_id]


def test_a_message_that_kills_every_relay_is_still_given_up(database):
    (message_id,) = tell(someone_with_mail())
    now = NOW
    for _ in range(ATTEMPTS - 1):
        with pytest.raises(Killed):
            one_pass(Desk(killed), now=now)
        now += LEASE
    one_pass(Desk(Retry("451 busy")), now=now)
    assert delivery_of(message_id).state == "failed"


def test_a_relay_whose_lease_ran_out_does_not_overwrite_what_the_next_one_settled(database):
    (message_id,) = tell(someone_with_mail())
    later = NOW + LEASE

    def overtaken():
        assert one_pass(Desk(), holder="next", now=later) == 1
        return Dead("550 too late to say so")

    one_pass(Desk(overtaken), holder="slow")
    delivery = delivery_of(message_id)
    assert (delivery.state, delivery.settled_at, delivery.last_error) == ("sent", later, "")


def test_relays_at_work_at_once_send_each_message_once(database):
    person = someone_with_mail()
    expected = [tell(person)[0] for _ in range(40)]
    desks = [Desk() for _ in range(3)]
    begin = threading.Barrier(3)

    def run(desk, holder):
        begin.wait()
        while one_pass(desk, holder=holder):
            pass

    threads = [threading.Thread(target=run, args=(desk, f"relay {number}")) for number, desk in enumerate(desks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while one_pass(desks[0]):  # one may have found all rows in the others' hands and stopped early
        pass
    assert sorted(message for desk in desks for message in desk.sent) == sorted(expected)
    assert Delivery.select().where(Delivery.state == "sent").count() == 40


def test_a_delivery_of_a_channel_that_is_not_at_hand_waits_for_one_that_has_it(database):
    (message_id,) = tell(someone_with_mail())
    assert one_pass() == 0
    assert one_pass(Desk()) == 1
    assert delivery_of(message_id).state == "sent"


def test_who_has_been_told_of_nothing_gets_nothing(database):
    someone_with_mail()
    tell(uuid4())
    assert one_pass(Desk()) == 0


@given(st.integers(1, 60), st.floats(0, 1), st.floats(0, 7200))
def test_waits_grow_to_a_limit_and_are_never_shorter_than_asked_for(attempts, jitter, asked_s):
    wait = wait_s(attempts, asked_s=asked_s, jitter=jitter)
    assert wait >= asked_s
    assert FIRST_WAIT_S / 2 <= wait <= max(LONGEST_WAIT_S, asked_s)
    assert wait <= wait_s(attempts + 1, asked_s=asked_s, jitter=jitter)
