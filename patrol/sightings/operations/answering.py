"""What is done about a sighting. Every step is compare-and-set, written down, and told to its reporter."""

from datetime import datetime
from typing import Any
from uuid import UUID

from config.database import transaction
from patrol.alerts import operations as alerts
from patrol.errors import Conflict, Gone, Stale
from patrol.places.operations.cities import policy_of
from patrol.sightings import rules
from patrol.sightings.models import Sighting
from patrol.sightings.operations.filing import due, routed_again
from patrol.sightings.operations.telling import alert_words, note_step, tell_change


class NotNow(Conflict):
    """The sighting's state does not allow the action. Facts: `state`, `action`."""

    words = {
        "ko": "'{state_ko}' 상태에서는 할 수 없습니다.",
        "en": "Not possible while the sighting is {state}: {action}.",
    }

    def __init__(self, *, state: str, action: str) -> None:
        super().__init__(state=state, action=action, state_ko=rules.STATES_KO[state])


class Coarsened(Gone):
    """It ended so long ago that nobody knows any more what it was."""

    words = {
        "ko": "오래되어 내용이 지워진 신고입니다. 새로 신고해 주세요.",
        "en": "This ended long ago and its content is gone; please report anew.",
    }


def acknowledge(sighting: Sighting, *, by: UUID, by_role: str, now: datetime) -> Sighting:
    """Take it; once more by the same person changes nothing. Raises alerts' TakenAlready, NotNow."""
    with transaction():
        current: Sighting = Sighting.get_by_id(sighting.id)
        if current.state == "resolved":
            raise NotNow(state=current.state, action="acknowledge")
        if not alerts.acknowledge(current.id, by=by, now=now):
            return current
        moved = _move(Sighting.get_by_id(sighting.id), "acknowledge")
        return _told(moved, "acknowledge", by=by, by_role=by_role, now=now)


def respond(sighting: Sighting, *, by: UUID, by_role: str, expected: int | None, now: datetime) -> Sighting:
    """Somebody is on it. Raises NotNow, Stale."""
    with transaction():
        moved = _move(_expect(sighting, "respond", expected), "respond")
        return _told(moved, "respond", by=by, by_role=by_role, now=now)


def resolve(
    sighting: Sighting, *, outcome: str, note: str, by: UUID, by_role: str, expected: int | None, now: datetime
) -> Sighting:
    """Close it with an outcome of rules.OUTCOMES; the note is for its reporter. Raises NotNow, Stale."""
    with transaction():
        current = _expect(sighting, "resolve", expected)
        alerts.settle(current.id, now=now)
        moved = _move(current, "resolve", outcome=outcome)
        return _told(moved, "resolve", by=by, by_role=by_role, note=note, now=now)


def reopen(sighting: Sighting, *, reason: str, by: UUID, expected: int | None, now: datetime) -> Sighting:
    """Its reporter is not content: alert again those who had it and those who answer now.

    Raises NotNow, Stale, Coarsened.
    """
    if sighting.coarsened_at is not None:
        raise Coarsened
    policy = policy_of(sighting.city_id)
    why, route = routed_again(sighting, policy, now=now)
    with transaction():
        current = _expect(sighting, "reopen", expected)
        concerned = alerts.concerned(current.id)
        alerts.reopen(current.id, due_at=due(policy, current.urgency, now=now), now=now)
        moved = _move(current, "reopen", routed_to=route.to, routed_why=why)
        alerts.tell(
            moved.id,
            people={*concerned, *route.people},
            kind="sighting",
            words=alert_words(moved, again=True),
            link=rules.PAGE[route.to],
            now=now,
        )
        return _told(moved, "reopen", by=by, by_role="reporter", note=reason, now=now)


def _expect(sighting: Sighting, action: str, version: int | None) -> Sighting:
    current: Sighting = Sighting.get_by_id(sighting.id)
    if version is not None and current.version != version:
        raise Stale
    if action not in rules.NEXT[current.state]:
        raise NotNow(state=current.state, action=action)
    return current


def _move(sighting: Sighting, action: str, *, outcome: str | None = None, **values: Any) -> Sighting:
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


def _told(sighting: Sighting, action: str, *, by: UUID, by_role: str, note: str = "", now: datetime) -> Sighting:
    note_step(sighting, action, by=by, by_role=by_role, note=note, now=now)
    tell_change(sighting, action, now=now)
    return sighting
