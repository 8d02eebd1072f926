"""Kill -9 under load, again and again: is any report lost or kept twice, any alert lost, any escalation late?

Real processes over real HTTP, as in `benchmarks.alerts`. Each round kills one of them at a random moment and starts it
again. Walkers' phones send what was not answered again, under the same id. Nobody acknowledges, and the city's service
level is a minute, so that escalations fall due all the time.
"""

import argparse
import asyncio
import itertools
import json
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from benchmarks.alert_city import AlertCity, Process, Running, Worker, make_city, prepare, running, sighting
from benchmarks.fcm_server import Taken, fcm_server
from benchmarks.results import versions
from config.database import connection, disconnect
from config.policy import Policy, dump, parse, read_policy, shipped
from config.settings import Settings, load
from notifications.models import Message
from patrol.alerts.models import Alert, Escalation, Recipient
from patrol.sightings.models import Sighting, SightingStep

OFFICERS, WALKERS = 94, 100
BETWEEN_S = (0.2, 2.0)
AGAIN_S = 0.3
PATIENCE_S = 120.0
SETTLE_S = 45.0
LATE = timedelta(seconds=5)


@dataclass(slots=True)
class Met:
    """What the load has met. `down`: from the worker's death until it was back at work."""

    answered: set[UUID] = field(default_factory=set)
    refused: Counter[int] = field(default_factory=Counter)
    unanswered: int = 0
    down: list[tuple[datetime, datetime]] = field(default_factory=list)


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=300, help="kills (300)")
    parser.add_argument("--rate", type=float, default=5.0, help="reports a second meanwhile (5)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments and the victims (1)")
    parser.add_argument("--database", metavar="URL", help="an empty database; else a SQLite file that is thrown away")
    parser.add_argument("--json", metavar="FILE", help="write the results there; - is stdout")
    given = parser.parse_args()
    if given.rounds < 1 or given.rate <= 0:
        parser.error("--rounds and --rate are above 0")
    with tempfile.TemporaryDirectory() as folder, fcm_server(latency_s=0.01) as firebase:
        settings = load({}, database_url=given.database or f"sqlite:///{folder}/crash.db", var=folder)
        prepare(settings)
        try:
            summary = measure(given, settings, firebase)
        finally:
            disconnect()
    text = json.dumps({"summary": summary, "versions": versions()}, indent=1)
    if given.json and given.json != "-":
        Path(given.json).write_text(f"{text}\n", encoding="utf-8")
    sys.stdout.write(f"{text if given.json == '-' else summary}\n")


def measure(given: argparse.Namespace, settings: Settings, firebase: Taken) -> dict[str, Any]:
    """Kill, settle, and compare what was answered with the tables and with what Firebase took."""
    city = make_city(officers=OFFICERS, walkers=WALKERS, policy=_impatient())
    with running(settings, api=2, streams=10, fcm_url=firebase.url) as product:
        met = asyncio.run(_load(product, city, rounds=given.rounds, rate=given.rate, seed=given.seed))
        taken = firebase.counts()
    return {"rounds": given.rounds, **_summary(met, taken)}


def _impatient() -> Policy:
    values = dump(read_policy(shipped("busan")))
    for levels in ("service_levels", "escalation"):
        values[levels]["immediate_min"] = 1
    return parse(values, source="the benchmark's policy")


async def _load(product: Running, city: AlertCity, *, rounds: int, rate: float, seed: int) -> Met:
    met, stopping = Met(), asyncio.Event()
    reporting = asyncio.create_task(_report(product, city, met, rate=rate, stopping=stopping))
    draw = random.Random(seed)  # noqa: S311 - the same moments each time
    victims: list[Process | Worker] = [*product.api, product.streams, product.worker]
    for _ in range(rounds):
        await asyncio.sleep(draw.uniform(*BETWEEN_S))
        await asyncio.to_thread(_kill, draw.choice(victims), met)
    stopping.set()
    await reporting
    await asyncio.sleep(SETTLE_S)
    return met


