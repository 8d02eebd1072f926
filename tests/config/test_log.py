import json
import logging

import peewee
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from config import log


def lines(capsys):
    return [line for line in capsys.readouterr().err.splitlines() if line]


def test_for_a_collector_each_event_is_one_line_of_json(capsys):
    log.configure(level="info", form="json")
    structlog.get_logger("patrol").info("plan done", city="부산", teams=24)
    logging.getLogger("elsewhere").warning("slow %s", "disk")
    mine, other = (json.loads(line) for line in lines(capsys))
    assert (mine["event"], mine["city"], mine["teams"], mine["level"]) == ("plan done", "부산", 24, "info")
    assert mine["timestamp"].endswith("Z")
    assert (other["event"], other["level"]) == ("slow disk", "warning")


def test_a_failure_carries_its_trace_in_the_same_line(capsys):
    log.configure(level="info", form="json")
    try:
        int("no number")
    except ValueError:
        structlog.get_logger("patrol").exception("job failed")
    (line,) = lines(capsys)
    assert "ValueError: invalid literal" in json.loads(line)["exception"]


def test_for_a_person_it_is_a_line_of_text(capsys):
    log.configure(level="info", form="text")
    structlog.get_logger("patrol").info("plan done", teams=24)
    (line,) = lines(capsys)
    assert "plan done" in line
    assert "teams=24" in line


def test_what_is_below_the_level_is_not_logged_nor_is_the_chatter_of_libraries(capsys):
    log.configure(level="warning", form="json")
    structlog.get_logger("patrol").info("small talk")
    log.configure(level="debug", form="json")
    for name in ("peewee", "urllib3", "apscheduler"):
        logging.getLogger(name).info("chatter")
    assert lines(capsys) == []


def test_a_machine_too_busy_for_a_tick_alarms_nobody_and_a_job_that_fails_does(capsys):
    log.configure(level="info", form="json")
    scheduler = logging.getLogger("apscheduler.scheduler")
    scheduler.warning('Execution of job "%s" skipped: maximum number of running instances reached (%d)', "walks", 1)
    logging.getLogger("apscheduler.executors.default").warning('Run time of job "%s" was missed by %s', "walks", 7)
    assert lines(capsys) == []
    logging.getLogger("apscheduler.executors.default").error('Job "%s" raised an exception', "walks")
    assert len(lines(capsys)) == 1


def test_configuring_again_doubles_no_line(capsys):
    for _ in range(2):
        log.configure(level="info", form="text")
    logging.getLogger("patrol").warning("once")
    assert len(lines(capsys)) == 1


FORGED = "sign-in\r\n2026-11-06T10:30:00Z [info     ] refused\x1b[2K\x85 \u2028 \u202e person=somebody"


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_somebody_wrote_cannot_look_like_a_line_of_its_own(capsys, form):
    log.configure(level="info", form=form)
    structlog.get_logger("security").warning("refused", path=FORGED)
    logging.getLogger("gunicorn.error").warning("bad request: %s", FORGED)
    assert len(lines(capsys)) == 2


@pytest.mark.parametrize("form", ["text", "json"])
def test_nor_can_it_move_the_cursor_of_who_reads(capsys, form):
    log.configure(level="info", form=form)
    structlog.get_logger("security").warning(FORGED, path=FORGED, several=[FORGED])
    written = capsys.readouterr().err
    assert written.count("\n") == 1
    assert not set(written.rstrip("\n")) & set(map(chr, log.UNSEEN))


@pytest.mark.parametrize("form", ["text", "json"])
def test_nor_can_the_words_of_an_error(capsys, form):
    log.configure(level="info", form=form)
    structlog.get_logger("patrol").error("job failed", exc_info=ValueError(FORGED))
    first, *trace = lines(capsys)
    assert "job failed" in first
    assert all(line.startswith("    ") for line in trace)
    assert not set("".join([first, *trace])) & set(map(chr, log.UNSEEN))


@given(st.text())
def test_whatever_is_logged_is_one_line(text):
    event = log._harmless(None, "info", {"event": text, "path": text})
    assert all(len(str(value).splitlines()) <= 1 for value in event.values())


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize(
    "told",
    [
        "walker.one@example.org",
        "+821012345678",
        "010-1234-5678",
        "01012345678",
        "129.059012",
        "35.15751234",
        "k3Jx0mVQ2sYb7uTzC9nWdE4rF6gHi1jKlMnOpQrStUv",
    ],
)
def test_what_tells_of_a_person_is_taken_out_wherever_it_comes_from(capsys, form, told):
    log.configure(level="info", form=form)
    structlog.get_logger("patrol").info("something", fact=f"about {told}, as it was")
    logging.getLogger("elsewhere").error("said %s", told)
    try:
        int(f"Key (phone)=({told}) already exists")
    except ValueError:
        structlog.get_logger("patrol").exception("job failed")
    said = capsys.readouterr().err
    assert told not in said
    assert said.count("not logged)") >= 3


def refused_by_postgresql(said):
    """What peewee does with a driver's error."""
    raise peewee.IntegrityError(said)


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_row_that_postgresql_refused_is_not_repeated(capsys, form):
    log.configure(level="info", form=form)
    try:
        refused_by_postgresql("violates check\nDETAIL:  Failing row contains (Sample Kim, Bori).\n")
    except peewee.IntegrityError:
        structlog.get_logger("patrol").exception("request failed")
    said = capsys.readouterr().err
    assert "Sample Kim" not in said
    assert "violates check" in said


@pytest.mark.parametrize("form", ["text", "json"])
def test_ids_times_and_small_numbers_stay(capsys, form):
    log.configure(level="info", form=form)
    facts = ["0a696dc9-657d-4d8e-b6af-00bb9c2880dd", "2026-11-06T10:30:00.123456", "127.0.0.1", "12.5", "3.11.2"]
    structlog.get_logger("patrol").info("something", facts=facts)
    said = capsys.readouterr().err
    assert [fact for fact in facts if fact not in said] == []
    assert "not logged" not in said
