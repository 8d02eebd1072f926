"""What the OpenAPI document says of every endpoint: who may call it, and the problems it may answer with."""

import re
from typing import Any

from flask import Flask

from patrol.http.api import BASE, CSRF_HEADER, SAFE
from patrol.http.caller import stated, view_of
from patrol.http.idempotency import HEADER

ALWAYS = (500, 503)
MEANING = {
    400: "The request cannot be read.",
    401: "Not signed in.",
    403: "The caller may not.",
    404: "No such thing, or none the caller may know of.",
    409: "The present state forbids it.",
    410: "It is over.",
    412: "Somebody changed it in between.",
    413: "The body is too large.",
    415: "The body is of another media type.",
    422: "A value cannot be used; `errors` name each.",
    429: "Too often; see Retry-After.",
    500: "Unexpected; quote `instance`.",
    503: "Busy; see Retry-After.",
}


class Unstated(Exception):
    """An endpoint says nobody may call it, nor that anybody may: the application does not start."""

    def __init__(self, view: str) -> None:
        """Say what to do about it."""
        super().__init__(
            f"{view} does not state who may call it: mark it with @allow(…) from patrol/http/caller.py,"
            " naming the roles and what each reaches, or with @anyone"
        )


def complete(app: Flask, spec: Any) -> None:
    """Add to `spec` what the views state of themselves (`allow`, `fails`, `replayable`). Raises Unstated."""
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith(BASE):
            continue
        view = app.view_functions[rule.endpoint]
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            operation = spec._paths[_path(rule)].get(method.lower())  # noqa: SLF001 - apispec has no public way to amend
            if operation is not None:
                _amend(operation, view_of(view, method), method=method, in_path=bool(rule.arguments))


def _path(rule: Any) -> str:
    """/a/<uuid:x> → /a/{x}, as apispec names it."""
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)


def _amend(operation: dict[str, Any], view: Any, *, method: str, in_path: bool) -> None:
    """Roles, parameters and problems of one operation, from what its decorators noted."""
    operation["x-roles"] = stated(view, "reach")
    if operation["x-roles"] is None:
        raise Unstated(view.__qualname__)
    roles = stated(view, "allowed_roles")
    operation["security"] = [] if roles is None else [{"token": []}, {"page": []}]
    for name, purpose in _headers(view, operation, method=method, roles=roles):
        operation.setdefault("parameters", []).append(
            {"in": "header", "name": name, "schema": {"type": "string", "maxLength": 200}, "description": purpose}
        )
    unknown = {404} if in_path else set()  # what is no UUID is nowhere
    for status in sorted(unknown | _statuses(operation, view, roles=roles)):
        operation["responses"][str(status)] = {
            "description": MEANING[status],
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }


def _headers(view: Any, operation: dict[str, Any], *, method: str, roles: Any) -> list[tuple[str, str]]:
    found = []
    if "purpose" in {parameter.get("name") for parameter in operation.get("parameters", [])}:
        found.append(("X-Purpose", "What this is read for, in place of the query's `purpose`."))
    if stated(view, "takes_key"):
        found.append((HEADER, "A retry with the same key has no second effect."))
    if 412 in (stated(view, "_fails") or ()):
        found.append(("If-Match", "The ETag that the change is based on; another's change since then gives 412."))
    if roles is not None and method not in SAFE:
        found.append((CSRF_HEADER, "Needed when a page's cookie signs in."))
    return found


def _statuses(operation: dict[str, Any], view: Any, *, roles: Any) -> set[int]:
    """Problems that an operation may answer with: those it states, and those that come with what it takes."""
    found = {*ALWAYS, *(stated(view, "_fails") or ())}
    if roles is not None:
        found |= {401, 403}  # 403 not by role alone: a page's token or the second factor may be lacking
    if "requestBody" in operation:
        found |= {400, 413, 415, 422}
    if stated(view, "takes_key"):
        found |= {409, 422}
    if "422" in operation["responses"]:
        found.add(422)
    return found
