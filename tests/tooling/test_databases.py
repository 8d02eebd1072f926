"""The databases that tests stand on: empty each time, on both engines, gone afterwards."""

import os
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import psycopg
import pytest

from config.database import database as db
from config.database import is_sqlite, transaction
from tests.support import postgres
from tests.support.patience import eventually

ROOT = Path(__file__).parents[2]
LEAVE_A_ROW = "CREATE TABLE left_behind (id INTEGER PRIMARY KEY)"


@pytest.mark.parametrize("again", [False, True])
def test_each_test_gets_a_database_without_what_another_left(database, again):
    with transaction():
        assert "left_behind" not in db.get_tables()
        db.execute_sql(LEAVE_A_ROW)
        assert "left_behind" in db.get_tables()


def test_a_database_comes_migrated(database):
    assert "schema_migration" in db.get_tables()


def test_sqlite_is_met_in_utc_and_postgresql_in_seoul(database):
    zone = datetime(2026, 7, 1, 12).astimezone().tzname()
    if is_sqlite():
        assert zone == "UTC"
    else:
        assert zone == "KST"
        assert db.execute_sql("SHOW timezone").fetchone() == ("Asia/Seoul",)


ROOMS = {
    "people/test_rules.py": """
import pytest

def test_a_rule(database): ...
def test_two_at_once(database): ...
@pytest.mark.both_fast
def test_a_constraint(database): ...
@pytest.mark.parametrize("number", [1, 2])
def test_each(database, number): ...
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_this_engine(database): ...
""",
    "config/test_leases.py": "def test_a_lease(database): ...\n",
}


@pytest.mark.slow
def test_what_says_on_postgresql_the_same_again_waits_for_the_slow_part(tmp_path):
    for name, source in ROOMS.items():
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(source)
    (tmp_path / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text())
    (tmp_path / "pytest.ini").write_text(f"[pytest]\npythonpath = {ROOT}\nmarkers =\n  slow\n  both_fast\n")
    command = [sys.executable, "-m", "pytest", "-q", "--collect-only", "--import-mode=importlib", "-m", "slow"]
    found = subprocess.run(
        [*command, "-p", "no:cacheprovider"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120
    )
    slow = {line.rpartition("::")[2] for line in found.stdout.splitlines() if "::" in line}
    assert slow == {"test_a_rule[postgresql]", "test_each[postgresql-1]", "test_each[postgresql-2]"}, found.stdout


def test_wrappers_on_the_path_are_not_taken_for_the_server(tmp_path):
    for name in postgres.PROGRAMS:
        wrapper = tmp_path / name
        wrapper.write_text("#!/bin/sh\n")
        wrapper.chmod(0o755)
    assert postgres.find_programs(path=str(tmp_path), packaged=tmp_path / "none") is None


START_AND_WAIT = """
import time
from tests.support import postgres
with postgres.running(postgres.find_programs()) as server:
    print(server.url("postgres"), flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.slow
def test_the_server_ends_with_the_tests_even_when_they_are_killed(database):
    tests = subprocess.Popen([sys.executable, "-c", START_AND_WAIT], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert tests.stdout is not None
        url = tests.stdout.readline().strip()
        psycopg.connect(url).close()
    finally:
        os.kill(tests.pid, signal.SIGKILL)
        tests.communicate()
    assert _gone(url)


HOLD_A_FOLDER = """
import time
from tests.support import memory
with memory.folder("patrol-held-") as home:
    print(home, flush=True)
    time.sleep(600)
"""


def test_the_folder_of_databases_goes_with_the_tests_even_when_they_are_killed():
    tests = subprocess.Popen([sys.executable, "-c", HOLD_A_FOLDER], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert tests.stdout is not None
        home = Path(tests.stdout.readline().strip())
        assert home.is_dir()
    finally:
        os.kill(tests.pid, signal.SIGKILL)
        tests.communicate()
    assert eventually(lambda: not home.exists() or None)


def _gone(url: str) -> bool:
    for _ in range(100):
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            return True
        time.sleep(0.1)
    return False
