"""A server that speaks FCM v1, in a process of its own: takes every push after a while, and says what it took.

With it the real SDK's channel to that server, and phones that are reached over it.
"""

import asyncio
import json
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any
from uuid import UUID, uuid4

from google.oauth2.credentials import Credentials
from peewee import chunked

from notifications.channels.fcm import Fcm
from notifications.devices import digest
from notifications.models import Device

FID = "fid-"
"""A phone's registration is this and its holder."""
AT_ONCE = 500
"""Rows of one statement."""
ANSWER = b'{"name": "projects/sample/messages/1"}'
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class Taken:
    """The running server. `url` is where it listens."""

    def __init__(self, url: str, pid: int, line: Connection) -> None:
        """Made by `fcm_server`."""
        self.url, self.pid, self._line = url, pid, line

    def counts(self) -> Counter[tuple[str, str]]:
        """(device, id) → how often it was taken, since the start."""
        return Counter(self._ask("counts"))

    def times(self) -> dict[tuple[str, str], float]:
        """(device, id) → when it was first taken, by the machine's monotonic clock, s."""
        return dict(self._ask("times"))

    def _ask(self, what: str) -> Any:
        self._line.send(what)
        return dict(self._line.recv())


def channel_to(url: str) -> Fcm:
    """The real SDK's channel, to a server at `url`."""
    token = Credentials(token="sample")  # type: ignore[no-untyped-call]  # noqa: S106 - no secret; google.auth ships few types
    return Fcm(token, clock=lambda: datetime.now(UTC), url=url)


def give_phones(city: UUID, people: Iterable[UUID], *, now: datetime) -> None:
    """A phone for each person, in the caller's transaction."""
    rows = [
        {
            "id": uuid4(),
            "city": city,
            "person": person,
            "kind": "fcm_fid",
            "address": f"{FID}{person}",
            "address_sha256": digest(f"{FID}{person}"),
            "language": "ko",
            "created_at": now,
            "registered_at": now,
        }
        for person in people
    ]
    for chunk in chunked(rows, AT_ONCE):
        Device.insert_many(chunk).execute()


@contextmanager
def fcm_server(*, latency_s: float) -> Iterator[Taken]:
    """A server that takes each push `latency_s` after it came."""
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there, latency_s), daemon=True)
    process.start()
    try:
        yield Taken(f"http://127.0.0.1:{here.recv()}", process.pid or 0, here)
    finally:
        process.terminate()
        process.join()


def _serve(line: Connection, latency_s: float) -> None:
    asyncio.run(_listen(line, latency_s))


async def _listen(line: Connection, latency_s: float) -> None:
    taken: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], float] = {}

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                found = LENGTH.search(head)
                message = json.loads(await reader.readexactly(int(found.group(1)) if found else 0))["message"]
                await asyncio.sleep(latency_s)
                key = message.get("fid") or message["token"], message["data"]["id"]
                taken[key] += 1
                first.setdefault(key, time.monotonic())
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(ANSWER), ANSWER))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, backlog=256)
    line.send(server.sockets[0].getsockname()[1])
    loop = asyncio.get_running_loop()
    asked: Any = asyncio.Event()
    loop.add_reader(line.fileno(), asked.set)
    while True:
        await asked.wait()
        asked.clear()
        line.send(list((taken if line.recv() == "counts" else first).items()))
