"""Examiners who write at once, each on a connection of their own, with retries: no score is lost, every total right."""

import logging
import random
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Barrier, Event, get_ident
from uuid import UUID, uuid4

import peewee
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from config.database import connection, is_sqlite, transaction
from config.database import database as database_handle
from patrol.teams.models import Candidate, Mark, PracticalTest, Team
from patrol.teams.operations import closing, marking
from patrol.teams.operations.booking import MOST_AT_ONCE, book_next
from tests.support.factories import NOW, consent_to, make_city, make_person, make_team
from tests.support.screening import RUBRIC, make_day

EXAMINERS = 6


@dataclass(frozen=True)
class Tap:
    """What one examiner presses: points for an item, or a correction of what they pressed before; sent so often."""

    number: int
    item: str
    points: int
    sent: int
    corrects: int | None = None


def taps(candidates):
    """What an examiner presses in a day."""
    items = st.sampled_from([*RUBRIC])
    one = st.builds(
        lambda number, item, share, sent, corrects: Tap(number, item, round(share * RUBRIC[item]), sent, corrects),
        st.integers(1, candidates),
        items,
        st.sampled_from((0, 0.5, 1)),
        st.integers(1, 3),
        st.none() | st.integers(0, 3),
    )
    return st.lists(one, max_size=12)


def write_at_once(day, examiners, pressed, seed):
    """Send everything, each examiner in a thread of their own, retries mixed in; returns {id: (examiner, tap)}."""
    start, sent = Barrier(len(examiners)), {}

    def work(place):
        dice = random.Random(f"{seed}-{place}")  # noqa: S311 - for a test
        ids = [UUID(int=dice.getrandbits(128), version=4) for _ in pressed[place]]
        queue = [number for number, tap in enumerate(pressed[place]) for _ in range(tap.sent)]
        if dice.random() < 0.5:
            dice.shuffle(queue)
        start.wait()
        with connection():
            for number in queue:
                tap = pressed[place][number]
                corrects = None if tap.corrects is None or tap.corrects >= number else ids[tap.corrects]
                send(day, ids[number], tap, corrects, examiners[place].id)
        return {ids[number]: (examiners[place].id, tap) for number, tap in enumerate(pressed[place])}

    with ThreadPoolExecutor(len(examiners)) as pool:
        for one in pool.map(work, range(len(examiners))):
            sent |= one
    return sent


def send(day, mark_id, tap, corrects, by):
    """As a phone does: again while the server is busy."""
    given = {"number": tap.number, "item": tap.item, "points": tap.points, "replaces": corrects}
    while True:
        try:
            return marking.note_points(day, mark_id, **given, made_at=NOW, by=by, now=NOW)
        except peewee.OperationalError:  # what the server answers with 503
            continue


def assert_nothing_lost(day, sent):
    """Every mark is there once, as it was sent; those of a candidate are counted without a gap."""
    kept = {mark.id: mark for mark in Mark.select(Mark, Candidate).join(Candidate).where(Candidate.day == day)}
    assert set(kept) == set(sent)
    for mark_id, (examiner, tap) in sent.items():
        mark = kept[mark_id]
        assert (mark.examiner_id, mark.candidate.number) == (examiner, tap.number)
        assert (mark.item, mark.points) == (tap.item, tap.points)
    for candidate in Candidate.select().where(Candidate.day == day):
        found = sorted(mark.n for mark in kept.values() if mark.candidate_id == candidate.id)
        assert found == list(range(1, candidate.marks + 1))


def told_again(day):
    """{number: {item: (points that stand, whether somebody differs)}}, worked out anew from what came, mark by mark."""
    rows = Mark.select(Mark, Candidate).join(Candidate).where(Candidate.day == day).order_by(Mark.n)
    said = defaultdict(lambda: defaultdict(dict))
    for mark in rows:
        words = said[mark.candidate.number][mark.item]
        before = words.get(mark.replaces)
        if before is not None and before[0] == mark.examiner_id:
            words.pop(mark.replaces)
            # A correction takes the place of what it corrects in the order; a second one of the same finds it gone.
            words[mark.id] = (mark.examiner_id, mark.points, before[2])
        else:
            words[mark.id] = (mark.examiner_id, mark.points, mark.n)
    return {
        number: {
            item: (min(words.values(), key=lambda word: word[2])[1], len({word[1] for word in words.values()}) > 1)
            for item, words in items.items()
        }
        for number, items in said.items()
    }


