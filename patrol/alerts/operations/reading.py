"""Which alerts there are, who was told of them and who has them."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import peewee

from patrol.alerts.models import Alert, Recipient
from patrol.errors import NotFound
from patrol.people.models import Person


def reached(person: UUID, subjects: Iterable[UUID]) -> dict[UUID, int]:
    """Those of `subjects` whose alert was sent to this person → the rung: 0 when it was raised, else by escalation."""
    rows: Any = (
        Recipient.select(Alert.subject, Recipient.rung)
        .join(Alert)
        .where((Recipient.person == person) & Alert.subject.in_([*subjects]))
        .tuples()
    )
    return dict(rows)


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


def told_of(subject: UUID) -> list[UUID]:
    """Whom the alert was sent to since it was last raised; what went elsewhere since is no longer theirs."""
    return sorted(row.person_id for row in _since_raised(subject))


def concerned(subject: UUID) -> list[UUID]:
    """Whom the alert was sent to when it was last raised, and who has it: those to turn to when it is raised again."""
    first = {row.person_id for row in _since_raised(subject) if row.rung == 0}
    return sorted(first | ({alert_of(subject).acknowledged_by_id} - {None}))


def alert_of(subject: UUID) -> Alert:
    """The alert of a subject. Raises NotFound."""
    alert: Alert | None = Alert.get_or_none(Alert.subject == subject)
    if alert is None:
        raise NotFound
    return alert


def alerts_of(subjects: Iterable[UUID]) -> dict[UUID, Alert]:
    """The alert of each subject, with the name of who acknowledged it."""
    rows = Alert.select(Alert, Person.id, Person.name).left_outer_join(Person).where(Alert.subject.in_([*subjects]))
    return {row.subject: row for row in rows}


def waiting() -> Any:
    """Query of the subjects of open alerts, for use in another query's `in_`."""
    return Alert.select(Alert.subject).where(Alert.state == "open")


def unheard() -> list[UUID]:
    """Subjects of open alerts that were sent to nobody, as there was nobody, oldest first."""
    told_any = peewee.fn.EXISTS(Recipient.select(peewee.SQL("1")).where(Recipient.alert == Alert.id))
    rows = Alert.select(Alert.subject).where((Alert.state == "open") & ~Alert.exercise & ~told_any)
    return [row.subject for row in rows.order_by(Alert.raised_at)]


def _since_raised(subject: UUID) -> Any:
    told_since = (Alert.subject == subject) & (Recipient.told_at >= Alert.raised_at)
    return Recipient.select(Recipient.person, Recipient.rung).join(Alert).where(told_since)
