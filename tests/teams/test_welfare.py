"""The weather's gates, from the domain: caution at 25 °C, half the walk at 28, none at 32; over 50 kg none at 29;
flat-faced, overweight or senior 3 °C lower; sun on asphalt from 25 °C on; below −1 °C of wind chill short walks only.
"""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.policy import read_policy, shipped
from patrol.teams.operations.weather import reading
from patrol.teams.operations.welfare import gate_of
from patrol.teams.rules import VERDICTS, Build, Gate, Weather, welfare_gate, wind_chill_c
from tests.support.factories import NOW, make_city, make_dog, make_team

POLICY = read_policy(shipped("busan"))
SOUND = Build(age_years=4, weight_kg=18)
HEAVY = replace(SOUND, weight_kg=51)
FLAT = replace(SOUND, brachycephalic=True)
FAT = replace(SOUND, overweight=True)
OLD = replace(SOUND, age_years=8)
HEAVY_AND_OLD = replace(HEAVY, age_years=8)
BUILDS = st.builds(
    Build,
    age_years=st.floats(0, 20),
    weight_kg=st.floats(1, 100),
    brachycephalic=st.booleans(),
    overweight=st.booleans(),
)


@pytest.mark.parametrize(
    ("dog", "celsius", "verdict", "most_min"),
    [
        (SOUND, 24.9, "go", 30),
        (SOUND, 25.0, "caution", 30),
        (SOUND, 27.9, "caution", 30),
        (SOUND, 28.0, "short", 15),
        (SOUND, 31.9, "short", 15),
        (SOUND, 32.0, "stop", 0),
        (HEAVY, 28.9, "short", 15),
        (HEAVY, 29.0, "stop", 0),
        (replace(SOUND, weight_kg=50), 29.0, "short", 15),
        (FLAT, 21.9, "go", 30),
        (FLAT, 22.0, "caution", 30),
        (FLAT, 25.0, "short", 15),
        (FLAT, 29.0, "stop", 0),
        (FAT, 25.0, "short", 15),
        (OLD, 29.0, "stop", 0),
        (replace(SOUND, age_years=7.9), 29.0, "short", 15),
        (HEAVY_AND_OLD, 25.9, "short", 15),
        (HEAVY_AND_OLD, 26.0, "stop", 0),
    ],
)
def test_heat_gates_follow_temperature_and_the_dogs_build(dog, celsius, verdict, most_min):
    gate = welfare_gate(POLICY, Weather(temperature_c=celsius), [dog], 30)
    assert (gate.verdict, gate.most_min) == (verdict, most_min)


@pytest.mark.parametrize(
    ("dog", "celsius", "verdict"),
    [(SOUND, 24.9, "go"), (SOUND, 25.0, "stop"), (FLAT, 22.0, "stop"), (FLAT, 21.9, "go")],
)
def test_no_dog_walks_on_asphalt_that_the_sun_has_heated(dog, celsius, verdict):
    assert welfare_gate(POLICY, Weather(temperature_c=celsius, sun=True), [dog], 30).verdict == verdict


@pytest.mark.parametrize(
    ("celsius", "wind_mps", "verdict", "most_min"),
    [
        (-1.0, 0.0, "go", 30),
        (-1.1, 0.0, "short", 15),
        (3.0, 1.0, "go", 30),
        (3.0, 10.0, "short", 15),
        (12.0, 30.0, "go", 30),
    ],
)
def test_below_one_degree_of_frost_in_the_wind_walks_are_short(celsius, wind_mps, verdict, most_min):
    gate = welfare_gate(POLICY, Weather(temperature_c=celsius, wind_mps=wind_mps), [SOUND], 30)
    assert (gate.verdict, gate.most_min) == (verdict, most_min)


def test_wind_chill_is_that_of_the_published_table():
    assert wind_chill_c(Weather(temperature_c=-10, wind_mps=20 / 3.6)) == pytest.approx(-17.9, abs=0.05)
    assert wind_chill_c(Weather(temperature_c=0, wind_mps=40 / 3.6)) == pytest.approx(-7.4, abs=0.05)


def test_a_walk_that_is_short_anyway_stays_as_long_as_it_is_in_the_cold():
    assert welfare_gate(POLICY, Weather(temperature_c=-5), [SOUND], 10).most_min == 10


