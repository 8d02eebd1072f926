"""Gates over an evening: piece by piece, until when a team is kept in, and when it is best out."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.teams.operations.welfare import unknown, watch_over
from patrol.teams.rules import (
    Gate,
    Piece,
    Weather,
    best_stretch,
)
from tests.support.factories import NOW, make_city, make_dog, make_team

DAY = date(2026, 8, 1)


@pytest.mark.usefixtures("database")
class TestOverTime:
    """A gate for each half hour, cut where the sun sets."""

    EVENING = datetime(2026, 8, 1, 9, 0, tzinfo=UTC)  # 18:00 in Busan; the sun sets at 19:27

    @pytest.fixture
    def watch(self):
        return watch_over(make_team(make_city()), weather=lambda _: Weather(temperature_c=26.0), on=DAY)

    def test_warm_evenings_are_for_after_sunset_without_a_reading_of_the_sun(self, watch):
        pieces = watch.pieces(self.EVENING, self.EVENING + timedelta(hours=3), 30)
        turns = next(piece for piece in pieces if piece.gate.verdict != "stop")
        assert abs(turns.begins - datetime(2026, 8, 1, 10, 27, tzinfo=UTC)) <= timedelta(minutes=2)
        assert {piece.gate.verdict for piece in pieces if piece.begins < turns.begins} == {"stop"}
        assert {piece.gate.verdict for piece in pieces if piece.begins >= turns.begins} == {"caution"}

    def test_pieces_follow_each_other_without_a_gap(self, watch):
        begins, ends = self.EVENING + timedelta(minutes=7), self.EVENING + timedelta(hours=3, minutes=11)
        pieces = watch.pieces(begins, ends, 30)
        assert [pieces[0].begins, *(piece.ends for piece in pieces)] == [
            *(piece.begins for piece in pieces),
            ends,
        ]
        assert pieces[0].begins == begins

    def test_who_is_kept_in_is_told_until_when(self, watch):
        again = watch.allowed_again(self.EVENING, 30)
        assert abs(again - datetime(2026, 8, 1, 10, 27, tzinfo=UTC)) <= timedelta(minutes=2)

    def test_nobody_is_told_a_time_that_cannot_be_foreseen(self):
        def hot_now(at):
            return Weather(temperature_c=35.0) if at < self.EVENING + timedelta(minutes=20) else None

        watch = watch_over(make_team(make_city()), weather=hot_now, on=DAY)
        assert watch.gate(self.EVENING, 30).verdict == "stop"
        assert watch.allowed_again(self.EVENING, 30) is None

    def test_the_strictest_gate_of_a_time_counts(self, watch):
        assert watch.gate_over(self.EVENING, self.EVENING + timedelta(hours=3), 30).verdict == "stop"
        assert watch.gate_over(self.EVENING + timedelta(hours=2), self.EVENING + timedelta(hours=3), 30).verdict == (
            "caution"
        )


def minutes(*allowed, length_min=30, gap_after=None):
    """Pieces of equal length that allow so many minutes each; with a gap after one of them."""
    pieces, at = [], NOW
    for number, most in enumerate(allowed):
        pieces.append(Piece(at, at + timedelta(minutes=length_min), Gate("go" if most else "stop", most, ())))
        at += timedelta(minutes=length_min + (60 if number == gap_after else 0))
    return pieces


@pytest.mark.parametrize(
    ("pieces", "begins_min", "ends_min", "most"),
    [
        (minutes(30, 30, 30), 0, 90, 30),
        (minutes(15, 15, 30, 30), 60, 120, 30),  # the longer walk, later
        (minutes(30, 30, 15, 0), 0, 60, 30),
        (minutes(0, 15, 15, 0), 30, 90, 15),
        (minutes(30, 30, 30, gap_after=0), 90, 150, 30),  # the longer stretch
        (minutes(30, 30, gap_after=0), 0, 30, 30),  # the first of equals
        (minutes(60, 60, 20), 0, 60, 60),
        (minutes(60, 20, 60), 0, 90, 20),  # an hour fits nowhere at once
    ],
)
def test_a_team_is_out_when_its_dogs_may_walk_longest(pieces, begins_min, ends_min, most):
    assert best_stretch(pieces) == (NOW + timedelta(minutes=begins_min), NOW + timedelta(minutes=ends_min), most)


@pytest.mark.parametrize("pieces", [[], minutes(0, 0), minutes(60), minutes(60, 60, gap_after=0)])
def test_a_team_stays_at_home_when_no_stretch_holds_a_walk(pieces):
    assert best_stretch(pieces) is None


@given(
    allowed=st.lists(st.sampled_from([0, 10, 15, 30, 45, 60]), max_size=8),
    gap=st.none() | st.integers(0, 7),
    offset=st.floats(0, 1),
)
def test_whenever_a_walk_begins_in_its_stretch_every_gate_allows_it(allowed, gap, offset):
    pieces = minutes(*allowed, gap_after=gap)
    found = best_stretch(pieces)
    if found is None:
        return
    begins, ends, most = found
    leaves = begins + (ends - begins - timedelta(minutes=most)) * offset
    back = leaves + timedelta(minutes=most)
    over = [piece for piece in pieces if piece.begins < back and piece.ends > leaves]
    assert all(piece.gate.most_min >= most for piece in over)
    assert sum((min(piece.ends, back) - max(piece.begins, leaves) for piece in over), timedelta()) == back - leaves


def test_a_dogs_age_is_that_of_the_walks_day(database):
    team = make_team(make_city())
    make_dog(team, born_on=date(2018, 11, 7))
    warm, night = Weather(temperature_c=23.0), datetime(2026, 11, 6, 12, tzinfo=UTC)
    for on, verdict in ((date(2026, 11, 6), "go"), (date(2026, 11, 7), "caution")):
        assert watch_over(team, weather=lambda _: warm, on=on).gate(night, 30).verdict == verdict


def test_a_team_whose_door_is_unknown_counts_as_in_the_sun(database):
    team = make_team(make_city(), door_lon=None, door_lat=None)
    watch = watch_over(team, weather=unknown, on=DAY)
    assert watch.daylight(datetime(2026, 8, 1, 15, tzinfo=UTC))
