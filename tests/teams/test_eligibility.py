"""The clock as a pure rule: until when a team may patrol, and what ends first."""

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.policy import dump, parse, read_policy, shipped
from patrol.teams.rules import Clock, GivenConsent, Standing, clock, due_lead, in_words

BUSAN = read_policy(shipped("busan"))
TODAY = date(2026, 11, 6)
LATER = date(2027, 11, 1)
CONSENTED = [GivenConsent("service", 1, TODAY), GivenConsent("location", 1, TODAY)]


def a_clock(policy=BUSAN, **changed):
    standing = {
        "active_until": LATER,
        "trained_on": None,
        "vaccinations": [("Bori", LATER)],
        "consents": CONSENTED,
    }
    return clock(policy, **{**standing, **changed})


def standing_for(days):
    """Busan's policy with consents that stand so many days."""
    content = dump(BUSAN)
    for consent in content["consents"]:
        consent["valid_days"] = days
    return parse(content, source="test")


def untrained():
    return msgspec.structs.replace(BUSAN, screening=msgspec.structs.replace(BUSAN.screening, requires_training=False))


LOOSE = read_policy(shipped("generic"))


@pytest.mark.parametrize(
    ("changed", "until", "first"),
    [
        ({}, LATER, ("screening", "")),
        ({"active_until": date(2026, 11, 5)}, date(2026, 11, 5), ("screening", "")),
        ({"active_until": None}, None, ("screening", "")),
        ({"vaccinations": [("Bori", LATER), ("Duri", TODAY)]}, TODAY, ("vaccination", "Duri")),
        ({"vaccinations": [("Bori", None)]}, None, ("vaccination", "Bori")),
        ({"vaccinations": []}, None, ("dog", "")),
        ({"trained_on": date(2026, 1, 1)}, date(2027, 1, 1), ("training", "")),
        ({"trained_on": date(2026, 1, 1), "policy": untrained()}, LATER, ("screening", "")),
        ({"vaccinations": [("Bori", None)], "policy": LOOSE}, LATER, ("screening", "")),
        ({"consents": CONSENTED[:1]}, None, ("consent", "location")),
        ({"consents": [*CONSENTED[:1], GivenConsent("location", 0, TODAY)]}, None, ("consent", "location")),
        ({"policy": standing_for(100)}, date(2027, 2, 13), ("consent", "location")),
    ],
)
def test_what_ends_first_is_the_last_day_on_which_a_team_is_eligible(changed, until, first):
    found = a_clock(**changed)
    assert (found.until, (found.first.what, found.first.name)) == (until, first)


def test_the_last_day_counts_and_the_next_does_not():
    found = a_clock(vaccinations=[("Bori", TODAY)])
    assert found.eligible(TODAY)
    assert not found.eligible(TODAY + timedelta(days=1))
    assert found.lapsed(TODAY) == []
    assert [each.what for each in found.lapsed(TODAY + timedelta(days=1))] == ["vaccination"]


def test_a_consent_asked_again_keeps_a_team_at_home_but_is_no_lapse():
    found = a_clock(consents=[*CONSENTED[:1], GivenConsent("location", 0, TODAY)])
    assert (found.eligible(TODAY), found.lapsed(TODAY)) == (False, [])
    assert [each.what for each in a_clock(consents=CONSENTED[:1]).lapsed(TODAY)] == ["consent"]


def test_a_consent_given_again_counts_from_its_last_day():
    again = [*CONSENTED, GivenConsent("location", 1, TODAY + timedelta(days=50))]
    found = {each.name: each.until for each in a_clock(standing_for(100), consents=again).standings}
    assert found["location"] - found["service"] == timedelta(days=50)


DATES = st.none() | st.dates(date(2026, 1, 1), date(2028, 1, 1))


@given(
    active_until=DATES,
    trained_on=DATES,
    vaccinations=st.lists(st.tuples(st.sampled_from("ABC"), DATES), max_size=3),
    consents=st.lists(
        st.builds(GivenConsent, st.sampled_from(["service", "location"]), st.integers(0, 2), st.dates(TODAY, LATER))
    ),
    day=st.dates(date(2026, 1, 1), date(2029, 1, 1)),
)
def test_a_team_is_eligible_on_exactly_the_days_on_which_everything_holds(day, **changed):
    found = a_clock(standing_for(200), **changed)
    assert found.eligible(day) == all(each.until is not None and day <= each.until for each in found.standings)
    assert found.eligible(day) == (found.until is not None and day <= found.until)
    assert not found.eligible(day) or found.lapsed(day) == []
    later = day + timedelta(days=1)
    assert found.eligible(day) or not found.eligible(later)  # time alone brings nothing back
    assert set(found.ending(day, later)) <= set(found.standings)


@pytest.mark.parametrize(
    ("left", "lead"), [(31, None), (30, 30), (8, 30), (7, 7), (1, 7), (0, 7), (-1, None)], ids=lambda value: f"{value}"
)
def test_the_shortest_lead_time_that_has_begun_is_the_warning_that_is_due(left, lead):
    assert due_lead((30, 7), until=TODAY + timedelta(days=left), today=TODAY) == lead


def test_what_lapses_has_words_in_both_languages():
    found = [Standing("vaccination", "Bori", TODAY), Standing("consent", "location", None)]
    assert in_words(found) == (
        "Bori 광견병 예방접종, 위치 기록 동의",
        "Bori's rabies vaccination, the consent to recording my position",
    )


def test_a_team_that_needs_nothing_is_always_eligible():
    assert (Clock(()).until, Clock(()).first, Clock(()).eligible(TODAY)) == (None, None, True)
