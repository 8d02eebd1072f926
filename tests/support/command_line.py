"""The command line as a person or a script meets it: in this process where that will do, else as real processes."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click
import psutil
import requests
from click.testing import CliRunner, Result

import app
from commands.shared import Context
from config.clock import Clock, utc_now
from config.database import disconnect
from config.settings import Settings
from tests.support.patience import PATIENCE_S, eventually
from tests.support.places import a_footway_town

APP = Path(app.__file__)
TOWN = "Kivilä Töölö"


def invoke(settings: Settings, *arguments: object, clock: Clock = utc_now) -> Result:
    """Run a command in this process, as app.py would once it has read the settings."""
    disconnect()  # each command connects for itself
    every = click.Group(commands=app.command_line().commands)
    return CliRunner().invoke(every, [str(argument) for argument in arguments], obj=context_of(settings, clock))


def context_of(settings: Settings, clock: Clock = utc_now) -> Context:
    """What commands work with."""
    return Context(settings=settings, clock=clock, create_app=app.create_app, effects=app.effects_of(settings))


def environment(**given: object) -> dict[str, str]:
    """This process's environment with these PATROL_ settings and no other; names without the prefix."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PATROL_")}
    return {**clean, **{f"PATROL_{name.upper()}": str(value) for name, value in given.items()}}


def run_app(
    *arguments: object, env: Mapping[str, str], within_s: float = PATIENCE_S
) -> subprocess.CompletedProcess[str]:
    """`python app.py …` from start to end."""
    command = [sys.executable, str(APP), *(str(argument) for argument in arguments)]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=within_s, check=False)


class Started:
    """A command that goes on: its process, all processes below it, and what it has said so far."""

    def __init__(self, arguments: tuple[object, ...], env: Mapping[str, str], said: Path) -> None:
        command = [sys.executable, str(APP), *(str(argument) for argument in arguments)]
        self._said = said
        with said.open("wb") as file:
            self.process = subprocess.Popen(command, env=env, stdout=file, stderr=file, process_group=0)
        self._seen: dict[int, psutil.Process] = {}

    @property
    def said(self) -> str:
        return self._said.read_text(encoding="utf-8", errors="replace")

    def tree(self) -> list[psutil.Process]:
        """This process and all below it that live, and those once seen below it that still do."""
        with contextlib.suppress(psutil.NoSuchProcess):
            top = psutil.Process(self.process.pid)
            self._seen |= {one.pid: one for one in (top, *top.children(recursive=True))}
        return [one for one in self._seen.values() if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]

    def below(self, word: str) -> psutil.Process | None:
        """The process below whose command line has this word."""
        for one in self.tree():
            with contextlib.suppress(psutil.NoSuchProcess):
                if one.pid != self.process.pid and word in one.cmdline():
                    return one
        return None

    def send(self, name: signal.Signals) -> None:
        self.process.send_signal(name)

    def press_ctrl_c(self) -> None:
        """What a terminal does: SIGINT to every process of the group."""
        os.killpg(self.process.pid, signal.SIGINT)

    def wait(self, within_s: float = PATIENCE_S) -> int:
        return self.process.wait(within_s)

    def all_gone(self, within_s: float = PATIENCE_S) -> bool:
        return eventually(lambda: not self.tree() or None, within_s=within_s) is not None

    def end(self) -> None:
        """Kill whatever is left."""
        for one in self.tree():
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        self.process.wait()


@contextmanager
def started(*arguments: object, env: Mapping[str, str], said: Path) -> Iterator[Started]:
    """A command that goes on; `said` takes its output. Whatever is left of it is killed at the end."""
    running = Started(arguments, env, said)
    try:
        yield running
    finally:
        running.end()


def answer_of(url: str, *, within_s: float = PATIENCE_S) -> requests.Response | None:
    """What a server answers, once it does."""

    def look() -> requests.Response | None:
        try:
            return requests.get(url, timeout=10)
        except requests.RequestException:
            return None

    return eventually(look, within_s=within_s)


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


@contextmanager
def taken_port() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def make_town(run: Callable[..., Result], folder: Path, *, policy: object = "generic", **given: object) -> str:
    """A foreign city of footways, steps and squares, brought in by commands, with blocks and three sample teams."""
    for command in town_commands(folder, policy=policy):
        done = run(*command, **given)
        assert done.exit_code == 0, done.stderr
    return TOWN


def town_commands(folder: Path, *, policy: object = "generic") -> list[tuple[object, ...]]:
    """What brings the foreign city in, one command after the other."""
    return [
        ("city", "add", TOWN, "--timezone", "Europe/Helsinki", "--policy", policy),
        ("import-streets", a_footway_town(folder), "--city", TOWN),
        ("build-blocks", "--city", TOWN),
        ("enroll-sample", "--city", TOWN, "--teams", 3, "--seed", 5),
    ]
