"""Reachability drills: an exercise to every police box, passed on like an alert, and a report of who was reached."""

import csv
import io
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

import structlog

from config.database import transaction
from config.due import one_by_one
from notifications.outbox import Words
from patrol.alerts import rules
from patrol.alerts.models import Alert, Drill, DrillCall, Recipient
from patrol.alerts.operations import NoLongerOpen, TakenAlready, acknowledge, raise_alert
from patrol.alerts.operations.escalating import Pace, Told, climb, contacts, overdue
from patrol.alerts.operations.reading import recipients
from patrol.errors import Conflict, NotFound
from patrol.inbox.operations import deliveries
from patrol.people.operations.accounts import people_with
from patrol.places.models import City, PoliceBox
from patrol.places.operations.cities import hold, policy_of, zone_of

log = structlog.get_logger(__name__)

WORDS = Words(
    ko={"title": "[훈련] 연락 확인", "body": "실제 상황이 아닌 훈련입니다. 열어서 '확인'을 눌러 주세요."},
    en={
        "title": "[EXERCISE] Are you there?",
        "body": "This is a drill, nothing has happened. Open it and answer.",
    },
)
KIND = "alert_exercise"
LATE = timedelta(hours=24)
"""A drill that its day missed by more than this waits for the next month."""
COLUMNS = ("status", "box", "station", "state", "reached_by", "seconds", "told")


class DrillUnderWay(Conflict):
    """One at a time."""

    words = {"ko": "이미 훈련이 진행 중입니다.", "en": "A drill is under way already."}


def start(city: City, *, by: UUID | None, scheduled_for: datetime | None = None, now: datetime) -> Drill:
    """Call the officers of every box; each rung has the policy's minutes to answer. Raises DrillUnderWay."""
    due_at = now + timedelta(minutes=policy_of(city).drill.answer_min)
    with transaction():
        hold(city)
        if Drill.select().where((Drill.city == city) & Drill.ended_at.is_null()).exists():
            raise DrillUnderWay
        drill: Drill = Drill.create(city=city, started_by=by, scheduled_for=scheduled_for, started_at=now)
        for box in PoliceBox.select().where(PoliceBox.city == city).order_by(PoliceBox.name, PoliceBox.id):
            call = DrillCall.create(drill=drill, box=box)
            officers = people_with(city.id, "officer", box=box.id)
            raise_alert(
                city=city.id,
                subject=call.id,
                urgency="Immediate",
                people=officers,
                kind=KIND,
                words=WORDS,
                link="/alerts",
                due_at=due_at if officers else now,  # with nobody to wait for, the next contact's turn is at once
                exercise=True,
                now=now,
            )
    return drill


def start_scheduled(now: datetime) -> None:
    """Start the drills that the cities' policies want this month, once each."""
    one_by_one("drills", City.select().order_by(City.slug), lambda city: _start_scheduled(city, now))


def _start_scheduled(city: City, now: datetime) -> None:
    wanted = policy_of(city).drill
    if not wanted.monthly_day:
        return
    local = now.astimezone(zone_of(city))
    due = datetime.combine(local.date().replace(day=wanted.monthly_day), time.fromisoformat(wanted.at), local.tzinfo)
    known = (Drill.city == city) & (Drill.scheduled_for == due)
    if due <= now < due + LATE and not Drill.select().where(known).exists():
        try:
            start(city, by=None, scheduled_for=due, now=now)
        except DrillUnderWay:
            log.info("drill waits for the one under way", city=city.slug)


def escalate(now: datetime) -> None:
    """Pass calls on that nobody answered; one that went all the way up is over, and so is a drill without open ones."""
    one_by_one("drills' calls", overdue(exercise=True, now=now), lambda alert: _escalate(alert, now))
    for drill in Drill.select().where(Drill.ended_at.is_null()):
        calls = DrillCall.select(DrillCall.id).where(DrillCall.drill == drill)
        if not Alert.select().where(Alert.subject.in_(calls) & (Alert.state == "open")).exists():
            Drill.update(ended_at=now).where((Drill.id == drill.id) & Drill.ended_at.is_null()).execute()


def answer(city: UUID, drill_id: UUID, *, by: UUID, now: datetime) -> int:
    """Somebody is there: take every open call of a drill that was sent to them. How many. Raises NotFound."""
    calls = _sent_to(by).where((DrillCall.drill == drill_id) & (Alert.city == city))
    if not calls.exists():
        raise NotFound
    open_calls = [call.id for call in calls.where(Alert.state == "open").order_by(DrillCall.id)]
    return sum(_answer(call, by=by, now=now) for call in open_calls)


