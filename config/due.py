"""What falls due by itself is done one by one: what fails is logged and found again at the next tick."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import structlog

log = structlog.get_logger(__name__)

Thing = TypeVar("Thing")
Outcome = TypeVar("Outcome")


def one_by_one(job: str, things: Iterable[Thing], act: Callable[[Thing], Outcome]) -> list[Outcome]:
    """What `act` says of each of the things (records, or ids) that it does not fail for: none stops another.

    Each opens transactions of its own, so that what fails leaves nothing half-done.
    """
    found = []
    for thing in things:
        try:
            found.append(act(thing))
        except Exception:
            log.exception("due work failed", job=job, **_known(thing))
    return found


def _known(thing: Any) -> dict[str, str]:
    """The thing by its id; several that go together by those of them all."""
    rows = thing if isinstance(thing, list) else [thing]
    return {"of": type(rows[0]).__name__.lower(), "ids": ", ".join(str(getattr(row, "id", row)) for row in rows)}
