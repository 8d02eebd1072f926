"""Who must know what by when: one alert a subject, taken by one."""

from datetime import timedelta
from itertools import product
from uuid import uuid4

import pytest

from config.database import connection, transaction
from patrol.alerts import operations as alerts
from patrol.alerts import rules
from patrol.alerts.operations import reading
from patrol.alerts.operations.duties import on_duty
from patrol.errors import NotFound
from tests.support.factories import NOW, make_city, make_duty, make_person
from tests.support.patrols import at_once, inbox

WORDS = {language: {"title": "Sample", "body": "Sample."} for language in ("ko", "en")}
MESSAGE = {"kind": "sample", "words": WORDS, "link": "/alerts"}
DUE = NOW + timedelta(minutes=3)


@pytest.fixture
def officers(database):
    city = make_city()
    return [make_person(city, "officer", name=f"Sample officer {letter}") for letter in "AB"]


def raised(people, *, urgency="Immediate"):
    subject = uuid4()
    with transaction():
        alerts.raise_alert(
            city=people[0].city_id,
            subject=subject,
            urgency=urgency,
            people=[person.id for person in people],
            due_at=DUE,
            now=NOW,
            **MESSAGE,
        )
    return subject


def state_of(subject):
    return reading.alerts_of([subject])[subject].state


def act(action, subject, person):
    if action == "acknowledge":
        alerts.acknowledge(subject, by=person.id, now=NOW)
    elif action == "settle":
        alerts.settle(subject, now=NOW)
    else:
        alerts.reopen(subject, due_at=DUE, now=NOW)


@pytest.mark.parametrize(
    ("state", "action"), list(product(rules.STATES, ["acknowledge", "settle", "reopen"])), ids="-".join
)
def test_each_action_is_taken_in_the_states_of_the_table_and_in_no_other(officers, state, action):
    subject = raised(officers)
    for earlier in {"open": [], "acknowledged": ["acknowledge"], "settled": ["acknowledge", "settle"]}[state]:
        act(earlier, subject, officers[0])
    if action in rules.NEXT[state]:
        act(action, subject, officers[1])
        assert state_of(subject) == rules.NEXT[state][action]
    else:
        with pytest.raises((alerts.NoLongerOpen, alerts.TakenAlready)):
            act(action, subject, officers[1])
        assert state_of(subject) == state


def test_an_alert_tells_each_recipient_once(officers):
    raised([*officers, officers[0]])
    assert [len(inbox(officer)) for officer in officers] == [1, 1]


def test_an_immediate_alert_is_urgent_and_others_are_not(officers):
    raised(officers)
    raised(officers, urgency="Future")
    assert sorted(message.urgent for message in inbox(officers[0])) == [False, True]


def test_of_two_at_once_one_has_it_and_the_other_is_told_by_whom(officers):
    subject = raised(officers)

    def take(officer):
        with connection():
            try:
                return alerts.acknowledge(subject, by=officer.id, now=NOW)
            except alerts.TakenAlready as error:
                return error.facts

    answers = at_once(*[lambda officer=officer: take(officer) for officer in officers])
    winner = officers[answers.index(True)]
    assert {"name": winner.name, "at": "19:30:00"} in answers


def test_taking_it_again_is_no_news(officers):
    subject = raised(officers)
    assert alerts.acknowledge(subject, by=officers[0].id, now=NOW)
    assert not alerts.acknowledge(subject, by=officers[0].id, now=NOW)


def test_only_those_it_was_sent_to_may_see_it(officers):
    one, other = officers
    subject = raised([one])
    assert subject in reading.reached(one.id, [subject])
    assert subject not in reading.reached(other.id, [subject])
    alerts.tell(subject, people=[other.id], now=NOW, **MESSAGE)
    assert subject in reading.reached(other.id, [subject])


def test_telling_again_tells_nobody_twice(officers):
    subject = raised(officers)
    alerts.tell(subject, people=[officer.id for officer in officers], now=NOW, **MESSAGE)
    assert [len(inbox(officer)) for officer in officers] == [1, 1]


def test_an_alert_that_reached_nobody_is_found(officers):
    heard = raised(officers)
    unheard = uuid4()
    with transaction():
        alerts.raise_alert(
            city=officers[0].city_id, subject=unheard, urgency="Future", people=[], due_at=DUE, now=NOW, **MESSAGE
        )
    assert reading.unheard() == [unheard]
    assert heard not in reading.unheard()


def test_an_alert_and_its_messages_go_with_the_transaction_that_raised_it(officers):
    subjects = []

    def fail_later():
        with transaction():
            subjects.append(raised(officers))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_later()
    assert inbox(officers[0]) == []
    with pytest.raises(NotFound):
        alerts.settle(subjects[0], now=NOW)


def test_duty_is_held_by_active_staff_until_it_ends(officers):
    one, other = officers
    city = one.city_id
    make_duty(one, "child_protection")
    ended = make_duty(other, "child_protection")
    ended.ended_at = NOW
    ended.save()
    make_duty(other, "station_officer")
    assert on_duty(city, "child_protection", NOW) == [one.id]
    assert on_duty(make_city("Ulsan").id, "child_protection", NOW) == []
