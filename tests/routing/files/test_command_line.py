"""`python -m routing`, as a person types it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from routing.command_line import cli
from routing.files.plan_json import read_plan, write_plan
from routing.files.problem_json import read_problem, write_problem
from routing.files.refusal import FileError
from tests.routing.files.examples import CHAO, PLAIN, SOLOMON, as_bytes, changed
from tests.routing.planner.problems import by_seed

ROOT = Path(__file__).parents[3]
SOLVE = ("--seconds", "0.5", "--quiet")


def _run(*arguments: object):
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


@pytest.fixture
def evening(tmp_path):
    file = tmp_path / "evening.json"
    file.write_bytes(as_bytes(PLAIN))
    return file


@pytest.fixture
def solved(evening, tmp_path):
    file = tmp_path / "plan.json"
    done = _run("solve", evening, *SOLVE, "-o", file)
    assert done.exit_code == 0, done.output
    return file


def test_a_plan_is_written_that_verify_agrees_with(evening, solved):
    done = _run("verify", evening, solved)
    assert done.exit_code == 0
    assert done.stdout.startswith("The plan keeps every promise.")


def test_a_plan_fits_its_schema_and_is_read_again_as_it_was(evening, solved):
    schema = json.loads(_run("schema", "plan").stdout)
    assert list(Draft202012Validator(schema).iter_errors(json.loads(solved.read_bytes()))) == []
    problem = read_problem(evening.read_bytes())
    assert write_plan(problem, read_plan(solved.read_bytes(), problem)) == solved.read_bytes()


def test_without_an_output_file_the_plan_goes_to_stdout_and_progress_to_stderr(evening):
    done = _run("solve", evening, "--seconds", "0.5")
    assert json.loads(done.stdout)["format"] == "patrol-plan/1"
    assert "best" in done.stderr


def test_a_plan_that_says_too_much_is_found_out(evening, solved):
    plan = json.loads(solved.read_bytes())
    plan["weight"] += 1
    solved.write_text(json.dumps(plan), encoding="utf-8")
    done = _run("verify", evening, solved)
    assert done.exit_code == 1
    assert "plan: says weight" in done.stdout


def test_every_block_left_out_is_explained(evening, solved):
    done = _run("explain", evening, solved)
    assert done.exit_code == 0
    assert "hill (weight 9): out of everyone's reach, by 300 s for the nearest" in done.stdout
    assert "would cover hill (weight 9)" in done.stdout
    assert "A: 5 (without it 5 would be lost, of which others could make up 0)" in done.stdout


def test_an_explanation_comes_as_json_too(evening, solved):
    told = json.loads(_run("explain", evening, solved, "--json").stdout)
    assert [entry["block"] for entry in told["left_out"]] == ["hill"]
    assert [entry["team"] for entry in told["adds"]] == ["A"]


def test_a_plan_that_breaks_promises_is_not_explained(evening, solved):
    evening.write_bytes(changed(PLAIN, "/teams/0/budget_s", 10))
    done = _run("explain", evening, solved)
    assert done.exit_code == 2
    assert "breaks promises" in done.stderr


@pytest.mark.parametrize(
    ("name", "text", "options"), [("p1.2.a.txt", CHAO, ()), ("c101.txt", SOLOMON, ("--paths", "2"))]
)
def test_published_instances_are_recognised_solved_and_reckoned_by_their_own_rules(tmp_path, name, text, options):
    instance, plan = tmp_path / name, tmp_path / "plan.json"
    instance.write_text(text, encoding="utf-8")
    assert _run("solve", instance, *options, *SOLVE, "-o", plan).exit_code == 0
    assert _run("verify", instance, plan, *options).exit_code == 0
    assert json.loads(plan.read_bytes())["weight"] == {CHAO: 21.0, SOLOMON: 18.0}[text]


def test_a_bad_problem_is_refused_with_file_pointer_and_sentence(evening):
    evening.write_bytes(changed(PLAIN, "/teams/0/budget_s", -1))
    done = _run("solve", evening)
    assert done.exit_code == 2
    assert done.stderr == f"Error: {evening}: /teams/0/budget_s: must be a number from 0\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (SOLOMON, "line 1: is a TOPTW instance, which does not say how many paths there are: give --paths"),
        ("what is this", "line 1: is neither patrol-problem JSON nor a TOP or TOPTW instance"),
        (CHAO.replace("n 5", "n 4"), "line 1: says n = 4, but 5 nodes follow"),
    ],
)
def test_what_cannot_be_solved_is_refused_in_a_sentence(tmp_path, text, message):
    file = tmp_path / "instance.txt"
    file.write_text(text, encoding="utf-8")
    done = _run("solve", file)
    assert done.exit_code == 2
    assert message in done.stderr


def test_a_plan_of_another_problem_is_refused(evening, solved):
    other = evening.with_name("other.json")
    other.write_bytes(changed(PLAIN, "/blocks/0/id", "garden"))
    done = _run("verify", other, solved)
    assert done.exit_code == 2
    assert "nothing in the problem has the id 'park'" in done.stderr


def test_a_plan_that_does_not_fit_the_format_is_refused_with_a_pointer(evening, solved):
    plan = json.loads(solved.read_bytes())
    plan["routes"][0]["stops"][0]["entered_at"] = 2
    with pytest.raises(FileError, match=r"^/routes/0/stops/0/entered_at: must be a whole number up to 1$"):
        read_plan(json.dumps(plan).encode(), read_problem(evening.read_bytes()))


def test_an_output_that_cannot_be_written_leaves_what_was_there(evening, tmp_path):
    missing = tmp_path / "no folder" / "plan.json"
    done = _run("solve", evening, *SOLVE, "-o", missing)
    assert done.exit_code == 2
    assert str(missing) in done.stderr
    assert sorted(tmp_path.iterdir()) == [evening]


def test_ctrl_c_keeps_the_best_plan_so_far(tmp_path):
    problem, plan = tmp_path / "problem.json", tmp_path / "plan.json"
    problem.write_bytes(write_problem(by_seed(1, teams=6, blocks=80)))
    command = [sys.executable, "-m", "routing", "solve", problem, "--seconds", "300", "-o", plan]
    with subprocess.Popen(command, stderr=subprocess.PIPE, cwd=ROOT, env=os.environ, text=True) as running:
        assert running.stderr is not None
        running.stderr.readline()
        running.send_signal(signal.SIGINT)
        said = running.stderr.read()
        assert running.wait(60) == 0, said
    assert "the best plan so far is kept" in said
    assert _run("verify", problem, plan).exit_code == 0
