"""Inbox and live stream over HTTP."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from typing import Any
from uuid import UUID

from flask import Response, current_app
from flask.blueprints import BlueprintSetupState

from config.database import connection
from notifications.models import Event, Message
from patrol.http.api import fails, request_token, subject
from patrol.http.caller import OWN_ONLY, Caller, allow, caller, now
from patrol.http.paging import page, page_of
from patrol.http.problems import language, problem
from patrol.inbox import operations, schemas
from patrol.inbox.operations import Began, Happened, Heartbeat, Streams, StreamsFull

RECONNECT_MS = 3000

blueprint = subject("inbox", "A person's messages, and what happens while a page is open.")


@blueprint.record_once
def hold_streams(state: BlueprintSetupState) -> None:
    """One set of streams an application, unless it brings its own."""
    held = state.app.extensions
    if "streams" not in held:
        held["streams"] = Streams(limit=held["settings"].streams)


@blueprint.route("/inbox")
@allow(own=OWN_ONLY)
@blueprint.arguments(schemas.InboxQuery, location="query")
@blueprint.response(200, page_of(schemas.MessageOut))
def inbox(query: dict[str, Any]) -> dict[str, Any]:
    """Own messages, newest first. Expired ones are gone."""
    found = operations.messages(caller().person, now=now())
    if query.pop("unread"):
        found = found.where(Message.read_at.is_null())
    return page(found, by=((Message.created_at, True), (Message.id, True)), **query)


@blueprint.route("/inbox/<uuid:message_id>")
@allow(own=OWN_ONLY)
@blueprint.response(200, schemas.MessageOut)
@fails(404)
def message(message_id: UUID) -> Message:
    """One of one's own messages: what a mail or push leads to."""
    return operations.message_of(caller().person, message_id, now=now())


@blueprint.route("/inbox/<uuid:message_id>/read", methods=["POST"])
@allow(own=OWN_ONLY)
@blueprint.response(200, schemas.MessageOut)
@fails(404)
def read(message_id: UUID) -> Message:
    """Note that it was read. Again: nothing changes."""
    return operations.mark_read(caller().person, message_id, now=now())


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
