"""What the demo decides by the clock and by what it finds, before it does anything."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.cast import boxes_near
from commands.client import Client
from commands.demo import (
    SHORTEST,
    TO_DO,
    address_of,
    current_run,
    hours,
    still_open,
    to_accept,
    to_walk,
    walkers,
)
from commands.sample import later, registration_no
from commands.shared import Refused
from commands.tables import plan_table
from config.policy import Evening, Formats, read_policy, shipped
from patrol.shifts.rules import STATES
from tests.support.bridges import receiver
from tests.support.command_line import free_port

SEOUL = ZoneInfo("Asia/Seoul")
HELSINKI = ZoneInfo("Europe/Helsinki")
EVENING = Evening(begins="19:00", ends="23:00")
NIGHT = Evening(begins="22:00", ends="03:00")


def at(text, zone=SEOUL):
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def test_an_evening_under_way_is_planned_as_it_is():
    assert hours(at("2026-11-06T19:10"), EVENING, SEOUL) == (
        date(2026, 11, 6),
        at("2026-11-06T19:00"),
        at("2026-11-06T23:00"),
    )


@pytest.mark.parametrize("now", ["23:30", "05:00", "00:00", "12:34", "18:59", "21:45", "22:59"])
def test_at_any_other_time_the_next_hours_are_planned_so_that_you_can_walk_at_once(now):
    evening, begins, ends = hours(at(f"2026-11-06T{now}:59"), EVENING, SEOUL)
    assert evening == date(2026, 11, 6)
    assert begins == at(f"2026-11-06T{now}")
    assert ends - begins == timedelta(hours=4)


def test_an_evening_that_goes_on_after_midnight_keeps_its_date():
    assert hours(at("2026-11-07T00:30"), NIGHT, SEOUL)[0] == date(2026, 11, 6)


def test_a_night_on_which_the_clocks_change_has_its_true_length():
    now = at("2027-03-28T00:10", HELSINKI)
    night = Evening(begins="22:00", ends="05:00")
    _, begins, ends = hours(now, night, HELSINKI)
    assert ends - begins == timedelta(hours=6)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - bounds
def test_there_is_always_time_to_walk(now):
    _, begins, ends = hours(now, EVENING, SEOUL)
    assert begins <= now
    assert ends - now > SHORTEST


def a_run(ends_at):
    return {"ends_at": ends_at.isoformat()}


def test_a_published_plan_is_tonights_as_long_as_it_leaves_time_to_walk():
    now = at("2026-11-06T21:00")
    over, late, fine = (a_run(now + timedelta(minutes=minutes)) for minutes in (-5, 60, 120))
    assert current_run([over, late, fine], now=now) == fine
    assert current_run([over, late], now=now) is None
    assert still_open([over, late, fine], now=now) == [late, fine]


def a_shift(team, state, weight=1.0):
    return {"team": {"code": team}, "state": state, "weight": weight}


def test_the_weightiest_shift_is_walked_first():
    shifts = [a_shift("T1", "offered", 5.0), a_shift("T2", "accepted", 9.0), a_shift("T3", "missed", 20.0)]
    assert to_walk(shifts, under_way=lambda _: False) is shifts[1]
    assert to_walk([], under_way=lambda _: False) is None


def test_a_walk_that_was_cut_off_is_walked_on_and_one_that_was_told_is_not_told_again():
    shifts = [a_shift("T1", "offered", 9.0), a_shift("T2", "walking"), a_shift("T3", "walked")]
    assert to_walk(shifts, under_way=lambda shift: shift["state"] == "walking") is shifts[1]
    assert to_walk(shifts, under_way=lambda _: False) is None


def test_one_offer_is_left_to_be_answered_by_whoever_tries_the_demo():
    shifts = [
        a_shift("T1", "offered", 9.0),
        a_shift("T2", "offered"),
        a_shift("T3", "offered"),
        a_shift("T4", "walked"),
    ]
    assert to_accept(shifts, but=shifts[0]) == [shifts[0], shifts[2]]
    assert to_accept([shifts[1], a_shift("T3", "accepted")], but=None) == []


def test_every_walker_is_listed_with_what_there_is_to_do_most_first():
    shifts = [a_shift("T1", "walked"), a_shift("T2", "offered"), a_shift("T3", "accepted")]
    assert walkers(shifts, ["T0", "T1", "T2", "T3"]) == [
        ("an offer to answer", "T2"),
        ("a route to start", "T3"),
        ("has walked", "T1"),
        ("not out tonight", "T0"),
    ]


def test_every_state_of_a_shift_has_words_for_its_walker():
    assert set(STATES) | {""} == set(TO_DO)


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.1", "http://127.0.0.1:8000"), ("localhost", "http://localhost:8000"), ("::1", "http://[::1]:8000")],
)
def test_the_demo_answers_on_this_machine(host, address):
    assert address_of(host, 8000) == address


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "patrol.example"])  # noqa: S104 - refused
def test_the_demo_listens_nowhere_else(host):
    with pytest.raises(Refused, match="PATROL_HOST"):
        address_of(host, 8000)


def test_officers_play_at_boxes_in_and_around_the_streets():
    inside, beside, away = ({"lon": lon, "lat": 35.15} for lon in (129.05, 129.069, 129.2))
    assert boxes_near([inside, beside, away], [129.04, 35.14, 129.06, 35.16]) == [inside, beside]


@pytest.mark.parametrize(
    ("begins", "ends", "late", "out_from"),
    [
        ("19:00", "23:00", 60, "20:00"),
        ("19:00", "20:30", 60, "19:30"),
        ("19:00", "19:40", 60, "19:00"),
        ("23:30", "03:00", 60, "00:30"),
    ],
)
def test_a_sample_walker_who_comes_late_still_has_time_for_the_longest_walk(begins, ends, late, out_from):
    assert later(Evening(begins=begins, ends=ends), late, leaving_min=60) == out_from


@pytest.mark.parametrize("example", ["410000000000000", "AB12CD", "1234"])
def test_a_sample_registration_is_as_long_as_the_citys_are(example):
    formats = read_policy(shipped("generic")).formats
    given_ = Formats(
        **{**{name: getattr(formats, name) for name in formats.__slots__}, "registration_example": example}
    )
    found = registration_no(given_, seed=12, number=7)
    assert len(found) == len(example)
    assert found.endswith("0007"[-len(example) :])


SUMMARY = {
    "teams": 24,
    "routes": 20,
    "blocks": 264,
    "blocks_covered": 198,
    "weight_covered": 1000.0,
    "weight_reachable": 1250.0,
    "bound": 1200.0,
    "minutes_walked": 579.4,
    "share_on_blocks": 0.49,
    "solve_s": 8.04,
    "free": {"blocks": 55.94, "weight": 310.2, "minutes": 566.0, "share_on_blocks": 0.23},
}


def test_the_table_shows_the_plan_beside_free_walking():
    lines = [line.split("  ") for line in plan_table(SUMMARY).splitlines()]
    table = {line[0]: [cell.strip() for cell in line[1:] if cell.strip()] for line in lines}
    assert table["teams"] == ["24", "20"]
    assert table["blocks covered"] == ["198 of 264", "55.9"]
    assert table["weight covered of reachable"] == ["1000 of 1250 (80%)", "310 (25%)"]
    assert table["minutes walked"] == ["579", "566"]
    assert table["share of metres on blocks"] == ["49%", "23%"]
    assert table["proven bound, gap"] == ["1200 (16.7%)"]
    assert table["solve time"] == ["8.0 s"]


def test_a_plan_without_a_route_has_a_table_too():
    nothing = {**SUMMARY, "routes": 0, "weight_covered": 0.0, "weight_reachable": 0.0, "bound": 0.0, "free": None}
    assert "0 of 0 (–)" in plan_table(nothing)


def test_a_proxy_of_this_machines_is_not_asked_for_this_machine(monkeypatch):
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    with receiver() as received:
        Client(received.url).call("POST", "/sessions", json={})
    assert len(received.got) == 1
