"""The gates, from the domain: caution at 25 °C, half the walk at 28, none at 32; over 50 kg none at 29; flat-faced,
overweight or senior 3 °C lower; from 25 °C on no paws on ground that the sun heats; below −1 °C of wind chill short
walks only; per dog minutes a day and days of rest. Ours: a puppy counts like a senior.
"""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from config.policy import read_policy, shipped
from patrol.teams.rules import (
    VERDICTS,
    Build,
    Gate,
    Outings,
    Weather,
    may_be_grouped,
    welfare_gate,
    wind_chill_c,
)

POLICY = read_policy(shipped("busan"))
DAY = date(2026, 8, 1)
BORI, MONG = UUID(int=1), UUID(int=2)
SOUND = Build(age_years=4, weight_kg=18)
HEAVY = replace(SOUND, weight_kg=50.1)
FLAT = replace(SOUND, brachycephalic=True)
FAT = replace(SOUND, overweight=True)
OLD = replace(SOUND, age_years=8)
PUPPY = replace(SOUND, age_years=0.9)
HEAVY_AND_OLD = replace(HEAVY, age_years=8)
CARRIED = replace(SOUND, stroller=True)
OLD_AND_CARRIED = replace(OLD, stroller=True)
BUILDS = st.builds(
    Build,
    age_years=st.floats(0, 20),
    weight_kg=st.floats(1, 100),
    brachycephalic=st.booleans(),
    overweight=st.booleans(),
    stroller=st.booleans(),
    minutes_a_day=st.none() | st.integers(5, 200),
    rest_days=st.integers(0, 13),
)
OUTINGS = st.builds(
    Outings,
    minutes=st.floats(0, 200),
    days=st.frozensets(st.dates(DAY - timedelta(days=14), DAY + timedelta(days=14)), max_size=3),
)
WEATHERS = st.builds(
    Weather, temperature_c=st.floats(-30, 45), wind_mps=st.floats(0, 40), sun=st.sampled_from([True, False, None])
)


def gate(weather, *dogs, wanted=30, daylight=False, day=DAY, **given):
    return welfare_gate(POLICY.welfare, weather, dogs, wanted, daylight=daylight, day=day, **given)


def allows(celsius, *dogs, **given):
    found = gate(Weather(temperature_c=celsius), *dogs, **given)
    return found.verdict, found.most_min


@pytest.mark.parametrize(
    ("dog", "celsius", "verdict", "most_min"),
    [
        (SOUND, 24.9, "go", 30),
        (SOUND, 25.0, "caution", 30),
        (SOUND, 27.9, "caution", 30),
        (SOUND, 28.0, "short", 15),
        (SOUND, 31.9, "short", 15),
        (SOUND, 32.0, "stop", 0),
        (HEAVY, 24.9, "go", 30),
        (HEAVY, 25.0, "caution", 30),
        (HEAVY, 28.9, "short", 15),
        (HEAVY, 29.0, "stop", 0),
        (replace(SOUND, weight_kg=50), 29.0, "short", 15),
        (FLAT, 21.9, "go", 30),
        (FLAT, 22.0, "caution", 30),
        (FLAT, 24.9, "caution", 30),
        (FLAT, 25.0, "short", 15),
        (FLAT, 28.9, "short", 15),
        (FLAT, 29.0, "stop", 0),
        (FAT, 21.9, "go", 30),
        (FAT, 25.0, "short", 15),
        (FAT, 29.0, "stop", 0),
        (OLD, 22.0, "caution", 30),
        (OLD, 29.0, "stop", 0),
        (replace(SOUND, age_years=7.9), 29.0, "short", 15),
        (PUPPY, 25.0, "short", 15),
        (PUPPY, 29.0, "stop", 0),
        (replace(SOUND, age_years=1), 29.0, "short", 15),
        (HEAVY_AND_OLD, 25.9, "short", 15),
        (HEAVY_AND_OLD, 26.0, "stop", 0),
        (CARRIED, 28.0, "short", 15),
        (CARRIED, 32.0, "stop", 0),
        (OLD_AND_CARRIED, 29.0, "stop", 0),
    ],
)
def test_after_sunset_heat_gates_follow_temperature_and_the_dogs_build(dog, celsius, verdict, most_min):
    assert allows(celsius, dog) == (verdict, most_min)


