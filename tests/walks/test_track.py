"""What a track comes to: its length, and the blocks it covered."""

import math
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.walks import rules
from patrol.walks.rules import Fix, Pause, Span, Target

BEGUN = datetime(2026, 11, 6, 11, tzinfo=UTC)
LON, LAT = 129.06, 35.16
DEGREE_M = math.radians(1) * 6_371_008.8
"""Metres of a degree of latitude."""
DEGREE_EAST_M = DEGREE_M * math.cos(math.radians(LAT))


def at(seconds):
    return BEGUN + timedelta(seconds=seconds)


def fix(seconds, *, north=0.0, east=0.0, accuracy_m=None):
    """A position so many metres from the origin."""
    return Fix(at(seconds), LON + east / DEGREE_EAST_M, LAT + north / DEGREE_M, accuracy_m)


def line(*, north=0.0, east=0.0, length=100.0):
    """A block northward, from so many metres off the origin."""
    ends = [fix(0, north=north, east=east), fix(0, north=north + length, east=east)]
    return Target("line", {"type": "LineString", "coordinates": [[end.lon, end.lat] for end in ends]}, 0)


def spot(*, north=0.0, east=0.0, dwell_s=600):
    place = fix(0, north=north, east=east)
    return Target("spot", {"type": "Point", "coordinates": [place.lon, place.lat]}, dwell_s)


def walk_north(metres=100.0, *, begins=0, every_m=10.0, east=0.0):
    """Positions at a metre a second."""
    steps = round(metres / every_m)
    return [fix(begins + every_m * n, north=every_m * n, east=east) for n in range(steps + 1)]


OPEN = Span(BEGUN, None)


def covered(target, fixes, span=OPEN):
    return next(iter(rules.walked_blocks([target], rules.legs(fixes, span))), None)


def test_a_walk_along_a_line_is_as_long_as_the_line():
    assert rules.distance_m(rules.legs(walk_north(), OPEN)) == pytest.approx(100, rel=1e-6)


def test_a_block_walked_end_to_end_is_walked_either_way():
    there = walk_north()
    back = [Fix(at(100 - (one.at - BEGUN).total_seconds()), one.lon, one.lat) for one in there]
    for track in (there, back):
        found = covered(line(), track)
        assert found.share == 1
        assert found.dose_s == pytest.approx(100)


@pytest.mark.parametrize(("metres", "counts"), [(40, False), (44, False), (46, True), (100, True)])
def test_a_line_counts_from_seventy_percent_within_twenty_five_metres(metres, counts):
    # The end of the track reaches 25 m further along the block.
    found = covered(line(), walk_north(metres, every_m=1))
    assert (found is not None) == counts


@pytest.mark.parametrize(("aside", "counts"), [(24, True), (26, False)])
def test_the_other_side_of_a_street_counts_and_the_next_street_does_not(aside, counts):
    assert (covered(line(), walk_north(east=aside)) is not None) == counts


def test_crossing_a_block_is_not_walking_it():
    across = [fix(n, north=50, east=5 * n - 100) for n in range(40)]
    assert covered(line(), across) is None


