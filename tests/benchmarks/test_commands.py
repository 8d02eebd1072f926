"""The benchmarks as a person types them: what they write, and what they refuse."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.against.peer import NotForThisError, NotInstalledError, nodes, package
from benchmarks.city_evening import contested_evening
from benchmarks.measure import OURS, Job, few, run
from benchmarks.results import Row, line, report, row
from routing.files.instance import Instance
from routing.files.top import read_top
from routing.problem import Problem
from tests.routing.files.examples import CHAO, DANG, SOLOMON
from tests.routing.planner.problems import by_seed, on_a_plane, point

ROOT = Path(__file__).parents[2]
FIELDS = {"instance", "solver", "prize", "best_known", "bound", "gap_percent", "seconds", "seed", "threads", "verified"}


def _run(name: str, *arguments: object):
    command = [sys.executable, "-m", f"benchmarks.{name}", *(str(argument) for argument in arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path):
    """Two TOP instances, one of them deep down, a TOPTW instance and a table."""
    (tmp_path / "dang").mkdir()
    (tmp_path / "p1.2.a.txt").write_text(CHAO, encoding="utf-8")
    (tmp_path / "dang" / "x5_gen1_m2.txt").write_text(DANG, encoding="utf-8")
    (tmp_path / "c101.txt").write_text(SOLOMON, encoding="utf-8")
    (tmp_path / "known.csv").write_text("set,instance,best_known\nchao,p1.2.a,21\ndang,x5_gen1_m2,28\n", "utf-8")
    return tmp_path


def test_top_runs_every_solver_on_every_instance_of_the_folder(folder):
    out = folder / "out.json"
    known = folder / "known.csv"
    done = _run(
        "top", "--instances", folder, "--best-known", known, "--seconds", 0.3, "--against", "greedy", "--json", out
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(out.read_bytes())
    assert [(one["instance"], one["solver"]) for one in found["instances"]] == [
        *(("x5_gen1_m2", "ours"), ("x5_gen1_m2", "greedy"), ("p1.2.a", "ours"), ("p1.2.a", "greedy"))
    ]
    assert all(one["verified"] and set(one) >= FIELDS for one in found["instances"])
    assert [one["gap_percent"] for one in found["instances"] if one["solver"] == "ours"] == [25.0, 0.0]
    assert found["versions"]["ortools"][0].isdigit()
    assert found["summary"]["solvers"]["ours"]["best_known_found_percent"] == 50.0
    assert found["summary"]["ours_against"]["greedy"]["pairs"] == 2


@pytest.mark.slow
def test_toptw_runs_each_number_of_paths(folder):
    done = _run("toptw", "--instances", folder, "--paths", 1, 2, "--seconds", 0.3, "--json", "-")
    rows = json.loads(done.stdout)["instances"]
    assert [(one["instance"], one["prize"]) for one in rows] == [("c101.m1", 18.0), ("c101.m2", 18.0)]


@pytest.mark.slow
def test_city_states_bound_and_memory_beside_greedy():
    done = _run(
        "city", "--teams", 2, "--blocks", 60, "--seed", 4, "--seconds", 0.5, "--against", "greedy", "--json", "-"
    )
    assert done.returncode == 0, done.stderr
    ours, greedy = json.loads(done.stdout)["instances"]
    assert ours["bound"] >= ours["prize"] >= greedy["prize"] > 0
    assert ours["peak_mib"] > 10
    assert "lp" in ours


def test_city_refuses_an_evening_on_which_insertion_covers_everything():
    done = _run("city", "--teams", 30, "--blocks", 20)
    assert done.returncode == 2
    assert "tells no planners apart" in done.stderr


@pytest.mark.parametrize("name", ["top", "toptw", "city", "matrix", "push"])
def test_every_benchmark_has_help(name):
    done = _run(name, "--help")
    assert done.returncode == 0
    assert "--json" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--seconds", 0), "--seconds: must be a number above 0"),
        (("--against", "pyvrp,guesses"), "guesses: none of pyvrp, ortools, vroom, greedy"),
        (("--only", "p9*"), "holds no TOP instance whose name matches p9*"),
        (("--only", "p1*", "--best-known", "bad.csv"), "line 1: must have the columns"),
        (("--only", "wrong"), "wrong.bad: line 1: says n = 9, but 5 nodes follow"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_runs(folder, arguments, message):
    (folder / "bad.csv").write_text("name,value\n", encoding="utf-8")
    (folder / "wrong.bad").write_text(CHAO.replace("n 5", "n 9"), encoding="utf-8")
    arguments = [folder / argument if argument == "bad.csv" else argument for argument in arguments]
    done = _run("top", "--instances", folder, *arguments)
    assert done.returncode != 0
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_an_answer_that_breaks_the_file_counts_nothing():
    shorter = read_top(CHAO.replace("10.0", "3.0"))
    job = Job("p1.2.a", lambda: Instance(read_top(CHAO).problem(), shorter.prize), "greedy", 1.0, 1, 1)
    one = row(run(job), 21.0)
    assert (one["verified"], one["prize"], one["gap_percent"]) == (False, 0.0, 100.0)
    assert one["refused"] == "nan by the file, 21 by the problem"
    assert report([one])["summary"]["solvers"]["greedy"]["not_verified"] == 1


def test_a_solver_that_finds_nothing_is_refused_with_the_reason_and_left_out_of_the_comparison():
    problem = contested_evening(teams=2, blocks=60, service_s=120, seed=4)
    found = [_row_of(problem, solver, seconds) for solver, seconds in (("greedy", 1.0), ("ortools", 0.0001))]
    floor, failed = found
    assert (failed["verified"], failed["prize"], failed["refused"]) == (False, 0.0, "ended without a plan")
    assert line(failed).endswith("REFUSED: ended without a plan")
    assert (floor["refused"], "REFUSED" in line(floor)) == (None, False)
    beside = report([{**floor, "solver": OURS}, failed])["summary"]["ours_against"]["ortools"]
    assert (beside["pairs"], beside["left_out"], beside["percent_ahead_in_sum"]) == (0, 1, None)


def _row_of(problem: Problem, solver: str, seconds: float) -> Row:
    return row(run(Job("city", lambda: Instance(problem, None), solver, seconds, 1, 1)), None)


@pytest.mark.parametrize("bands", [(), ((0.0, 90.0),)])
def test_the_routing_library_of_or_tools_visits_what_is_near(bands):
    problem = on_a_plane(
        doors=[(0.0, 0.0), (9.0, 0.0)],
        ends=[point(float(x)) for x in range(1, 6)],
        budget_s=np.array([100.0, 50.0]),
        dwell_s=np.full(5, 4.0),
        bands=(bands,) * 5,
    )
    outcome = run(Job("near", lambda: Instance(problem, None), "ortools", 0.3, 1, 1))
    assert (outcome.prize, outcome.what) == (5.0, "")


def test_a_solver_that_is_not_installed_says_how_to_install_it():
    with pytest.raises(NotInstalledError, match=r"^nothing-like-it is not installed: `make bench-setup`"):
        package("nothing_like_it", "nothing-like-it")


def test_teams_that_are_alike_are_one_kind_with_legs_rounded_up_and_limits_down():
    problem = on_a_plane(
        doors=[(0.0, 0.0), (0.0, 0.0), (5.0, 0.0)], ends=[point(1.0, 1.0)], budget_s=np.array([10.00009, 10.00009, 7.0])
    )
    given = nodes(problem)
    assert given.teams == ((0, 1), (2,))
    assert given.limit.tolist() == [100_000, 70_000]
    assert (given.start, given.end) == ((0, 1), (0, 1))
    assert given.seconds[0, given.first] == given.seconds[given.first, 0] == 14_143


def test_an_end_that_is_not_the_start_is_a_node_of_its_own():
    given = nodes(read_top(CHAO).problem())
    assert (given.start, given.end, given.first) == ((0,), (1,), 2)
    assert given.seconds[given.first :, :2].tolist() == [[10_000, 10_000], [30_000, 36_056], [60_000, 40_000]]


def test_what_a_comparison_does_not_carry_over_is_said():
    lines = on_a_plane(doors=[(0.0, 0.0)], ends=[((0.0, 0.0), (9.0, 0.0))])
    with pytest.raises(NotForThisError, match="line blocks"):
        nodes(lines)


def test_the_warm_up_is_a_small_problem_of_the_same_kind():
    problem = by_seed(2, teams=9, blocks=40, banded=0.5)
    small = few(problem)
    assert (small.teams, small.blocks) == (3, 12)
    assert small.bands == problem.bands[:12]
    assert small.between_m.dtype == problem.between_m.dtype