def assert_totals_right(day, found):
    """The closing decides exactly those who have all items and no difference, by the right total."""
    expected = told_again(day)
    undecided = {left.number: left for left in found.undecided}
    for candidate in Candidate.select().where(Candidate.day == day):
        items = expected.get(candidate.number, {})
        test = PracticalTest.get_by_id(candidate.test_id)
        if not items:
            assert candidate.outcome == "absent"
        elif set(items) == set(RUBRIC) and not any(differs for _, differs in items.values()):
            total = sum(points for points, _ in items.values())
            assert (test.total, test.scores) == (total, {item: points for item, (points, _) in items.items()})
            assert candidate.outcome == ("passed" if total >= 70 else "failed")
            assert Team.get_by_id(candidate.team_id).state == candidate.outcome
        else:
            left = undecided[candidate.number]
            assert set(left.missing) == set(RUBRIC) - set(items)
            assert set(left.differing) == {item for item, (_, differs) in items.items() if differs}


@settings(
    max_examples=5, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(pressed=st.lists(taps(3), min_size=EXAMINERS, max_size=EXAMINERS), seed=st.integers(0, 2**32))
def test_whatever_six_examiners_press_at_once_no_score_is_lost_and_every_total_is_right(database, pressed, seed):
    at = make_day(make_city(f"City {uuid4()}"), examiners=EXAMINERS, candidates=3)
    sent = write_at_once(at.day, at.examiners, pressed, seed)
    assert_nothing_lost(at.day, sent)
    assert_totals_right(at.day, closing.close(at.day, by=at.coordinator.id, now=NOW))


def test_two_who_write_the_same_item_at_once_both_count_as_said(database):
    at = make_day(make_city(), examiners=2, candidates=1)
    pressed = [[Tap(1, "heel", 20, 1)], [Tap(1, "heel", 10, 1)]]
    assert_nothing_lost(at.day, write_at_once(at.day, at.examiners, pressed, 1))
    (found,) = closing.close(at.day, by=at.coordinator.id, now=NOW).undecided
    assert found.differing == ("heel",)


@contextmanager
def announcing(waiting):
    """Set `waiting` when this thread is about to write, and so to wait for whoever holds what it needs."""
    if is_sqlite():
        database_handle.connection().set_trace_callback(lambda said: waiting.set() if "BEGIN" in said else None)
        yield
        return

    class Statements(logging.Handler):
        def emit(self, record):
            if get_ident() == mine and "UPDATE" in str(record.msg):
                waiting.set()

    mine, log, statements = get_ident(), logging.getLogger("peewee"), Statements()
    before = log.level
    log.setLevel(logging.DEBUG)
    log.addHandler(statements)
    try:
        yield
    finally:
        log.removeHandler(statements)
        log.setLevel(before)


@pytest.mark.parametrize(
    "say",
    [
        lambda day, lead: marking.settle(day, 1, item="heel", points=0, note="", by=lead, now=NOW),
        lambda day, lead: marking.lift(day, 1, note="By mistake.", by=lead, now=NOW),
    ],
    ids=["settle", "lift"],
)
def test_what_the_lead_says_while_the_test_is_decided_at_once_comes_before_or_is_refused(database, say):
    at = make_day(make_city(), candidates=1)
    waiting = Event()

    def lead_speaks():
        with connection(), announcing(waiting), pytest.raises(marking.CandidateDecided):
            say(at.day, at.examiners[0].id)

    with ThreadPoolExecutor(1) as pool:
        with transaction():
            Candidate.update(outcome="failed", total=0).execute()
            said = pool.submit(lead_speaks)
            assert waiting.wait(timeout=60), "the lead has found the candidate undecided, and waits"
        said.result()
    assert not Mark.select().exists()


@pytest.mark.slow
def test_a_day_of_five_hundred_candidates_and_six_examiners_loses_no_score(database):
    city = make_city()
    at = make_day(city, examiners=EXAMINERS, capacity=500)
    handlers = [make_person(city) for _ in range(505)]
    for handler in handlers:
        consent_to(handler)
        make_team(city, handler, state="documents_ok", active_until=None)
    booked = 0
    while more := book_next(at.day, at_most=MOST_AT_ONCE, districts=frozenset(), by=at.coordinator.id, now=NOW):
        booked += len(more)
    assert booked == 500
    dice = random.Random(500)  # noqa: S311 - for a test
    pressed = [[] for _ in range(EXAMINERS)]
    for number in range(1, 501):
        if number % 50 == 0:
            continue  # did not come
        for place, (item, most) in enumerate(RUBRIC.items()):
            value = dice.randint(most // 2, most)
            pressed[place].append(Tap(number, item, value, dice.choice((1, 1, 1, 2))))
            if dice.random() < 0.1:  # the sixth looks on and writes, too: sometimes the same, sometimes not
                pressed[5].append(Tap(number, item, dice.choice((value, 0)), dice.choice((1, 2))))
    sent = write_at_once(at.day, at.examiners, pressed, 500)
    assert_nothing_lost(at.day, sent)
    found = closing.close(at.day, by=at.coordinator.id, now=NOW)
    assert_totals_right(at.day, found)
    assert found.counts["absent"] == 10
