"""A city under load: Busan's 94 police boxes with officers who watch, walkers who report, the product's processes."""

import argparse
import json
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from benchmarks.cpu import children_of
from benchmarks.fcm_server import Taken, channel_to, fcm_server, give_phones
from config import log
from config.database import connect, connection, disconnect, transaction
from config.migrating import migrate
from config.policy import Policy, dump, parse, read_policy, shipped
from config.settings import Settings, load
from patrol import jobs
from patrol.people.models import Person, Role
from patrol.people.operations import consents
from patrol.people.operations.sessions import Lifetimes, open_session
from patrol.places.models import City, PoliceBox
from patrol.places.operations.boxes import import_boxes
from patrol.places.operations.cities import add_city, changing_places, policy_of
from patrol.places.operations.districts import import_districts

ROOT = Path(__file__).parents[1]
BUSAN = ROOT / "data" / "busan"
BOXES, DISTRICTS = BUSAN / "police_boxes" / "police_boxes.csv", BUSAN / "districts" / "districts.geojson"
HALF_DEG = 0.001
DAY = timedelta(days=1)
LASTS = Lifetimes(unseen=DAY, staff_page=DAY, most=DAY)
READY_WITHIN_S = 60.0
END_WITHIN_S = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertCity:
    """Who takes part. `officers` and `walkers` are tokens.

    `places` are [lon, lat], each in the jurisdiction of a box that has officers: those who must learn of it.
    """

    officers: dict[UUID, str]
    walkers: list[str]
    places: dict[tuple[float, float], frozenset[UUID]]


def make_city(*, officers: int, walkers: int, immediate_min: int) -> AlertCity:
    """Fill a migrated, empty database: officers in turn over the boxes, each with a phone that Firebase reaches.

    What is Immediate is passed on after `immediate_min` minutes, and again after as many.
    """
    now = datetime.now(UTC)
    with connection(), transaction():
        city = add_city("Busan", timezone="Asia/Seoul", policy=_policy(immediate_min), now=now)
        import_boxes(city, BOXES, now=now)
        import_districts(city, DISTRICTS, effects=(), now=now)
        boxes = list(PoliceBox.select().where(PoliceBox.city == city).order_by(PoliceBox.name, PoliceBox.station))
        with changing_places(city):
            for box in boxes:
                PoliceBox.update(jurisdiction=_square(box.lon, box.lat)).where(PoliceBox.id == box.id).execute()
        watching, places = {}, defaultdict(set)
        for number in range(officers):
            box = boxes[number % len(boxes)]
            person = _person(city, "officer", number, now=now, box=box)
            watching[person.id] = _token(person, now=now)
            places[box.lon, box.lat].add(person.id)
        give_phones(city.id, watching, now=now)
        reporting = [_walker(city, number, now=now) for number in range(walkers)]
    known = {place: frozenset(people) for place, people in places.items()}
    return AlertCity(officers=watching, walkers=reporting, places=known)


def _policy(immediate_min: int) -> Policy:
    values = dump(read_policy(shipped("busan")))
    for levels in ("service_levels", "escalation"):
        values[levels]["immediate_min"] = immediate_min
    return parse(values, source="the benchmark's policy")


def _square(lon: float, lat: float) -> dict[str, Any]:
    west, south, east, north = lon - HALF_DEG, lat - HALF_DEG, lon + HALF_DEG, lat + HALF_DEG
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _person(city: City, role: str, number: int, *, now: datetime, box: PoliceBox | None = None) -> Person:
    person: Person = Person.create(
        city=city, name=f"Sample {role} {number:03}", email=f"sample-{role}-{number}@example.org", created_at=now
    )
    Role.create(city=city, person=person, role=role, box=box, created_at=now)
    return person


def _walker(city: City, number: int, *, now: datetime) -> str:
    person = _person(city, "walker", number, now=now)
    for kind in ("service", "location"):
        consents.give(person, kind, policy=policy_of(city), now=now)
    return _token(person, now=now)


def _token(person: Person, *, now: datetime) -> str:
    return open_session(person, stage="full", device="benchmark", channel="device", lasting=LASTS, now=now).token


