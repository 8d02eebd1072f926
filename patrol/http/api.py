"""The API itself: sign-in of each request, OpenAPI, and what every answer carries."""

import hashlib
import hmac
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar
from uuid import uuid4

from flask import Flask, Response, g, request
from flask_smorest import Api, Blueprint

from config.clock import Clock
from config.database import connection
from patrol.errors import NotFound
from patrol.http import browsers, problems, watch
from patrol.http.caller import Caller, MissingCsrfToken
from patrol.http.parsing import Parser
from patrol.http.schemas import Problem

BASE = "/api/v1"
COOKIE = browsers.SESSION
"""The session's cookie where there is no https."""
CSRF_HEADER = "X-CSRF-Token"
SAFE = ("GET", "HEAD", "OPTIONS")
LARGEST_JSON = 1024 * 1024
LARGEST_FILE = 64 * 1024 * 1024

Authenticate = Callable[[str, datetime], Caller | None]
View = TypeVar("View", bound=Callable[..., Any])


class SubjectBlueprint(Blueprint):  # type: ignore[misc]  # flask-smorest ships no types
    """flask-smorest's, with our stricter reading of requests."""

    ARGUMENTS_PARSER = Parser()


class PatrolApi(Api):  # type: ignore[misc]  # as above
    """flask-smorest, with its error answers left to problems.py."""

    DEFAULT_ERROR_RESPONSE_NAME = None  # openapi.py names every problem; a catch-all would hide a forgotten one
    ERROR_SCHEMA = Problem

    def _register_error_handlers(self) -> None:
        """Ours are installed for the whole application."""


def subject(name: str, description: str) -> Any:
    """A blueprint for one subject's endpoints, below /api/v1."""
    return SubjectBlueprint(name, name, url_prefix=BASE, description=description)


def fails(*statuses: int) -> Callable[[View], View]:
    """State in OpenAPI which problems an endpoint answers with, beyond those that every endpoint may."""

    def mark(view: View) -> View:
        known = getattr(view, "_fails", ())
        view._fails = (*known, *statuses)  # type: ignore[attr-defined]  # noqa: SLF001 - read when OpenAPI is made
        return view

    return mark


def csrf_token(session_token: str) -> str:
    """The token that a page must send back with whatever changes something. Derived, so nothing is stored."""
    return hmac.new(session_token.encode(), b"csrf", hashlib.sha256).hexdigest()


def install(app: Flask, *, clock: Clock, authenticate: Authenticate, https: bool = False) -> Api:
    """Prepare `app` for the subjects' blueprints and return the API they register with. `https`: how it is reached."""
    app.config.update(
        API_TITLE="Companion-dog patrol",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api",
        OPENAPI_JSON_PATH="openapi.json",
        MAX_CONTENT_LENGTH=LARGEST_JSON,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # of Flask's default provider
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of Flask's default provider
    app.extensions["clock"] = clock
    problems.install(app)
    browsers.install(app, https=https)
    watch.install(app)
    _each_request(app, authenticate)
    api = PatrolApi(app)
    session_cookie = browsers.HOST_ONLY + COOKIE if https else COOKIE
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    api.spec.components.security_scheme("page", {"type": "apiKey", "in": "cookie", "name": session_cookie})
    return api


def _each_request(app: Flask, authenticate: Authenticate) -> None:
    @app.before_request
    def begin() -> None:
        g.request_id = str(uuid4())
        if "\x00" in request.path:
            raise NotFound  # no name has it, and PostgreSQL would refuse to look it up
        held = connection()
        held.__enter__()
        g.connection = held
        token, from_cookie = request_token()
        if token:
            g.now = app.extensions["clock"]()
            g.caller = authenticate(token, g.now)
            g.still_signed_in = lambda: authenticate(token, g.now) is not None
            if from_cookie and g.caller and request.method not in SAFE:
                _check_csrf(token)
        if g.get("caller") and not g.caller.needs and request.mimetype != "application/json":
            request.max_content_length = LARGEST_FILE

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        held = g.pop("connection", None)
        if held is not None:
            held.__exit__(None, None, None)

    @app.after_request
    def stamp(answer: Response) -> Response:
        answer.headers["X-Request-Id"] = g.get("request_id", "")
        return answer


def request_token() -> tuple[str, bool]:
    """The token that came with the request, or "", and whether a page's cookie brought it."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer" and token:
        return token.strip(), False
    return browsers.cookie(), True


def _check_csrf(token: str) -> None:
    if not hmac.compare_digest(request.headers.get(CSRF_HEADER, ""), csrf_token(token)):
        raise MissingCsrfToken


def expected_version() -> int | None:
    """The version that `If-Match` names; None when the caller states none or any (`*`). An unusable one is -1."""
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    found = re.fullmatch(r'(?:W/)?"(\d{1,9})"', header.strip())
    return int(found.group(1)) if found else -1


def with_etag(content: Any, version: int) -> tuple[Any, dict[str, str]]:
    """An answer and its ETag."""
    return content, {"ETag": f'"{version}"'}
