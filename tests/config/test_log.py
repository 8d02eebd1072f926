import json
import logging

import pytest
import structlog

from config import log


@pytest.fixture(autouse=True)
def _as_before():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


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


def test_configuring_again_doubles_no_line(capsys):
    for _ in range(2):
        log.configure(level="info", form="text")
    logging.getLogger("patrol").warning("once")
    assert len(lines(capsys)) == 1
