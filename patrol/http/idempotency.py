"""Replay of creating POSTs: the same `Idempotency-Key` gives the same answer, and the effect happens once."""

import functools
import hashlib
from collections.abc import Callable
from typing import Any

from flask import Response, current_app, g, request

from config.database import transaction
from patrol.errors import Conflict
from patrol.http.caller import caller, now
from patrol.http.replays import Replay

HEADER = "Idempotency-Key"


class KeyReused(Conflict):
    """The key came before with other content."""

    words = {
        "ko": "같은 Idempotency-Key가 다른 내용으로 이미 쓰였습니다.",
        "en": "This Idempotency-Key was used with other content.",
    }


def replayable(view: Callable[..., Any]) -> Callable[..., Any]:
    """Make a creating POST answer a repeated key with the first answer. The effect and the replay commit together.

    Goes outermost, above `blueprint.response`, so that what is kept is the answer itself. Raises KeyReused.
    """

    @functools.wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        key = request.headers.get(HEADER)
        if not key or g.get("caller") is None:
            return view(*args, **kwargs)
        with transaction():
            known = _begin(key)
            if known is not None:
                return _again(known)
            answer: Response = current_app.make_response(view(*args, **kwargs))
            Replay.update(
                status=answer.status_code, location=answer.headers.get("Location", ""), content=answer.get_json()
            ).where((Replay.person == caller().person) & (Replay.key == key)).execute()
            return answer

    wrapped.takes_key = True  # type: ignore[attr-defined]  # read by OpenAPI
    return wrapped


def _begin(key: str) -> Replay | None:
    """Claim the key, or give what it answered. A second request with the key waits on the row, then finds it."""
    digest = hashlib.sha256(request.method.encode() + request.path.encode() + request.get_data(cache=True)).hexdigest()
    claimed = (
        Replay.insert(person=caller().person, key=key, digest=digest, status=0, content={}, created_at=now())
        .on_conflict_ignore()
        .as_rowcount()
        .execute()
    )
    if claimed:
        return None
    known: Replay = Replay.get((Replay.person == caller().person) & (Replay.key == key))
    if known.digest != digest:
        raise KeyReused
    return known


def _again(known: Replay) -> Response:
    answer: Response = current_app.make_response(current_app.json.response(known.content))
    answer.status_code = known.status
    if known.location:
        answer.headers["Location"] = known.location
    answer.headers["Idempotent-Replay"] = "true"
    return answer
