"""From a walker's report to an officer's open page: how long, and whether any is lost.

Real processes over real HTTP: API processes that hold no stream, one that holds all of them, a worker with the real
Firebase SDK against a server that speaks FCM v1. Officers are spread over Busan's 94 boxes. Every time is from the
instant at which the report was to be sent, so that waiting in front of the server counts, and the report's own time.
Lost is what an officer of the place's box has not seen, doubled what one saw more than once or that was none of theirs.
"""

import argparse
import asyncio
import itertools
import json
import os
import random
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import quantiles
from typing import Any
from uuid import UUID, uuid4

from benchmarks.alert_city import AlertCity, Running, asks_where, make_city, running, sighting, workplace
from benchmarks.cpu import Computed
from benchmarks.fcm_server import FID, Taken
from benchmarks.results import versions, write
from config.database import connection
from config.settings import Settings
from notifications.models import Message

Place = tuple[float, float]
Who = tuple[UUID, UUID]
"""A report, and somebody who must learn of it."""

WALKERS = 200
LONG_MIN = 600
"""Nothing is passed on meanwhile for want of an answer: who sees what is due to the reports alone."""
SETTLE_S = 8.0
"""Nothing more has come for so long: nothing more will."""
CONNECTIONS = 32
OPEN_AT_ONCE = 20


@dataclass(slots=True)
class Seen:
    """What the load has met. Times are seconds of the monotonic clock.

    `sent`: report → when, and where; `shown`: each message on a stream as (message, officer, when).
    """

    sent: dict[UUID, tuple[float, Place]] = field(default_factory=dict)
    refused: Counter[int] = field(default_factory=Counter)
    streams_refused: int = 0
    shown: list[tuple[UUID, UUID, float]] = field(default_factory=list)
    cpu_s: dict[str, float] | None = None


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=30.0, help="of reports (30)")
    parser.add_argument("--rate", type=float, default=50.0, help="reports a second (50)")
    parser.add_argument("--streams", type=int, default=300, help="officers' open streams (300)")
    parser.add_argument("--api", type=int, default=2, help="API processes (2)")
    asks_where(parser)
    given = parser.parse_args()
    if given.seconds <= 0 or given.rate <= 0 or given.streams < 1 or given.api < 1:
        parser.error("--seconds, --rate, --streams and --api are above 0")
    with workplace(given.database, latency_s=0.03) as (settings, firebase):
        summary = measure(given, settings, firebase)
    write({"summary": summary, "versions": versions()}, given.json)
    if given.json != "-":
        print(_line(summary))


def measure(given: argparse.Namespace, settings: Settings, firebase: Taken) -> dict[str, Any]:
    """Open the streams, send the reports, wait for what is still on its way, and compare with the tables."""
    city = make_city(officers=given.streams, walkers=WALKERS, immediate_min=LONG_MIN)
    with running(settings, api=given.api, streams=given.streams + 10, fcm_url=firebase.url) as product:
        processes = {
            "api": [each.pid for each in product.api],
            "streams": [product.streams.pid],
            "worker": [product.worker.pid],
            "firebase": [firebase.pid],
            "load": [os.getpid()],
        }
        seen = asyncio.run(_load(product, city, processes, seconds=given.seconds, rate=given.rate))
        taken, times = firebase.counts(), firebase.times()
    return compared(seen, city, taken, times)


async def _load(
    product: Running, city: AlertCity, processes: dict[str, list[int]], *, seconds: float, rate: float
) -> Seen:
    seen = Seen()
    gate, opened = asyncio.Semaphore(OPEN_AT_ONCE), asyncio.Barrier(len(city.officers) + 1)
    watching = [
        asyncio.create_task(_watch(person, token, port=product.streams.port or 0, seen=seen, gate=gate, opened=opened))
        for person, token in city.officers.items()
    ]
    await opened.wait()
    computed = Computed(processes)
    await _report(product, city, seen, seconds=seconds, rate=rate)
    seen.cpu_s = computed.since()
    known = -1
    while known < len(seen.shown):
        known = len(seen.shown)
        await asyncio.sleep(SETTLE_S)
    for task in watching:
        task.cancel()
    await asyncio.gather(*watching, return_exceptions=True)
    return seen


async def _watch(
    person: UUID, token: str, *, port: int, seen: Seen, gate: asyncio.Semaphore, opened: asyncio.Barrier
) -> None:
    """One officer's stream: notes when each message came."""
    async with gate:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(_head("GET", "/api/v1/stream", port, token, "Accept: text/event-stream"))
        status = int((await reader.readline()).split()[1])
        began = status == 200
        while began and not (await reader.readline()).startswith(b"id:"):
            pass
    seen.streams_refused += not began
    await opened.wait()
    while began:
        line = await reader.readline()
        if not line:
            return
        if line.startswith(b"data:") and b'"message"' in line:
            seen.shown.append((UUID(json.loads(line[5:])["message"]), person, time.monotonic()))


