"""Weekly hours: over midnight, through clock changes, merged where they meet."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.teams.rules import Window, clock_text, free_spans, overlapping, too_long, window

SEOUL, HELSINKI = ZoneInfo("Asia/Seoul"), ZoneInfo("Europe/Helsinki")
MON, TUE, FRI, SAT, SUN = 0, 1, 4, 5, 6


def longest_span(windows, **given):
    return max(free_spans(windows, **given), key=lambda span: span[1] - span[0], default=None)


def at(zone, text):
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def span(windows, zone, begins, ends):
    found = longest_span(windows, zone=zone, begins_at=at(zone, begins), ends_at=at(zone, ends))
    return found and tuple(f"{moment.astimezone(zone):%d %H:%M}" for moment in found)


def test_a_window_is_the_evening_of_its_weekday():
    friday = window(FRI, "19:00", "23:00")
    assert span([friday], SEOUL, "2026-11-06T18:00", "2026-11-07T02:00") == ("06 19:00", "06 23:00")
    assert span([friday], SEOUL, "2026-11-07T18:00", "2026-11-08T02:00") is None


def test_a_window_is_cut_to_the_evening_that_is_planned():
    assert span([window(FRI, "17:00", "23:30")], SEOUL, "2026-11-06T19:00", "2026-11-06T23:00") == (
        "06 19:00",
        "06 23:00",
    )


def test_a_window_over_midnight_reaches_into_the_next_day():
    friday = window(FRI, "22:00", "01:30")
    assert friday == Window(FRI, 1320, 1530)
    assert span([friday], SEOUL, "2026-11-06T19:00", "2026-11-07T03:00") == ("06 22:00", "07 01:30")
    assert span([friday], SEOUL, "2026-11-07T00:30", "2026-11-07T03:00") == ("07 00:30", "07 01:30")


def test_sunday_night_runs_into_monday():
    assert span([window(SUN, "23:00", "02:00")], SEOUL, "2026-11-09T00:00", "2026-11-09T05:00") == (
        "09 00:00",
        "09 02:00",
    )


def test_windows_that_meet_are_one_stretch_and_the_longest_counts():
    windows = [window(FRI, "18:00", "19:00"), window(FRI, "20:00", "00:00"), window(SAT, "00:00", "01:00")]
    assert span(windows, SEOUL, "2026-11-06T12:00", "2026-11-07T12:00") == ("06 20:00", "07 01:00")


def test_a_whole_week_of_whole_days_has_no_gap():
    days = [window(day, "00:00", "00:00") for day in range(7)]
    assert overlapping(days) is None
    assert span(days, SEOUL, "2026-11-06T19:00", "2026-11-07T01:00") == ("06 19:00", "07 01:00")


def test_evening_hours_stay_on_the_clock_through_the_change_to_winter_time():
    saturday, sunday = window(SAT, "19:00", "23:00"), window(SUN, "19:00", "23:00")
    before = longest_span(
        [saturday, sunday],
        zone=HELSINKI,
        begins_at=datetime(2026, 10, 24, 12, tzinfo=UTC),
        ends_at=datetime(2026, 10, 24, 22, tzinfo=UTC),
    )
    after = longest_span(
        [saturday, sunday],
        zone=HELSINKI,
        begins_at=datetime(2026, 10, 25, 12, tzinfo=UTC),
        ends_at=datetime(2026, 10, 25, 22, tzinfo=UTC),
    )
    assert before == (datetime(2026, 10, 24, 16, tzinfo=UTC), datetime(2026, 10, 24, 20, tzinfo=UTC))
    assert after == (datetime(2026, 10, 25, 17, tzinfo=UTC), datetime(2026, 10, 25, 21, tzinfo=UTC))


@pytest.mark.parametrize(
    ("saturday", "hours"),
    [
        (datetime(2026, 3, 28, 12, tzinfo=UTC), 6),
        (datetime(2026, 4, 4, 12, tzinfo=UTC), 7),
        (datetime(2026, 10, 24, 12, tzinfo=UTC), 8),
    ],
)
def test_a_night_from_ten_to_five_is_as_long_as_the_clock_change_makes_it(saturday, hours):
    found = longest_span(
        [window(SAT, "22:00", "05:00")], zone=HELSINKI, begins_at=saturday, ends_at=saturday + timedelta(days=1)
    )
    assert found is not None
    assert found[1] - found[0] == timedelta(hours=hours)


def test_a_window_never_grows_by_an_hour_that_the_clock_skips():
    night = ("2026-03-29T00:00", "2026-03-29T12:00")
    assert span([window(SUN, "03:10", "03:50")], HELSINKI, *night) is None
    assert span([window(SUN, "01:00", "03:30")], HELSINKI, *night) == ("29 01:00", "29 02:30")
    assert span([window(SUN, "03:30", "06:00")], HELSINKI, *night) == ("29 04:30", "29 06:00")


def test_a_window_takes_in_both_of_the_hours_that_the_clock_shows_twice():
    found = longest_span(
        [window(SUN, "03:15", "03:45")],
        zone=HELSINKI,
        begins_at=datetime(2026, 10, 24, 22, tzinfo=UTC),
        ends_at=datetime(2026, 10, 25, 6, tzinfo=UTC),
    )
    assert found == (datetime(2026, 10, 25, 0, 15, tzinfo=UTC), datetime(2026, 10, 25, 1, 45, tzinfo=UTC))


@pytest.mark.parametrize(
    ("windows", "pair"),
    [
        ([(FRI, "19:00", "21:00"), (FRI, "21:00", "23:00")], None),
        ([(FRI, "19:00", "21:00"), (FRI, "20:59", "23:00")], (1, 0)),
        ([(FRI, "19:00", "21:00"), (SAT, "19:00", "21:00")], None),
        ([(FRI, "22:00", "02:00"), (SAT, "01:00", "03:00")], (1, 0)),
        ([(SUN, "22:00", "02:00"), (MON, "01:00", "03:00")], (1, 0)),
        ([(MON, "01:00", "03:00"), (TUE, "19:00", "20:00"), (SUN, "22:00", "02:00")], (2, 0)),
        ([(MON, "19:00", "20:00"), (MON, "19:00", "20:00")], (1, 0)),
    ],
)
def test_two_windows_that_share_time_are_found(windows, pair):
    assert overlapping([window(*each) for each in windows]) == pair


def test_a_window_ends_by_noon_of_the_next_day():
    assert too_long([window(FRI, "19:00", "23:00"), window(FRI, "19:00", "12:00")]) is None
    assert too_long([window(FRI, "19:00", "23:00"), window(FRI, "19:00", "12:01")]) == 1


@given(st.integers(0, 1439), st.integers(0, 1439))
def test_hours_come_back_as_they_were_written(begins, ends):
    made = window(FRI, clock_text(begins), clock_text(ends))
    assert (clock_text(made.begins_min), clock_text(made.ends_min)) == (clock_text(begins), clock_text(ends))
    assert made.begins_min < made.ends_min <= made.begins_min + 1440


WINDOWS = st.lists(
    st.builds(
        lambda day, begins, lasts: Window(day, begins, min(begins + lasts, 2160)),
        st.integers(0, 6),
        st.integers(0, 1439),
        st.integers(1, 1440),
    ),
    max_size=8,
)
MOMENTS = st.integers(0, 2 * 365 * 1440).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(windows=WINDOWS, begins=MOMENTS, hours=st.integers(1, 30), zone=st.sampled_from([SEOUL, HELSINKI]))
def test_every_minute_of_the_stretch_found_is_in_some_window(windows, begins, hours, zone):
    ends = begins + timedelta(hours=hours)
    found = longest_span(windows, zone=zone, begins_at=begins, ends_at=ends)
    if found is None:
        return
    assert begins <= found[0] < found[1] <= ends
    minutes = int((found[1] - found[0]) / timedelta(minutes=1))
    for moment in (found[0] + timedelta(minutes=n) for n in range(0, minutes, 17)):
        assert any(_within(moment, window, zone) for window in windows)


def _within(moment, window, zone):
    local = moment.astimezone(zone)
    clock = local.hour * 60 + local.minute
    today = local.weekday() == window.weekday and window.begins_min <= clock < window.ends_min
    yesterday = (local.weekday() - 1) % 7 == window.weekday and clock + 1440 < window.ends_min
    return today or yesterday


def test_the_check_of_minutes_tells_inside_from_outside():
    night = window(FRI, "22:00", "01:00")
    moments = ["06T21:59", "06T22:00", "07T00:59", "07T01:00"]
    assert [_within(at(SEOUL, f"2026-11-{text}"), night, SEOUL) for text in moments] == [False, True, True, False]
