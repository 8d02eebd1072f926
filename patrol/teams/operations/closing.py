"""A screening day is closed: who has all points, or a fault, is decided; who did not come waits for another day.

Each candidate is a transaction of its own, so that a closing that breaks off goes on where it was.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from config.database import transaction
from patrol.teams.models import Candidate, Mark, PracticalTest, ScreeningDay, Team
from patrol.teams.operations import testing
from patrol.teams.operations.days import DayClosed, hold_open
from patrol.teams.operations.marking import hold, sheet_of
from patrol.teams.operations.moving import OwnTeam, TeamState
from patrol.teams.rules import Sheet


@dataclass(frozen=True, slots=True)
class Undecided:
    """A candidate that something is still needed for; `refused`: why whoever closes the day may not decide it."""

    number: int
    missing: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()
    refused: OwnTeam | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """How the day stands: how many have passed, failed, were absent or moved; and who is still open."""

    counts: Counter[str]
    undecided: list[Undecided]


def close(day: ScreeningDay, *, by: UUID, now: datetime) -> Closing:
    """Decide every candidate that can be; the day is closed when none is left. Again goes on with those that were."""
    waiting = Candidate.select().where((Candidate.day == day) & Candidate.outcome.is_null()).order_by(Candidate.number)
    undecided = [left for candidate in list(waiting) if (left := _decide(day, candidate, by=by, now=now))]
    if not undecided and day.state == "open":
        _shut(day, now=now)
    outcomes = Candidate.select(Candidate.outcome).where((Candidate.day == day) & ~Candidate.outcome.is_null())
    return Closing(Counter(str(row.outcome) for row in outcomes), undecided)


def _decide(day: ScreeningDay, candidate: Candidate, *, by: UUID, now: datetime) -> Undecided | None:
    """Decide one, if it can be; what is needed otherwise."""
    try:
        with transaction():
            held = hold(candidate)
            if held.outcome is not None:
                return None
            found = sheet_of(day, list(Mark.select().where(Mark.candidate == held)))
            team, test = Team.get_by_id(held.team_id), PracticalTest.get_by_id(held.test_id)
            if held.marks == 0 and held.checked_in_at is None:
                testing.miss(team, by=by, now=now)
                _end(held, "absent")
            elif not found.decided:
                return Undecided(held.number, found.missing, found.differing)
            else:
                testing.conclude(team, test, _result(day, found), by=by, now=now)
    except OwnTeam as refused:
        return Undecided(candidate.number, refused=refused)
    except TeamState:  # retired, or tested another way meanwhile
        _end(candidate, "moved")
    return None


def _result(day: ScreeningDay, found: Sheet) -> testing.Result:
    passed = found.fault is None and found.total >= day.screening["pass_mark"]
    return testing.Result(passed=passed, scores=found.scores, total=found.total, fault=found.fault)


def _end(candidate: Candidate, outcome: str) -> None:
    with transaction():
        waiting = (Candidate.id == candidate.id) & Candidate.outcome.is_null()
        Candidate.update(outcome=outcome).where(waiting).execute()


def _shut(day: ScreeningDay, *, now: datetime) -> None:
    with transaction():
        try:
            hold_open(day)
        except DayClosed:  # somebody else has closed it just now
            return
        if not Candidate.select().where((Candidate.day == day) & Candidate.outcome.is_null()).exists():
            ScreeningDay.update(state="closed", closed_at=now).where(ScreeningDay.id == day.id).execute()