async def _report(product: Running, city: AlertCity, seen: Seen, *, seconds: float, rate: float) -> None:
    """Reports at even intervals, whether or not the ones before were answered."""
    idle: asyncio.Queue[_Line] = asyncio.Queue()
    for number in range(CONNECTIONS):
        idle.put_nowait(_Line(product.api[number % len(product.api)].port or 0))
    draw, places = random.Random(1), list(city.places)  # noqa: S311 - the same load each time
    tokens, began, sending = itertools.cycle(city.walkers), time.monotonic(), []
    for number in range(round(seconds * rate)):
        at = began + number / rate
        await asyncio.sleep(max(0.0, at - time.monotonic()))
        sending.append(asyncio.create_task(_put(idle, next(tokens), draw.choice(places), seen, at=at)))
    await asyncio.gather(*sending)


async def _put(idle: asyncio.Queue["_Line"], token: str, place: Place, seen: Seen, *, at: float) -> None:
    name = uuid4()
    body = sighting(place, at=datetime.now(UTC), text=f"benchmark {name}")
    line = await idle.get()
    try:
        status = await line.put(f"/api/v1/sightings/{name}", token, body)
    finally:
        idle.put_nowait(line)
    if status in (200, 201):
        seen.sent[name] = at, place
    else:
        seen.refused[status] += 1


class _Line:
    """A connection to an API process that is used again; the server may have closed it, as nothing came for long."""

    def __init__(self, port: int) -> None:
        """Opened when it is first needed."""
        self._port = port
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def put(self, path: str, token: str, body: bytes) -> int:
        """The status of the answer: of the second try, where the connection ended at the first."""
        if self._open is not None:
            with suppress(OSError, asyncio.IncompleteReadError):
                return await self._ask(*self._open, path, token, body)
        self._open = await asyncio.open_connection("127.0.0.1", self._port)
        return await self._ask(*self._open, path, token, body)

    async def _ask(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str, token: str, body: bytes
    ) -> int:
        extra = f"Content-Type: application/json\r\nContent-Length: {len(body)}"
        writer.write(_head("PUT", path, self._port, token, extra) + body)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        await reader.readexactly(length)
        return int(head.split()[1])


def _head(method: str, path: str, port: int, token: str, extra: str) -> bytes:
    lines = (f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Authorization: Bearer {token}", extra, "", "")
    return "\r\n".join(lines).encode()


def compared(
    seen: Seen, city: AlertCity, taken: Counter[tuple[str, str]], times: dict[tuple[str, str], float]
) -> dict[str, Any]:
    """Against whom each report had to reach; the tables say only which message is about which."""
    with connection():
        told = Message.select().where(Message.kind == "sighting")
        about: dict[str, Who] = {str(row.id): (row.subject, row.person) for row in told if row.subject}
    due = {(name, officer): at for name, (at, place) in seen.sent.items() for officer in city.places[place]}
    streamed = _first([(about.get(str(message)), officer, at) for message, officer, at in seen.shown])
    pushed = _first([(about.get(name), UUID(device.removeprefix(FID)), at) for (device, name), at in times.items()])
    stream_ms = [1000 * (streamed[who] - at) for who, at in due.items() if who in streamed]
    push_ms = [1000 * (pushed[who] - at) for who, at in due.items() if who in pushed]
    return {
        "sent": len(seen.sent),
        "refused": sum(seen.refused.values()),
        "streams_refused": seen.streams_refused,
        "due": len(due),
        "seen": len(stream_ms),
        "lost": len(due) - len(stream_ms),
        "doubled": _of_sent(seen, about, [str(message) for message, _, _ in seen.shown]) - len(stream_ms),
        **_percentiles("", stream_ms),
        "pushed": len(push_ms),
        "pushed_again": _of_sent(seen, about, [name for _, name in taken.elements()]) - len(push_ms),
        **_percentiles("push_", push_ms),
        "cpu_s": seen.cpu_s,
    }


def _first(met: list[tuple[Who | None, UUID, float]]) -> dict[Who, float]:
    """When each report first met each officer that its message is for."""
    found: dict[Who, float] = {}
    for who, officer, at in met:
        if who is not None and who[1] == officer:
            found[who] = min(at, found.get(who, at))
    return found


def _of_sent(seen: Seen, about: dict[str, Who], messages: list[str]) -> int:
    """How many of these are about reports that were accepted."""
    return sum(message in about and about[message][0] in seen.sent for message in messages)


def _percentiles(prefix: str, values: list[float]) -> dict[str, float | None]:
    if len(values) < 2:
        return {f"{prefix}p{percent}_ms": None for percent in (50, 95, 99)}
    cuts = quantiles(values, n=100, method="inclusive")
    return {f"{prefix}p{percent}_ms": round(cuts[percent - 1], 1) for percent in (50, 95, 99)}


def _line(summary: dict[str, Any]) -> str:
    return (
        f"{summary['sent']:,} reports, {summary['seen']:,} of {summary['due']:,} seen on streams; "
        f"p50 {summary['p50_ms']}, p95 {summary['p95_ms']}, p99 {summary['p99_ms']} ms; "
        f"pushes p95 {summary['push_p95_ms']} ms; refused {summary['refused']} reports and "
        f"{summary['streams_refused']} streams, doubled {summary['doubled']}"
    )


if __name__ == "__main__":
    main()
