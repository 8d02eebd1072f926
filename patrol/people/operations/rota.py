"""The rota: who is on call for a duty, and when. Nobody is on call twice at once for the same duty."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from peewee import fn

from config.database import transaction
from patrol.errors import Conflict, Invalid, NotFound
from patrol.people.models import Duty, Person, RotaEntry
from patrol.people.operations.roles import of_staff
from patrol.people.rules import Span, uncovered
from patrol.places.models import City, PoliceBox
from patrol.places.operations.cities import hold, policy_of, zone_of

GIVEN_UP = timedelta(days=28)
"""A rota whose last entry ended so long ago is none any more: whoever holds the duty is on it again."""
LONGEST = timedelta(days=14)


class NoSuchDuty(Invalid):
    """The city's policy knows no duty of that name."""

    words = {
        "ko": "'{duty}' 임무가 없습니다. 있는 임무: {known}",
        "en": "There is no duty {duty!r}; there are: {known}.",
    }


class NoSuchHolder(Invalid):
    """Who is on call holds the duty."""

    words = {"ko": "이 임무를 맡은 사람이 아닙니다.", "en": "This person does not hold the duty."}


class UnusableHours(Invalid):
    """Hours that end before they begin, are over, or last too long. Facts: `days`."""

    words = {
        "ko": "끝은 시작보다 뒤, 지금보다 뒤, {days}일 이내여야 합니다.",
        "en": "It must end after it begins, not be over, and last {days} days at most.",
    }


class BoxOrStation(Invalid):
    """An entry is for a box or for a station, not both; and of this city."""

    words = {
        "ko": "이 도시의 지구대·파출소나 경찰서 가운데 하나만 정해 주세요.",
        "en": "Name a police box or a station of this city, not both.",
    }


class OnCallAlready(Conflict):
    """The person is on call for the duty in that time. Facts: `begins`, `ends`, UTC."""

    words = {
        "ko": "이미 그 시간에 근무가 있습니다: {begins} ~ {ends} (UTC)",
        "en": "This person is on call then already: {begins} to {ends} (UTC).",
    }


@dataclass(frozen=True, slots=True)
class Gap:
    """Nobody is on call from `begins_at` to `ends_at`: for a box, a station, or with neither at all."""

    begins_at: datetime
    ends_at: datetime
    box: PoliceBox | None
    station: str


def on_call(holder: type[Duty], at: datetime, *, box: PoliceBox | None = None) -> Any:
    """Condition on rows of duties held: the holder is on it at that instant.

    That is, an entry of the rota says so, or the duty has no rota: nothing was entered that has begun by then and ended
    not long before. A rota that is entered ahead changes nothing until it begins. With `box`, entries for other boxes
    and stations do not count.
    """
    other = RotaEntry.alias()
    in_force = other.select().where(
        (other.city == holder.city)
        & (other.duty == holder.duty)
        & (other.begins_at <= at)
        & (other.ends_at > at - GIVEN_UP)
    )
    mine = RotaEntry.select().where(
        (RotaEntry.person == holder.person)
        & (RotaEntry.duty == holder.duty)
        & (RotaEntry.begins_at <= at)
        & (RotaEntry.ends_at > at)
    )
    if box is not None:
        mine = mine.where(_covers(box))
    return fn.EXISTS(mine) | ~fn.EXISTS(in_force)


