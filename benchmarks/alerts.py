"""From a walker's report to an officer's open page: how long, and whether any is lost.

Real processes over real HTTP: API processes that hold no stream, one that holds all of them, a worker with the real
Firebase SDK against a server that speaks FCM v1. Officers are spread over Busan's 94 boxes. Every time is from the
sending of the report, so that waiting in front of the server counts.
"""

import argparse
import asyncio
import itertools
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from typing import Any
from uuid import UUID, uuid4

from benchmarks.alert_city import AlertCity, Running, make_city, prepare, running, sighting
from benchmarks.cpu import Computed
from benchmarks.fcm_server import Taken, fcm_server
from benchmarks.results import versions
from config.database import connection, disconnect
from config.settings import Settings, load
from notifications.models import Message
from patrol.alerts.models import Alert, Recipient

WALKERS = 200
SETTLE_S = 8.0
CONNECTIONS = 32
OPEN_AT_ONCE = 20


@dataclass(slots=True)
class Seen:
    """What the load has met. Times are seconds of the monotonic clock; `at` is by message, then officer."""

    sent: dict[UUID, float] = field(default_factory=dict)
    refused: Counter[int] = field(default_factory=Counter)
    streams_refused: int = 0
    at: dict[tuple[UUID, UUID], float] = field(default_factory=dict)
    doubled: int = 0
    cpu_s: dict[str, float] | None = None


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=30.0, help="of reports (30)")
    parser.add_argument("--rate", type=float, default=50.0, help="reports a second (50)")
    parser.add_argument("--streams", type=int, default=300, help="officers' open streams (300)")
    parser.add_argument("--api", type=int, default=2, help="API processes (2)")
    parser.add_argument("--database", metavar="URL", help="an empty database; else a SQLite file that is thrown away")
    parser.add_argument("--json", metavar="FILE", help="write the results there; - is stdout")
    given = parser.parse_args()
    if given.seconds <= 0 or given.rate <= 0 or given.streams < 1 or given.api < 1:
        parser.error("--seconds, --rate, --streams and --api are above 0")
    with tempfile.TemporaryDirectory() as folder, fcm_server(latency_s=0.03) as firebase:
        url = given.database or f"sqlite:///{folder}/alerts.db"
        settings = load({}, database_url=url, var=folder)
        prepare(settings)
        try:
            summary = measure(given, settings, firebase)
        finally:
            disconnect()
    text = json.dumps({"summary": summary, "versions": versions()}, indent=1)
    if given.json and given.json != "-":
        Path(given.json).write_text(f"{text}\n", encoding="utf-8")
    sys.stdout.write(f"{text if given.json == '-' else _line(summary)}\n")


def measure(given: argparse.Namespace, settings: Settings, firebase: Taken) -> dict[str, Any]:
    """Open the streams, send the reports, wait for what is still on its way, and compare with the tables."""
    city = make_city(officers=given.streams, walkers=WALKERS)
    with running(settings, api=given.api, streams=given.streams + 10, fcm_url=firebase.url) as product:
        processes = {
            "api": [each.pid for each in product.api],
            "streams": [product.streams.pid],
            "worker": [product.worker.pid],
            "firebase": [firebase.pid],
            "load": [os.getpid()],
        }
        seen = asyncio.run(_load(product, city, processes, seconds=given.seconds, rate=given.rate))
        pushed = firebase.times()
    return _summary(seen, pushed)


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
            key = (UUID(json.loads(line[5:])["message"]), person)
            seen.doubled += key in seen.at
            seen.at.setdefault(key, time.monotonic())


async def _report(product: Running, city: AlertCity, seen: Seen, *, seconds: float, rate: float) -> None:
    """Reports at even intervals, whether or not the ones before were answered."""
    idle: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter, int]] = asyncio.Queue()
    for number in range(CONNECTIONS):
        port = product.api[number % len(product.api)].port or 0
        idle.put_nowait((*await asyncio.open_connection("127.0.0.1", port), port))
    draw = random.Random(1)  # noqa: S311 - the same load each time
    tokens, began, sending = itertools.cycle(city.walkers), time.monotonic(), []
    for number in range(round(seconds * rate)):
        await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
        place = draw.choice(city.places)
        sending.append(asyncio.create_task(_put(idle, next(tokens), place, seen)))
    await asyncio.gather(*sending)


async def _put(idle: asyncio.Queue[Any], token: str, place: tuple[float, float], seen: Seen) -> None:
    name, at = uuid4(), time.monotonic()
    reader, writer, port = await idle.get()
    body = sighting(place, at=datetime.now(UTC), text=f"benchmark {name}")
    extra = f"Content-Type: application/json\r\nContent-Length: {len(body)}"
    writer.write(_head("PUT", f"/api/v1/sightings/{name}", port, token, extra) + body)
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
    await reader.readexactly(length)
    idle.put_nowait((reader, writer, port))
    status = int(head.split()[1])
    if status == 201:
        seen.sent[name] = at
    else:
        seen.refused[status] += 1


def _head(method: str, path: str, port: int, token: str, extra: str) -> bytes:
    lines = (f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Authorization: Bearer {token}", extra, "", "")
    return "\r\n".join(lines).encode()


def _summary(seen: Seen, pushed: dict[tuple[str, str], float]) -> dict[str, Any]:
    """Against the tables: whom each report had to reach, and which message says so."""
    with connection():
        due = {
            (row.alert.subject, row.person_id)
            for row in Recipient.select(Recipient.person, Alert.subject).join(Alert)
            if row.alert.subject in seen.sent
        }
        said = {row.id: (row.subject, row.person) for row in Message.select().where(Message.kind == "sighting")}
    came = {said[message]: at for (message, _), at in seen.at.items() if message in said}
    stream_ms = sorted(1000 * (at - seen.sent[who[0]]) for who, at in came.items() if who in due)
    taken = {said[UUID(name)]: at for (_, name), at in pushed.items() if UUID(name) in said}
    push_ms = sorted(1000 * (at - seen.sent[who[0]]) for who, at in taken.items() if who in due)
    return {
        "sent": len(seen.sent),
        "refused": sum(seen.refused.values()),
        "streams_refused": seen.streams_refused,
        "due": len(due),
        "seen": len(stream_ms),
        "lost": len(due) - len(stream_ms),
        "doubled": seen.doubled,
        **_percentiles("", stream_ms),
        "pushed": len(push_ms),
        **_percentiles("push_", push_ms),
        "cpu_s": seen.cpu_s,
    }


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
