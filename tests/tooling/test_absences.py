"""Where a machine lacks a program, a run says loudly what it left out; in CI it fails."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

CONFTEST = """
import pytest
from tests.support import absent

def pytest_configure(config):
    absences = absent.Absences([
        absent.Program("PostgreSQL", False, "install it"),
        absent.Program("Chromium", False, "install it"),
    ])
    absences.refuse_in_ci()
    config.pluginmanager.register(absences)

@pytest.fixture(params=["sqlite", "postgresql"])
def database(request):
    return request.param

@pytest.fixture
def browser():
    raise AssertionError
"""

TESTS = """
def test_rows(database): assert database == "sqlite"
def test_more_rows(database): assert database == "sqlite"
def test_page(browser): pass
def test_number(): pass
"""


def _run(folder: Path, *options: str, ci: str) -> subprocess.CompletedProcess[str]:
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_them.py").write_text(TESTS)
    (folder / "pytest.ini").write_text(f"[pytest]\npythonpath = {ROOT}\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:schemathesis", "-p", "no:cacheprovider", *options]
    environment = {"PATH": "/usr/bin:/bin", "CI": ci}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.mark.parametrize("options", [(), ("-n", "1")])
def test_a_run_without_a_program_says_how_many_tests_it_left_out(tmp_path, options):
    run = _run(tmp_path, *options, ci="")
    assert run.returncode == 0, run.stdout
    assert "PostgreSQL not found: 2 tests not run\n" in run.stdout
    assert "Chromium not found: 1 tests not run\n" in run.stdout
    assert "3 passed" in run.stdout


def test_in_ci_a_missing_program_is_a_failure(tmp_path):
    run = _run(tmp_path, ci="true")
    assert run.returncode == pytest.ExitCode.USAGE_ERROR
    assert "PostgreSQL not found (install it); Chromium not found (install it)" in run.stderr
