"""Kill -9 under load, again and again: is any report lost or kept twice, any alert lost, any escalation late?

Real processes over real HTTP, as in `benchmarks.alerts`. Each round kills one of them at a random moment, with all that
belongs to it or what answers in it alone, and it is started again. Walkers' phones send what was not answered again,
under the same id. Nobody acknowledges, and the city's service level is a minute, so that escalations fall due all the
time. Late is one that came more than 5 s after it was due, or after the worker was back, or that has not come at all.
"""

import argparse
import asyncio
import itertools
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from benchmarks.alert_city import (
    AlertCity,
    Process,
    Running,
    Worker,
    asks_where,
    make_city,
    running,
    sighting,
    workplace,
)
from benchmarks.fcm_server import Taken
from benchmarks.results import versions, write
from config.database import connection
from config.settings import Settings
from notifications.models import Delivery, Message
from patrol.alerts.models import Alert, Escalation
from patrol.sightings.models import Sighting, SightingStep

OFFICERS, WALKERS = 94, 100
BETWEEN_S = (0.2, 2.0)
ALONE = 0.5
"""Of the kills of a process with a master, those that leave the master."""
AGAIN_S = 0.3
PATIENCE_S = 120.0
SETTLE_S = 45.0
LATE = timedelta(seconds=5)


@dataclass(slots=True)
class Met:
    """What the load has met. `answered`: report → where; `down`: from the worker's death until it was back at work.

    `ended`: until when it worked.
    """

    answered: dict[UUID, tuple[float, float]] = field(default_factory=dict)
    refused: Counter[int] = field(default_factory=Counter)
    unanswered: int = 0
    down: list[tuple[datetime, datetime]] = field(default_factory=list)
    ended: datetime = field(default_factory=lambda: datetime.now(UTC))


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=300, help="kills (300)")
    parser.add_argument("--rate", type=float, default=5.0, help="reports a second meanwhile (5)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments and the victims (1)")
    asks_where(parser)
    given = parser.parse_args()
    if given.rounds < 1 or given.rate <= 0:
        parser.error("--rounds and --rate are above 0")
    with workplace(given.database, latency_s=0.01) as (settings, firebase):
        summary = measure(given, settings, firebase)
    write({"summary": summary, "versions": versions()}, given.json)
    if given.json != "-":
        print(summary)


def measure(given: argparse.Namespace, settings: Settings, firebase: Taken) -> dict[str, Any]:
    """Kill, settle, and compare what was answered with the tables and with what Firebase took."""
    city = make_city(officers=OFFICERS, walkers=WALKERS, immediate_min=1)
    with running(settings, api=2, streams=10, fcm_url=firebase.url) as product:
        met = asyncio.run(_load(product, city, rounds=given.rounds, rate=given.rate, seed=given.seed))
        taken = firebase.counts()
    return {"rounds": given.rounds, **_summary(met, city, taken)}


async def _load(product: Running, city: AlertCity, *, rounds: int, rate: float, seed: int) -> Met:
    met, stopping = Met(), asyncio.Event()
    reporting = asyncio.create_task(_report(product, city, met, rate=rate, stopping=stopping))
    draw = random.Random(seed)  # noqa: S311 - the same moments each time
    victims: list[Process | Worker] = [*product.api, product.streams, product.worker]
    for _ in range(rounds):
        await asyncio.sleep(draw.uniform(*BETWEEN_S))
        await asyncio.to_thread(_kill, draw.choice(victims), met, alone=draw.random() < ALONE)
    stopping.set()
    await reporting
    stopped, until = datetime.now(UTC), time.monotonic() + PATIENCE_S
    await asyncio.sleep(SETTLE_S)
    while _on_its_way(stopped) and time.monotonic() < until:  # noqa: ASYNC110 - other processes' work, seen in tables
        await asyncio.sleep(1.0)
    met.ended = datetime.now(UTC)
    return met


def _on_its_way(stopped: datetime) -> bool:
    """Whether something told of by then is still to be pushed: a busy machine takes longer than SETTLE_S."""
    with connection():
        waits = (Delivery.state == "pending") & (Message.created_at <= stopped)
        return bool(Delivery.select().join(Message).where(waits).exists())


def _kill(victim: Process | Worker, met: Met, *, alone: bool) -> None:
    died = datetime.now(UTC)
    if alone and isinstance(victim, Process):
        victim.kill_answering()
    else:
        victim.kill()
        victim.start()
    victim.wait()
    if isinstance(victim, Worker):
        met.down.append((died, datetime.now(UTC)))


async def _report(product: Running, city: AlertCity, met: Met, *, rate: float, stopping: asyncio.Event) -> None:
    sending: set[asyncio.Task[None]] = set()
    draw, tokens = random.Random(2), itertools.cycle(city.walkers)  # noqa: S311 - the same places each time
    places = list(city.places)
    while not stopping.is_set():
        await asyncio.sleep(1 / rate)
        task = asyncio.create_task(_insist(product, next(tokens), draw.choice(places), met))
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
            met.answered[name] = place
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


def _summary(met: Met, city: AlertCity, taken: Counter[tuple[str, str]]) -> dict[str, Any]:
    """Against what was answered and whom it had to reach; a reminder says the same to the same once more."""
    with connection():
        kept = {row.id for row in Sighting.select(Sighting.id)}
        reports = Counter(row.sighting_id for row in SightingStep.select().where(SightingStep.action == "report"))
        messages = Message.select().where(Message.kind == "sighting")
        names = {row.id: (row.subject, row.person) for row in messages if row.subject}
        passed_on = list(Escalation.select(Escalation, Alert.id, Alert.subject).join(Alert))
        waiting = list(Alert.select().where((Alert.state == "open") & (Alert.escalate_at < met.ended - LATE)))
    due = {(name, officer) for name, place in met.answered.items() for officer in city.places[place]}
    reminders = Counter(row.alert.subject for row in passed_on if row.again)
    told = Counter(names.values())
    pushed = {names[UUID(name)] for _, name in taken if UUID(name) in names}
    late = [row for row in passed_on if _late(row.due_at, row.at, met.down)]
    return {
        "sent": len(met.answered),
        "refused": sum(met.refused.values()),
        "unanswered": met.unanswered,
        "lost": len(met.answered.keys() - kept),
        "doubled": sum(count > 1 for count in reports.values())
        + sum(count > 1 + reminders[subject] for (subject, _), count in told.items()),
        "alerts_due": len(due),
        "alerts_lost": len(due - pushed),
        "pushed_again": sum(taken.values()) - len(taken),
        "escalations": len(passed_on),
        "late_escalations": len(late) + len(waiting),
    }


def _late(due: datetime, at: datetime, down: list[tuple[datetime, datetime]]) -> bool:
    """More than LATE after it was due; while the worker was down, after it was back."""
    for died, back in sorted(down):
        if died <= due + LATE and due < back:
            due = back
    return at > due + LATE


if __name__ == "__main__":
    main()
