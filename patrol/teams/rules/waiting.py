"""What a team waits for, and who is to do it."""

from collections.abc import Sequence
from dataclasses import dataclass

WAITS = (
    "account",
    "consents",
    "door",
    "mending",
    "documents",
    "test_booking",
    "test",
    "retest_booking",
    "dispute",
    "training",
    "activation",
    "reinstatement",
    "resuming",
    "standing",
    "renewal",
    "renewal_test",
)
"""Everything that a team can wait for."""

WAITS_ON = ("handler", "coordinators", "examiners")

BY_STATE: dict[str, tuple[str, str]] = {
    "applied": ("documents", "coordinators"),
    "documents_ok": ("test_booking", "coordinators"),
    "test_booked": ("test", "examiners"),
    "failed": ("retest_booking", "coordinators"),
    "passed": ("activation", "coordinators"),
    "paused": ("resuming", "handler"),
    "suspended": ("reinstatement", "coordinators"),
    "lapsed": ("documents", "coordinators"),
}
"""State → what comes next and who does it, when the handler's part is done; an active team waits for nothing."""

HANDLER_FIRST = frozenset({"applied", "passed", "active", "lapsed"})
"""States that the handler's part has to be done in, before anything else can happen."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is waited for, in the order it is to be done, and on whom; nothing: ((), None)."""

    what: tuple[str, ...]
    on: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Besides:
    """What the state does not say of a team.

    `renewal`: the state of the one under way; `in_its_year`: screened still, though something else has lapsed;
    `disputed`: another team claims a dog; `untrained`: the city asks for training, and it is lacking or too old.
    """

    renewal: str | None = None
    in_its_year: bool = False
    disputed: bool = False
    untrained: bool = False


NOTHING = Besides()

RENEWING: dict[str, tuple[tuple[str, ...], str]] = {
    "asked": (("renewal",), "coordinators"),
    "documents_ok": (("renewal_test",), "examiners"),
}
"""State of a renewal under way → what comes next, and who does it."""


def handlers_part(*, account: str, lacking: Sequence[str], has_door: bool) -> tuple[str, ...]:
    """Of the handler's part what is still to be done. `account` is the account's state, `lacking` consents."""
    parts = {"account": account == "invited", "consents": bool(lacking), "door": not has_door}
    return tuple(part for part, awaited in parts.items() if awaited)


def waiting(state: str, *, handlers: tuple[str, ...], actions: Sequence[str], besides: Besides = NOTHING) -> Waiting:
    """What a team in `state` waits for. `handlers` is handlers_part(); `actions` its steps, the oldest first."""
    if state in HANDLER_FIRST and handlers:
        return Waiting(handlers, "handler")
    if actions and actions[-1] in ("refuse_documents", "refuse_renewal"):
        return Waiting(("mending",), "handler")
    if besides.renewal:
        return Waiting(*RENEWING[besides.renewal])
    if state == "lapsed" and besides.in_its_year:
        return Waiting(("standing",), "handler")
    if state == "passed" and (besides.disputed or besides.untrained):
        first = {"dispute": besides.disputed, "training": besides.untrained}
        return Waiting(tuple(what for what, awaited in first.items() if awaited), "coordinators")
    what, on = BY_STATE.get(state, (None, None))
    return Waiting((what,), on) if what else Waiting((), None)
