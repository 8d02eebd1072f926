"""What is done about a sighting. Every step is compare-and-set, written down, and told to its reporter."""

from datetime import datetime
from typing import Any
from uuid import UUID

from config.database import transaction
from patrol.alerts import operations as alerts
from patrol.alerts.operations.reading import concerned
from patrol.errors import Conflict, Gone, Stale
from patrol.places.operations.cities import policy_of, zone_of
from patrol.sightings import rules
from patrol.sightings.models import Sighting, SightingStep
from patrol.sightings.operations import corroborating
from patrol.sightings.operations.owners import tell_closed
from patrol.sightings.operations.routing import due, routed_again
from patrol.sightings.operations.telling import alert_words, note_step, tell_change


class NotNow(Conflict):
    """The sighting's state does not allow the action. Facts: `state`, `action`."""

    words = {
        "ko": "'{state_ko}' 상태에서는 할 수 없습니다.",
        "en": "Not possible while the sighting is {state}: {action}.",
    }

    def __init__(self, *, state: str, action: str) -> None:
        super().__init__(state=state, action=action, state_ko=rules.STATES_KO[state])


class EndedAlready(Conflict):
    """It was resolved before. Facts: `at` (in the city's time), `outcome`."""

    words = {
        "ko": "{at}에 이미 종결된 신고입니다({outcome}).",
        "en": "This was resolved at {at} already ({outcome}).",
    }


class BelongsToAnother(Conflict):
    """Another sighting stands for it. Facts: `first`."""

    words = {
        "ko": "다른 신고와 묶여 있습니다. 처음 신고({first})에서 처리해 주세요.",
        "en": "It is linked to another; answer that one: {first}.",
    }


class Coarsened(Gone):
    """It ended so long ago that nobody knows any more what it was."""

    words = {
        "ko": "오래되어 내용이 지워진 신고입니다. 새로 신고해 주세요.",
        "en": "This ended long ago and its content is gone; please report anew.",
    }


def acknowledge(sighting: Sighting, *, by: UUID, by_role: str, expected: int | None = None, now: datetime) -> Sighting:
    """Take it; once more by the same person changes nothing.

    Raises alerts' TakenAlready, EndedAlready, BelongsToAnother, NotNow, Stale.
    """
    with transaction():
        current: Sighting = Sighting.get_by_id(sighting.id)
        check_first(current)
        if current.state == "resolved":
            raise ended(current)
        if not alerts.acknowledge(current.id, by=by, now=now):
            return current
        current = Sighting.get_by_id(sighting.id)
        if expected is not None and current.version != expected:
            raise Stale
        moved = move(current, "acknowledge")
        return told(moved, "acknowledge", by=by, by_role=by_role, now=now)


def respond(sighting: Sighting, *, by: UUID, by_role: str, expected: int | None, now: datetime) -> Sighting:
    """Somebody is on it. Raises NotNow, Stale."""
    with transaction():
        moved = move(expect(sighting, "respond", expected), "respond")
        return told(moved, "respond", by=by, by_role=by_role, now=now)


def resolve(
    sighting: Sighting, *, outcome: str, note: str, by: UUID, by_role: str, expected: int | None, now: datetime
) -> Sighting:
    """Close it with an outcome of rules.OUTCOMES; the note is for its reporter. Raises NotNow, Stale.

    Owners of what is broken learn that it is closed.
    """
    with transaction():
        current = expect(sighting, "resolve", expected)
        alerts.settle(current.id, now=now)
        moved = move(current, "resolve", outcome=outcome)
        if moved.facility_id is not None:
            tell_closed(moved, outcome=outcome, by=by, now=now)
        return told(moved, "resolve", by=by, by_role=by_role, note=note, now=now)


def reopen(sighting: Sighting, *, reason: str, by: UUID, expected: int | None, now: datetime) -> Sighting:
    """Its reporter is not content: alert again those who had it and those who answer now.

    Of several that are the same, all are opened again. Returns the one that stands for them.
    Raises NotNow, Stale, Coarsened.
    """
    if sighting.coarsened_at is not None:
        raise Coarsened
    if expected is not None and Sighting.get_by_id(sighting.id).version != expected:
        raise Stale
    first = corroborating.first_of(sighting.id)
    if first is not None:
        sighting, expected = Sighting.get_by_id(first), None
    policy = policy_of(sighting.city_id)
    routed = routed_again(sighting, policy, now=now)
    with transaction():
        current = expect(sighting, "reopen", expected)
        before = concerned(current.id)
        alerts.reopen(current.id, due_at=due(policy, current.urgency, now=now), now=now)
        moved = move(current, "reopen", **routed.columns)
        alerts.tell(
            moved.id,
            people={*before, *routed.people},
            kind="sighting",
            words=alert_words(moved, again=True),
            link=rules.PAGE[routed.to],
            now=now,
        )
        return told(moved, "reopen", by=by, by_role="reporter", note=reason, now=now)


def expect(sighting: Sighting, action: str, version: int | None) -> Sighting:
    """The sighting as it is now, when the action may be taken. Raises Stale, NotNow, BelongsToAnother."""
    current: Sighting = Sighting.get_by_id(sighting.id)
    if version is not None and current.version != version:
        raise Stale
    check_first(current)
    if action not in rules.NEXT[current.state]:
        raise NotNow(state=current.state, action=action)
    return current


def ended(sighting: Sighting) -> EndedAlready:
    """The error that says when it was resolved, and how."""
    last = sighting.steps.where(SightingStep.action == "resolve").order_by(SightingStep.version.desc()).get()
    at = last.at.astimezone(zone_of(sighting.city_id))
    return EndedAlready(at=f"{at:%Y-%m-%d %H:%M}", outcome=sighting.outcome)


def check_first(sighting: Sighting) -> None:
    """What belongs to another is answered there. Raises BelongsToAnother."""
    first = corroborating.first_of(sighting.id)
    if first is not None:
        raise BelongsToAnother(first=first)


def move(sighting: Sighting, action: str, *, outcome: str | None = None, **values: Any) -> Sighting:
    """Compare and set. The alert, where it moves too, is moved first: two steps at once wait on the same row."""
    unchanged = (Sighting.id == sighting.id) & (Sighting.version == sighting.version)
    changed = (
        Sighting.update(
            state=rules.NEXT[sighting.state][action], outcome=outcome, version=Sighting.version + 1, **values
        )
        .where(unchanged)
        .execute()
    )
    moved: Sighting = Sighting.get_by_id(sighting.id)
    if not changed:
        raise NotNow(state=moved.state, action=action)
    return moved


def told(sighting: Sighting, action: str, *, by: UUID, by_role: str, note: str = "", now: datetime) -> Sighting:
    """Write down what happened and tell: of all sightings that this one stands for. The last thing of an operation."""
    note_step(sighting, action, by=by, by_role=by_role, note=note, now=now)
    tell_change(sighting, action, now=now)
    corroborating.carry(sighting, action, by=by, by_role=by_role, note=note, now=now)
    return sighting