def _kill(victim: Process | Worker, met: Met) -> None:
    died = datetime.now(UTC)
    victim.kill()
    victim.start()
    victim.wait()
    if isinstance(victim, Worker):
        met.down.append((died, datetime.now(UTC)))


async def _report(product: Running, city: AlertCity, met: Met, *, rate: float, stopping: asyncio.Event) -> None:
    sending: set[asyncio.Task[None]] = set()
    draw, tokens = random.Random(2), itertools.cycle(city.walkers)  # noqa: S311 - the same places each time
    while not stopping.is_set():
        await asyncio.sleep(1 / rate)
        task = asyncio.create_task(_insist(product, next(tokens), draw.choice(city.places), met))
        sending.add(task)
        task.add_done_callback(sending.discard)
    await asyncio.gather(*sending)


async def _insist(product: Running, token: str, place: tuple[float, float], met: Met) -> None:
    """One report, sent again until somebody answers, as a phone does."""
    name, until = uuid4(), time.monotonic() + PATIENCE_S
    body = sighting(place, at=datetime.now(UTC), text=f"benchmark {name}")
    for api in itertools.cycle(product.api):
        try:
            status = await asyncio.wait_for(_put(api.port or 0, name, token, body), timeout=15)
        except (OSError, ValueError, IndexError, TimeoutError, asyncio.IncompleteReadError):
            status = 503
        if status in (200, 201):
            met.answered.add(name)
            return
        if status < 500:
            met.refused[status] += 1
            return
        if time.monotonic() > until:
            met.unanswered += 1
            return
        await asyncio.sleep(AGAIN_S)


async def _put(port: int, name: UUID, token: str, body: bytes) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        lines = (
            f"PUT /api/v1/sightings/{name} HTTP/1.1",
            f"Host: 127.0.0.1:{port}",
            f"Authorization: Bearer {token}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            "Connection: close",
            "",
            "",
        )
        writer.write("\r\n".join(lines).encode() + body)
        status = int((await reader.readline()).split()[1])
        await reader.read()
    finally:
        writer.close()
    return status


def _summary(met: Met, taken: Counter[tuple[str, str]]) -> dict[str, Any]:
    with connection():
        kept = Counter(row.id for row in Sighting.select(Sighting.id))
        reports = Counter(row.sighting_id for row in SightingStep.select().where(SightingStep.action == "report"))
        due = {
            (row.alert.subject, row.person_id)
            for row in Recipient.select(Recipient.person, Recipient.rung, Alert.subject).join(Alert)
            if row.rung == 0
        }
        told = Counter((row.subject, row.person) for row in Message.select().where(Message.kind == "sighting"))
        names = {row.id: (row.subject, row.person) for row in Message.select().where(Message.kind == "sighting")}
        late = [row for row in Escalation.select() if _late(row.due_at, row.at, met.down)]
        escalations = Escalation.select().count()
    pushed = {names[UUID(name)] for _, name in taken if UUID(name) in names}
    return {
        "sent": len(met.answered),
        "refused": sum(met.refused.values()),
        "unanswered": met.unanswered,
        "lost": len(met.answered - kept.keys()),
        "doubled": sum(count > 1 for count in reports.values()) + sum(count > 1 for count in told.values()),
        "alerts_due": len(due),
        "alerts_lost": len(due - pushed),
        "pushed_again": sum(taken.values()) - len(taken),
        "escalations": escalations,
        "late_escalations": len(late),
    }


def _late(due: datetime, at: datetime, down: list[tuple[datetime, datetime]]) -> bool:
    """More than LATE after it was due; while the worker was down, after it was back."""
    for died, back in sorted(down):
        if died <= due + LATE and due < back:
            due = back
    return at > due + LATE


if __name__ == "__main__":
    main()
