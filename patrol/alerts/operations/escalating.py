"""Nobody acknowledged in time: the next contact is told, rung by rung, until somebody does.

How far an alert has come stands in its row, and each step is one transaction that compares and sets: after a crash it
is taken whole or not at all, and of two workers one takes it. What was missed in an outage is made up one rung at a
time, each with its own time to answer.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, cast
from uuid import UUID

from config.database import transaction
from config.policy import Policy, Urgency
from notifications.outbox import Words, enqueue
from patrol.alerts import rules
from patrol.alerts.models import Alert, Escalation, Recipient
from patrol.alerts.operations import send
from patrol.alerts.operations.duties import on_duty
from patrol.people.operations.accounts import coordinators_of, people_with
from patrol.places.models import City, PoliceBox
from patrol.places.operations.boxes import boxes_nearby

AT_ONCE = 100
"""Alerts of one run; the rest are the next one's, a few seconds later."""
OVERDUE = Words(
    ko={"title": "확인되지 않은 신고", "body": "담당자가 제때 확인하지 않은 신고가 있습니다. 당직을 살펴 주세요."},
    en={"title": "A sighting waits", "body": "Nobody in charge has read a sighting in time; please see to the rota."},
)
OVERDUE_PAGE = "/staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What those of a rung are told: a message's kind, words and page; `key`: once under it, not once an alert."""

    kind: str
    words: Words
    link: str
    key: str = ""


class Tells(Protocol):
    """Says what a rung is told, the first time or `again`."""

    def __call__(self, rung: rules.Rung, /, *, again: bool) -> Told:
        """Kind, words and page of the message."""
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """How long each rung has to answer, and how often the last one is reminded."""

    rung: timedelta
    repeat: timedelta


def pace_of(policy: Policy, urgency: str) -> Pace:
    """The city's pace for an urgency; reminders never come faster than rungs."""
    rung = timedelta(minutes=policy.escalation.minutes(cast("Urgency", urgency)))
    return Pace(rung, max(rung, timedelta(minutes=policy.escalation.repeat_min)))


def overdue(*, exercise: bool, now: datetime) -> list[Alert]:
    """Open alerts whose next contact is due, the most urgent first, then who has waited longest."""
    due = (Alert.state == "open") & (Alert.escalate_at <= now) & (Alert.exercise == exercise)
    rows = list(Alert.select().where(due).order_by(Alert.escalate_at, Alert.id).limit(AT_ONCE * 10))
    return sorted(rows, key=lambda row: rules.URGENCIES.index(row.urgency))[:AT_ONCE]


def contacts(
    city: City,
    *,
    place: tuple[float, float],
    box: PoliceBox | None,
    district: UUID | None,
    duty: str,
    station_duty: str,
    now: datetime,
) -> rules.Contacts:
    """Who could be told besides the box: its nearest neighbour with officers, who is on call, who runs the patrol."""
    neighbour, officers = _neighbour(city, place, box) if box else (None, [])
    return rules.Contacts(
        neighbour=neighbour.id if neighbour else None,
        neighbours=officers,
        station=on_duty(city.id, station_duty, now, box=box),
        duty=on_duty(city.id, duty, now) if duty else (),
        coordinators=coordinators_of(city.id, district),
        admins=people_with(city.id, "admin"),
    )


def climb(
    alert: Alert,
    ladder: Sequence[rules.Rung],
    *,
    pace: Pace,
    told: Tells,
    then: Callable[[Escalation], None] = lambda _: None,
    now: datetime,
) -> Escalation | None:
    """Tell the next rung, and say when it is the turn of the one after.

    None when another worker did, somebody has acknowledged, or nobody at all is there; the last is tried again later.
    `then` runs in the same transaction, for what the subject above says and shows of it.
    """
    unmoved = (
        (Alert.id == alert.id)
        & (Alert.state == "open")
        & (Alert.raised_at == alert.raised_at)
        & (Alert.climbs == alert.climbs)
        & (Alert.escalate_at == alert.escalate_at)
    )
    with transaction():
        if not Alert.update(escalate_at=now + pace.rung).where(unmoved).execute():
            return None
        since = list(Recipient.select().where((Recipient.alert == alert) & (Recipient.told_at >= alert.raised_at)))
        step = rules.climb(
            ladder,
            rung=alert.rung,
            told={row.person_id for row in since},
            first={row.person_id for row in since if row.rung == 0},
        )
        wait = pace.repeat if step.again else pace.rung
        number = alert.climbs + 1
        Alert.update(rung=step.rung, climbs=number, escalate_at=now + wait).where(Alert.id == alert.id).execute()
        if not step.tell:
            return None
        for rung in step.tell:
            _tell(alert, rung, step, number=number, told=told, now=now)
        made: Escalation = Escalation.create(
            alert=alert,
            raised_at=alert.raised_at,
            number=number,
            passed_to=step.tell[-1].to,
            box=step.tell[-1].box,
            people=len(step.tell[-1].people),
            skipped=list(step.skipped),
            again=step.again,
            due_at=alert.escalate_at,
            at=now,
        )
        then(made)
    return made


def escalations_of(subjects: Iterable[UUID]) -> dict[UUID, list[Escalation]]:
    """Subject → whom its alert was passed on to, oldest first."""
    wanted = list(subjects)
    rows = Escalation.select(Escalation, Alert.id, Alert.subject).join(Alert).where(Alert.subject.in_(wanted))
    found: dict[UUID, list[Escalation]] = {subject: [] for subject in wanted}
    for row in rows.order_by(Escalation.at, Escalation.number):
        found[row.alert.subject].append(row)
    return found


def _tell(
    alert: Alert,
    rung: rules.Rung,
    step: rules.Climb,
    *,
    number: int,
    told: Tells,
    now: datetime,
) -> None:
    again = f":{number}" if step.again else ""
    if rung.to == "overdue":  # they are no recipients: of what waits they may not even know which it is
        enqueue(
            city=alert.city_id,
            people=sorted(rung.people),
            kind="alert_overdue",
            words=OVERDUE,
            link=OVERDUE_PAGE,
            subject=None,
            urgent=alert.urgency == "Immediate",
            dedupe_key=f"overdue:{alert.id}:{alert.raised_at.isoformat()}{again}",
            now=now,
        )
        return
    said = told(rung, again=step.again)
    send(
        alert,
        rung.people,
        kind=said.kind,
        words=said.words,
        link=said.link,
        rung=step.rung,
        again=again,
        key=said.key,
        now=now,
    )


def _neighbour(city: City, place: tuple[float, float], box: PoliceBox) -> tuple[PoliceBox | None, list[UUID]]:
    for other in boxes_nearby(city, *place):
        officers = people_with(city.id, "officer", box=other.id) if other != box else []
        if officers:
            return other, officers
    return None, []
