"""Shifts that the forecast forbids the dogs are taken back ahead, and those concerned are told."""

from datetime import timedelta

import pytest

from notifications.models import Message
from patrol.shifts.models import Shift
from patrol.shifts.operations.forecast import withdraw_forbidden
from patrol.teams.models import Dog
from patrol.teams.rules import Weather
from tests.support.factories import NOW, Time, client_of, make_person, make_shift, make_team
from tests.support.patrols import ask, at_once

HOUR = timedelta(hours=1)


def sky(celsius, *, until=None, then=20.0):
    """The same forecast for every city: so warm, and from `until` on otherwise."""
    return lambda _city: lambda at: Weather(temperature_c=celsius if until is None or at < until else then)


def unknown(_city):
    return lambda _at: None


def states(*shifts):
    return [Shift.get_by_id(shift.id).state for shift in shifts]


def told(kind):
    return {message.person: message.words for message in Message.select().where(Message.kind == kind)}


def test_handlers_and_coordinators_are_told_why_and_once(city):
    coordinator = make_person(city, "coordinator")
    shifts = [make_shift(make_team(city), state=state) for state in ("offered", "accepted")]
    assert withdraw_forbidden(sky(33.0), NOW) == 2
    assert withdraw_forbidden(sky(33.0), NOW) == 0
    assert states(*shifts) == ["withdrawn", "withdrawn"]
    assert Shift.get_by_id(shifts[0].id).withdrawn_for == ["too_hot"]
    handlers = told("shift_kept_in")
    assert set(handlers) == {shift.team.handler_id for shift in shifts}
    words = handlers[shifts[0].team.handler_id]
    assert "11-06 20:00" in words["ko"]["body"]
    assert "Bori: 너무 덥습니다" in words["ko"]["body"]
    assert "Bori: it is too hot" in words["en"]["body"]
    (note,) = told("shifts_kept_in").items()
    assert note[0] == coordinator.id
    assert all(shift.team.code in note[1]["en"]["body"] for shift in shifts)
    assert note[1]["en"]["body"].endswith("it is too hot")
    assert told("shift_withdrawn") == {}


def test_only_dogs_that_may_not_walk_lose_their_shift(city):
    sound, flat = make_shift(make_team(city)), make_shift(make_team(city))
    Dog.update(brachycephalic=True).where(Dog.team == flat.team_id).execute()
    assert withdraw_forbidden(sky(29.0), NOW) == 1
    assert states(sound, flat) == ["accepted", "withdrawn"]


def test_the_forecast_is_heeded_as_many_hours_ahead_as_the_policy_says(city):
    soon = make_shift(make_team(city), starts_at=NOW + 6 * HOUR)
    later = make_shift(make_team(city), starts_at=NOW + 6 * HOUR + timedelta(seconds=1))
    assert withdraw_forbidden(sky(33.0), NOW) == 1
    assert states(soon, later) == ["withdrawn", "accepted"]


def test_unknown_weather_takes_nothing_back(city):
    shift = make_shift(make_team(city))
    assert withdraw_forbidden(unknown, NOW) == 0
    assert states(shift) == ["accepted"]


def test_a_shift_that_may_begin_once_it_has_cooled_stays(city):
    shift = make_shift(make_team(city), starts_at=NOW + HOUR)  # it may begin an hour later still
    assert withdraw_forbidden(sky(33.0, until=NOW + 2 * HOUR), NOW) == 0
    assert withdraw_forbidden(sky(33.0, until=NOW + 3 * HOUR), NOW) == 1
    assert states(shift) == ["withdrawn"]


def test_heat_at_the_end_of_a_walk_forbids_it_too(city):
    leaves = NOW + timedelta(minutes=50)
    make_shift(make_team(city), starts_at=leaves, opens_at=leaves, closes_at=leaves)
    assert withdraw_forbidden(sky(20.0, until=NOW + HOUR, then=33.0), NOW) == 1


def test_a_shift_that_goes_on_is_left_to_the_walk(city):
    shifts = [make_shift(make_team(city), state=state) for state in ("walking", "walked", "declined", "expired")]
    assert withdraw_forbidden(sky(33.0), NOW) == 0
    assert states(*shifts) == ["walking", "walked", "declined", "expired"]


@pytest.mark.both_fast
def test_two_workers_take_it_back_once(city):
    make_person(city, "coordinator")
    make_shift(make_team(city))

    def work():
        from config.database import connection  # noqa: PLC0415 - each thread has its own

        with connection():
            return withdraw_forbidden(sky(33.0), NOW)

    assert sum(at_once(work, work)) == 1
    assert Message.select().where(Message.kind.in_(["shift_kept_in", "shifts_kept_in"])).count() == 2


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_app_is_told_why_a_shift_is_gone(database, city):
    shift = make_shift(make_team(city))
    withdraw_forbidden(sky(33.0), NOW)
    client = client_of(database, clock=Time())
    seen = ask(client, shift.team.handler, f"/shifts/{shift.id}").json
    assert (seen["state"], seen["withdrawn_for"]) == ("withdrawn", ["too_hot"])
