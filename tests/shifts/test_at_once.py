"""Many shifts are closed or taken back while their teams answer: each is decided once, and nobody is sent away."""

import threading
from uuid import uuid4

import pytest

from config.database import connection
from patrol.shifts.models import Shift
from patrol.shifts.operations.answering import accept
from patrol.shifts.operations.moving import ShiftState, shift_of
from patrol.shifts.operations.offering import withdraw_of_team, withdraw_shifts
from patrol.teams.operations.standing import change
from tests.support.factories import NOW, make_city, make_person, make_shift, make_team

ROUNDS = 4


def run_at_once(*works):
    """Run each on a connection of its own, all at once; whatever is raised."""
    begin, raised = threading.Barrier(len(works)), []

    def run(work):
        with connection():
            begin.wait()
            try:
                work()
            except Exception as error:  # noqa: BLE001 - the test says what may be raised
                raised.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def accept_all(shifts):
    for shift in shifts:
        try:
            accept(shift_of(shift.city_id, shift.id), now=NOW)
        except ShiftState:  # taken back already
            continue


@pytest.fixture
def city(database):
    city = make_city()
    make_person(city, "coordinator")
    return city


def test_a_plan_is_withdrawn_while_its_teams_answer(city):
    for _ in range(ROUNDS):
        run = uuid4()
        shifts = [make_shift(make_team(city), state="offered", plan_run=run) for _ in range(6)]
        raised = run_at_once(
            lambda run=run: withdraw_shifts(plan_run=run, now=NOW),
            lambda shifts=shifts: accept_all(shifts),
            lambda shifts=shifts: accept_all(shifts[::-1]),
        )
        assert raised == []
        assert {shift.state for shift in Shift.select().where(Shift.plan_run == run)} == {"withdrawn"}


def test_a_team_is_suspended_while_it_answers(city):
    for _ in range(ROUNDS):
        team, by = make_team(city), uuid4()
        shifts = [make_shift(team, state="offered") for _ in range(3)]
        raised = run_at_once(
            lambda team=team, by=by: change(
                team, "suspend", by=by, note="A bite.", effects=(withdraw_of_team,), now=NOW
            ),
            lambda shifts=shifts: accept_all(shifts[::-1]),
        )
        assert raised == []
        assert {shift.state for shift in Shift.select().where(Shift.team == team)} == {"withdrawn"}
