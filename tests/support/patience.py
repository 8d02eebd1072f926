"""Waiting for what happens elsewhere: as long as a busy machine may take, and no longer than it takes."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

PATIENCE_S = 60.0


def eventually(look: Callable[[], Found | None], *, within_s: float = PATIENCE_S) -> Found | None:
    """What `look` finds, as soon as it does; None after so many seconds."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        found = look()
        if found is not None:
            return found
        time.sleep(0.02)
    return None


def wait_until(true: Callable[[], object]) -> None:
    """Go on once it is true."""
    assert eventually(lambda: true() or None)