class Process:
    """One of the product's processes, as a person starts it: gunicorn's master and the one that answers.

    `kill` is kill -9 of both, `kill_answering` of the latter alone, which the former replaces; `start` starts it again.
    """

    def __init__(self, *words: str, environment: Mapping[str, str], port: int | None = None) -> None:
        """`words` go to app.py; nothing is started yet."""
        self._words, self._environment, self.port = words, {**os.environ, **environment}, port
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; `wait` says when it answers."""
        self._running = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, str(ROOT / "app.py"), *self._words, "--parent", str(os.getpid())],
            env={**self._environment, **({"PATROL_PORT": str(self.port)} if self.port else {})},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            process_group=0,
        )

    def wait(self) -> None:
        """Until it answers over HTTP. Raises RuntimeError when it does not."""
        until = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/stream", timeout=2)
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"app.py {' '.join(self._words)} does not answer")

    @property
    def pid(self) -> int:
        """Of the process that was started last."""
        assert self._running is not None  # noqa: S101 - asked between start and end
        return self._running.pid

    def kill(self) -> None:
        """As power does."""
        if self._running is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._running.pid, signal.SIGKILL)
            self._running.wait()

    def kill_answering(self) -> None:
        """As the system does with one that takes too much memory. Where children cannot be listed, kill both."""
        children = children_of(self.pid)
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        if not children:
            self.kill()
            self.start()

    def end(self) -> None:
        """In its own time first."""
        if self._running is None:
            return
        self._running.terminate()
        try:
            self._running.wait(END_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.kill()


class Worker:
    """A worker in a process of its own, with the real relay and the real SDK, whose Firebase is at `fcm_url`."""

    def __init__(self, database_url: str, var: Path, fcm_url: str) -> None:
        """Nothing is started yet."""
        self._context = multiprocessing.get_context("spawn")
        self._given = database_url, str(var), fcm_url
        self._process: Any = None
        self._ready: Any = None

    def start(self) -> None:
        """Start it; `wait` says when its jobs run."""
        self._ready = self._context.Event()
        self._process = self._context.Process(target=_work, args=(*self._given, self._ready), daemon=True)
        self._process.start()

    def wait(self) -> None:
        """Until its jobs run. Raises RuntimeError when they do not."""
        if not self._ready.wait(READY_WITHIN_S):
            raise RuntimeError("the worker does not come to work")

    @property
    def pid(self) -> int:
        """Of the process that was started last."""
        return int(self._process.pid)

    def kill(self) -> None:
        """As power does."""
        self._process.kill()
        self._process.join()

    def end(self) -> None:
        """Nothing it does is lost by ending at once."""
        self.kill()


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The product's processes."""

    api: list[Process]
    streams: Process
    worker: Worker


@contextmanager
def running(settings: Settings, *, api: int, streams: int, fcm_url: str) -> Iterator[Running]:
    """`api` processes that hold no stream, one that holds `streams`, and a worker that pushes to `fcm_url`."""
    common = {"PATROL_DATABASE_URL": settings.database_url, "PATROL_VAR": str(settings.var), "PATROL_STREAMS": "0"}
    with ExitStack() as open_:
        members = [Process("serve", "--no-worker", environment=common, port=free_port()) for _ in range(api)]
        streaming = Process("serve", "--streams", str(streams), environment=common, port=free_port())
        working = Worker(settings.database_url, settings.var, fcm_url)
        everybody: list[Process | Worker] = [*members, streaming, working]
        for member in everybody:
            member.start()
            open_.callback(member.end)
        for member in everybody:
            member.wait()
        yield Running(api=members, streams=streaming, worker=working)


def _work(database_url: str, var: str, fcm_url: str, ready: Any) -> None:
    settings = load({}, database_url=database_url, var=var)
    log.configure(level=settings.log_level, form=settings.log_format)
    connect(database_url)
    channels, holder = [channel_to(fcm_url)], f"benchmark:{os.getpid()}"
    scheduler = jobs.scheduler(holder=holder, clock=_now, channels=channels, settings=settings)
    scheduler.start()
    ready.set()
    threading.Event().wait()


def _now() -> datetime:
    return datetime.now(UTC)


def asks_where(parser: argparse.ArgumentParser) -> None:
    """The arguments that every benchmark of alerts takes: where it works, and where its results go."""
    parser.add_argument("--database", metavar="URL", help="an empty database; else a SQLite file that is thrown away")
    parser.add_argument("--json", metavar="FILE", help="write the results there; - is stdout")


@contextmanager
def workplace(database: str | None, *, latency_s: float) -> Iterator[tuple[Settings, Taken]]:
    """A migrated database, connected, and a server that speaks FCM and takes each push after `latency_s`.

    Raises SystemExit when the database is not empty: nothing of a city's own is touched.
    """
    with tempfile.TemporaryDirectory() as folder, fcm_server(latency_s=latency_s) as firebase:
        settings = load({}, database_url=database or f"sqlite:///{folder}/benchmark.db", var=folder)
        connect(settings.database_url)
        try:
            migrate()
            with connection():
                taken = City.select().exists()
            if taken:
                sys.exit("The benchmark needs an empty database: this one has a city.")
            yield settings, firebase
        finally:
            disconnect()


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def sighting(place: tuple[float, float], *, at: datetime, text: str) -> bytes:
    """The body of a report of somebody asleep on the road, which no phone bundles or keeps for the morning."""
    content = {"kind": "E3", "text": text, "lon": place[0], "lat": place[1], "seen_at": at.isoformat()}
    return json.dumps(content).encode()