@pytest.mark.parametrize(
    ("dog", "celsius", "sun", "daylight", "verdict"),
    [
        (SOUND, 24.9, True, True, "go"),
        (SOUND, 25.0, True, True, "stop"),
        (SOUND, 25.0, None, True, "stop"),  # nobody says whether the sun shines: by day it may
        (SOUND, 24.9, None, True, "go"),
        (SOUND, 25.0, False, True, "caution"),  # overcast
        (SOUND, 25.0, True, False, "caution"),  # a reading from before sunset
        (SOUND, 25.0, None, False, "caution"),
        (FLAT, 21.9, None, True, "go"),
        (FLAT, 22.0, None, True, "stop"),
        (FLAT, 22.0, False, True, "caution"),
        (CARRIED, 25.0, True, True, "caution"),  # its paws do not touch the ground
        (CARRIED, 28.0, True, True, "short"),
        (CARRIED, 32.0, True, True, "stop"),
        (OLD_AND_CARRIED, 22.0, True, True, "caution"),
        (HEAVY, 25.0, None, True, "stop"),
    ],
)
def test_no_paws_go_on_ground_that_the_sun_heats(dog, celsius, sun, daylight, verdict):
    assert gate(Weather(temperature_c=celsius, sun=sun), dog, daylight=daylight).verdict == verdict


@pytest.mark.parametrize(
    ("celsius", "wind_mps", "verdict", "most_min"),
    [
        (-0.9, 0.0, "go", 30),
        (-1.0, 0.0, "go", 30),
        (-1.1, 0.0, "short", 15),
        (3.0, 1.0, "go", 30),
        (3.0, 10.0, "short", 15),
        (12.0, 30.0, "go", 30),
    ],
)
def test_below_one_degree_of_frost_in_the_wind_walks_are_short(celsius, wind_mps, verdict, most_min):
    found = gate(Weather(temperature_c=celsius, wind_mps=wind_mps), SOUND)
    assert (found.verdict, found.most_min) == (verdict, most_min)


def test_wind_chill_is_that_of_the_published_table():
    assert wind_chill_c(Weather(temperature_c=-10, wind_mps=20 / 3.6)) == pytest.approx(-17.9, abs=0.05)
    assert wind_chill_c(Weather(temperature_c=0, wind_mps=40 / 3.6)) == pytest.approx(-7.4, abs=0.05)


def test_a_walk_that_is_short_anyway_stays_as_long_as_it_is_in_the_cold():
    assert allows(-5, SOUND, wanted=10) == ("short", 10)


def test_unknown_weather_is_a_caution_and_no_refusal():
    assert gate(None, OLD, daylight=True) == Gate("caution", 30, ("weather_unknown",))


def test_every_threshold_is_the_policys():
    lower = {name: getattr(POLICY.welfare, name) - 10 for name in ("caution_c", "halve_c", "stop_c", "sun_c")}
    cool = replace_policy(**lower, heavy_stop_c=19.0)
    for dog in (SOUND, HEAVY, FLAT, OLD):
        for celsius in (14.9, 15.0, 18.0, 19.0, 22.0):
            for daylight in (False, True):
                moved = welfare_gate(cool, Weather(temperature_c=celsius), [dog], 30, daylight=daylight, day=DAY)
                assert moved == gate(Weather(temperature_c=celsius + 10), dog, daylight=daylight)
    tougher = replace_policy(senior_years=12.0, puppy_years=0.0, heavy_kg=80.0, sensitive_lower_c=0.0)
    for dog in (OLD, PUPPY, HEAVY, FLAT):
        found = welfare_gate(tougher, Weather(temperature_c=29.0), [dog], 30, daylight=False, day=DAY)
        assert found.verdict == "short"
    freezing = replace_policy(cold_short_c=5.0, cold_max_min=7)
    assert welfare_gate(freezing, Weather(temperature_c=4.0), [SOUND], 30, daylight=False, day=DAY).most_min == 7


def replace_policy(**given):
    return msgspec.structs.replace(POLICY.welfare, **given)


def test_a_team_goes_by_its_most_delicate_dog_and_the_gate_names_it():
    found = gate(Weather(temperature_c=29.0), replace(SOUND, id=BORI), replace(FLAT, id=MONG))
    assert found == Gate("stop", 0, ("too_hot", "sensitive_dog"), (MONG,))


def test_a_gate_that_is_the_same_for_all_dogs_names_none():
    assert gate(Weather(temperature_c=-5.0), replace(SOUND, id=BORI), replace(FLAT, id=MONG)).dogs == ()


def test_the_reasons_name_the_heavy_dog():
    assert gate(Weather(temperature_c=29.0), HEAVY).reasons == ("too_hot", "heavy_dog")


