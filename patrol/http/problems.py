"""Every error as application/problem+json (RFC 9457), in the caller's language."""

import re
from collections.abc import Iterator
from typing import Any

import peewee
import structlog
from flask import Flask, Response, g, json, request
from playhouse.pool import MaxConnectionsExceeded
from werkzeug.exceptions import HTTPException

from patrol import errors
from patrol.http.caller import NotSignedIn
from patrol.http.words import in_korean, of_status

log = structlog.get_logger(__name__)

BUSY_S = 2

STATUS: dict[type[errors.DomainError], int] = {
    NotSignedIn: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Gone: 410,
    errors.Stale: 412,
    errors.Invalid: 422,
    errors.InvalidRows: 422,
    errors.TooMany: 429,
}
TITLES = {
    400: ("잘못된 요청", "Bad request"),
    401: ("로그인이 필요합니다", "Not signed in"),
    403: ("권한 없음", "Not allowed"),
    404: ("찾을 수 없음", "Not found"),
    405: ("허용되지 않는 방법", "Method not allowed"),
    409: ("현재 상태와 맞지 않음", "Conflict"),
    410: ("만료됨", "Gone"),
    412: ("다른 사람이 먼저 바꿈", "Changed in between"),
    413: ("너무 큽니다", "Too large"),
    415: ("지원하지 않는 형식", "Unsupported media type"),
    422: ("값을 확인해 주세요", "Check the values"),
    428: ("If-Match 필요", "If-Match required"),
    429: ("너무 잦은 요청", "Too many requests"),
    500: ("서버 오류", "Server error"),
    503: ("잠시 뒤 다시", "Try again shortly"),
}


def language() -> str:
    """The caller's language: what the request prefers, else the account's, else Korean."""
    wanted = request.accept_languages.best_match(["ko", "en"])
    if wanted:
        return str(wanted)
    found = g.get("caller")
    return str(found.language) if found else "ko"


def problem(
    status: int, kind: str, detail: str, *, fields: list[dict[str, str]] | None = None, retry_after_s: int | None = None
) -> Response:
    """One problem document, as an answer."""
    content = _content(status, kind, detail, fields)
    answer = Response(json.dumps(content), status=status, content_type="application/problem+json")
    answer.headers["Content-Language"] = language()
    answer.vary.add("Accept-Language")
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="patrol"'
    if retry_after_s is not None:
        answer.headers["Retry-After"] = str(retry_after_s)
    return answer


def document(error: errors.DomainError) -> dict[str, Any]:
    """An error's problem document, for an answer that tells of several things."""
    status, kind, said, fields = _facts(error)
    return _content(status, kind, said, fields)


def _content(status: int, kind: str, detail: str, fields: list[dict[str, str]] | None) -> dict[str, Any]:
    g.problem = kind
    ko, en = TITLES.get(status, TITLES[500 if status >= 500 else 400])
    content: dict[str, Any] = {
        "type": f"/problems/{kind}",
        "title": ko if language() == "ko" else en,
        "status": status,
        "detail": detail,
        "instance": f"urn:uuid:{g.get('request_id', '')}",
    }
    if fields:
        content["errors"] = fields
    return content


def install(app: Flask) -> None:
    """Answer every error of the application with a problem document."""
    app.register_error_handler(errors.DomainError, _domain)
    app.register_error_handler(HTTPException, _http)
    for missed in (peewee.IntegrityError, peewee.DoesNotExist):
        app.register_error_handler(missed, _left)
    app.register_error_handler(peewee.OperationalError, _busy)
    app.register_error_handler(MaxConnectionsExceeded, _busy)
    app.register_error_handler(Exception, _unexpected)


def _domain(error: errors.DomainError) -> Response:
    status, kind, said, fields = _facts(error)
    return problem(status, kind, said, fields=fields, retry_after_s=error.facts.get("retry_after_s"))


def _facts(error: errors.DomainError) -> tuple[int, str, str, list[dict[str, str]] | None]:
    """Status, kind, sentence and fields of an error."""
    status = next(STATUS[base] for base in type(error).__mro__ if base in STATUS)
    said = error.say(language())
    fields = None
    if isinstance(error, errors.Invalid):
        fields = [{"pointer": error.pointer, "detail": said}]
    elif isinstance(error, errors.InvalidRows):
        fields = [{"pointer": f"/rows/{row}", "detail": text} for row, text in error.rows]
    return status, _kebab(type(error).__name__), said, fields


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    messages = getattr(error, "data", {}).get("messages")
    if messages and status == 400:
        return problem(status, "unreadable-body", _said(next(_pointers(messages))["detail"]))
    if messages:
        fields = [{"pointer": row["pointer"], "detail": _said(row["detail"])} for row in _pointers(messages)]
        return problem(status, "invalid-values", f"{fields[0]['pointer']}: {fields[0]['detail']}", fields=fields)
    answer = problem(status, _kebab(type(error).__name__), _described(error, status))
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            answer.headers[name] = value
    return answer


def _described(error: HTTPException, status: int) -> str:
    """What a view said itself; werkzeug's own English sentences are replaced by ours."""
    own = None if error.description == type(error).description else error.description
    return own or of_status(status, language()) or str(error.description or error.name)


def _left(error: Exception) -> Response:
    """Whoever was erased while they asked is no longer signed in; any other such error is one of ours."""
    gone = g.get("caller") is not None and not g.still_signed_in()
    return _domain(NotSignedIn()) if gone else _unexpected(error)


def _busy(error: Exception) -> Response:
    """The database is locked, down or has no connection left: nothing was done, and trying again may help."""
    log.error("database unavailable", exc_info=error, request_id=g.get("request_id"), path=request.path)
    said = {
        "ko": "지금은 처리할 수 없습니다. 잠시 뒤에 다시 해 주세요.",
        "en": "This cannot be done just now; try again shortly.",
    }
    return problem(503, "busy", said[language()], retry_after_s=BUSY_S)


def _unexpected(error: Exception) -> Response:
    log.error("request failed", exc_info=error, request_id=g.get("request_id"), path=request.path)
    said = {
        "ko": "예상하지 못한 오류입니다. 요청 번호를 알려 주세요.",
        "en": "Something unexpected failed; quote the instance.",
    }
    return problem(500, "unexpected", said[language()])


def _kebab(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def _said(sentence: str) -> str:
    return in_korean(sentence) if language() == "ko" else sentence


def _pointers(messages: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Webargs' {location: {field: [text]}} → pointers; the body is where they start, so it is not named in them."""
    for location, inner in messages.items():
        yield from _below(inner, "" if location in ("json", "form", "files") else f"/{location}")


def _below(messages: Any, at: str) -> Iterator[dict[str, str]]:
    """`_schema` is marshmallow's word for the whole it stands in; of a dict's entries it names key and value apart."""
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from _below(inner, at if key in ("_schema", "key", "value") and at else _step(at, key))
    elif isinstance(messages, list):
        for inner in messages:
            yield from _below(inner, at)
    else:
        yield {"pointer": at or "/", "detail": str(messages)}


def _step(at: str, key: Any) -> str:
    """RFC 6901: ~ and / in a name are written ~0 and ~1."""
    return at if key == "_schema" else f"{at}/{str(key).replace('~', '~0').replace('/', '~1')}"
