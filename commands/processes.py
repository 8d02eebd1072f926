"""The processes that make up a running product: web and worker, started together and ended together."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from commands.shared import Refused, say

APP = Path(__file__).resolve().parent.parent / "app.py"
STOP_WITHIN_S = 10.0
RESTART_AFTER_S = 2.0


class Crew:
    """Web and worker of one product. A worker that dies is started again; when the web ends, all end."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Start both, with `environment` on top of this process's own."""
        self._environment = {**os.environ, **environment}
        self._leaving = threading.Event()
        self._web = self._start("serve", "--no-worker")
        self._worker = self._start("worker", "--parent", str(os.getpid()))

    def wait(self) -> int:
        """Until the web ends or a signal asks to leave. Returns the exit code."""
        while not self._leaving.wait(0.5):
            code = self._web.poll()
            if code is not None:
                return code
            if self._worker.poll() is not None:
                say(f"The worker ended with code {self._worker.returncode}; starting it again.")
                time.sleep(RESTART_AFTER_S)
                self._worker = self._start("worker", "--parent", str(os.getpid()))
        return 0

    def leave(self, *_signal: object) -> None:
        """Ask `wait` to return; fit for a signal handler."""
        self._leaving.set()

    @property
    def running(self) -> bool:
        """Whether the web process lives."""
        return self._web.poll() is None

    def end(self) -> None:
        """End both, in their own time first."""
        members = (self._worker, self._web)
        for member in members:
            if member.poll() is None:
                member.terminate()
        until = time.monotonic() + STOP_WITHIN_S
        for member in members:
            try:
                member.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                member.kill()
                member.wait()

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, str(APP), *words], env=self._environment)  # noqa: S603 - our own program


@contextmanager
def crew(environment: Mapping[str, str]) -> Iterator[Crew]:
    """A running product; SIGTERM and Ctrl-C make its `wait` return."""
    members = Crew(environment)
    before = {name: signal.signal(name, members.leave) for name in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield members
    finally:
        members.end()
        for name, handler in before.items():
            signal.signal(name, handler)


def require_port(host: str, port: int) -> None:
    """Raise Refused when the address cannot be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            raise Refused(
                f"Cannot listen on {host}:{port} ({error.strerror}). Another program may use the port: "
                f"end it, or choose another, such as PATROL_PORT={port + 1 if port < 65_535 else 8001}."
            ) from None