def test_unknown_weather_is_a_caution_and_no_refusal():
    assert welfare_gate(POLICY, None, [OLD], 30) == Gate("caution", 30, ("weather_unknown",))


def test_a_team_goes_by_its_most_delicate_dog():
    gate = welfare_gate(POLICY, Weather(temperature_c=29.0), [SOUND, FLAT], 30)
    assert gate == Gate("stop", 0, ("too_hot", "sensitive_dog", "hot"))


def test_the_reasons_name_the_heavy_dog():
    assert welfare_gate(POLICY, Weather(temperature_c=29.0), [HEAVY], 30).reasons == ("too_hot", "heavy_dog")


@given(dogs=st.lists(BUILDS, min_size=1, max_size=3), celsius=st.floats(-30, 45), wanted=st.integers(5, 180))
def test_a_hotter_day_from_ten_degrees_on_never_allows_more(dogs, celsius, wanted):
    cool, hot = (
        welfare_gate(POLICY, Weather(temperature_c=max(10.0, degrees)), dogs, wanted)
        for degrees in (celsius, celsius + 1)
    )
    assert VERDICTS.index(cool.verdict) <= VERDICTS.index(hot.verdict)
    assert cool.most_min >= hot.most_min


@given(
    dogs=st.lists(BUILDS, min_size=1, max_size=3),
    celsius=st.floats(-30, 45),
    wind=st.floats(0, 40),
    sun=st.booleans(),
    wanted=st.integers(5, 180),
)
def test_a_gate_never_grants_more_than_wanted_and_nothing_on_stop(dogs, celsius, wind, sun, wanted):
    gate = welfare_gate(POLICY, Weather(temperature_c=celsius, wind_mps=wind, sun=sun), dogs, wanted)
    assert 0 <= gate.most_min <= wanted
    assert (gate.verdict == "stop") == (gate.most_min == 0)
    assert (gate.verdict == "go") == (gate.reasons == ())


def test_a_dogs_age_is_that_of_the_day_in_the_city(database):
    team = make_team(make_city())
    make_dog(team, born_on=date(2018, 11, 7))
    warm = Weather(temperature_c=23.0)
    late = datetime(2026, 11, 6, 15, 30, tzinfo=UTC)  # half past midnight of the dog's birthday in Busan
    assert gate_of(team, weather=warm, wanted_min=30, now=NOW).verdict == "go"
    assert gate_of(team, weather=warm, wanted_min=30, now=late).verdict == "caution"


def test_weather_comes_from_where_the_setting_says(tmp_path):
    file = tmp_path / "weather.csv"
    file.write_text(
        "at,temperature_c,wind_mps,sun\n2026-11-06T19:00:00+09:00,21.5,3,no\n2026-11-06T19:30:00+09:00,20,,yes\n"
    )
    assert reading("none", NOW) is None
    assert reading("fixed:18", NOW) == Weather(temperature_c=18)
    assert reading(f"csv:{file}", NOW - timedelta(minutes=1)) == Weather(temperature_c=21.5, wind_mps=3)
    assert reading(f"csv:{file}", NOW) == Weather(temperature_c=20, sun=True)


def test_a_reading_does_not_stand_for_ever_and_not_for_the_past(tmp_path):
    file = tmp_path / "weather.csv"
    file.write_text("at,temperature_c\n2026-11-06T10:30:00Z,21\n")
    assert reading(f"csv:{file}", NOW + timedelta(hours=2, minutes=59)) == Weather(temperature_c=21)
    assert reading(f"csv:{file}", NOW + timedelta(hours=3)) is None
    assert reading(f"csv:{file}", NOW - timedelta(seconds=1)) is None


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
    ],
)
def test_a_weather_file_that_cannot_be_used_is_logged_with_its_row_and_leaves_weather_unknown(
    tmp_path, capsys, content, problem
):
    file = tmp_path / "weather.csv"
    file.write_text(content)
    assert reading(f"csv:{file}", NOW) is None
    assert re.search(problem, capsys.readouterr().out)


def test_a_weather_file_that_is_not_there_leaves_weather_unknown(tmp_path):
    assert reading(f"csv:{tmp_path / 'none.csv'}", NOW) is None
