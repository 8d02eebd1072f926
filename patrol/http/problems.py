"""Every error as application/problem+json (RFC 9457), in the caller's language."""

import re
from typing import Any

import structlog
from flask import Flask, Response, g, json, request
from werkzeug.exceptions import HTTPException

from patrol import errors
from patrol.http.caller import NotSignedIn

log = structlog.get_logger(__name__)

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
        return wanted
    found = g.get("caller")
    return str(found.language) if found else "ko"


def problem(
    status: int, kind: str, detail: str, *, fields: list[dict[str, str]] | None = None, retry_after_s: int | None = None
) -> Response:
    """One problem document."""
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
    answer = Response(json.dumps(content), status=status, content_type="application/problem+json")
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="patrol"'
    if retry_after_s is not None:
        answer.headers["Retry-After"] = str(retry_after_s)
    return answer


def install(app: Flask) -> None:
    """Answer every error of the application with a problem document."""
    app.register_error_handler(errors.DomainError, _domain)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def _domain(error: errors.DomainError) -> Response:
    status = next(STATUS[base] for base in type(error).__mro__ if base in STATUS)
    said = error.say(language())
    fields = None
    if isinstance(error, errors.Invalid):
        fields = [{"pointer": error.pointer, "detail": said}]
    elif isinstance(error, errors.InvalidRows):
        fields = [{"pointer": f"/rows/{row}", "detail": text} for row, text in error.rows]
    return problem(
        status, _kebab(type(error).__name__), said, fields=fields, retry_after_s=error.facts.get("retry_after_s")
    )


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    messages = getattr(error, "data", {}).get("messages")
    if messages:
        fields = list(_pointers(messages))
        return problem(status, "invalid-values", _first(fields), fields=fields)
    answer = problem(status, _kebab(type(error).__name__), str(error.description or error.name))
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            answer.headers[name] = value
    return answer


def _unexpected(error: Exception) -> Response:
    log.error("request failed", exc_info=error, request_id=g.get("request_id"), path=request.path)
    said = {
        "ko": "예상하지 못한 오류입니다. 요청 번호를 알려 주세요.",
        "en": "Something unexpected failed; quote the instance.",
    }
    return problem(500, "unexpected", said[language()])


def _kebab(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def _first(fields: list[dict[str, str]]) -> str:
    return f"{fields[0]['pointer']}: {fields[0]['detail']}" if fields else ""


def _pointers(messages: Any, at: str = "") -> Any:
    """Marshmallow's {location: {field: [text]}} → pointers; the location itself is left out for bodies."""
    if isinstance(messages, dict):
        for key, inner in messages.items():
            here = at if at == "" and key in ("json", "form", "files") else f"{at}/{key}"
            yield from _pointers(inner, "" if key == "_schema" else here)
    elif isinstance(messages, list):
        for text in messages:
            if isinstance(text, str):
                yield {"pointer": at or "/", "detail": text}
            else:
                yield from _pointers(text, at)
    else:
        yield {"pointer": at or "/", "detail": str(messages)}
