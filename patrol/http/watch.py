"""What the log tells whoever watches over an installation: who signed in, what was refused, which rights changed.

One line a request, with who asked (an id, never a name), from where, for what, and how it ended. No body, no query, no
token: what a person typed is nobody's to read here.
"""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

import structlog
from flask import Flask, Response, current_app, g, request

from patrol.http.caller import stated, view_of

log = structlog.get_logger("security")

View = TypeVar("View", bound=Callable[..., Any])

LOUD = (401, 403, 413, 429)
"""Refusals that are worth a look by themselves; the others tell only by their number."""
QUIET = (400, 404, 405, 415, 422)
LONGEST_PATH = 200


def noteworthy(event: str) -> Callable[[View], View]:
    """State that each call of an endpoint is logged as `event`, however it ends."""

    def mark(view: View) -> View:
        view.security_event = event  # type: ignore[attr-defined]  # read after each request
        return view

    return mark


def acts(person: UUID) -> None:
    """Note who it turned out to be, in a request that began without sign-in."""
    g.acting = person


def install(app: Flask) -> None:
    """Log noteworthy requests and refused ones of the API."""

    @app.after_request
    def watch(answer: Response) -> Response:
        event = _event()
        if event is not None:
            tell = log.info if answer.status_code < 400 else log.warning
            tell(event, outcome="done" if answer.status_code < 400 else "refused", **_facts(answer))
        elif answer.status_code in LOUD:
            log.warning("refused", **_facts(answer))
        elif answer.status_code in QUIET and request.path.startswith("/api/"):
            log.info("refused", **_facts(answer))
        return answer


def _event() -> str | None:
    view = current_app.view_functions.get(request.endpoint or "")
    found: str | None = stated(view_of(view, request.method), "security_event") if view else None
    return found


def _facts(answer: Response) -> dict[str, Any]:
    """Who, from where, what, and how it ended; only what is known."""
    caller = g.get("caller")
    person = caller.person if caller else g.get("acting")
    known = {
        "status": answer.status_code,
        "problem": g.get("problem"),
        "method": request.method,
        "path": request.path[:LONGEST_PATH],
        "person": str(person) if person else None,
        "session": str(caller.session) if caller else None,
        "city": str(caller.city) if caller else None,
        "address": request.remote_addr,
        "request_id": g.get("request_id"),
    }
    return {name: value for name, value in known.items() if value is not None}
