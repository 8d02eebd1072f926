"""Pure decisions about alerts: how they live, and who is told when nobody acknowledges."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

STATES = ("open", "acknowledged", "settled")
URGENCIES = ("Immediate", "Expected", "Future")

NEXT: dict[str, dict[str, str]] = {
    "open": {"acknowledge": "acknowledged", "pass_on": "open", "absorb": "settled"},
    "acknowledged": {
        "settle": "settled",
        "pass_on": "open",
        "hand_over": "acknowledged",
        "release": "open",
        "absorb": "settled",
    },
    "settled": {"reopen": "open"},
}
"""State → action → state. What is not here is refused."""


def states_for(action: str) -> list[str]:
    """The states in which `action` may be taken."""
    return [state for state, actions in NEXT.items() if action in actions]


def state_after(action: str) -> str:
    """The state that `action` leads to, from wherever it may be taken."""
    return next(actions[action] for actions in NEXT.values() if action in actions)


RUNGS = ("first", "neighbour", "station", "duty", "coordinators", "admins", "overdue")
"""Whom an alert may be passed on to. `first`: who was told when it was raised, reminded where nobody else is there;
`overdue`: coordinators and admins who learn that something waits, and no more.
"""
RUNG_WORDS = {
    "first": {"ko": "처음 담당자", "en": "those told first"},
    "neighbour": {"ko": "이웃 지구대·파출소", "en": "the neighbouring police box"},
    "station": {"ko": "경찰서 당직", "en": "the station's duty officer"},
    "duty": {"ko": "다른 당직 담당자", "en": "others on duty"},
    "coordinators": {"ko": "순찰대 코디네이터", "en": "the patrol's coordinators"},
    "admins": {"ko": "순찰대 관리자", "en": "the patrol's admins"},
    "overdue": {"ko": "당직 책임자", "en": "those who look after the rota"},
}
LADDERS = {
    "box": ("neighbour", "station", "coordinators", "admins"),
    "duty": ("duty", "station", "coordinators", "admins"),
    "coordinators": ("coordinators", "admins"),
    "admins": ("admins",),
}
"""Whom a thing went to first → who comes next. Whatever else it went to: the coordinators."""
DRILL_STATES = ("unreached", "waiting", "reached")
RESTRICTED = ("duty", "overdue")
"""A restricted thing stays with those on its duty; above them people learn only that something waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """Who could be told besides those told first. `neighbour` is the box whose officers `neighbours` are."""

    neighbour: UUID | None = None
    neighbours: Collection[UUID] = ()
    station: Collection[UUID] = ()
    duty: Collection[UUID] = ()
    coordinators: Collection[UUID] = ()
    admins: Collection[UUID] = ()


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a ladder: a name of RUNGS and its people, who may be none; `box` theirs, of a neighbour."""

    to: str
    people: frozenset[UUID]
    box: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Climb:
    """What is done when nobody acknowledged: `tell` these rungs; the alert then is at `rung`, counted from 1."""

    rung: int
    tell: tuple[Rung, ...]
    skipped: tuple[str, ...] = ()
    again: bool = False


def ladder(went_to: str, contacts: Contacts, *, restricted: bool) -> tuple[Rung, ...]:
    """Who is told in turn, when nobody acknowledges. Its rungs are always the same; some may have nobody."""
    people = {
        "neighbour": contacts.neighbours,
        "station": contacts.station,
        "duty": contacts.duty,
        "coordinators": contacts.coordinators,
        "admins": contacts.admins,
        "overdue": {*contacts.coordinators, *contacts.admins},
    }
    names = RESTRICTED if restricted else LADDERS.get(went_to, LADDERS["coordinators"])
    return tuple(
        Rung(name, frozenset(people[name]), contacts.neighbour if name == "neighbour" else None) for name in names
    )


def climb(rungs: Sequence[Rung], *, rung: int, told: Collection[UUID], first: Collection[UUID]) -> Climb:
    """The next rung with somebody who has not been told; at the end of the ladder its last one again, with everybody.

    `told`: all since the alert was raised, `first` those of them told then. Where nobody else is there, or those above
    may not know what it is about, those on the duty, else `first`, are reminded, too.
    """
    skipped: list[str] = []
    for number, each in enumerate(rungs[rung:], start=rung + 1):
        fresh = each.people - set(told)
        if fresh:
            return Climb(rung=number, tell=(Rung(each.to, fresh, each.box),), skipped=tuple(skipped))
        skipped.append(each.to)
    last = next((each for each in reversed(rungs) if each.people), None)
    reminded = (last,) if last else ()
    if last is None or last.to == "overdue":
        on_duty = next((each for each in rungs if each.to == "duty" and each.people), None)
        knowing = on_duty or Rung("first", frozenset(first))
        reminded = (*((knowing,) if knowing.people else ()), *reminded)
    return Climb(rung=len(rungs), tell=reminded, skipped=tuple(skipped), again=True)
