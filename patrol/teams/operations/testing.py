"""A practical test is booked and ends; for a new team by its state, for one that renews beside its patrols."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from config.database import transaction
from config.policy import Screening
from patrol.errors import Conflict
from patrol.teams.models import Candidate, PracticalTest, Team
from patrol.teams.operations.moving import TeamState, move
from patrol.teams.operations.renewing import open_renewal, renew
from patrol.teams.operations.telling import tell_handler
from patrol.teams.rules import retest_from


class TooSoon(Conflict):
    """Who failed waits, and there are so many tests a year."""

    words = {
        "ko": "{code} 팀은 {day}부터 다시 시험을 볼 수 있습니다.",
        "en": "Team {code} may take the test again from {day} on.",
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How a test ended: points by item, their sum, and what failed it at once, if anything."""

    passed: bool
    scores: Mapping[str, int]
    total: int
    fault: str | None


def check_retest(team: Team, booked_for: datetime, *, screening: Screening, zone: ZoneInfo) -> None:
    """Raise TooSoon when the policy does not let the team take a test on that day."""
    over = (PracticalTest.team == team) & (PracticalTest.state != "booked")
    tests = list(PracticalTest.select().where(over).order_by(PracticalTest.scored_at))
    days = [test.scored_at.astimezone(zone).date() for test in tests]
    first = retest_from(screening, days, days[-1] if tests and tests[-1].state == "failed" else None)
    if first is not None and booked_for.astimezone(zone).date() < first:
        raise TooSoon(code=team.code, day=first.isoformat())


def book(team: Team, booked_for: datetime, *, note: str, by: UUID | None, now: datetime) -> tuple[Team, PracticalTest]:
    """Book a team's test, or move the one that is booked: it leaves the screening day it was on. Raises TeamState."""
    with transaction():
        _hold_candidates(team)
        changed = _step(team, _for(team, "book_test"), by=by, note=note, now=now)
        test = PracticalTest.get_or_none((PracticalTest.team == team) & (PracticalTest.state == "booked"))
        if test is None:
            attempt = PracticalTest.select().where(PracticalTest.team == team).count() + 1
            test = PracticalTest.create(city=team.city_id, team=team, attempt=attempt, booked_for=booked_for)
        else:
            PracticalTest.update(booked_for=booked_for).where(PracticalTest.id == test.id).execute()
            waiting = (Candidate.test == test) & Candidate.outcome.is_null()
            Candidate.update(outcome="moved").where(waiting).execute()
    return changed, test


def conclude(team: Team, test: PracticalTest, result: Result, *, by: UUID | None, now: datetime) -> Team:
    """A booked test is over: the team has passed or failed, or renewed its year. Raises TeamState."""
    note = str(result.total) if result.passed else result.fault or str(result.total)
    with transaction():
        _hold_candidates(team)
        renewal = open_renewal(team)
        state = "passed" if result.passed else "failed"
        scored = PracticalTest.update(
            state=state,
            scores=dict(result.scores),
            total=result.total,
            failed_at_once=result.fault,
            examiner=by,
            scored_at=now,
        ).where((PracticalTest.id == test.id) & (PracticalTest.state == "booked"))
        if scored.execute() != 1:
            raise TeamState(state=PracticalTest.get_by_id(test.id).state, action="score_test")
        changed = _step(team, _for(team, "pass_test" if result.passed else "fail_test"), by=by, note=note, now=now)
        waiting = (Candidate.test == test) & Candidate.outcome.is_null()
        Candidate.update(outcome=state, total=result.total).where(waiting).execute()
        if renewal is not None and result.passed:
            return renew(changed, renewal, by=by, now=now)
    return changed


def miss(team: Team, *, by: UUID | None, now: datetime) -> Team:
    """A team did not come to its test, and waits for another date. Raises TeamState."""
    return _step(team, _for(team, "miss_test"), by=by, note="", now=now)


def _hold_candidates(team: Team) -> None:
    """Before the team and its test, as whoever closes a day does: else each would wait for the other."""
    waiting = (Candidate.team == team) & Candidate.outcome.is_null()
    Candidate.update(marks=Candidate.marks).where(waiting).execute()


def _for(team: Team, action: str) -> str:
    """The action's name for a team that renews while it patrols."""
    renewal = open_renewal(team)
    return action.replace("_test", "_renewal_test") if renewal and renewal.state == "documents_ok" else action


def _step(team: Team, action: str, *, by: UUID | None, note: str, now: datetime) -> Team:
    with transaction():
        changed = move(team, action, by=by, note=note, now=now)
        if action != "pass_renewal_test":  # told with the year that it brings
            tell_handler(changed, action, note=note, now=now)
    return changed
