"""Every test function that somebody wrote is one that pytest runs."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.collection import promised, shadowed

ROOT = Path(__file__).parents[2]
ELSEWHERE = ["benchmarks", "commands", "config", "notifications", "patrol", "routing", "scripts", "web"]


@pytest.mark.slow
def test_pytest_collects_every_test_function_that_is_written():
    written = {
        f"{path.relative_to(ROOT).as_posix()}::{name}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        for name in promised(path.read_text(encoding="utf-8"))
    }
    assert written - _collected() == set()


def test_no_test_function_hides_another_of_its_name():
    hidden = {
        path.relative_to(ROOT).as_posix(): names
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if (names := shadowed(path.read_text(encoding="utf-8")))
    }
    assert hidden == {}


def test_no_test_file_lies_outside_tests():
    outside = [path for room in ELSEWHERE for path in (ROOT / room).rglob("*.py") if path.name.startswith("test_")]
    assert outside == []


def test_a_test_written_twice_is_found_out():
    assert shadowed("def test_a(): ...\ndef test_b(): ...\ndef test_a(): ...\n") == ["test_a"]
    assert shadowed("class TestA:\n def test_a(self): ...\n def test_a(self): ...\n") == ["TestA::test_a"]
    assert shadowed("class TestA:\n def test_a(self): ...\nclass TestA:\n def test_b(self): ...\n") == ["TestA"]
    assert shadowed("class TestA:\n def test_a(self): ...\nclass TestB:\n def test_a(self): ...\n") == []


def test_a_test_that_pytest_cannot_see_is_still_promised():
    source = """
class Walks:
    def test_in_a_class_of_another_name(self): ...

def outer():
    def test_inside_a_function(): ...

if True:
    def test_under_a_condition(): ...

@pytest.fixture
def test_client(): ...
"""
    assert promised(source) == [
        "Walks::test_in_a_class_of_another_name",
        "outer.<locals>.test_inside_a_function",
        "test_under_a_condition",
    ]


def _collected() -> set[str]:
    """Node ids without their parameters, as a run of everything collects them."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "-o", "addopts="]
    run = subprocess.run(
        [*command, "--import-mode=importlib"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return {re.sub(r"\[.*", "", line) for line in run.stdout.splitlines() if "::" in line}
