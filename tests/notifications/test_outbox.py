import threading
from datetime import timedelta
from uuid import uuid4

import peewee
import pytest

from config.database import connection, transaction
from notifications import events
from notifications.addresses import put_address
from notifications.events import forget_events
from notifications.models import Address, Delivery, Event, Message
from notifications.outbox import announce, enqueue, forget_messages
from tests.support.messages import CITY, NOW, WORDS, delivery_of, happen, someone_with_mail, tell


def test_a_message_is_in_the_inbox_on_the_stream_and_on_its_way_by_mail(database):
    person = someone_with_mail()
    (message_id,) = tell(person, urgent=True)
    assert Message.get_by_id(message_id).words == WORDS
    event = Event.get(Event.person == person)
    assert (event.kind, event.content) == (
        "message",
        {"message": str(message_id), "kind": "sighting", "urgent": True},
    )
    delivery = delivery_of(message_id)
    assert (delivery.channel, delivery.address, delivery.state) == ("email", "walker@example.org", "pending")
    assert delivery.due_at == NOW


def test_who_has_no_address_is_told_in_the_inbox_only(database):
    tell(uuid4())
    assert (Message.select().count(), Delivery.select().count()) == (1, 0)


def test_the_same_fact_told_twice_is_one_message(database):
    person = someone_with_mail()
    first = tell(person, dedupe_key="sighting 7 alerted")
    again = tell(person, dedupe_key="sighting 7 alerted")
    assert first == again
    assert [table.select().count() for table in (Message, Event, Delivery)] == [1, 1, 1]


def test_the_same_fact_is_told_to_each_person(database):
    one, other = uuid4(), uuid4()
    ids = tell(one, other, one, dedupe_key="plan 3 published")
    assert [Message.get_by_id(message_id).person for message_id in ids] == [one, other]
    assert Message.select().count() == 2


def test_the_same_fact_told_by_two_at_once_is_one_message(database):
    person = someone_with_mail()
    begin = threading.Barrier(4)
    answers = []

    def run():
        begin.wait()
        answers.extend(tell(person, dedupe_key="sighting 7 alerted"))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    assert len(set(answers)) == 1
    assert [table.select().count() for table in (Message, Event, Delivery)] == [1, 1, 1]


def test_two_that_tell_the_same_people_in_another_order_do_not_deadlock(database):
    people = [uuid4() for _ in range(5)]
    begin = threading.Barrier(2)
    told = []

    def run(order):
        begin.wait()
        told.extend(tell(*order, dedupe_key=str(fact)) for fact in range(10))

    threads = [threading.Thread(target=run, args=(order,)) for order in (people, people[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 20
    assert Message.select().count() == 50


def test_nobody_is_told_of_what_was_rolled_back(database):
    person = someone_with_mail()

    def fail():
        with transaction():
            tell(person)
            happen(person)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert [table.select().count() for table in (Message, Event, Delivery)] == [0, 0, 0]


def test_a_line_that_the_database_refuses_undoes_the_whole_transaction(database):
    person = someone_with_mail()

    def fail():
        with transaction():
            tell(person)
            announce(city=CITY, people=[None], kind="plan", content={}, now=NOW)

    with connection():
        with pytest.raises(peewee.IntegrityError):
            fail()
        assert [table.select().count() for table in (Message, Event, Delivery)] == [0, 0, 0]
        tell(person)
    assert [table.select().count() for table in (Message, Event, Delivery)] == [1, 1, 1]


def test_telling_outside_a_transaction_is_refused(database):
    with pytest.raises(RuntimeError, match="transaction that caused it"):
        enqueue(
            city=CITY,
            people=[uuid4()],
            kind="sighting",
            words=WORDS,
            link="",
            subject=None,
            urgent=False,
            dedupe_key="a",
            now=NOW,
        )
    with pytest.raises(RuntimeError, match="transaction that caused it"):
        announce(city=CITY, people=[uuid4()], kind="plan", content={}, now=NOW)
    assert Event.select().count() == 0


def test_an_announcement_is_on_the_stream_only(database):
    one, other = someone_with_mail(), uuid4()
    happen(one, other, one, progress=0.5)
    seen = [(event.person, event.kind, event.content) for event in events.of_everybody(after=0, limit=10)]
    assert seen == [(one, "plan", {"progress": 0.5}), (other, "plan", {"progress": 0.5})]
    assert Message.select().count() == 0


def test_an_announcement_to_nobody_is_nothing(database):
    happen()
    assert Event.select().count() == 0


def test_an_expired_message_is_forgotten_with_its_deliveries(database):
    person = someone_with_mail()
    tell(person, expires_at=NOW)
    (kept,) = tell(person, expires_at=NOW + timedelta(hours=2))
    (lasting,) = tell(person)
    assert forget_messages(NOW + timedelta(hours=1)) == 1
    assert {row.id for row in Message.select()} == {kept, lasting}
    assert {row.message_id for row in Delivery.select()} == {kept, lasting}


def test_old_events_are_forgotten_and_no_number_is_given_twice(database):
    person = uuid4()
    for _ in range(3):
        happen(person)
    newest = events.last_seq()
    assert forget_events(NOW + timedelta(days=7)) == 2
    assert events.first_seq() == events.last_seq() == newest
    happen(person)
    assert events.last_seq() > newest


def test_events_of_the_last_days_are_kept(database):
    happen(uuid4())
    happen(uuid4())
    assert forget_events(NOW) == 0


def test_a_new_address_takes_the_place_of_the_old_one(database):
    person, other = someone_with_mail("old@example.org"), someone_with_mail("other@example.org")
    for _ in range(2):
        put_address(city=CITY, person=person, channel="email", value="new@example.org", now=NOW)
    assert {(row.person, row.value) for row in Address.select()} == {
        (person, "new@example.org"),
        (other, "other@example.org"),
    }


def test_the_stream_is_written_last_in_a_transaction(database):
    person = uuid4()
    with transaction():
        happen(person)
        tell(person)
        assert (Event.select().count(), Message.select().count()) == (0, 1)
    assert [event.kind for event in events.of_everybody(after=0, limit=10)] == ["plan", "message"]


def test_what_a_part_that_was_undone_had_to_tell_is_not_told(database):
    person = uuid4()

    def fail():
        with transaction():
            happen(person, undone=True)
            raise ZeroDivisionError

    with transaction():
        with pytest.raises(ZeroDivisionError):
            fail()
        happen(person, undone=False)
    assert [event.content for event in events.of_everybody(after=0, limit=10)] == [{"undone": False}]
