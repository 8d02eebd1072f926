"""`demo` as whoever cloned the project starts it: real processes, both databases, killed in the middle, and again."""

import re
import signal
import socket
import time
from contextlib import contextmanager

import pytest
import requests

from config.database import connection, disconnect
from patrol.people.models import Person
from patrol.planning.models import PlanRun
from patrol.shifts.models import Shift
from patrol.sightings.models import Sighting
from patrol.teams.models import Team
from patrol.walks.models import Walk
from tests.support.command_line import Started, free_port, started
from tests.support.evenings import faults_of
from tests.support.patience import eventually

pytestmark = pytest.mark.slow

LINK = re.compile(r"http://127\.0\.0\.1:\d+/enter#(\S+)")
WITHIN_S = 240.0
AGAIN_WITHIN_S = 60.0
CHAPTERS = {
    "while streets are read": 0.0,
    "while walkers register": "8 walkers have registered",
    "while it plans": "Planning",
    "once shifts are published": "Published",
    "while a team walks": "The walk has begun",
    "once the officer has answered": "Acknowledged",
}


@contextmanager
def demo(env, said, *words):
    port = free_port()
    with started("demo", "--seconds", 2, *words, env={**env, "PATROL_PORT": str(port)}, said=said) as running:
        yield running, f"http://127.0.0.1:{port}"


def says(running: Started, text: str, *, within_s: float = WITHIN_S) -> str:
    """What the demo has said once it said `text`."""
    found = eventually(
        lambda: said if text in (said := running.said) or running.process.poll() is not None else None,
        within_s=within_s,
    )
    assert found is not None, running.said
    assert text in found, found
    return found


def kept():
    """What must not change when the demo is started again."""
    with connection():
        rows = [
            sorted(str(row.id) for row in table.select()) for table in (Person, Team, PlanRun, Shift, Walk, Sighting)
        ]
    disconnect()
    return rows


def addresses() -> list[str]:
    """This machine's addresses other than loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        try:
            trial.connect(("192.0.2.1", 9))
        except OSError:
            return []
        return [trial.getsockname()[0]]


def test_a_first_run_tells_the_story_and_a_second_finds_it_told(env, tmp_path):
    with demo(env, tmp_path / "first.txt") as (running, address):
        printed = says(running, "Ctrl-C ends it")
        assert re.search(r"teams +24 ", printed)
        assert re.search(r"weight covered of reachable +\d+ of \d+ \(\d\d%\) +\d+ \(\d\d?%\)", printed)
        assert re.search(r"solve time +\d", printed)
        assert "견본" in printed
        try_links(printed, address)
        pages_answer(address)
        running.send(signal.SIGTERM)
        assert running.wait() == 0
        assert running.all_gone(), running.said
        assert "Traceback" not in running.said
        assert "[info" not in printed
    with connection():
        assert faults_of(PlanRun.get()) == []
        assert all(person.sample for person in Person.select())
    before = kept()
    begins = time.monotonic()
    with demo(env, tmp_path / "second.txt") as (running, address):
        again = says(running, "Ctrl-C ends it", within_s=AGAIN_WITHIN_S)
        took = time.monotonic() - begins
        assert table_of(again) == table_of(printed)
        assert not set(LINK.findall(again)) & set(LINK.findall(printed))
        assert "Planning" not in again
        running.press_ctrl_c()
        assert running.wait() == 0
    assert kept() == before
    print(f"second run: {took:.1f} s")  # noqa: T201 - a figure for whoever asks with -s


def table_of(printed: str) -> str:
    return printed[printed.index("Tonight's plan") : printed.index("Pages:")]


def try_links(printed: str, address: str) -> None:
    tokens = LINK.findall(printed)
    assert len(tokens) == len(set(tokens)) >= 24 + 3
    roles = set()
    for token in tokens:
        entered = requests.post(f"{address}/api/v1/sessions/link", json={"token": token}, timeout=30)
        assert entered.status_code == 201
        bearer = {"Authorization": f"Bearer {entered.json()['token']}"}
        roles |= set(requests.get(f"{address}/api/v1/me", headers=bearer, timeout=30).json()["roles"])
        again = requests.post(f"{address}/api/v1/sessions/link", json={"token": token}, timeout=30)
        assert again.status_code == 409
    assert roles == {"admin", "coordinator", "officer", "walker"}


def pages_answer(address: str) -> None:
    for path in ("/", "/api/docs", "/api/openapi.json"):
        assert requests.get(f"{address}{path}", timeout=30).ok, path
    for other in addresses():  # it listens on loopback alone
        with pytest.raises(requests.ConnectionError):
            requests.get(address.replace("127.0.0.1", other), timeout=5)


@pytest.mark.parametrize(
    ("database", "chapter"),
    [
        *(("sqlite", chapter) for chapter in CHAPTERS),
        ("postgresql", "while it plans"),
        ("postgresql", "while a team walks"),
    ],
    indirect=["database"],
)
def test_a_demo_that_was_killed_is_completed_by_the_next(env, tmp_path, chapter):
    with demo(env, tmp_path / "killed.txt", "--no-serve") as (running, _):
        if mark := CHAPTERS[chapter]:
            says(running, mark)
        else:
            assert eventually(lambda: running.below("worker")) is not None
            time.sleep(1.0)
        running.send(signal.SIGKILL)
        running.wait()
        assert running.all_gone(), running.said
    with demo(env, tmp_path / "next.txt", "--no-serve") as (running, _):
        assert running.wait(WITHIN_S) == 0, running.said
        assert "Ctrl-C ends it" in running.said
        assert running.all_gone()
    with connection():
        assert Team.select().where(Team.state == "active").count() == Team.select().count() == 24
        assert PlanRun.select().where(PlanRun.state == "published").count() == 1
        assert [walk.state for walk in Walk.select()] == ["ended"]
        assert [sighting.state for sighting in Sighting.select()] == ["acknowledged"]
        assert Shift.select().where(Shift.state == "accepted").count() >= 15


def test_ctrl_c_in_the_middle_ends_the_demo_at_once(env, tmp_path):
    with demo(env, tmp_path / "said.txt") as (running, _):
        says(running, "8 walkers have registered")
        running.press_ctrl_c()
        assert running.wait() == 1
        assert running.all_gone(), running.said
        assert "Traceback" not in running.said