@pytest.mark.parametrize(("stay_s", "counts"), [(300, False), (430, True), (900, True)])
def test_a_hot_spot_counts_from_seventy_percent_of_its_dwell(stay_s, counts):
    stay = [fix(30 * n, north=5 if n % 2 else 0) for n in range(stay_s // 30 + 1)]
    found = covered(spot(dwell_s=600), stay)
    assert (found is not None) == counts
    if found:
        assert found.share == pytest.approx(min(1, stay_s // 30 * 30 / 600))


def test_a_phone_that_sends_nothing_while_it_stands_still_dwells_all_the_same():
    assert covered(spot(dwell_s=600), [fix(0), fix(600, north=5)]).dose_s == 600


def test_a_block_is_dated_by_when_it_was_reached():
    found = covered(line(north=100), [*walk_north(200)])
    assert found.at == pytest.approx(at(76), abs=timedelta(seconds=2))


def test_nobody_knows_the_way_across_a_gap():
    track = [*walk_north(20), *[fix(400 + n, north=80 + n) for n in range(20)]]
    legs = rules.legs(track, OPEN)
    assert len(legs) == 2
    assert rules.distance_m(legs) == pytest.approx(39)


def test_a_receiver_that_jumps_walks_nowhere():
    track = [*walk_north(50), fix(51, north=5_000_000), *walk_north(50, begins=60)]
    assert rules.distance_m(rules.legs(track, OPEN)) == pytest.approx(150, abs=60)


def test_positions_that_are_too_vague_are_not_measured():
    vague = [Fix(one.at, one.lon, one.lat, 60) for one in walk_north()]
    assert rules.legs(vague, OPEN) == []


def test_a_pause_is_no_way():
    span = Span(BEGUN, None, (Pause(at(30), at(60)),))
    legs = rules.legs(walk_north(), span)
    assert [len(leg) for leg in legs] == [4, 5]
    assert rules.distance_m(legs) == pytest.approx(70)


def test_while_a_pause_lasts_nothing_counts():
    span = Span(BEGUN, None, (Pause(at(30)),))
    assert rules.distance_m(rules.legs(walk_north(), span)) == pytest.approx(30)


def test_a_walk_without_positions_covers_nothing():
    assert rules.walked_blocks([line(), spot()], []) == []


def test_a_single_position_is_a_track_of_no_length():
    assert rules.distance_m(rules.legs([fix(0)], OPEN)) == 0
    assert covered(line(length=30), [fix(0, north=15)]).dose_s == 0


def test_a_phone_forgotten_in_a_pocket_stops_counting():
    assert not OPEN.keeps(BEGUN + rules.LONGEST + timedelta(seconds=1))


def test_pauses_are_no_walking_time():
    pauses = (Pause(at(100), at(200)), Pause(at(900)))
    assert rules.walked_s(BEGUN, at(1000), pauses) == 800


offsets = st.floats(-300, 300, allow_nan=False)
fixes = st.lists(
    st.builds(
        fix,
        st.integers(-60, 900),
        north=offsets,
        east=offsets,
        accuracy_m=st.none() | st.floats(0, 80, allow_nan=False),
    ),
    max_size=40,
)


@given(fixes=fixes, order=st.randoms(), cuts=st.lists(st.integers(0, 40), max_size=4), twice=st.booleans())
def test_any_order_split_or_repetition_of_batches_gives_the_same_track(fixes, order, cuts, twice):
    span = Span(BEGUN, at(800), (Pause(at(100), at(150)),))
    straight = rules.legs(rules.merged([], fixes).values(), span)
    shuffled = [*fixes, *(fixes if twice else [])]
    order.shuffle(shuffled)
    bounds = [0, *sorted(cut for cut in cuts if cut < len(shuffled)), len(shuffled)]
    known = {}
    for begin, end in pairwise(bounds):
        known = rules.merged(known.values(), shuffled[begin:end])
    anyhow = rules.legs(known.values(), span)
    assert anyhow == straight
    targets = [line(), line(east=40), spot(dwell_s=60)]
    assert rules.walked_blocks(targets, anyhow) == rules.walked_blocks(targets, straight)


@given(fixes=fixes)
def test_shares_and_doses_stay_within_what_can_be(fixes):
    legs = rules.legs(rules.merged([], fixes).values(), OPEN)
    length_s = sum((leg[-1].at - leg[0].at).total_seconds() for leg in legs)
    for found in rules.walked_blocks([line(), spot(dwell_s=0)], legs):
        assert rules.WALKED_SHARE <= found.share <= 1 + 1e-9
        assert 0 <= found.dose_s <= length_s + 1e-6


def route():
    """Door at the origin; the blocks from 300 m to 500 m north; home by a way 100 m east."""
    corners = [(0, 0), (300, 0), (500, 0), (500, 100), (0, 100), (0, 0)]
    return [[fix(0, north=n, east=e).lon, fix(0, north=n, east=e).lat] for n, e in corners]


@pytest.mark.parametrize(
    ("north", "east", "shown"),
    [
        (400, 0, True),
        (400, 30, True),
        (500, 0, True),
        (200, 0, False),
        (50, 0, False),
        (0, 0, False),
        (250, 100, False),
    ],
)
def test_others_see_a_team_between_its_blocks_and_never_on_its_way_home(north, east, shown):
    place = fix(0, north=north, east=east)
    assert rules.may_show((place.lon, place.lat), route(), [1, 2]) == shown


def test_a_team_at_its_door_is_not_shown_even_where_a_block_passes_it():
    place = fix(0, north=20)
    assert not rules.may_show((place.lon, place.lat), route(), [0, 2])