class TestOwnLimits:
    """Minutes a day and days of rest."""

    @pytest.mark.parametrize(
        ("walked", "verdict", "most_min"),
        [(0, "go", 30), (30, "go", 30), (30.5, "short", 29), (59, "short", 1), (59.5, "stop", 0), (80, "stop", 0)],
    )
    def test_a_dog_walks_no_longer_a_day_than_its_minutes(self, walked, verdict, most_min):
        dog = replace(SOUND, minutes_a_day=60)
        assert allows(18, dog, besides=Outings(minutes=walked)) == (verdict, most_min)

    @pytest.mark.parametrize(
        ("rest_days", "other", "verdict"),
        [(0, 1, "go"), (1, 1, "stop"), (1, -1, "stop"), (1, 2, "go"), (3, -3, "stop"), (3, 4, "go"), (1, 0, "go")],
    )
    def test_a_dog_rests_whole_days_before_and_after_another_walk(self, rest_days, other, verdict):
        besides = Outings(days=frozenset([DAY + timedelta(days=other)]))
        assert allows(18, replace(SOUND, rest_days=rest_days), besides=besides)[0] == verdict

    def test_limits_hold_when_the_weather_is_unknown(self):
        dog = replace(SOUND, id=BORI, minutes_a_day=20)
        assert gate(None, dog) == Gate("short", 20, ("day_limit", "weather_unknown"), (BORI,))

    def test_the_shorter_of_heat_and_minutes_counts(self):
        dog = replace(SOUND, minutes_a_day=10)
        assert allows(28, dog) == ("short", 10)
        assert allows(28, dog, wanted=16) == ("short", 8)


@pytest.mark.parametrize(("reactive", "may"), [([], True), ([False, False], True), ([False, True], False)])
def test_a_team_with_a_dog_that_is_reactive_to_others_is_never_grouped(reactive, may):
    assert may_be_grouped(reactive) is may


def at_least_as_strict(one, other):
    return VERDICTS.index(one.verdict) >= VERDICTS.index(other.verdict) and one.most_min <= other.most_min


@given(
    dogs=st.lists(BUILDS, min_size=1, max_size=3),
    weather=WEATHERS,
    hotter=st.floats(0, 20),
    wanted=st.integers(5, 180),
    daylight=st.booleans(),
    besides=OUTINGS,
)
def test_a_hotter_reading_never_allows_more(dogs, weather, hotter, wanted, daylight, besides):  # noqa: PLR0917 - drawn
    assume(wind_chill_c(weather) >= POLICY.welfare.cold_short_c)  # warmth may well end a frost
    hot = replace(weather, temperature_c=weather.temperature_c + hotter)
    cool, warm = (gate(one, *dogs, wanted=wanted, daylight=daylight, besides=besides) for one in (weather, hot))
    assert at_least_as_strict(warm, cool)


@given(
    dog=BUILDS, weather=WEATHERS, wanted=st.integers(5, 180), daylight=st.booleans(), besides=OUTINGS, more=st.data()
)
def test_a_more_sensitive_dog_is_never_allowed_more(dog, weather, wanted, daylight, besides, more):  # noqa: PLR0917 - drawn
    worse = more.draw(
        st.sampled_from(
            [
                {"brachycephalic": True},
                {"overweight": True},
                {"age_years": max(dog.age_years, 8.0)},
                {"age_years": min(dog.age_years, 0.5)},
                {"weight_kg": dog.weight_kg + 30},
                {"stroller": False},
                {"minutes_a_day": 5},
                {"rest_days": dog.rest_days + 1},
            ]
        )
    )
    usual, sensitive = (
        gate(weather, one, wanted=wanted, daylight=daylight, besides=besides) for one in (dog, replace(dog, **worse))
    )
    assert at_least_as_strict(sensitive, usual)


@given(
    dogs=st.lists(BUILDS, min_size=1, max_size=3), weather=WEATHERS, wanted=st.integers(5, 180), daylight=st.booleans()
)
def test_another_dog_or_the_sun_never_allows_more(dogs, weather, wanted, daylight):
    alone = gate(weather, *dogs[:1], wanted=wanted, daylight=daylight)
    assert at_least_as_strict(gate(weather, *dogs, wanted=wanted, daylight=daylight), alone)
    assert at_least_as_strict(gate(weather, *dogs, wanted=wanted, daylight=True), alone)


@given(
    dogs=st.lists(BUILDS, min_size=1, max_size=3),
    weather=st.none() | WEATHERS,
    wanted=st.integers(5, 180),
    daylight=st.booleans(),
    besides=OUTINGS,
)
def test_a_gate_never_grants_more_than_wanted_and_nothing_on_stop(dogs, weather, wanted, daylight, besides):
    found = gate(weather, *dogs, wanted=wanted, daylight=daylight, besides=besides)
    assert 0 <= found.most_min <= wanted
    assert (found.verdict == "stop") == (found.most_min == 0)
    assert (found.verdict == "go") == (found.reasons == ())
