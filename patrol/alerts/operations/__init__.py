"""Alerts: raised by the subjects above in their own transaction, taken by one, settled, opened again."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from peewee import SQL

from config.database import transaction
from config.personal import Part, part
from notifications.outbox import Words, enqueue
from patrol.alerts import rules
from patrol.alerts.models import Alert, Drill, Recipient
from patrol.errors import Conflict, NotFound
from patrol.people.models import Duty, Person, Role
from patrol.people.operations.rota import on_call
from patrol.people.rules import STAFF
from patrol.places.models import PoliceBox
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
    (escalating.py).
    """
    with transaction():
        alert = Alert.create(
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
        alert = _of(subject)
        if alert.state != "acknowledged":
            raise NoLongerOpen(state=alert.state)
        if alert.acknowledged_by_id != by:
            raise taken(alert)
        return False


def settle(subject: UUID, *, now: datetime) -> None:
    """Nothing more is to be done. Raises NoLongerOpen, NotFound."""
    with transaction():
        if not _move(subject, "settle", settled_at=now):
            raise NoLongerOpen(state=_of(subject).state)


def reopen(subject: UUID, *, due_at: datetime, now: datetime) -> None:
    """Open a settled alert again, below the first rung; `tell` says so to whom it concerns.

    Raises NoLongerOpen, NotFound.
    """
    fresh = {"acknowledged_by": None, "acknowledged_at": None, "settled_at": None, "rung": 0, "climbs": 0}
    with transaction():
        if not _move(subject, "reopen", raised_at=now, due_at=due_at, escalate_at=due_at, **fresh):
            raise NoLongerOpen(state=_of(subject).state)


def pass_on(subject: UUID, *, due_at: datetime, now: datetime) -> None:
    """It is for others to take from now on, whoever has it; `tell` says so to them. Raises NoLongerOpen, NotFound."""
    fresh = {"acknowledged_by": None, "acknowledged_at": None, "rung": 0, "climbs": 0}
    with transaction():
        if not _move(subject, "pass_on", raised_at=now, due_at=due_at, escalate_at=due_at, **fresh):
            raise NoLongerOpen(state=_of(subject).state)


def absorb(subject: UUID, *, now: datetime) -> bool:
    """Another alert stands for this one from now on: nobody has to answer it. False when nobody has to already."""
    with transaction():
        return _move(subject, "absorb", acknowledged_by=None, acknowledged_at=None, settled_at=now)


def hand_over(subject: UUID, *, by: UUID, to: UUID, now: datetime) -> None:
    """Who took the alert gives it to a colleague. Raises TakenAlready (another has it), NoLongerOpen, NotFound."""
    with transaction():
        _given(subject, "hand_over", by=by, acknowledged_by=to, acknowledged_at=now)
        row = {"alert": _of(subject).id, "person": to, "told_at": now}
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
        send(_of(subject), people, kind=kind, words=words, link=link, now=now)


def may_see(subject: UUID, person: UUID) -> bool:
    """Whether the alert was sent to this person."""
    return subject in seen_by(person, [subject])


def seen_by(person: UUID, subjects: Iterable[UUID]) -> set[UUID]:
    """Those of `subjects` whose alert was sent to this person."""
    told = Recipient.select(Alert.subject).join(Alert).where(Recipient.person == person, Alert.subject.in_([*subjects]))
    return {row.alert.subject for row in told}


def told(person: UUID) -> Any:
    """Query of the subjects whose alert was sent to this person, for use in another query's `in_`."""
    return Alert.select(Alert.subject).join(Recipient).where(Recipient.person == person)


def taken_by(person: UUID) -> Any:
    """Query of the subjects whose alert this person acknowledged, for use in another query's `in_`."""
    return Alert.select(Alert.subject).where(Alert.acknowledged_by == person)


def passed_on_to(person: UUID) -> Any:
    """Query of the subjects whose alert reached this person by escalation, for use in another query's `in_`."""
    return told(person).where(Recipient.rung > 0)


def recipients(subject: UUID) -> list[UUID]:
    """Whom the alert was sent to."""
    rows = Recipient.select(Recipient.person).join(Alert).where(Alert.subject == subject)
    return sorted(row.person_id for row in rows)


def concerned(subject: UUID) -> list[UUID]:
    """Whom the alert was sent to when it was raised, and who has it: those to turn to when it is raised again."""
    rows = Recipient.select(Recipient.person).join(Alert).where((Alert.subject == subject) & (Recipient.rung == 0))
    return sorted({row.person_id for row in rows} | ({_of(subject).acknowledged_by_id} - {None}))


def alerts_of(subjects: Iterable[UUID]) -> dict[UUID, Alert]:
    """The alert of each subject, with who acknowledged it."""
    rows = Alert.select(Alert, Person).left_outer_join(Person).where(Alert.subject.in_([*subjects]))
    return {row.subject: row for row in rows}


def waiting() -> Any:
    """Query of the subjects of open alerts, for use in another query's `in_`."""
    return Alert.select(Alert.subject).where(Alert.state == "open")


def unheard() -> list[UUID]:
    """Subjects of open alerts that were sent to nobody, as there was nobody, oldest first."""
    told_any = Recipient.select(Recipient.alert)
    rows = Alert.select(Alert.subject).where((Alert.state == "open") & ~Alert.exercise & Alert.id.not_in(told_any))
    return [row.subject for row in rows.order_by(Alert.raised_at)]


def exported(person: UUID) -> list[Part]:
    """The alerts that were sent to a person, and those that they took."""
    sent = Recipient.select().where(Recipient.person == person).order_by(Recipient.told_at)
    taken = Alert.select().where(Alert.acknowledged_by == person).order_by(Alert.acknowledged_at)
    drills = Drill.select().where(Drill.started_by == person)
    return [
        part(sent, ko="받은 경보", en="Alerts received"),
        part(taken, ko="맡은 경보", en="Alerts taken"),
        part(drills, ko="시작한 훈련", en="Drills started"),
    ]


def holders_of(city: UUID, duty: str) -> list[UUID]:
    """Active staff who hold a duty, on call or not."""
    return _holders(city, duty, SQL("1 = 1"))


def on_duty(city: UUID, duty: str, at: datetime, *, box: PoliceBox | None = None) -> list[UUID]:
    """Active staff who hold a duty and are on call for it at that instant; all who hold it, where it has no rota.

    With `box`, those on call for that box, its station, or the whole city.
    """
    return _holders(city, duty, on_call(Duty, at, box=box))


def _holders(city: UUID, duty: str, which: Any) -> list[UUID]:
    staff = Role.select(Role.person).where((Role.role.in_(sorted(STAFF))) & Role.ended_at.is_null())
    rows = (
        Duty.select(Duty.person)
        .join(Person)
        .where(
            (Duty.city == city)
            & (Duty.duty == duty)
            & Duty.ended_at.is_null()
            & (Person.state == "active")
            & Person.id.in_(staff)
            & which
        )
    )
    return sorted({row.person_id for row in rows})


def city_officers(city: UUID) -> list[UUID]:
    """Active officers who serve at no box of their own: the whole city is theirs."""
    rows = (
        Role.select(Role.person)
        .join(Person)
        .where(
            (Role.city == city)
            & (Role.role == "officer")
            & Role.box.is_null()
            & Role.ended_at.is_null()
            & (Person.state == "active")
        )
    )
    return sorted({row.person_id for row in rows})


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
    alert = _of(subject)
    theirs = (Alert.subject == subject) & Alert.state.in_(rules.states_for(action)) & (Alert.acknowledged_by == by)
    if Alert.update(state=rules.state_after(action), **values).where(theirs).execute():
        return
    if alert.state == "acknowledged":
        raise taken(alert)
    raise NoLongerOpen(state=alert.state)


def _of(subject: UUID) -> Alert:
    alert: Alert | None = Alert.get_or_none(Alert.subject == subject)
    if alert is None:
        raise NotFound
    return alert


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
        update={Recipient.told_at: now},
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
        dedupe_key=key or f"alert:{alert.id}:{alert.raised_at.isoformat()}{again}",
        now=now,
    )
