"""Alerts: raised by the subjects above in their own transaction, taken by one, settled, opened again."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from config.database import in_operation, transaction
from notifications.outbox import Words, enqueue
from patrol.alerts import rules
from patrol.alerts.models import Alert, Recipient
from patrol.alerts.operations.reading import alert_of
from patrol.errors import Conflict
from patrol.places.operations.cities import zone_of


class TakenAlready(Conflict):
    """Somebody else was first. Facts: `name`, `at` (in the city's time)."""

    words = {"ko": "{at}에 {name} 님이 먼저 확인했습니다.", "en": "{name} acknowledged this at {at} already."}


class NoLongerOpen(Conflict):
    """The alert's state does not allow it. Facts: `state`."""

    words = {"ko": "지금 상태({state})에서는 할 수 없습니다.", "en": "Not possible while the alert is {state}."}


def raise_alert(
    *,
    city: UUID,
    subject: UUID,
    urgency: str,
    people: Collection[UUID],
    kind: str,
    words: Words,
    link: str,
    due_at: datetime,
    now: datetime,
    exercise: bool = False,
) -> Alert:
    """Tell `people` of `subject`; one of them must acknowledge by `due_at`. A message of this `kind` goes to each.

    Nobody in `people` is allowed: the alert stays open and `unheard` finds it. At `due_at` it is the next one's turn
    (escalating.py). Raises RuntimeError outside a transaction.
    """
    if not in_operation():
        raise RuntimeError("an alert is raised in the transaction that keeps its subject; none is open")
    alert: Alert = Alert.create(
        city=city,
        subject=subject,
        urgency=urgency,
        raised_at=now,
        due_at=due_at,
        escalate_at=due_at,
        exercise=exercise,
    )
    send(alert, people, kind=kind, words=words, link=link, now=now)
    return alert


def acknowledge(subject: UUID, *, by: UUID, now: datetime) -> bool:
    """Take the alert. True when it is taken now, False when `by` had it already.

    Raises TakenAlready (by whom and when), NoLongerOpen, NotFound.
    """
    with transaction():
        if _move(subject, "acknowledge", acknowledged_by=by, acknowledged_at=now):
            return True
        alert = alert_of(subject)
        if alert.state != "acknowledged":
            raise NoLongerOpen(state=alert.state)
        if alert.acknowledged_by_id != by:
            raise taken(alert)
        return False


def settle(subject: UUID, *, now: datetime) -> None:
    """Nothing more is to be done. Raises NoLongerOpen, NotFound."""
    with transaction():
        if not _move(subject, "settle", settled_at=now):
            raise NoLongerOpen(state=alert_of(subject).state)


def reopen(subject: UUID, *, due_at: datetime, now: datetime) -> None:
    """Open a settled alert again, below the first rung; `tell` says so to whom it concerns.

    Raises NoLongerOpen, NotFound.
    """
    fresh = {"acknowledged_by": None, "acknowledged_at": None, "settled_at": None, "rung": 0, "climbs": 0}
    with transaction():
        if not _move(subject, "reopen", raised_at=now, due_at=due_at, escalate_at=due_at, **fresh):
            raise NoLongerOpen(state=alert_of(subject).state)


def pass_on(subject: UUID, *, due_at: datetime, now: datetime) -> None:
    """It is for others to take from now on, whoever has it; `tell` says so to them. Raises NoLongerOpen, NotFound."""
    fresh = {"acknowledged_by": None, "acknowledged_at": None, "rung": 0, "climbs": 0}
    with transaction():
        if not _move(subject, "pass_on", raised_at=now, due_at=due_at, escalate_at=due_at, **fresh):
            raise NoLongerOpen(state=alert_of(subject).state)


def absorb(subject: UUID, *, now: datetime) -> bool:
    """Another alert stands for this one from now on: nobody has to answer it. False when nobody has to already."""
    with transaction():
        return _move(subject, "absorb", acknowledged_by=None, acknowledged_at=None, settled_at=now)


def hand_over(subject: UUID, *, by: UUID, to: UUID, now: datetime) -> None:
    """Who took the alert gives it to a colleague. Raises TakenAlready (another has it), NoLongerOpen, NotFound."""
    with transaction():
        _given(subject, "hand_over", by=by, acknowledged_by=to, acknowledged_at=now)
        row = {"alert": alert_of(subject).id, "person": to, "told_at": now}
        Recipient.insert(row).on_conflict_ignore().execute()


def release(subject: UUID, *, by: UUID, due_at: datetime, now: datetime) -> None:
    """Who took the alert leaves it to whoever takes it next, below the first rung; `tell` says so.

    Raises what hand_over raises.
    """
    fresh = {"acknowledged_by": None, "acknowledged_at": None, "rung": 0, "climbs": 0}
    with transaction():
        _given(subject, "release", by=by, raised_at=now, due_at=due_at, escalate_at=due_at, **fresh)


def tell(subject: UUID, *, people: Collection[UUID], kind: str, words: Words, link: str, now: datetime) -> None:
    """Send an alert to these people; told of it already since it was last raised, they are not told twice."""
    with transaction():
        send(alert_of(subject), people, kind=kind, words=words, link=link, now=now)


def taken(alert: Alert) -> TakenAlready:
    """The error that says who has it."""
    at = alert.acknowledged_at.astimezone(zone_of(alert.city_id))
    return TakenAlready(name=alert.acknowledged_by.name if alert.acknowledged_by else "–", at=f"{at:%H:%M:%S}")


def _move(subject: UUID, action: str, **values: Any) -> bool:
    """Compare and set: of two at once, one finds the state as it was."""
    possible = (Alert.subject == subject) & Alert.state.in_(rules.states_for(action))
    moved = Alert.update(state=rules.state_after(action), **values).where(possible).execute()
    return bool(moved)


def _given(subject: UUID, action: str, *, by: UUID, **values: Any) -> None:
    alert = alert_of(subject)
    theirs = (Alert.subject == subject) & Alert.state.in_(rules.states_for(action)) & (Alert.acknowledged_by == by)
    if Alert.update(state=rules.state_after(action), **values).where(theirs).execute():
        return
    if alert.state == "acknowledged":
        raise taken(alert)
    raise NoLongerOpen(state=alert.state)


def send(
    alert: Alert,
    people: Collection[UUID],
    *,
    kind: str,
    words: Words,
    link: str,
    now: datetime,
    rung: int = 0,
    again: str = "",
    key: str = "",
) -> None:
    """Within a transaction: make these people recipients and send each a message, once since the alert was raised.

    `again`: a reminder's own key, under which they get one more; `key`: instead of all that, once under it.
    """
    if not people:
        return
    rows = [{"alert": alert.id, "person": person, "told_at": now, "rung": rung} for person in sorted(set(people))]
    Recipient.insert_many(rows).on_conflict(
        conflict_target=[Recipient.alert, Recipient.person],
        # By escalation somebody sees what went elsewhere, and goes on seeing it when all are told anew.
        update={Recipient.told_at: now, **({Recipient.rung: rung} if rung else {})},
        where=Recipient.told_at < alert.raised_at,
    ).execute()
    enqueue(
        city=alert.city_id,
        people=sorted(people),
        kind=kind,
        words=words,
        link=link,
        subject=alert.subject,
        urgent=alert.urgency == "Immediate",
        exercise=alert.exercise,
        dedupe_key=key or f"alert:{alert.id}:{alert.raised_at.isoformat()}{again}",
        now=now,
    )
