from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.policy import Evening
from patrol.planning.rules import STATES, TRANSITIONS, bands_s, window

SEOUL, HELSINKI = ZoneInfo("Asia/Seoul"), ZoneInfo("Europe/Helsinki")
ACTIONS = ("claim", "cancel", "finish", "fail", "stop", "publish", "withdraw")


def test_an_evening_is_meant_in_the_citys_time():
    begins, ends = window(date(2026, 11, 6), Evening(begins="19:00", ends="23:00"), SEOUL)
    assert begins.astimezone(UTC) == datetime(2026, 11, 6, 10, tzinfo=UTC)
    assert ends - begins == timedelta(hours=4)


def test_an_evening_over_midnight_ends_on_the_next_day():
    begins, ends = window(date(2026, 11, 6), Evening(begins="22:00", ends="01:00"), SEOUL)
    assert ends - begins == timedelta(hours=3)


@pytest.mark.parametrize(
    ("bands", "expected"),
    [
        ([["19:00", "21:00"]], ((0, 7200),)),
        ([["18:00", "20:00"]], ((-3600, 3600),)),
        ([["22:00", "02:00"]], ((10800, 25200),)),
        ([["08:00", "12:00"]], ()),
        ([["18:30", "19:30"], ["22:30", "23:30"]], ((-1800, 1800), (12600, 16200))),
    ],
)
def test_a_blocks_hours_count_from_the_evenings_beginning(bands, expected):
    begins, ends = window(date(2026, 11, 6), Evening(begins="19:00", ends="23:00"), SEOUL)
    assert bands_s(bands, begins, ends, SEOUL) == expected


def test_hours_after_midnight_belong_to_a_night_that_runs_over_it():
    begins, ends = window(date(2026, 11, 6), Evening(begins="22:00", ends="03:00"), SEOUL)
    assert bands_s([["01:00", "02:00"]], begins, ends, SEOUL) == ((10800, 14400),)


def test_hours_follow_the_clock_on_the_wall_when_it_is_put_back():
    begins, ends = window(date(2026, 10, 24), Evening(begins="23:00", ends="06:00"), HELSINKI)
    ((opens, closes),) = bands_s([["05:00", "05:30"]], begins.astimezone(UTC), ends.astimezone(UTC), HELSINKI)
    assert (opens, closes) == (7 * 3600, 7.5 * 3600)  # 03:00 to 04:00 comes twice that night


@given(st.times(), st.times(), st.dates(date(2020, 1, 2), date(2035, 1, 1)))
def test_bands_found_touch_the_evening(opens, closes, day):
    begins, ends = (moment.astimezone(UTC) for moment in window(day, Evening(begins="19:00", ends="23:00"), SEOUL))
    length = (ends - begins).total_seconds()
    for start, end in bands_s([[f"{opens:%H:%M}", f"{closes:%H:%M}"]], begins, ends, SEOUL):
        assert start < length
        assert end > 0


def test_every_state_and_action_is_decided():
    allowed = {pair: TRANSITIONS.get(pair) for pair in product(STATES, ACTIONS)}
    assert {pair for pair, to in allowed.items() if to} == set(TRANSITIONS)
    assert set(TRANSITIONS.values()) <= set(STATES)
    assert not any(state in ("failed", "withdrawn") for state, _ in TRANSITIONS), "these are the end of a run"
