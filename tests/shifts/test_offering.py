"""Offering a route, answering, withdrawing; what people are told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest

from config.database import connection
from notifications.models import Event, Message
from patrol.errors import DomainError
from patrol.shifts.models import Shift, ShiftBlock
from patrol.shifts.operations.answering import AnswerTooLate, accept, decline, finish_shift, start_shift
from patrol.shifts.operations.moving import ShiftState, shift_of
from patrol.shifts.operations.offering import (
    StartPassed,
    TeamStopped,
    TeamTaken,
    offer_shift,
    withdraw_of_team,
    withdraw_shifts,
)
from patrol.teams.operations import standing
from tests.support.factories import NOW, bearer, client_of, make_block, make_person, make_shift, make_team
from tests.support.routes import route_over

RUN = uuid4()
STARTS = NOW + timedelta(hours=3)


@pytest.fixture
def team(city):
    return make_team(city)


@pytest.fixture
def coordinator(city):
    return make_person(city, "coordinator")


def offer(team, *, starts_at=STARTS, now=NOW, blocks=None, **given):
    blocks = blocks or [make_block(team.city)]
    return offer_shift(
        **{
            "city": team.city,
            "team": team,
            "plan_run": RUN,
            "evening": starts_at.date(),
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(minutes=30),
            "latest_start_at": starts_at + timedelta(minutes=60),
            "distance_m": 1500.0,
            "duration_s": 1800.0,
            "weight": 7.0,
            "route": route_over(team, blocks),
            "now": now,
            **given,
        }
    )


def messages_to(person):
    return [(message.kind, message.words["en"]["body"]) for message in Message.select().where(Message.person == person)]


def test_an_offered_shift_keeps_its_blocks_in_order_and_its_times(team):
    blocks = [make_block(team.city) for _ in range(3)]
    shift = Shift.get_by_id(offer(team, blocks=blocks).id)
    rows = ShiftBlock.select().where(ShiftBlock.shift == shift).order_by(ShiftBlock.position)
    assert [(row.position, row.block_id) for row in rows] == [(n, block.id) for n, block in enumerate(blocks, start=1)]
    assert (shift.state, shift.answer_by) == ("offered", STARTS - timedelta(hours=1))
    assert (shift.opens_at, shift.closes_at) == (STARTS - timedelta(minutes=30), STARTS + timedelta(hours=1))


def test_the_handler_is_told_of_an_offer_in_the_citys_time(team, coordinator):
    shift = offer(team)
    assert messages_to(team.handler_id) == [
        ("shift_offered", "11-06, leaving at 22:30. Accept or decline by 11-06 21:30.")
    ]
    seen = {event.person: event.content for event in Event.select().where(Event.kind == "shift")}
    assert seen == {person: {"id": str(shift.id), "state": "offered"} for person in (team.handler_id, coordinator.id)}


def test_a_team_is_not_offered_two_shifts_at_once(team):
    offer(team)
    with pytest.raises(TeamTaken):
        offer(team, starts_at=STARTS + timedelta(minutes=20))
    assert offer(team, starts_at=STARTS + timedelta(hours=2)).state == "offered"


def test_a_declined_shift_leaves_the_team_free(team, coordinator):
    decline(shift_of(team.city_id, offer(team).id), reason="A cold", now=NOW)
    assert offer(team).state == "offered"


def test_a_team_that_was_suspended_meanwhile_is_offered_nothing(team):
    standing.change(team, "suspend", by=None, note="A bite.", now=NOW)
    with pytest.raises(TeamStopped):
        offer(team)
    assert not Shift.select().exists()


def test_a_walk_that_can_no_longer_start_is_not_offered(team):
    with pytest.raises(StartPassed):
        offer(team, now=STARTS + timedelta(hours=1))
    assert not Shift.select().exists()


def test_two_plans_published_at_once_offer_a_team_one_shift(team):
    block, start = make_block(team.city), Barrier(2)

    def publish(_):
        with connection():
            start.wait()
            try:
                return offer(team, blocks=[block]).state
            except TeamTaken:
                return "taken"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(publish, range(2))) == ["offered", "taken"]
    assert Shift.select().count() == 1


@pytest.mark.both_fast
def test_of_two_answers_from_two_devices_exactly_one_wins(team):
    shift = make_shift(team, state="offered")
    start = Barrier(2)

    def answer(_):
        with connection():
            mine = shift_of(shift.city_id, shift.id)
            start.wait()
            try:
                return accept(mine, now=NOW).state
            except ShiftState:
                return "refused"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(answer, range(2))) == ["accepted", "refused"]
    assert Shift.get_by_id(shift.id).version == 2


@pytest.mark.both_fast
def test_accepting_while_it_is_being_declined_exactly_one_wins(team, coordinator):
    shift = make_shift(team, state="offered")
    start = Barrier(2)

    def answer(verb):
        with connection():
            mine = shift_of(shift.city_id, shift.id)
            start.wait()
            try:
                return verb(mine).state
            except DomainError:
                return "refused"

    verbs = (lambda mine: accept(mine, now=NOW), lambda mine: decline(mine, reason="", now=NOW))
    with ThreadPoolExecutor(2) as pool:
        outcomes = set(pool.map(answer, verbs))
    assert outcomes == {"refused", Shift.get_by_id(shift.id).state}


def test_accepting_ends_with_the_time_to_answer(team):
    shift = make_shift(team, state="offered", answer_by=NOW)
    with pytest.raises(AnswerTooLate):
        accept(shift, now=NOW + timedelta(seconds=1))
    assert accept(shift, now=NOW).state == "accepted"


def test_a_declined_shift_goes_back_to_the_plan(team, coordinator):
    shift = decline(make_shift(team, state="accepted"), reason="A cold", now=NOW)
    assert (shift.state, shift.decline_reason, shift.answered_at) == ("declined", "A cold", NOW)
    assert messages_to(coordinator.id) == [("shift_declined", f"2026-11-06: {team.code} – A cold")]
    assert "11:00" not in str(messages_to(coordinator.id))


def test_a_shift_is_not_declined_when_its_time_has_passed(team):
    shift = make_shift(team)
    with pytest.raises(AnswerTooLate):
        decline(shift, reason="", now=shift.closes_at + timedelta(seconds=1))


def test_starting_the_walk_accepts_what_is_still_offered(team):
    shift = make_shift(team, state="offered", answer_by=NOW)
    walking = start_shift(shift, now=NOW)
    assert (walking.state, walking.answered_at) == ("walking", NOW)
    assert finish_shift(walking, now=NOW).state == "walked"


@pytest.mark.parametrize("state", ["declined", "expired", "withdrawn", "walking", "walked"])
def test_only_a_live_shift_or_a_missed_one_can_be_started(team, state):
    with pytest.raises(ShiftState):
        start_shift(make_shift(team, state=state), now=NOW)


def test_an_offer_past_its_time_to_answer_cannot_be_started(team):
    shift = make_shift(team, state="offered", answer_by=NOW - timedelta(seconds=1))
    with pytest.raises(AnswerTooLate):
        start_shift(shift, now=NOW)
    assert Shift.get_by_id(shift.id).state == "offered"


def test_withdrawing_a_plan_takes_back_what_nobody_has_begun(city):
    shifts = {
        state: make_shift(make_team(city), plan_run=RUN, state=state)
        for state in ("offered", "accepted", "walking", "declined")
    }
    other = make_shift(make_team(city), state="offered")
    assert withdraw_shifts(plan_run=RUN, now=NOW) == 2
    assert withdraw_shifts(plan_run=RUN, now=NOW) == 0
    assert {was: Shift.get_by_id(shift.id).state for was, shift in shifts.items()} == {
        "offered": "withdrawn",
        "accepted": "withdrawn",
        "walking": "walking",
        "declined": "declined",
    }
    assert Shift.get_by_id(other.id).state == "offered"
    told = [message.person for message in Message.select().where(Message.kind == "shift_withdrawn")]
    assert sorted(told) == sorted(shifts[state].team.handler_id for state in ("offered", "accepted"))


def test_a_team_that_is_suspended_loses_its_shifts(team):
    shift = make_shift(team)
    standing.change(team, "suspend", note="Bite", by=None, effects=(withdraw_of_team,), now=NOW)
    assert Shift.get_by_id(shift.id).state == "withdrawn"


def test_the_application_withdraws_the_shifts_of_a_team_that_pauses(database, team):
    shift = make_shift(team)
    client_of(database).post(f"/api/v1/teams/{team.id}/pause", headers=bearer(team.handler))
    assert Shift.get_by_id(shift.id).state == "withdrawn"
