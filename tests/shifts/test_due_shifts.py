"""Reminders, offers that nobody answered, walks that nobody began."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from config.database import connection
from config.policy import dump, read_policy, shipped
from notifications.models import Message
from patrol.places.models import City
from patrol.shifts.models import Shift
from patrol.shifts.operations.due import close_missed, close_unanswered, remind
from tests.support.factories import NOW, make_district, make_person, make_shift, make_team

HOUR = timedelta(hours=1)


@pytest.fixture
def team(city):
    return make_team(city)


def told(kind):
    return [message.person for message in Message.select().where(Message.kind == kind)]


def at_once(job, now):
    """The job in two workers at the same moment; the sum of what they did."""
    start = Barrier(2)

    def work(_):
        with connection():
            start.wait()
            return job(now)

    with ThreadPoolExecutor(2) as pool:
        return sum(pool.map(work, range(2)))


def test_a_handler_is_reminded_an_hour_before_and_once(team):
    shift = make_shift(team, starts_at=NOW + 2 * HOUR)
    assert remind(NOW + HOUR - timedelta(seconds=1)) == 0
    assert remind(NOW + HOUR) == 1
    assert remind(NOW + HOUR + timedelta(minutes=5)) == 0
    assert told("shift_reminder") == [team.handler_id]
    assert Shift.get_by_id(shift.id).reminded_at == NOW + HOUR


@pytest.mark.both_fast
def test_two_workers_remind_once(team):
    make_shift(team, starts_at=NOW + HOUR)
    assert at_once(remind, NOW) == 1
    assert told("shift_reminder") == [team.handler_id]


def test_a_reminder_that_fell_due_while_nobody_worked_comes_late_but_not_after_the_start(team):
    make_shift(team, starts_at=NOW)
    assert remind(NOW + timedelta(minutes=1)) == 0
    assert remind(NOW - timedelta(minutes=1)) == 1


def test_each_of_several_reminders_comes_once(city, team):
    policy = dump(read_policy(shipped("busan")))
    policy["planning"]["remind_before_min"] = [120, 30]
    City.update(policy=policy).where(City.id == city.id).execute()
    make_shift(team, starts_at=NOW + 2 * HOUR)
    moments = [NOW + timedelta(minutes=10 * n) for n in range(13)]
    assert [remind(moment) for moment in moments] == [1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]


def test_who_accepts_within_the_hour_needs_no_reminder(team):
    make_shift(team, starts_at=NOW + timedelta(minutes=40), answered_at=NOW - timedelta(minutes=5))
    assert remind(NOW) == 0


@pytest.mark.parametrize("state", ["offered", "declined", "walking", "withdrawn"])
def test_only_accepted_shifts_are_reminded_of(team, state):
    make_shift(team, starts_at=NOW + HOUR, state=state)
    assert remind(NOW) == 0


def test_an_offer_that_nobody_answers_is_closed_and_both_sides_are_told(city, team):
    coordinator = make_person(city, "coordinator")
    shift = make_shift(team, state="offered", answer_by=NOW)
    assert close_unanswered(NOW) == 0
    assert close_unanswered(NOW + timedelta(seconds=1)) == 1
    assert close_unanswered(NOW + timedelta(seconds=1)) == 0
    assert Shift.get_by_id(shift.id).state == "expired"
    assert (told("shift_expired"), told("shifts_expired")) == ([team.handler_id], [coordinator.id])


def test_coordinators_get_one_message_for_an_evening_however_many_are_closed(city):
    coordinator = make_person(city, "coordinator")
    teams = [make_team(city) for _ in range(3)]
    for team in teams:
        make_shift(team, state="offered", answer_by=NOW - HOUR)
    assert close_unanswered(NOW) == 3
    message = Message.get(Message.person == coordinator.id)
    assert message.words["en"]["body"] == f"2026-11-06: {', '.join(sorted(team.code for team in teams))}"


@pytest.mark.both_fast
def test_two_workers_close_an_offer_once(city, team):
    make_person(city, "coordinator")
    make_shift(team, state="offered", answer_by=NOW - HOUR)
    assert at_once(close_unanswered, NOW) == 1
    assert (len(told("shift_expired")), len(told("shifts_expired"))) == (1, 1)


def test_coordinators_of_districts_are_told_of_their_teams_alone(city):
    here, there = make_district(city, "1", "Here"), make_district(city, "2", "There")
    whole, theirs = make_person(city, "coordinator"), make_person(city, "coordinator", district=here)
    teams = [make_team(city, district=district) for district in (here, there)]
    for team in teams:
        make_shift(team, state="offered", answer_by=NOW - HOUR)
    close_unanswered(NOW)
    told_of = {row.person: row.words["en"]["body"] for row in Message.select().where(Message.kind == "shifts_expired")}
    assert told_of[theirs.id] == f"2026-11-06: {teams[0].code}"
    assert told_of[whole.id] == f"2026-11-06: {', '.join(sorted(team.code for team in teams))}"


def test_a_shift_that_was_not_begun_in_time_is_missed(city, team):
    coordinator = make_person(city, "coordinator")
    shift = make_shift(team)
    assert close_missed(shift.closes_at) == 0
    assert close_missed(shift.closes_at + timedelta(seconds=1)) == 1
    assert Shift.get_by_id(shift.id).state == "missed"
    assert (told("shift_missed"), told("shifts_missed")) == ([team.handler_id], [coordinator.id])


@pytest.mark.parametrize("state", ["walking", "walked", "declined"])
def test_a_walk_that_was_begun_or_given_back_is_not_missed(team, state):
    make_shift(team, state=state)
    assert close_missed(NOW + timedelta(days=1)) == 0


def test_nothing_is_due_in_an_empty_city(city):
    assert (remind(NOW), close_unanswered(NOW), close_missed(NOW)) == (0, 0, 0)
