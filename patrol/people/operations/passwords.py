"""Passwords: Argon2id, at the cost the settings state, by few at once, and none that is guessed first."""

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from config.database import in_operation
from patrol.errors import Invalid, TooMany
from patrol.people.models import Person
from patrol.people.rules import as_dialled
from patrol.places.models import City
from patrol.places.operations.cities import policy_of

Cost = tuple[int, int, int]

AT_ONCE = max(2, os.cpu_count() or 1)
WAITING = 6 * AT_ONCE
"""Of so many more one waits; the next is sent away, so that a flood of sign-ins leaves threads for the others."""
BUSY_S = 2
ENOUGH = 8.0
"""Decimal digits of guesses below which a password is refused: a hundred million."""
LOOKED_AT = 72
OURS = ("patrol", "companion", "walker", "coordinator", "officer", "dog", "순찰대", "반려견", "tnsckfeo", "qksfurrus")
TYPED = ("dkssudgktpdy", "tkfkdgody", "qlalfqjsgh", "rkawkgkqslek", "안녕하세요", "사랑해요", "비밀번호")
"""Korean words people take, some of them typed on Latin keys."""

_hashing = threading.BoundedSemaphore(AT_ONCE)
_places = threading.BoundedSemaphore(AT_ONCE + WAITING)


class GuessablePassword(Invalid):
    """Guessed soon by whoever tries in order of likelihood."""

    words = {
        "ko": "너무 쉽게 짐작할 수 있습니다. 서로 관계없는 낱말을 몇 개 이어 보세요.",
        "en": "Too easily guessed; put a few unrelated words together.",
    }


class CommonPassword(GuessablePassword):
    """Among those that are tried first."""

    words = {
        "ko": "아주 흔히 쓰이는 비밀번호입니다. 다른 것으로 정해 주세요.",
        "en": "One of the commonest passwords; choose another.",
    }


class PersonalPassword(GuessablePassword):
    """Made of the person's own name, number or address, or of the service's words."""

    words = {
        "ko": "이름, 연락처나 이 서비스의 낱말로 되어 있어 짐작하기 쉽습니다.",
        "en": "Made of your name, number or address, or of this service's words; choose another.",
    }


class RepeatedPassword(GuessablePassword):
    """The same over and over, or a row of keys or letters."""

    words = {
        "ko": "같은 글자나 자판·숫자의 차례가 되풀이되어 짐작하기 쉽습니다.",
        "en": "A repetition, or a row of keys, letters or numbers; choose another.",
    }


WHY = {"repeat": RepeatedPassword, "sequence": RepeatedPassword, "spatial": RepeatedPassword}


def require_strong(password: str, *, city: City, about: Iterable[str | None], pointer: str = "/password") -> None:
    """Raise GuessablePassword, or the kind of it that says why. `about`: the person's name, number, address."""
    known = [*OURS, *TYPED, city.name, city.slug, *_parts(about)]
    found = zxcvbn(password[:LOOKED_AT], user_inputs=known)
    if found["guesses_log10"] >= ENOUGH:
        return
    longest = max(found["sequence"], key=lambda match: len(match["token"]))
    if longest["pattern"] == "dictionary":
        kind = longest["dictionary_name"]
        raise {"user_inputs": PersonalPassword, "passwords": CommonPassword}.get(kind, GuessablePassword)(pointer)
    raise WHY.get(longest["pattern"], GuessablePassword)(pointer)


def about(person: Person, city: City) -> list[str | None]:
    """What a password of this person must not be made of."""
    return [person.name, person.email, as_dialled(person.phone, policy_of(city).formats)]


def _parts(texts: Iterable[str | None]) -> Iterator[str]:
    for text in texts:
        if text:
            digits = "".join(filter(str.isdigit, text))
            yield from filter(None, (text, digits, digits[-8:], *text.replace("@", " ").replace(".", " ").split()))


def digest(password: str, *, cost: Cost) -> str:
    """What is stored of a password. Raises TooMany; RuntimeError inside a transaction, which it would hold up."""
    with _slot():
        return _hasher(cost).hash(password)


def matches(stored: str | None, password: str, *, cost: Cost) -> bool:
    """Whether `password` is the one stored. Without one it takes just as long, so that time tells nothing.

    Raises as `digest`.
    """
    with _slot():
        try:
            _hasher(cost).verify(stored or _nobody(cost), password)
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


def is_cheap(stored: str, *, cost: Cost) -> bool:
    """Whether a password was stored when hashing cost less than now."""
    of = extract_parameters(stored)
    return any(was < now for was, now in zip((of.time_cost, of.memory_cost, of.parallelism), cost, strict=True))


@contextmanager
def _slot() -> Iterator[None]:
    if in_operation():
        raise RuntimeError("hashing a password takes long; do it before the transaction")
    if not _places.acquire(blocking=False):
        raise TooMany(retry_after_s=BUSY_S)
    try:
        with _hashing:
            yield
    finally:
        _places.release()


@lru_cache(maxsize=4)
def _hasher(cost: Cost) -> PasswordHasher:
    time, memory, lanes = cost
    return PasswordHasher(time_cost=time, memory_cost=memory, parallelism=lanes)


@lru_cache(maxsize=4)
def _nobody(cost: Cost) -> str:
    return _hasher(cost).hash("nobody's password")
