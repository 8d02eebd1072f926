"""States of a shift, its times, and the part of it that others see."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise, product
from types import SimpleNamespace
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.shifts.rules import KOREAN, LIVE, STATES, TRANSITIONS, part, reminder_due, say, shown_line, times
from routing.turns import TurnKind
from tests.support.routes import SPEED_MPS, WAY_OUT_M, route_over

ACTIONS = sorted({action for _, action in TRANSITIONS})
LEADS_TO = {
    "accept": {"offered": "accepted"},
    "decline": {"offered": "declined", "accepted": "declined"},
    "expire": {"offered": "expired"},
    "withdraw": {"offered": "withdrawn", "accepted": "withdrawn"},
    "start": {"accepted": "walking", "missed": "walking"},
    "miss": {"accepted": "missed"},
    "finish": {"walking": "walked"},
}
NOW = datetime(2026, 11, 6, 10, 0, tzinfo=UTC)
DOOR = (129.05, 35.15)


@pytest.mark.parametrize(("state", "action"), [*product(STATES, ACTIONS)])
def test_every_state_allows_exactly_its_actions(state, action):
    assert TRANSITIONS.get((state, action)) == LEADS_TO[action].get(state)


def test_every_state_has_a_korean_name():
    assert set(KOREAN) == set(STATES)


@given(st.lists(st.sampled_from(ACTIONS), max_size=20))
def test_no_sequence_of_actions_leaves_the_table_and_what_is_over_stays_over_unless_it_was_begun(actions):
    state = "offered"
    for action in actions:
        before, state = state, TRANSITIONS.get((state, action), state)
        assert state in STATES
        assert before in LIVE or state == before or (before, state) == ("missed", "walking")


@pytest.mark.parametrize(
    ("notice_min", "latest_min", "answer_min"),
    [
        (300, 60, -60),  # published early: an hour before the start, as the policy says
        (65, 60, -2.5),  # late: half of the time in which it can start
        (10, 5, 5),  # later still: a quarter of an hour from now
        (-50, 60, 60),  # so late that the last start comes first
    ],
)
def test_the_time_to_answer_ends_before_the_start_yet_leaves_a_quarter_of_an_hour(notice_min, latest_min, answer_min):
    starts = NOW + timedelta(minutes=notice_min)
    found = times(
        starts_at=starts,
        latest_start_at=starts + timedelta(minutes=latest_min),
        start_early_min=30,
        answer_within_min=60,
        now=NOW,
    )
    assert found.answer_by == starts + timedelta(minutes=answer_min)
    assert found.opens_at == starts - timedelta(minutes=30)
    assert found.closes_at == starts + timedelta(minutes=latest_min)


@pytest.mark.parametrize(
    ("minutes_before", "since_min_before", "due"),
    [(61, 600, False), (60, 600, True), (5, 600, True), (30, 60, False), (10, 30, True), (14, 15, False)],
)
def test_a_reminder_is_due_once_for_each_lead(minutes_before, since_min_before, due):
    starts = NOW
    since, now = (starts - timedelta(minutes=minutes) for minutes in (since_min_before, minutes_before))
    assert reminder_due(starts, (60, 15), since=since, now=now) is due


def a_block(line, *, street="Seomyeon-ro", length_m=80.0, dwell_s=0):
    kind = "line" if len(line) > 1 else "point"
    return SimpleNamespace(
        id=uuid4(),
        code="B-1",
        kind=kind,
        street=street,
        geometry={
            "type": "LineString" if kind == "line" else "Point",
            "coordinates": [list(point) for point in line] if kind == "line" else list(line[0]),
        },
        weight=5.0,
        length_m=length_m if kind == "line" else 0.0,
        dwell_s=dwell_s,
    )


def a_shift(*blocks):
    route = route_over(SimpleNamespace(door_lon=DOOR[0], door_lat=DOOR[1]), blocks)
    last = route["stops"][-1]
    duration_s = last["leaves_s"] + WAY_OUT_M / SPEED_MPS
    starts_at = NOW + timedelta(hours=2)
    return SimpleNamespace(
        route=route,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(seconds=duration_s),
        opens_at=starts_at - timedelta(minutes=30),
        closes_at=starts_at + timedelta(minutes=60),
        answer_by=starts_at - timedelta(minutes=60),
        distance_m=last["along_m"] + last["length_m"] + WAY_OUT_M,
        duration_s=duration_s,
    )


POINTS = st.tuples(st.floats(129.051, 129.07), st.floats(35.151, 35.17))
BLOCKS = st.lists(
    st.builds(
        lambda line, length_m, dwell_s: a_block(line, length_m=length_m, dwell_s=dwell_s),
        st.lists(POINTS, min_size=1, max_size=4),
        st.floats(20, 300),
        st.integers(0, 900),
    ),
    min_size=1,
    max_size=6,
)


@given(BLOCKS)
def test_others_see_from_the_first_block_to_the_last(blocks):
    shift = a_shift(*blocks)
    shown = part(shift, whole=False)
    first, last = shift.route["stops"][0], shift.route["stops"][-1]
    assert list(DOOR) not in shown.line
    assert shown.distance_m == pytest.approx(last["along_m"] + last["length_m"] - first["along_m"])
    assert shown.stops[0]["along_m"] == 0
    assert shown.starts_at == shown.stops[0]["arrives_at"]
    assert shown.ends_at == shown.stops[-1]["leaves_at"]
    assert shown.duration_s == pytest.approx((shown.ends_at - shown.starts_at).total_seconds(), abs=1e-3)
    assert len(shown.line) >= 2


@given(BLOCKS, st.floats(0, 900), st.floats(0, 900))
def test_nothing_that_others_see_depends_on_where_the_door_is(blocks, nearer_m, farther_m):
    """Two teams meet at the same block at the same time, one from farther off: they look alike."""
    shift = a_shift(*blocks)
    other = moved_away(shift, by_m=nearer_m + farther_m)
    known = ("line", "distance_m", "duration_s", "starts_at", "ends_at", "opens_at", "closes_at", "stops", "turns")
    one, two = ({name: asdict(part(each, whole=False))[name] for name in known} for each in (shift, other))
    assert comparable(one) == pytest.approx(comparable(two), abs=1e-3)


def moved_away(shift, *, by_m):
    """The same walk through the same blocks at the same times, from a door so many metres farther."""
    route, by_s = shift.route, by_m / SPEED_MPS
    earlier = timedelta(seconds=by_s)
    shift = SimpleNamespace(**vars(shift))
    shift.route = {
        "line": [[128.9, 35.0], *route["line"][1:-1], [128.9, 35.0]],
        "shown": route["shown"],
        "stops": [
            stop
            | {
                "along_m": stop["along_m"] + by_m,
                "arrives_s": stop["arrives_s"] + by_s,
                "leaves_s": stop["leaves_s"] + by_s,
            }
            for stop in route["stops"]
        ],
        "turns": [turn | {"at_m": turn["at_m"] + (by_m if turn["at_m"] else 0.0)} for turn in route["turns"]],
    }
    for name in ("starts_at", "opens_at", "closes_at"):
        setattr(shift, name, getattr(shift, name) - earlier)
    return shift


def comparable(shown):
    """All numbers and instants of what is shown, in order."""
    found = []

    def gather(value):
        if isinstance(value, dict):
            for name in sorted(value):
                gather(value[name])
        elif isinstance(value, list):
            for inner in value:
                gather(inner)
        elif isinstance(value, datetime):
            found.append(value.timestamp())
        elif isinstance(value, int | float):
            found.append(float(value))

    gather(shown)
    return found


@given(BLOCKS)
def test_the_turns_that_others_see_add_up_to_the_line(blocks):
    shown = part(a_shift(*blocks), whole=False)
    assert [shown.turns[0]["kind"], shown.turns[-1]["kind"]] == ["start", "arrive"]
    assert sum(turn["length_m"] for turn in shown.turns) == pytest.approx(shown.distance_m)
    assert all(before["at_m"] <= after["at_m"] for before, after in pairwise(shown.turns))
    assert {"Home street", "Corner street"}.isdisjoint(turn["street"] for turn in shown.turns)


def test_the_team_itself_sees_everything():
    shift = a_shift(a_block([(129.06, 35.16), (129.06, 35.161)]))
    shown = part(shift, whole=True)
    assert shown.line == shift.route["line"]
    assert (shown.distance_m, shown.duration_s) == (shift.distance_m, shift.duration_s)
    assert (shown.starts_at, shown.answer_by) == (shift.starts_at, shift.answer_by)
    assert [turn["kind"] for turn in shown.turns] == [turn["kind"] for turn in shift.route["turns"]]
    assert shown.stops[0]["arrives_at"] == shift.starts_at + timedelta(seconds=WAY_OUT_M / SPEED_MPS)


def test_others_see_the_time_to_answer_to_the_quarter_hour():
    shift = a_shift(a_block([(129.06, 35.16), (129.06, 35.161)]))
    for minutes, shown_minutes in ((0, 0), (1, 15), (14.5, 15), (15, 15), (16, 30)):
        shift.answer_by = NOW + timedelta(minutes=minutes)
        assert part(shift, whole=False).answer_by == NOW + timedelta(minutes=shown_minutes)


def test_a_single_hot_spot_is_still_a_line():
    shift = a_shift(a_block([(129.06, 35.16)], dwell_s=720))
    assert shown_line(shift.route) == [[129.06, 35.16], [129.06, 35.16]]
    assert (part(shift, whole=False).distance_m, part(shift, whole=False).duration_s) == (0.0, 720.0)


@pytest.mark.parametrize("kind", TurnKind.__args__)
def test_every_turn_has_words_in_both_languages(kind):
    words = say(kind, "")
    assert set(words) == {"ko", "en"}
    assert all(words.values())


def test_a_turn_names_the_street_that_follows():
    assert say("left", "동천로") == {"ko": "왼쪽으로 돌기: 동천로", "en": "Turn left onto 동천로"}
    assert say("start", "동천로") == {"ko": "출발: 동천로", "en": "Set out along 동천로"}
    assert say("arrive", "동천로") == {"ko": "도착", "en": "You have arrived"}
