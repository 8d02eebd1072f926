"""The command line as a whole: help for everything, exit codes, clean output, settings from the environment."""

import json
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner
from openapi_spec_validator import validate
from playhouse.migrations import Runner

from app import command_line
from config.migrating import SCRIPTS, pending
from tests.support.command_line import APP, environment, run_app
from tests.support.places import a_bare_city

ISSUED = {
    "demo",
    "serve",
    "worker",
    "migrate",
    "openapi",
    "push-key",
    "user add",
    "city add",
    "city policy",
    "city list",
    "import-streets",
    "import-boxes",
    "import-blocks",
    "import-safety",
    "build-blocks",
    "enroll-sample",
    "plan",
    "export-route",
}
OPTIONS = {
    "city add": {"--timezone", "--policy", "--json"},
    "import-streets": {"--city", "--bbox", "--json"},
    "import-boxes": {"--city", "--json"},
    "import-blocks": {"--city", "--json"},
    "import-safety": {"--city", "--layer", "--json"},
    "build-blocks": {"--city", "--json"},
    "enroll-sample": {"--city", "--teams", "--seed", "--json"},
    "plan": {"--city", "--date", "--seconds", "--seed", "--publish", "--json"},
    "export-route": {"--format"},
    "migrate": {"--json"},
    "push-key": {"--json"},
    "user add": {"--role", "--email", "--phone", "--city", "--box", "--json"},
}


def commands(group: click.Group, before: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*before, name))
        else:
            yield (*before, name), command


COMMANDS = dict(commands(command_line()))


def test_there_is_every_command_that_was_promised():
    assert {" ".join(words) for words in COMMANDS} >= ISSUED


@pytest.mark.parametrize("name", OPTIONS)
def test_a_command_takes_the_options_that_were_promised(name):
    taken = {option for parameter in COMMANDS[tuple(name.split())].params for option in parameter.opts}
    assert taken >= OPTIONS[name]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_and_option_says_what_it_is_for(words):
    command = COMMANDS[words]
    assert command.help
    assert command.help.strip().endswith(".")
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
    shown = CliRunner().invoke(command_line(), [*words, "--help"], env=environment())
    assert shown.exit_code == 0
    assert shown.stdout.startswith("Usage:")


@pytest.mark.parametrize("words", [("nonsense",), ("plan",), ("city", "add"), ("export-route", "--format", "gpx")])
def test_wrong_usage_is_exit_code_2_and_says_how_it_goes(words):
    done = CliRunner().invoke(command_line(), words, env=environment())
    assert (done.exit_code, done.stdout) == (2, "")
    assert "Usage:" in done.stderr


def test_a_setting_that_cannot_be_used_is_refused_by_name():
    done = run_app("city", "list", env=environment(port="high"))
    assert (done.returncode, done.stdout) == (1, "")
    assert "PATROL_PORT='high': must be a whole number from 1 to 65535" in done.stderr


@pytest.mark.both_fast
@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_a_command_uses_the_database_that_the_environment_names(database, env):
    a_bare_city("Sinpo")
    done = run_app("city", "list", "--json", env=env)
    assert done.returncode == 0, done.stderr
    assert [city["city"] for city in json.loads(done.stdout)] == ["sinpo"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.slow
def test_links_carry_the_port_that_the_environment_names(env):
    a_bare_city()
    words = ("user", "add", "Sample admin", "--role", "admin", "--email", "a@example.org")
    done = run_app(*words, env={**env, "PATROL_PORT": "8765"})
    assert done.stdout.startswith("http://127.0.0.1:8765/join#")


def test_migrate_says_what_it_did_and_then_that_nothing_is_left(tmp_path):
    env = environment(database_url=f"sqlite:///{tmp_path / 'new.db'}", var=tmp_path)
    first, again = (run_app("migrate", "--json", env=env) for _ in range(2))
    assert json.loads(first.stdout)["applied"][0].startswith("0001")
    assert json.loads(again.stdout) == {"applied": []}
    assert "up to date" in run_app("migrate", env=env).stdout


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_an_older_postgresql_waits_for_its_operator_and_an_embedded_database_does_not(run, database):
    from config.database import database as db  # noqa: PLC0415 - the fixture has this name

    last = max(path.stem for path in SCRIPTS.glob("[0-9]*.py"))
    Runner(db.obj, directory=str(SCRIPTS)).down(last)
    db.close()
    waits = database.startswith("postgresql")
    done = run("city", "list")
    assert done.exit_code == (1 if waits else 0)
    assert ("app.py migrate" in done.stderr) == waits
    assert pending() == ([last] if waits else [])


def test_the_openapi_document_is_valid_and_alone_on_stdout(run):
    done = run("openapi")
    assert done.exit_code == 0
    document = json.loads(done.stdout)
    assert document["openapi"].startswith("3.1")
    validate(document)


@pytest.mark.slow
def test_a_reader_that_goes_away_is_no_traceback(tmp_path):
    env = environment(var=tmp_path)
    shell = f"{sys.executable} {APP} openapi | head -1"
    done = subprocess.run(shell, shell=True, env=env, capture_output=True, text=True, check=True)  # noqa: S602 - a pipe is the point
    assert done.stdout == "{\n"
    assert "Traceback" not in done.stderr