def enter(
    city: City,
    *,
    duty: str,
    person: UUID,
    begins_at: datetime,
    ends_at: datetime,
    box: UUID | None = None,
    station: str = "",
    by: UUID | None,
    now: datetime,
) -> RotaEntry:
    """Put somebody on call. Raises NoSuchDuty, NoSuchHolder, UnusableHours, BoxOrStation, OnCallAlready."""
    require_duty(city, duty, at="/duty")
    if not begins_at < ends_at <= begins_at + LONGEST or ends_at <= now:
        raise UnusableHours("/ends_at", days=LONGEST.days)
    _check_place(city, box, station)
    with transaction():
        hold(city)
        held = (Duty.city == city) & (Duty.person == person) & (Duty.duty == duty) & Duty.ended_at.is_null()
        if not Duty.select().where(held).exists():
            raise NoSuchHolder("/person")
        theirs = (RotaEntry.city == city) & (RotaEntry.person == person) & (RotaEntry.duty == duty)
        other = RotaEntry.get_or_none(theirs & (RotaEntry.begins_at < ends_at) & (RotaEntry.ends_at > begins_at))
        if other is not None:
            raise OnCallAlready(begins=f"{other.begins_at:%m-%d %H:%M}", ends=f"{other.ends_at:%m-%d %H:%M}")
        made: RotaEntry = RotaEntry.create(
            city=city,
            duty=duty,
            person=person,
            begins_at=begins_at,
            ends_at=ends_at,
            box=box,
            station=station,
            created_by=by,
            created_at=now,
        )
    return made


def take_off(city: UUID, entry_id: UUID, *, now: datetime) -> None:
    """Take an entry back; of one that has begun, what is left of it. What is over stays. Raises NotFound."""
    with transaction():
        entry = RotaEntry.get_or_none((RotaEntry.id == entry_id) & (RotaEntry.city == city) & (RotaEntry.ends_at > now))
        if entry is None:
            raise NotFound
        _cut(RotaEntry.id == entry_id, now)


def leave(person: UUID, duties: Sequence[str], *, now: datetime) -> None:
    """Within a transaction: take a person off the rota of these duties from now on."""
    _cut((RotaEntry.person == person) & RotaEntry.duty.in_(duties) & (RotaEntry.ends_at > now), now)


def copy_week(city: City, *, duty: str, source: date, target: date, by: UUID | None, now: datetime) -> list[RotaEntry]:
    """Enter what begins in the seven days from `source` on once more from `target` on, all or none.

    The same hours in the city's time; what would be over is left out. Raises as `enter`.
    """
    zone, later = zone_of(city), target - source
    begins, ends = (datetime.combine(source + timedelta(days=days), time(), zone) for days in (0, 7))
    wanted = (RotaEntry.city == city) & (RotaEntry.duty == duty)
    wanted &= (RotaEntry.begins_at >= begins) & (RotaEntry.begins_at < ends)
    with transaction():
        hold(city)
        return [
            enter(
                city,
                duty=duty,
                person=entry.person_id,
                begins_at=_moved(entry.begins_at, later, zone),
                ends_at=_moved(entry.ends_at, later, zone),
                box=entry.box_id,
                station=entry.station,
                by=by,
                now=now,
            )
            for entry in RotaEntry.select().where(wanted).order_by(RotaEntry.begins_at, RotaEntry.id)
            if _moved(entry.ends_at, later, zone) > now
        ]


def entries_of(city: UUID, *, duty: str | None, begins_at: datetime, ends_at: datetime) -> Any:
    """The city's entries that touch a time, with their people, as a query."""
    rows = (
        RotaEntry.select(RotaEntry, Person)
        .join(Person)
        .where((RotaEntry.city == city) & (RotaEntry.begins_at < ends_at) & (RotaEntry.ends_at > begins_at))
    )
    return rows if duty is None else rows.where(RotaEntry.duty == duty)


def in_force(city: UUID, duty: str, at: datetime) -> bool:
    """Whether a duty goes by a rota at that instant: see `on_call`."""
    begun = (RotaEntry.begins_at <= at) & (RotaEntry.ends_at > at - GIVEN_UP)
    return bool(RotaEntry.select().where((RotaEntry.city == city) & (RotaEntry.duty == duty) & begun).exists())


