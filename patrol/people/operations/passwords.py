"""Passwords: Argon2id, at the cost the settings state."""

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

Cost = tuple[int, int, int]


@lru_cache(maxsize=4)
def _hasher(cost: Cost) -> PasswordHasher:
    time, memory, lanes = cost
    return PasswordHasher(time_cost=time, memory_cost=memory, parallelism=lanes)


@lru_cache(maxsize=4)
def _nobody(cost: Cost) -> str:
    return _hasher(cost).hash("nobody's password")


def digest(password: str, *, cost: Cost) -> str:
    """What is stored of a password."""
    return _hasher(cost).hash(password)


def matches(stored: str | None, password: str, *, cost: Cost) -> bool:
    """Whether `password` is the one stored. Without one it takes just as long, so that time tells nothing."""
    try:
        _hasher(cost).verify(stored or _nobody(cost), password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None
