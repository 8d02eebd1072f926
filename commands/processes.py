"""The processes that make up a running product: web and worker, started together and ended together."""

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from commands.shared import REFUSED, Refused, say

APP = Path(__file__).resolve().parent.parent / "app.py"
LEAVING = (signal.SIGTERM, signal.SIGINT)
LOOK_S = 0.5
RESTART_AFTER_S = 2.0
STOP_WITHIN_S = 10.0
HIGHEST_PORT = 65_535


class Crew:
    """Web and worker of one product. A worker that dies is started again; when the web ends, all end."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """`environment` is put on top of this process's own. Nothing is started yet."""
        self._environment = {**os.environ, **environment}
        self._members: dict[str, subprocess.Popen[bytes]] = {}
        self._leaving = threading.Event()
        self._web_ended = threading.Event()
        self._watch = threading.Thread(target=self._look_after, name="crew", daemon=True)

    @property
    def running(self) -> bool:
        """Whether the web process lives."""
        return not self._web_ended.is_set()

    def start(self) -> None:
        """Start both, and from then on look after them."""
        self._start("web", "serve", "--no-worker")
        self._start("worker", "worker")
        self._watch.start()

    def wait(self) -> int:
        """Until Ctrl-C or SIGTERM asks to leave, exit code 0, or the web process ends by itself, 1."""
        try:
            while not self._web_ended.wait(LOOK_S):
                pass
        except KeyboardInterrupt:
            return 0
        say(f"The web process ended with code {self._members['web'].returncode}; see its message above.")
        return REFUSED

    def end(self) -> None:
        """End both, in their own time first."""
        self._leaving.set()
        if self._watch.is_alive():
            self._watch.join()  # from here on nobody starts a worker
        for member in self._members.values():
            member.terminate()
        until = time.monotonic() + STOP_WITHIN_S
        for member in self._members.values():
            try:
                member.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                member.kill()
                member.wait()

    def _look_after(self) -> None:
        while not self._leaving.wait(LOOK_S):
            if self._members["web"].poll() is not None:
                self._web_ended.set()
                return
            if self._members["worker"].poll() is not None:
                say(f"The worker ended with code {self._members['worker'].returncode}; starting it again.")
                if not self._leaving.wait(RESTART_AFTER_S):
                    self._start("worker", "worker")

    def _start(self, name: str, *words: str) -> None:
        """Apart from the terminal's own process group: Ctrl-C there reaches this process, which ends the others."""
        command = [sys.executable, str(APP), *words, "--parent", str(os.getpid())]
        self._members[name] = subprocess.Popen(command, env=self._environment, process_group=0)  # noqa: S603 - our own program


@contextmanager
def crew(environment: Mapping[str, str]) -> Iterator[Crew]:
    """A running product, ended with the block. Within it SIGTERM is what Ctrl-C is: KeyboardInterrupt."""
    members = Crew(environment)
    with terminable():
        try:
            members.start()
            yield members
        finally:
            for name in LEAVING:  # whoever presses Ctrl-C twice must not leave half of it running
                signal.signal(name, signal.SIG_IGN)
            members.end()


@contextmanager
def terminable() -> Iterator[None]:
    """Let SIGTERM raise KeyboardInterrupt as Ctrl-C does, so that what is open is rolled back and ended."""
    before = {name: signal.signal(name, signal.default_int_handler) for name in LEAVING}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def leave_with(parent: int | None, leave: Callable[[], None]) -> None:
    """Call `leave` once `parent` is no longer this process's parent, even if it was killed. None: never."""
    if parent is None:
        return

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_S)
        leave()

    threading.Thread(target=watch, name="parent", daemon=True).start()


def require_port(host: str, port: int) -> None:
    """Raise Refused when the address cannot be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            raise Refused(_why(host, port, error)) from None


def _why(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < HIGHEST_PORT else 8000
        return f"Port {port} of {host} is in use: end the program that has it, or choose another: PATROL_PORT={other}"
    return f"Cannot listen on PATROL_HOST={host}, PATROL_PORT={port}: {error.strerror}"