def gaps(city: UUID, duty: str, *, begins_at: datetime, ends_at: datetime) -> list[Gap]:
    """When nobody is on call for a duty, in order. Who cannot sign in or holds the duty no longer does not count.

    First those in which nobody is on call anywhere. A rota that is made box by box or station by station has gaps of
    these, too, where others are on call meanwhile; an entry for the whole city fills each, one for a station those of
    its boxes.
    """
    governed = _governed(city, duty, begins_at, ends_at)
    if governed is None:
        return []
    begins_at, ends_at = governed
    rows = entries_of(city, duty=duty, begins_at=begins_at, ends_at=ends_at).where(_able(duty))
    spans: dict[tuple[UUID | None, str], list[Span]] = defaultdict(list)
    for row in rows:
        spans[row.box_id, row.station].append((row.begins_at, row.ends_at))
    boxes = {box.id: box for box in PoliceBox.select().where(PoliceBox.id.in_([box for box, _ in spans if box]))}
    everywhere = spans.pop((None, ""), [])
    nowhere = uncovered([span for each in spans.values() for span in each] + everywhere, begins_at, ends_at)
    found = [Gap(*span, None, "") for span in nowhere]
    for box_id, station in spans:
        box = boxes[box_id] if box_id else None
        covered = everywhere + spans.get((box_id, station), [])
        if box is not None and box.station:
            covered = covered + spans.get((None, box.station), [])
        missed = uncovered(covered, begins_at, ends_at)
        found += [Gap(*span, box, station) for span in missed if not _inside(span, nowhere)]
    return sorted(found, key=lambda gap: (gap.begins_at, gap.station, gap.box.name if gap.box else ""))


def _governed(city: UUID, duty: str, begins_at: datetime, ends_at: datetime) -> Span | None:
    """The part of a time in which a duty goes by a rota: see `on_call`."""
    known = RotaEntry.select(fn.MIN(RotaEntry.begins_at), fn.MAX(RotaEntry.ends_at)).where(
        (RotaEntry.city == city)
        & (RotaEntry.duty == duty)
        & (RotaEntry.begins_at < ends_at)
        & (RotaEntry.ends_at > begins_at - GIVEN_UP)
    )
    first, last = known.scalar(as_tuple=True)
    if first is None:
        return None
    begins, ends = max(begins_at, RotaEntry.begins_at.python_value(first)), RotaEntry.ends_at.python_value(last)
    return begins, min(ends_at, ends + GIVEN_UP)


def require_duty(city: City | UUID, duty: str, *, at: str) -> None:
    """Raise NoSuchDuty, naming the field `at`, for a duty that the city's policy does not know."""
    known = [each.code for each in policy_of(city).every_duty()]
    if duty not in known:
        raise NoSuchDuty(at, duty=duty, known=", ".join(known))


def _able(duty: str) -> Any:
    """Condition on entries joined to their people: these can sign in, are staff, and hold the duty."""
    holders = Duty.select(Duty.person).where((Duty.duty == duty) & Duty.ended_at.is_null())
    return (Person.state == "active") & Person.id.in_(of_staff()) & Person.id.in_(holders)


def _inside(span: Span, others: Sequence[Span]) -> bool:
    return any(begins <= span[0] and span[1] <= ends for begins, ends in others)


def _check_place(city: City, box: UUID | None, station: str) -> None:
    if box is not None and station:
        raise BoxOrStation("/station")
    here = PoliceBox.city == city
    if box is not None and not PoliceBox.select().where(here & (PoliceBox.id == box)).exists():
        raise BoxOrStation("/box")
    if station and not PoliceBox.select().where(here & (PoliceBox.station == station)).exists():
        raise BoxOrStation("/station")


def _moved(moment: datetime, later: timedelta, zone: ZoneInfo) -> datetime:
    """The same hour of the clock so many days later."""
    here = moment.astimezone(zone)
    return datetime.combine(here.date() + later, here.time(), zone).astimezone(UTC)


def _cut(which: Any, now: datetime) -> None:
    RotaEntry.delete().where(which & (RotaEntry.begins_at >= now)).execute()
    RotaEntry.update(ends_at=now).where(which & (RotaEntry.begins_at < now)).execute()


def _covers(box: PoliceBox) -> Any:
    everywhere = RotaEntry.box.is_null() & (RotaEntry.station == "")
    station = (RotaEntry.station != "") & (RotaEntry.station == box.station)
    return everywhere | station | (RotaEntry.box == box)
