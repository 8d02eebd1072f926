"""Pure decisions about alerts."""

STATES = ("open", "acknowledged", "settled")
URGENCIES = ("Immediate", "Expected", "Future")

NEXT: dict[str, dict[str, str]] = {
    "open": {"acknowledge": "acknowledged"},
    "acknowledged": {"settle": "settled"},
    "settled": {"reopen": "open"},
}
"""State → action → state. What is not here is refused."""


def states_for(action: str) -> list[str]:
    """The states in which `action` may be taken."""
    return [state for state, actions in NEXT.items() if action in actions]


def state_after(action: str) -> str:
    """The state that `action` leads to, from wherever it may be taken."""
    return next(actions[action] for actions in NEXT.values() if action in actions)
