"""Set-up works with the Python that is there, and says what to do where none will do."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

COMPLETE = """#!/bin/sh
case "$*" in
  "-m venv"*) for folder; do :; done; /bin/mkdir -p "$folder/bin"; /bin/cp "$0" "$folder/bin/python" ;;
  --version) echo Python 3.12.1 ;;
esac
"""

NO_ENSUREPIP = """#!/bin/sh
case "$*" in
  *version_info\\[:2\\]*) echo 3.12 ;;
  *version_info*) exit 0 ;;
  *) exit 1 ;;
esac
"""


PLANS = """
from routing.plan import PlanParams, plan
from routing.week.plan import WeekParams, plan_week
from routing.why.explanation import explain
from tests.routing.planner.problems import by_seed
from tests.routing.week.weeks import week_by_seed

for banded in (0.0, 0.3):
    evening = by_seed(1, teams=6, blocks=30, banded=banded)
    explain(evening, plan(evening, PlanParams(4.0, threads=2), seed=1))
    week = week_by_seed(1, teams=4, blocks=20, banded=banded)
    plan_week(week, WeekParams(4.0, threads=2, explore=0.02), seed=1)
"""


def _kernels(project: Path) -> set[Path]:
    return set((project / "routing").rglob("*.nbc"))


def _program(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    program = folder / name
    program.write_text(text)
    program.chmod(0o755)


def _make_venv(folder: Path, *, path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", ROOT / "scripts" / "make_venv.sh", folder / "venv"],
        env={"PATH": str(path), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_without_a_new_enough_python_set_up_says_what_to_install(tmp_path):
    _program(tmp_path / "bin", "python3", "#!/bin/sh\nexit 1\n")
    run = _make_venv(tmp_path, path=tmp_path / "bin")
    assert run.returncode == 1
    assert "needs Python 3.11 or newer" in run.stderr
    assert "apt-get install python3 python3-venv" in run.stderr


def test_without_ensurepip_set_up_names_the_package_to_install(tmp_path):
    _program(tmp_path / "bin", "python3", NO_ENSUREPIP)
    run = _make_venv(tmp_path, path=tmp_path / "bin")
    assert run.returncode == 1
    assert "python3 (Python 3.12) cannot make virtual environments" in run.stderr
    assert "apt-get install python3.12-venv" in run.stderr


def test_a_shim_without_its_python_is_passed_over(tmp_path):
    _program(tmp_path / "bin", "python3.13", "#!/bin/sh\necho 'no such version' >&2\nexit 127\n")
    _program(tmp_path / "bin", "python3", COMPLETE)
    run = _make_venv(tmp_path, path=tmp_path / "bin")
    assert run.returncode == 0, run.stderr
    assert "Python 3.12.1" in run.stdout


def test_an_environment_that_works_is_left_as_it_is(tmp_path):
    _program(tmp_path / "bin", "python3", COMPLETE)
    _make_venv(tmp_path, path=tmp_path / "bin")
    run = _make_venv(tmp_path, path=tmp_path / "nothing")
    assert (run.returncode, run.stdout) == (0, "")


def test_the_interpreter_can_be_chosen(tmp_path):
    run = _make_venv(tmp_path, path=tmp_path, PYTHON="/no/such/python")
    assert run.returncode == 1
    assert "/no/such/python" in run.stderr


@pytest.mark.slow
def test_a_clone_sets_itself_up_without_npm_so_that_no_plan_waits_and_nothing_is_left_to_do(tmp_path):
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", ROOT, clone], check=True)
    _program(tmp_path / "bin", "npm", "#!/bin/sh\nexit 1\n")
    environment = {**os.environ, "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "PYTHON": sys.executable}

    first = subprocess.run(["make", "setup"], cwd=clone, env=environment, capture_output=True, text=True, check=False)
    assert first.returncode == 0, first.stdout + first.stderr
    assert (clone / "web" / "static" / "vendor" / "leaflet" / "leaflet.js").exists()
    untracked = subprocess.run(["git", "status", "--porcelain"], cwd=clone, capture_output=True, text=True, check=True)
    assert untracked.stdout == ""

    compiled = _kernels(clone)
    planned = subprocess.run([clone / ".venv/bin/python", "-c", PLANS], cwd=clone, check=False)
    assert planned.returncode == 0
    assert _kernels(clone) == compiled, "a plan had to wait for its inner loops to be compiled"

    second = subprocess.run(["make", "-q", "setup"], cwd=clone, env=environment, check=False)
    assert second.returncode == 0
    shutil.rmtree(clone)
