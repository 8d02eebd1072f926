"""Replay of creating POSTs: the same `Idempotency-Key` gives the same answer, and the effect happens once."""

import functools
import hashlib
from collections.abc import Callable
from typing import Any

from flask import Response, current_app, g, request

from config.database import transaction
from patrol.errors import Conflict, Invalid
from patrol.http.caller import caller, now, require_role, stated
from patrol.http.replays import Replay

HEADER = "Idempotency-Key"
LONGEST_KEY = 200
KEPT = ("Location", "ETag")


class KeyReused(Conflict):
    """The key came before with other content."""

    words = {
        "ko": "같은 Idempotency-Key가 다른 내용으로 이미 쓰였습니다.",
        "en": "This Idempotency-Key was used with other content.",
    }


class KeyTooLong(Invalid):
    """A key is a UUID or the like."""

    words = {
        "ko": "Idempotency-Key는 {most}자까지입니다.",
        "en": "An Idempotency-Key has at most {most} characters.",
    }


def replayable(view: Callable[..., Any]) -> Callable[..., Any]:
    """Make a creating POST answer a repeated key with the first answer. The effect and the replay commit together.

    Goes outermost, above `allow` and `blueprint.response`, so that what is kept is the answer itself; a caller whose
    role has ended meanwhile gets no replay. An attempt that fails takes its key back with it. Raises KeyReused.
    """

    @functools.wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        key = request.headers.get(HEADER)
        if not key or g.get("caller") is None:
            return view(*args, **kwargs)
        require_role(stated(view, "allowed_roles"))
        if len(key) > LONGEST_KEY:
            raise KeyTooLong(f"/headers/{HEADER}", most=LONGEST_KEY)
        with transaction():
            known = _begin(key)
            if known is not None:
                return _again(known)
            answer: Response = current_app.make_response(view(*args, **kwargs))
            headers = {name: answer.headers[name] for name in KEPT if name in answer.headers}
            Replay.update(status=answer.status_code, headers=headers, content=answer.get_json()).where(
                _is(key)
            ).execute()
            return answer

    wrapped.takes_key = True  # type: ignore[attr-defined]  # read by OpenAPI
    return wrapped


def _begin(key: str) -> Replay | None:
    """Claim the key, or give what it answered. A second request with the key waits on the row, then finds it."""
    asked = f"{request.method} {request.full_path} {request.mimetype}\n".encode() + request.get_data(cache=True)
    digest = hashlib.sha256(asked).hexdigest()
    claimed = (
        Replay.insert(
            person=caller().person, key=key, digest=digest, status=0, headers={}, content={}, created_at=now()
        )
        .on_conflict_ignore()
        .as_rowcount()
        .execute()
    )
    if claimed:
        return None
    known: Replay = Replay.get(_is(key))
    if known.digest != digest:
        raise KeyReused
    return known


def _is(key: str) -> Any:
    return (Replay.person == caller().person) & (Replay.key == key)


def _again(known: Replay) -> Response:
    answer: Response = current_app.make_response(current_app.json.response(known.content))
    answer.status_code = known.status
    answer.headers.update(known.headers)
    answer.headers["Idempotent-Replay"] = "true"
    return answer
