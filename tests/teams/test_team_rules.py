"""How a team moves through screening, how a test is scored, who may join."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.policy import read_policy, shipped
from patrol.teams.rules import (
    KOREAN,
    RENEWABLE,
    TEAM_STATES,
    TRANSITIONS,
    age_years,
    passes,
    registration_no,
    restricted_breed,
    retest_from,
    score_problems,
)

POLICY = read_policy(shipped("busan"))
SCREENING, FORMATS = POLICY.screening, POLICY.formats
ACTIONS = sorted({action for _, action in TRANSITIONS})
FULL = {"heel": 25, "wait_and_recall": 20, "people": 20, "other_dogs": 20, "objects_and_noise": 15}

LEADS_TO = {
    "accept_documents": {"applied": "documents_ok", "lapsed": "documents_ok"},
    "refuse_documents": {"applied": "applied", "lapsed": "lapsed"},
    "book_test": {"documents_ok": "test_booked", "test_booked": "test_booked", "failed": "test_booked"},
    "pass_test": {"test_booked": "passed"},
    "fail_test": {"test_booked": "failed"},
    "activate": {"passed": "active"},
    "pause": {"active": "paused"},
    "resume": {"paused": "active"},
    "reinstate": {"suspended": "active"},
    "suspend": {"active": "suspended", "paused": "suspended", "lapsed": "suspended"},
    "lapse": {"active": "lapsed", "paused": "lapsed"},
    "add_dog": {"applied": "applied", "documents_ok": "applied", "failed": "applied", "lapsed": "applied"},
    "return": {"lapsed": "active"},
    "return_paused": {"lapsed": "paused"},
    "miss_test": {"test_booked": "documents_ok"},
    "train": {state: state for state in ("passed", *RENEWABLE)},
    **{
        action: {state: state for state in RENEWABLE}
        for action in (
            "ask_renewal",
            "accept_renewal",
            "refuse_renewal",
            "book_renewal_test",
            "pass_renewal_test",
            "fail_renewal_test",
            "miss_renewal_test",
            "renew",
        )
    },
    **{
        action: {state: state for state in TEAM_STATES if state != "retired"}
        for action in ("edit", "vaccinate", "bite", "keep_dog", "lose_dog")
    },
    "retire": {state: "retired" for state in TEAM_STATES if state != "retired"},
}


@pytest.mark.parametrize(("state", "action"), [*product(TEAM_STATES, ACTIONS)])
def test_every_state_allows_exactly_its_actions(state, action):
    assert TRANSITIONS.get((state, action)) == LEADS_TO[action].get(state)


@given(st.lists(st.sampled_from(ACTIONS), max_size=40))
def test_no_sequence_of_actions_leaves_the_states_or_the_retired_one(actions):
    state = "applied"
    for action in actions:
        before, state = state, TRANSITIONS.get((state, action), state)
        assert state in TEAM_STATES
        assert before != "retired" or state == "retired"


@given(st.lists(st.sampled_from(ACTIONS), max_size=40))
def test_nobody_patrols_without_papers_and_a_passed_test(actions):
    state, done = "applied", set()
    for action in actions:
        if (state, action) in TRANSITIONS:
            state = TRANSITIONS[state, action]
            done.add(action)
        if state == "active":
            assert {"accept_documents", "book_test", "pass_test", "activate"} <= done


def test_every_state_has_a_korean_name():
    assert set(KOREAN) == set(TEAM_STATES)


def test_every_state_can_be_reached():
    reached, grown = {"applied"}, {"applied"}
    while grown:
        grown = {to for (state, _), to in TRANSITIONS.items() if state in reached} - reached
        reached |= grown
    assert reached == set(TEAM_STATES)


@pytest.mark.parametrize(
    ("total", "fault", "passed"),
    [(70, None, True), (100, None, True), (69, None, False), (100, "bite", False), (0, None, False)],
)
def test_seventy_points_pass_unless_something_failed_at_once(total, fault, passed):
    assert passes(SCREENING, total, fault) is passed


@pytest.mark.parametrize(
    ("scores", "failed_at_once", "problems"),
    [
        (FULL, False, {}),
        ({**FULL, "heel": 26}, False, {"heel": "range"}),
        ({**FULL, "heel": -1}, False, {"heel": "range"}),
        ({**FULL, "tricks": 5}, False, {"tricks": "unknown"}),
        (
            {"heel": 25},
            False,
            dict.fromkeys(["wait_and_recall", "people", "other_dogs", "objects_and_noise"], "missing"),
        ),
        ({"heel": 25}, True, {}),
        ({}, True, {}),
        ({"heel": 30}, True, {"heel": "range"}),
    ],
)
def test_a_sheet_of_scores_follows_the_rubric(scores, failed_at_once, problems):
    assert score_problems(SCREENING, scores, failed_at_once=failed_at_once) == problems


@given(st.fixed_dictionaries({item: st.integers(0, most) for item, most in FULL.items()}))
def test_a_sheet_within_the_rubric_has_no_problem_and_adds_up_to_a_hundred_at_most(scores):
    assert score_problems(SCREENING, scores, failed_at_once=False) == {}
    assert 0 <= sum(scores.values()) <= 100


@pytest.mark.parametrize(
    ("tests", "failed", "first"),
    [
        ([], False, None),
        ([date(2026, 11, 1)], True, date(2026, 11, 15)),
        ([date(2026, 11, 1)], False, None),
        ([date(2026, 3, 1), date(2026, 6, 1), date(2026, 11, 1)], True, date(2027, 3, 1)),
        ([date(2025, 3, 1), date(2025, 6, 1), date(2025, 9, 1), date(2026, 11, 1)], True, date(2026, 11, 15)),
    ],
)
def test_who_failed_waits_a_fortnight_and_there_are_three_tests_a_year(tests, failed, first):
    assert retest_from(SCREENING, tests, tests[-1] if failed else None) == first


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("410000000000001", "410000000000001"),
        (" 410-0000-0000 0001", "410000000000001"),
        ("41000000000000", None),
        ("4100000000000011", None),
        ("41000000000000X", None),
        ("", None),
    ],
)
def test_a_registration_number_has_fifteen_digits(text, stored):
    assert registration_no(text, FORMATS) == stored


@pytest.mark.parametrize(
    ("breed", "restricted"),
    [
        ("Rottweiler", "Rottweiler"),
        ("rottweiler mix", "Rottweiler"),
        ("american pit-bull  terrier", "American Pit Bull Terrier"),
        ("AmericanStaffordshire Terrier cross", "American Staffordshire Terrier"),
        ("로트와일러 믹스", "로트와일러"),
        ("아메리칸핏불테리어", "아메리칸 핏불테리어"),
        ("Bull Terrier", None),
        ("진돗개", None),
        ("Golden Retriever", None),
    ],
)
def test_restricted_breeds_and_their_crosses_are_known_however_they_are_spelt(breed, restricted):
    assert restricted_breed(breed, SCREENING) == restricted


@pytest.mark.parametrize(
    ("born_on", "on", "years"),
    [
        (date(2018, 11, 6), date(2026, 11, 6), 8.0),
        (date(2018, 11, 7), date(2026, 11, 6), 95 / 12),
        (date(2020, 2, 29), date(2021, 2, 28), 11 / 12),
        (date(2020, 2, 29), date(2021, 3, 1), 1.0),
        (date(2026, 11, 6), date(2026, 11, 6), 0.0),
    ],
)
def test_age_counts_whole_months_up_to_the_day(born_on, on, years):
    assert age_years(born_on, on) == years
