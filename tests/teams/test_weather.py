"""Where readings of the weather come from: fixed, a file, or what the worker fetched."""

import os
import re
from datetime import timedelta

import pytest

from patrol.places.operations.files import LONGEST_CELL
from patrol.teams.models import WeatherReading
from patrol.teams.operations.weather import weather_of
from patrol.teams.rules import Weather
from tests.support.factories import NOW, make_city

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
URL = "https://weather.example.org/{lat},{lon}"


def reading(city, source, at=NOW, *, now=NOW):
    return weather_of(city, source, now=now)(at)


def kept(city, minutes, celsius, *, fetched=0, **more):
    WeatherReading.create(
        city=city,
        at=NOW + timedelta(minutes=minutes),
        temperature_c=celsius,
        fetched_at=NOW + timedelta(minutes=fetched),
        **more,
    )


def test_none_is_unknown_and_fixed_holds_at_any_time(city):
    assert reading(city, "none") is None
    assert reading(city, "fixed:18") == reading(city, "fixed:18", NOW + timedelta(days=3)) == Weather(temperature_c=18)


def test_a_files_rows_hold_until_the_next(city, tmp_path):
    file = tmp_path / "weather.csv"
    file.write_text(
        "at,temperature_c,wind_mps,sun\n2026-11-06T19:00:00+09:00,21.5,3,no\n2026-11-06T19:30:00+09:00,20,,yes\n"
        "2026-11-06T20:00:00+09:00,19,,\n"
    )
    assert reading(city, f"csv:{file}", NOW - timedelta(minutes=1)) == Weather(
        temperature_c=21.5, wind_mps=3, sun=False
    )
    assert reading(city, f"csv:{file}") == Weather(temperature_c=20, sun=True)
    assert reading(city, f"csv:{file}", NOW + timedelta(minutes=30)) == Weather(temperature_c=19, sun=None)


def test_a_reading_does_not_stand_for_ever_and_not_for_the_past(city, tmp_path):
    file = tmp_path / "weather.csv"
    file.write_text("at,temperature_c\n2026-11-06T10:30:00Z,21\n")
    assert reading(city, f"csv:{file}", NOW + timedelta(hours=2, minutes=59)) == Weather(temperature_c=21)
    assert reading(city, f"csv:{file}", NOW + timedelta(hours=3)) is None
    assert reading(city, f"csv:{file}", NOW - timedelta(seconds=1)) is None


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("at,wind\n", "row 1: no column temperature_c"),
        ("", "row 1: no column at, temperature_c"),
        ("at,temperature_c\n2026-11-06T10:30:00Z,warm\n", "row 2: could not convert"),
        ("at,temperature_c\n2026-11-06T10:30:00Z,21\n2026-11-06T10:30:00,21\n", "row 3: at: .* no offset"),
        ("at,temperature_c\n2026-11-06T10:30:00Z,nan\n", "row 2: temperature_c: nan is not between"),
        ("at,temperature_c,sun\n2026-11-06T10:30:00Z,21,maybe\n", "row 2: sun: 'maybe' is not one of"),
        ("at,temperature_c\n2026-11-06T10:30:00Z\n", "row 2"),
        pytest.param("x" * (LONGEST_CELL + 1), "field larger than", id="no table"),
    ],
)
def test_a_file_that_cannot_be_used_is_logged_once_with_its_row_and_leaves_weather_unknown(
    city, tmp_path, capsys, content, problem
):
    file = tmp_path / "weather.csv"
    file.write_text(content)
    assert reading(city, f"csv:{file}") is None
    assert re.search(problem, capsys.readouterr().out)
    assert reading(city, f"csv:{file}") is None
    assert capsys.readouterr().out == ""


def test_a_file_is_read_again_when_it_has_changed(city, tmp_path):
    file = tmp_path / "weather.csv"
    assert reading(city, f"csv:{file}") is None
    for celsius in (21, 22):
        fresh = tmp_path / "fresh.csv"
        fresh.write_text(f"at,temperature_c\n2026-11-06T10:30:00Z,{celsius}\n")
        os.replace(fresh, file)  # noqa: PTH105 - in one step, as whoever writes such a file should
        assert reading(city, f"csv:{file}") == Weather(temperature_c=celsius)


def test_what_was_fetched_stands_now_and_for_later(city):
    kept(city, -30, 21.5, wind_mps=3.0, sun=True)
    kept(city, 30, 20.0)
    assert reading(city, URL) == Weather(temperature_c=21.5, wind_mps=3.0, sun=True)
    assert reading(city, URL, NOW + timedelta(minutes=30)) == Weather(temperature_c=20.0)
    assert reading(city, URL, NOW + timedelta(minutes=210)) is None
    assert reading(city, URL, NOW - timedelta(minutes=31)) is None


def test_what_was_fetched_long_ago_is_unknown(city):
    kept(city, -30, 21.5)
    assert reading(city, URL, now=NOW + timedelta(minutes=179)) is not None
    assert reading(city, URL, now=NOW + timedelta(minutes=180)) is None


def test_a_citys_weather_is_its_own(city):
    kept(city, -30, 21.5)
    assert reading(make_city("Ulsan"), URL) is None
