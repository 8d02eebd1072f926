"""Replay of creating POSTs: the same `Idempotency-Key` gives the same answer, and the effect happens once."""

import functools
import hashlib
from collections.abc import Callable
from typing import Any

from flask import Response, current_app, g, request
from werkzeug.exceptions import HTTPException

from config.database import transaction
from patrol.errors import Conflict, DomainError, Invalid
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
        key = _key_for(view)
        if key is None:
            return view(*args, **kwargs)
        with transaction():
            known = _begin(key)
            if known is not None:
                return _again(known)
            answer: Response = current_app.make_response(view(*args, **kwargs))
            _keep(key, answer)
            return answer

    wrapped.takes_key = True  # type: ignore[attr-defined]  # read by OpenAPI
    return wrapped


def resumable(view: Callable[..., Any]) -> Callable[..., Any]:
    """As `replayable`, for a POST that does many things, each in a transaction of its own: none waits for all.

    The key is claimed first. Should the server die half way, a retry with the key goes on where that attempt broke
    off: what the view does by `piece` is kept with its effect, and neither done nor told otherwise again. Only an
    attempt that has done nothing takes its key back.
    """

    @functools.wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        key = _key_for(view)
        if key is None:
            return view(*args, **kwargs)
        with transaction():
            known = _begin(key)
        if known is not None and known.status:
            return _again(known)
        g.resumable_key = key
        try:
            answer: Response = current_app.make_response(view(*args, **kwargs))
            with transaction():
                _keep(key, answer)
        except _AnsweredMeanwhile as meanwhile:
            return _again(meanwhile.known)
        except (DomainError, HTTPException):
            _give_up(key)
            raise
        return answer

    wrapped.takes_key = True  # type: ignore[attr-defined]  # read by OpenAPI
    return wrapped


def piece(name: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `work` says of one of many things, in a transaction of its own; with a key, once and for all attempts.

    `name` tells it from the others. What it says is plain JSON.
    """
    key = g.get("resumable_key")
    with transaction():
        if key is None:
            return work()
        known = _held(key)
        if name not in known.content:
            Replay.update(content={**known.content, name: work()}).where(_is(key)).execute()
            known = Replay.get(_is(key))
        found: dict[str, Any] = known.content[name]
        return found


class _AnsweredMeanwhile(Exception):
    """Another request with the key has come to the end of it."""

    def __init__(self, known: Replay) -> None:
        """What it answered."""
        super().__init__()
        self.known = known


def _key_for(view: Callable[..., Any]) -> str | None:
    """The request's key, when it has one and its caller may do this. Raises KeyTooLong."""
    key = request.headers.get(HEADER)
    if not key or g.get("caller") is None:
        return None
    require_role(stated(view, "allowed_roles"))
    if len(key) > LONGEST_KEY:
        raise KeyTooLong(f"/headers/{HEADER}", most=LONGEST_KEY)
    return key


def _keep(key: str, answer: Response) -> None:
    """Keep the answer. Of two requests with one key that both do the pieces, the first to end is kept."""
    _held(key)
    headers = {name: answer.headers[name] for name in KEPT if name in answer.headers}
    Replay.update(status=answer.status_code, headers=headers, content=answer.get_json()).where(_is(key)).execute()


def _held(key: str) -> Replay:
    """Within a transaction: what is known of a key that has no answer yet. Raises _AnsweredMeanwhile."""
    Replay.update(status=Replay.status).where(_is(key)).execute()
    known: Replay = Replay.get(_is(key))
    if known.status:
        raise _AnsweredMeanwhile(known)
    return known


def _give_up(key: str) -> None:
    """Nothing was done under the key: what was asked may be put right, and sent again."""
    with transaction():
        claimed = Replay.get_or_none(_is(key))
        if claimed is not None and not claimed.status and not claimed.content:
            Replay.delete().where(_is(key)).execute()


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
