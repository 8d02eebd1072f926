"""A throw-away PostgreSQL server of our own: made in under two seconds, gone when the tests are, whatever ends them."""

import functools
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from tests.support import memory

PACKAGED = Path("/usr/lib/postgresql")
PROGRAMS = ("initdb", "postgres")
ELF = b"\x7fELF"
SECONDS_TO_START = 30
SECONDS_TO_STOP = 10

# Waits for the end of its input, which comes when we close it or die; then ends the server and removes its folder.
GUARD = """
cat >/dev/null
kill -QUIT "$1" 2>/dev/null
for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$1" 2>/dev/null || break; sleep 0.2; done
rm -rf "$2"
"""

SETTINGS = {
    "autovacuum": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "jit": "off",
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "shared_buffers": "32MB",
    "synchronous_commit": "off",
    "timezone": "Asia/Seoul",
    "max_wal_senders": "0",
    "wal_level": "minimal",
}


@dataclass(frozen=True)
class Server:
    """A running server; its superuser is `postgres`."""

    port: int
    password: str

    def url(self, name: str) -> str:
        return f"postgresql://postgres:{self.password}@127.0.0.1:{self.port}/{name}"

    def create(self, name: str, *, template: str = "template1") -> str:
        """Make database `name` as a copy of `template`, which nobody may be connected to; returns its URL."""
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        # Since version 15 the default goes through the log, which takes longer; before, there was no other way.
        quickly = " STRATEGY FILE_COPY" if self._admin.info.server_version >= 150_000 else ""
        self._admin.execute(statement + sql.SQL(quickly))
        return self.url(name)

    def drop(self, name: str) -> None:
        """Remove database `name`, whoever is still connected."""
        self._admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def leave(self) -> None:
        """Close our own connection."""
        self._admin.close()

    @functools.cached_property
    def _admin(self) -> psycopg.Connection:
        """Kept open: to connect costs the server nearly as much as to make a database."""
        return psycopg.connect(self.url("postgres"), autocommit=True)


def find_programs(*, path: str | None = None, packaged: Path = PACKAGED) -> Path | None:
    """The folder of PostgreSQL's server programs, newest packaged version first, then the PATH's; None: not here.

    Only compiled programs count: distributions put wrappers of the same names on the PATH. Run by root, a server
    also needs the user `postgres`, as it refuses to run as root.
    """
    if os.geteuid() == 0 and _server_user() is None:
        return None
    versions = sorted(packaged.glob("*/bin"), key=lambda folder: _version(folder.parent.name), reverse=True)
    on_path = shutil.which("initdb", path=path)
    folders = [*versions, *([Path(on_path).resolve().parent] if on_path else [])]
    return next((folder for folder in folders if all(_compiled(folder / name) for name in PROGRAMS)), None)


@contextmanager
def running(programs: Path) -> Iterator[Server]:
    """A server with a folder, a port and a password of its own, stopped and removed at the end."""
    home = Path(tempfile.mkdtemp(prefix="patrol-postgres-", dir=memory.roomy()))
    try:
        server = Server(port=_free_port(), password=secrets.token_urlsafe(16))
        _initialise(programs, home, password=server.password)
        with _process(programs, home, port=server.port) as process:
            _wait_until_ready(server, process, home)
            try:
                yield server
            finally:
                server.leave()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _initialise(programs: Path, home: Path, *, password: str) -> None:
    secret = home / "password"
    secret.write_text(password, encoding="utf-8")
    user = _as_server_user()
    if user:
        for path in (home, secret):
            shutil.chown(path, user["user"], user["group"])
    arguments = ["-D", str(home / "cluster"), "-U", "postgres", "-A", "password", f"--pwfile={secret}"]
    subprocess.run(
        [programs / "initdb", *arguments, "--encoding=UTF8", "--locale=C", "--no-sync"],
        cwd=home,
        check=True,
        capture_output=True,
        **user,
    )


@contextmanager
def _process(programs: Path, home: Path, *, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The server's process, under a guard that ends it when we are done or are killed ourselves."""
    settings = {**SETTINGS, "port": str(port), "unix_socket_directories": str(home)}
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [programs / "postgres", "-D", home / "cluster", *(f"--{name}={value}" for name, value in settings.items())],
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            **_as_server_user(),
        )
    guard = subprocess.Popen(
        ["sh", "-c", GUARD, "guard", str(process.pid), str(home)],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        assert guard.stdin is not None
        guard.stdin.close()
        process.wait(timeout=SECONDS_TO_STOP)
        guard.wait(timeout=SECONDS_TO_STOP)


def _wait_until_ready(server: Server, process: subprocess.Popen[bytes], home: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            psycopg.connect(server.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                log = (home / "log").read_text(encoding="utf-8", errors="replace")
                raise RuntimeError(f"PostgreSQL did not start:\n{log}") from error
            time.sleep(0.05)
        else:
            return


def _as_server_user() -> dict[str, str | list[str]]:
    """Popen's arguments that run a program as the server's user, where we are root."""
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}


def _server_user() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return None


def _version(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in name.split(".") if part.isdigit())


def _compiled(program: Path) -> bool:
    try:
        with program.open("rb") as file:
            return file.read(len(ELF)) == ELF and os.access(program, os.X_OK)
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
