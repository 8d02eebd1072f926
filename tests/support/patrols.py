"""A patrol told through the API: reports, walks and positions as phones send them."""

import io
import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask.testing import FlaskClient
from PIL import Image

from notifications.models import Event, Message
from patrol.alerts.operations.reading import recipients
from patrol.people.models import Person
from patrol.shifts.models import Shift
from tests.support.factories import LAT, LON, NOW, bearer

API = "/api/v1"


def seen(**given: Any) -> dict[str, Any]:
    """What a phone sends of something suspicious at the crossing."""
    return {"kind": "P1", "text": "A door stands open.", "lon": LON, "lat": LAT, "seen_at": NOW.isoformat(), **given}


def report(client: FlaskClient, walker: Person, sighting: UUID | None = None, **given: Any) -> Any:
    """The answer to a sighting that is sent."""
    return client.put(f"{API}/sightings/{sighting or uuid4()}", json=seen(**given), headers=bearer(walker))


def reported(client: FlaskClient, walker: Person, **given: Any) -> str:
    """Id of a sighting that arrived."""
    answer = report(client, walker, **given)
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def a_photo(width: int = 64, height: int = 48, form: str = "JPEG", **written: Any) -> bytes:
    """An image file; `written` goes to Pillow."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(file, form, **written)
    return file.getvalue()


def attach(
    client: FlaskClient, walker: Person, sighting: str, photo: UUID | None = None, *, raw: bytes = b"", said: str = ""
) -> Any:
    """The answer to a photo that is sent, by default a small JPEG."""
    path = f"{API}/sightings/{sighting}/photos/{photo or uuid4()}"
    return client.put(path, data=raw or a_photo(), content_type=said or "image/jpeg", headers=bearer(walker))


def attached(client: FlaskClient, walker: Person, sighting: str) -> str:
    """Id of a photo that arrived."""
    answer = attach(client, walker, sighting)
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def act(client: FlaskClient, person: Person, sighting: str, action: str, **content: Any) -> Any:
    """The answer to an action on a sighting."""
    return client.post(f"{API}/sightings/{sighting}/{action}", json=content or None, headers=bearer(person))


def ask(client: FlaskClient, person: Person, path: str) -> Any:
    """The answer to a GET below /api/v1."""
    return client.get(API + path, headers=bearer(person))


def listed(client: FlaskClient, person: Person, query: str = "") -> list[str]:
    """Ids in a person's list of sightings, in order."""
    return [item["id"] for item in ask(client, person, f"/sightings{query}").json["items"]]


def told(sighting: str) -> list[UUID]:
    """Whom a sighting's alert was sent to."""
    return recipients(UUID(sighting))


def why(client: FlaskClient, person: Person, sighting: str) -> tuple[str, str]:
    """Where a sighting went, and why there."""
    shown = ask(client, person, f"/sightings/{sighting}").json
    return shown["routed_to"], shown["routed_why"]["because"]


def passed_over(client: FlaskClient, person: Person, sighting: str) -> list[str]:
    """Why each step before the one taken was none."""
    return [step["because"] for step in ask(client, person, f"/sightings/{sighting}").json["routed_why"]["passed"]]


def start(client: FlaskClient, shift: Shift, walk: UUID | None = None, **given: Any) -> Any:
    """The answer to a walk that starts now."""
    content = {"shift": str(shift.id), "started_at": NOW.isoformat(), "leash_attested": True, **given}
    return client.put(f"{API}/walks/{walk or uuid4()}", json=content, headers=bearer(shift.team.handler))


def started(client: FlaskClient, shift: Shift) -> str:
    """Id of a walk that has started."""
    answer = start(client, shift)
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def north(
    *, since: datetime = NOW, steps: int = 11, step_m: float = 8.9, every_s: float = 10.0
) -> list[dict[str, Any]]:
    """Positions northward from the crossing: by default 89 m in 100 seconds, over the block of the factories."""
    degrees = step_m / 111_194.9
    return [
        {
            "at": (since + timedelta(seconds=every_s * n)).isoformat(),
            "lon": LON,
            "lat": LAT + degrees * n,
            "accuracy_m": 5.0,
        }
        for n in range(steps)
    ]


def send(client: FlaskClient, walker: Person, walk: str, positions: list[Any], batch: UUID | None = None) -> Any:
    """The answer to a batch of positions."""
    path = f"{API}/walks/{walk}/positions/{batch or uuid4()}"
    return client.put(path, json={"positions": positions}, headers=bearer(walker))


def go(client: FlaskClient, walker: Person, walk: str, action: str, **content: Any) -> Any:
    """The answer to pause, resume or end."""
    return client.post(f"{API}/walks/{walk}/{action}", json=content, headers=bearer(walker))


def inbox(person: Person) -> list[Message]:
    """A person's messages, oldest first."""
    return list(Message.select().where(Message.person == person.id).order_by(Message.created_at, Message.id))


def stream(person: Person, kind: str) -> list[dict[str, Any]]:
    """What the live stream told a person, of one kind, in order."""
    rows = Event.select().where((Event.person == person.id) & (Event.kind == kind)).order_by(Event.seq)
    return [row.content for row in rows]


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """The answers to calls that threads make at the same moment."""
    gate = threading.Barrier(len(calls))
    answers: list[Any] = [None] * len(calls)

    def run(number: int, call: Callable[[], Any]) -> None:
        gate.wait()
        answers[number] = call()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def texts_in(content: Any) -> Iterable[str]:
    """Every value in an answer, however deep, as text."""
    if isinstance(content, dict):
        for inner in content.values():
            yield from texts_in(inner)
    elif isinstance(content, list):
        for inner in content:
            yield from texts_in(inner)
    else:
        yield str(content)
