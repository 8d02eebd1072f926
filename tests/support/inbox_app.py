"""The inbox's endpoints alone, with sign-in in a dictionary, and a reader of its stream."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import requests
from flask import Flask

from config.clock import utc_now
from config.settings import load
from patrol.http.api import install
from patrol.http.caller import Caller
from patrol.inbox.operations.streams import Streams
from patrol.inbox.views import blueprint
from tests.support.messages import CITY
from tests.support.patience import PATIENCE_S


class Sessions:
    """Tokens that stand. `sign_in` gives one; `revoke` takes it back."""

    def __init__(self) -> None:
        self.callers: dict[str, Caller] = {}

    def sign_in(self, person: UUID, *, language: str = "ko") -> str:
        token = uuid4().hex
        self.callers[token] = Caller(
            person=person,
            city=CITY,
            session=uuid4(),
            name="Sample walker 01",
            language=language,
            roles=frozenset({"walker"}),
            boxes=frozenset(),
            districts=frozenset(),
            duties=frozenset(),
        )
        return token

    def revoke(self, token: str) -> None:
        del self.callers[token]

    def authenticate(self, token: str, _now: datetime) -> Caller | None:
        return self.callers.get(token)


def make_app(
    sessions: Sessions, *, limit: int = 20, heartbeat_s: float = 15.0, clock: Callable[[], datetime] = utc_now
) -> Flask:
    """An application that answers for the inbox only."""
    app = Flask("inbox under test", static_folder=None)
    app.extensions["settings"] = load({}, streams=str(limit))
    app.extensions["authenticate"] = sessions.authenticate
    app.extensions["streams"] = Streams(limit=limit, heartbeat_s=heartbeat_s)
    install(app, clock=clock, authenticate=sessions.authenticate).register_blueprint(blueprint)
    return app


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


class Reader:
    """Reads a stream as a browser does. `seen` is the last id."""

    def __init__(self, answer: requests.Response) -> None:
        self.answer, self.seen = answer, None
        self._lines = answer.iter_lines(chunk_size=1)

    def events(self) -> Iterator[dict[str, Any]]:
        """Every event, until the server ends the stream."""
        event: dict[str, Any] = {}
        for line in self._lines:
            name, _, value = line.decode().partition(": ")
            if not line:
                if "data" in event:
                    yield {"seq": self.seen, "kind": event["event"], "content": json.loads(event["data"])}
                event = {}
            elif name == "id":
                self.seen = int(value)
            elif name:
                event[name] = value

    def take(self, number: int) -> list[dict[str, Any]]:
        """The next `number` events."""
        events = self.events()
        return [next(events) for _ in range(number)]

    def wait_for_heartbeat(self) -> None:
        """Until the stream has said nothing but that it lives."""
        while not next(self._lines).startswith(b":"):
            pass

    def wait_for_start(self) -> None:
        """Until the stream has said where it goes on from."""
        while self.seen is None:
            line = next(self._lines).decode()
            if line.startswith("id: "):
                self.seen = int(line.removeprefix("id: "))


@contextmanager
def streaming(url: str, token: str, *, after: int | None = None) -> Iterator[Reader]:
    """An open stream, begun."""
    headers = bearer(token) | ({} if after is None else {"Last-Event-ID": str(after)})
    with requests.get(f"{url}/api/v1/stream", headers=headers, stream=True, timeout=PATIENCE_S) as answer:
        assert answer.status_code == 200, answer.text
        reader = Reader(answer)
        reader.wait_for_start()
        yield reader