def waiting_for(person: UUID, city: UUID) -> list[Drill]:
    """Drills with an open call that was sent to this person."""
    open_calls = _sent_to(person).where((Alert.state == "open") & (Alert.city == city))
    wanted = {call.drill_id for call in open_calls}
    return list(Drill.select().where(Drill.id.in_(wanted)).order_by(Drill.started_at))


def drills_of(city: UUID) -> Any:
    """Query of a city's drills."""
    return Drill.select().where(Drill.city == city)


def drill_of(city: UUID, drill_id: UUID) -> Drill:
    """One of them. Raises NotFound."""
    found: Drill | None = drills_of(city).where(Drill.id == drill_id).first()
    if found is None:
        raise NotFound
    return found


def report(drill: Drill) -> list[dict[str, Any]]:
    """Box by box: whether anybody was reached, on which rung, in how many seconds; the unreachable ones first."""
    calls = list(DrillCall.select(DrillCall, PoliceBox).join(PoliceBox).where(DrillCall.drill == drill))
    alerts = {row.subject: row for row in Alert.select().where(Alert.subject.in_([call.id for call in calls]))}
    told: dict[UUID, dict[UUID, int]] = {alert.id: {} for alert in alerts.values()}
    for row in Recipient.select().where(Recipient.alert.in_(list(told))):
        told[row.alert_id][row.person_id] = row.rung
    lines = [_line(call.box, alerts[call.id], told[alerts[call.id].id]) for call in calls]
    return sorted(lines, key=lambda line: (rules.DRILL_STATES.index(line["state"]), line["box"]))


def channels(drill: Drill) -> list[dict[str, Any]]:
    """Channel by channel what became of the drill's messages; everybody who was called has one in the inbox."""
    calls = [row.id for row in DrillCall.select(DrillCall.id).where(DrillCall.drill == drill)]
    return deliveries.counted(drill.city_id, subjects=calls, since=drill.started_at)


def report_csv(drill: Drill) -> bytes:
    """The report as a file for spreadsheets, every line marked as exercise."""
    out = io.StringIO()
    table = csv.DictWriter(out, COLUMNS)
    table.writeheader()
    for line in report(drill):
        table.writerow({"status": "Exercise", **line, "box": _plain(line["box"]), "station": _plain(line["station"])})
    return out.getvalue().encode("utf-8-sig")


def _plain(text: str) -> str:
    """A name that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def _line(box: PoliceBox, alert: Alert, told: dict[UUID, int]) -> dict[str, Any]:
    reached = alert.acknowledged_at is not None
    rung = told.get(alert.acknowledged_by_id, 0)
    return {
        "box": box.name,
        "station": box.station,
        "state": "reached" if reached else "waiting" if alert.state == "open" else "unreached",
        "reached_by": None if not reached else "first" if rung == 0 else rules.LADDERS["box"][rung - 1],
        "seconds": round((alert.acknowledged_at - alert.raised_at).total_seconds()) if reached else None,
        "told": len(told),
    }


def _escalate(alert: Alert, now: datetime) -> None:
    call: DrillCall = DrillCall.select(DrillCall, PoliceBox).join(PoliceBox).where(DrillCall.id == alert.subject).get()
    policy = policy_of(alert.city_id)
    who = contacts(
        alert.city,
        place=(call.box.lon, call.box.lat),
        box=call.box,
        district=call.box.district_id,
        duty="",
        station_duty=policy.escalation.station_duty,
        now=now,
    )
    ladder = rules.ladder("box", who, restricted=False)
    if rules.climb(ladder, rung=alert.rung, told=recipients(alert.subject), first=()).again:
        still = (Alert.id == alert.id) & (Alert.state == "open")
        Alert.update(state="settled", settled_at=now).where(still).execute()
        return
    pace = timedelta(minutes=policy.drill.answer_min)

    def told(rung: rules.Rung, *, again: bool) -> Told:  # noqa: ARG001 - an exercise reminds nobody
        page = "/staff" if rung.to in ("coordinators", "admins") else "/alerts"
        return Told(kind=KIND, words=WORDS, link=page, key=f"drill:{call.drill_id}:{rung.to}")

    climb(alert, ladder, pace=Pace(pace, pace), told=told, now=now)


def _sent_to(person: UUID) -> Any:
    rows = DrillCall.select(DrillCall).join(Alert, on=(Alert.subject == DrillCall.id)).join(Recipient)
    return rows.where(Recipient.person == person)


def _answer(call: UUID, *, by: UUID, now: datetime) -> bool:
    try:
        return acknowledge(call, by=by, now=now)
    except (TakenAlready, NoLongerOpen):  # somebody else was faster, which is as good
        return False
