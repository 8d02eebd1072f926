"""The live stream over HTTP, and events for whoever polls."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from typing import Any

from flask import Response, current_app

from config.database import connection
from notifications.models import Event
from patrol.http.api import fails, request_token
from patrol.http.caller import OWN_ONLY, Caller, allow, caller
from patrol.http.problems import language, problem
from patrol.inbox import schemas
from patrol.inbox.operations import streams as operations
from patrol.inbox.operations.streams import Began, Happened, Heartbeat, Streams, StreamsFull
from patrol.inbox.views.blueprint import blueprint

RECONNECT_MS = 3000


@blueprint.route("/events")
@allow(own=OWN_ONLY)
@blueprint.arguments(schemas.EventsQuery, location="query")
@blueprint.response(200, schemas.EventsOut)
def events(query: dict[str, Any]) -> Happened:
    """The stream's events for whoever polls, oldest first; without `after` none, only where to go on from."""
    return operations.happened(caller().person, after=query.get("after"), limit=query["limit"])


@blueprint.route("/stream")
@allow(own=OWN_ONLY)
@blueprint.arguments(schemas.LastSeen, location="headers")
@blueprint.response(200, {"type": "string"}, content_type="text/event-stream")
@fails(503)
def stream(headers: dict[str, Any]) -> Response:
    """Own events as they happen (Server-Sent Events): `id` is the number to resume from, `event` the kind.

    `event: reset` says that events after the given id are no longer kept: fetch the lists again. A comment every 15 s
    shows that the stream lives. Ends within 15 s of the session's end.
    """
    streams: Streams = current_app.extensions["streams"]
    held = ExitStack()
    try:
        subscription = held.enter_context(streams.place(caller().person))
    except StreamsFull as full:
        return problem(503, "streams-full", full.say(language()), retry_after_s=full.facts["retry_after_s"])
    lines = operations.follow(
        subscription, after=headers.get("last_event_id"), heartbeat_s=streams.heartbeat_s, standing=_standing(caller())
    )
    answer = Response(_written(lines), mimetype="text/event-stream", headers={"X-Accel-Buffering": "no"})
    # Not in the generator's `finally`: one that was never begun, as its client had left, would not run it.
    answer.call_on_close(held.close)
    return answer


def _standing(holder: Caller) -> Callable[[], bool]:
    """Whether the session that opened the stream still stands; asked outside any request."""
    authenticate, clock = current_app.extensions["authenticate"], current_app.extensions["clock"]
    token, _from_cookie = request_token()

    def standing() -> bool:
        with connection():
            found = authenticate(token, clock())
        return found is not None and found.session == holder.session

    return standing


def _written(lines: Iterable[Began | Event | Heartbeat]) -> Iterator[str]:
    """Lines as WHATWG's HTML standard, 9.2.5, wants them."""
    yield f"retry: {RECONNECT_MS}\n"
    for line in lines:
        match line:
            case Began(seq, reset):
                yield f"id: {seq}\n\n" + ("event: reset\ndata: {}\n\n" if reset else "")
            case Heartbeat():
                yield ": still here\n\n"
            case Event():
                content = json.dumps(line.content, ensure_ascii=False, separators=(",", ":"))
                yield f"id: {line.seq}\nevent: {line.kind}\ndata: {content}\n\n"
