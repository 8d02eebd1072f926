"""What the OpenAPI document says of every endpoint: who may call it, and the problems it may answer with."""

import re
from typing import Any

from flask import Flask

from patrol.http.api import BASE
from patrol.http.idempotency import HEADER

ALWAYS = (422, 500)
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


def complete(app: Flask, spec: Any) -> None:
    """Add to `spec` what the views state of themselves (`allow`, `fails`, `replayable`)."""
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith(BASE):
            continue
        view = app.view_functions[rule.endpoint]
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            target = getattr(view, "view_class", None)
            stated = getattr(target, method.lower()) if target else view
            operation = spec._paths[_path(rule)].get(method.lower())  # noqa: SLF001 - apispec has no public way to amend
            if operation is not None:
                _amend(operation, stated, has_body=method in ("POST", "PUT", "PATCH"))


def _path(rule: Any) -> str:
    """/a/<uuid:x> → /a/{x}, as apispec names it."""
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)


def _amend(operation: dict[str, Any], view: Any, *, has_body: bool) -> None:
    roles = stated(view, "allowed_roles")
    statuses = {*ALWAYS, *(stated(view, "_fails") or ())}
    if has_body:
        statuses |= {400, 413, 415}
    if roles is not None:
        statuses |= {401, 403}
        operation["security"] = [{"token": []}]
        operation["x-roles"] = list(roles) or ["any"]
    else:
        operation["x-roles"] = ["anyone"]
    if stated(view, "takes_key"):
        operation.setdefault("parameters", []).append(
            {
                "in": "header",
                "name": HEADER,
                "schema": {"type": "string"},
                "description": "A retry with the same key has no second effect.",
            }
        )
        statuses.add(409)
    for status in sorted(statuses):
        operation["responses"].setdefault(
            str(status),
            {
                "description": MEANING[status],
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        )


def stated(view: Any, what: str) -> Any:
    """What a decorator noted on a view, however many others wrap it."""
    while view is not None:
        if hasattr(view, what):
            return getattr(view, what)
        view = getattr(view, "__wrapped__", None)
    return None
