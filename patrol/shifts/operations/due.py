"""What falls due by itself: reminders, offers that nobody answered, walks that nobody began.

Everything is found in the tables, so a second run of a job, or one after a crash, finds only what is left.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from config.database import transaction
from config.due import one_by_one
from patrol.places.models import City
from patrol.places.operations.cities import policy_of
from patrol.shifts.models import Shift
from patrol.shifts.operations.moving import ShiftState, move
from patrol.shifts.operations.telling import tell_coordinators, tell_handler
from patrol.shifts.rules import reminder_due
from patrol.teams.models import Team


def remind(now: datetime) -> int:
    """Remind the handlers of accepted shifts, so many minutes before as the policy says; returns how many."""
    return sum(one_by_one("shifts", City.select(), lambda city: _remind_city(city, now)))


def close_unanswered(now: datetime) -> int:
    """Close offers past their time to answer; handler and coordinators are told. Returns how many."""
    return _close((Shift.state == "offered") & (Shift.answer_by < now), "expire", "expired", now)


def close_missed(now: datetime) -> int:
    """Mark accepted shifts that can no longer be started; handler and coordinators are told. Returns how many."""
    return _close((Shift.state == "accepted") & (Shift.closes_at < now), "miss", "missed", now)


def _remind_city(city: City, now: datetime) -> int:
    leads = policy_of(city).planning.remind_before_min
    if not leads:
        return 0
    soon = (Shift.starts_at > now) & (Shift.starts_at <= now + timedelta(minutes=max(leads)))
    waiting = (Shift.city == city) & (Shift.state == "accepted") & soon
    rows = Shift.select(Shift, Team).join(Team).where(waiting)
    return sum(one_by_one("shifts", rows, lambda shift: _remind(shift, leads, now)))


def _remind(shift: Shift, leads: Sequence[int], now: datetime) -> bool:
    """Once each: of two workers at the same shift, one finds `version` as it was read."""
    since = max(filter(None, (shift.created_at, shift.answered_at, shift.reminded_at)))
    if not reminder_due(shift.starts_at, leads, since=since, now=now):
        return False
    with transaction():
        here = (Shift.id == shift.id) & (Shift.version == shift.version) & (Shift.state == "accepted")
        if Shift.update(reminded_at=now, version=Shift.version + 1).where(here).execute() != 1:
            return False
        tell_handler(shift, "shift_reminder", now=now)
    return True


def _close(due: object, action: str, word: str, now: datetime) -> int:
    found = Shift.select(Shift, Team).join(Team).where(due).order_by(Shift.id)
    return sum(
        one_by_one("shifts", _by_evening(found), lambda shifts: _close_evening(shifts, action, word, now)),
    )


def _close_evening(shifts: list[Shift], action: str, word: str, now: datetime) -> int:
    with transaction():
        closed = [
            one for one in one_by_one("shifts", shifts, lambda shift: _close_one(shift, action, word, now)) if one
        ]
        if closed:
            tell_coordinators(closed, f"shifts_{word}", now=now)
    return len(closed)


def _close_one(shift: Shift, action: str, word: str, now: datetime) -> Shift | None:
    try:
        with transaction():
            changed = move(shift, action, now=now)
            tell_handler(changed, f"shift_{word}", now=now)
            return changed
    except ShiftState:  # answered, begun or withdrawn in between
        return None


def _by_evening(shifts: Iterable[Shift]) -> list[list[Shift]]:
    grouped: dict[tuple[UUID, date], list[Shift]] = defaultdict(list)
    for shift in shifts:
        grouped[shift.city_id, shift.evening].append(shift)
    return list(grouped.values())
