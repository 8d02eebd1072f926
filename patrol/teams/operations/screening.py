"""Coordinators screen a team: its papers, the practical test, then a year of patrols."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from config.database import transaction
from patrol.errors import Invalid, NotFound
from patrol.places.operations.cities import policy_of, zone_of
from patrol.teams.models import PracticalTest, Team
from patrol.teams.operations.moving import TeamState, move
from patrol.teams.operations.readiness import require_handlers_part
from patrol.teams.operations.telling import tell_handler
from patrol.teams.rules import passes, score_problems


class NoteNeeded(Invalid):
    """A refusal says what is missing."""

    words = {"ko": "무엇을 보완해야 하는지 적어 주세요.", "en": "Say what is missing."}


class BookedInPast(Invalid):
    """A test is booked for a time to come."""

    words = {"ko": "지난 시각에는 예약할 수 없습니다.", "en": "A test is booked for a time to come."}


class UnusableScore(Invalid):
    """A score that the rubric does not allow."""

    words = {
        "ko": "배점표와 맞지 않습니다 ({problem}). 항목과 배점: {rubric}",
        "en": "Not by the rubric ({problem}). Items and their points: {rubric}",
    }


class UnknownFault(Invalid):
    """Not one of the faults that fail at once."""

    words = {
        "ko": "즉시 탈락 사유가 아닙니다. 있는 사유: {known}",
        "en": "No fault that fails at once: {known}.",
    }


def decide_documents(team: Team, *, ok: bool, note: str, by: UUID, now: datetime) -> Team:
    """Accept a team's papers, or say what is missing. Raises NoteNeeded, HandlerAwaited, TeamState."""
    if not ok and not note:
        raise NoteNeeded("/note")
    if ok:
        require_handlers_part(team, now=now)
    return _step(team, "accept_documents" if ok else "refuse_documents", by=by, note=note, now=now)


def book_test(team: Team, *, booked_for: datetime, by: UUID, now: datetime) -> Team:
    """Book a practical test, or move the one that is booked. Raises BookedInPast, TeamState."""
    if booked_for <= now:
        raise BookedInPast("/booked_for")
    local = f"{booked_for.astimezone(zone_of(team.city_id)):%Y-%m-%d %H:%M}"
    with transaction():
        changed = _step(team, "book_test", by=by, note=local, now=now)
        moved = (
            PracticalTest.update(booked_for=booked_for)
            .where((PracticalTest.team == team) & (PracticalTest.state == "booked"))
            .execute()
        )
        if not moved:
            attempt = PracticalTest.select().where(PracticalTest.team == team).count() + 1
            PracticalTest.create(city=team.city_id, team=team, attempt=attempt, booked_for=booked_for)
    return changed


def score_test(
    team: Team, attempt: int, *, scores: Mapping[str, int], failed_at_once: str | None, by: UUID, now: datetime
) -> Team:
    """Enter the sheet of a booked test: the team has then passed or failed.

    Raises UnusableScore, UnknownFault, TeamState; NotFound when there was no such attempt.
    """
    screening = policy_of(team.city_id).screening
    if failed_at_once is not None and failed_at_once not in screening.fails_at_once:
        raise UnknownFault("/failed_at_once", known=", ".join(screening.fails_at_once))
    problems = score_problems(screening, scores, failed_at_once=failed_at_once is not None)
    for item, problem in sorted(problems.items()):
        rubric = ", ".join(f"{name} {points}" for name, points in screening.rubric.items())
        raise UnusableScore(f"/scores/{item}", problem=problem, rubric=rubric)
    total = sum(scores.values())
    passed = passes(screening, total, failed_at_once)
    with transaction():
        test = PracticalTest.get_or_none((PracticalTest.team == team) & (PracticalTest.attempt == attempt))
        if test is None:
            raise NotFound
        if test.state != "booked":
            raise TeamState(state=test.state, action="score_test")
        note = str(total) if passed else failed_at_once or str(total)
        changed = _step(team, "pass_test" if passed else "fail_test", by=by, note=note, now=now)
        PracticalTest.update(
            state="passed" if passed else "failed",
            scores=dict(scores),
            total=total,
            failed_at_once=failed_at_once,
            examiner=by,
            scored_at=now,
        ).where(PracticalTest.id == test.id).execute()
    return changed


def activate(team: Team, *, by: UUID, now: datetime) -> Team:
    """Let a team that passed patrol, for the policy's days. Raises HandlerAwaited, TeamState."""
    require_handlers_part(team, now=now)
    days = policy_of(team.city_id).screening.active_days
    until = now.astimezone(zone_of(team.city_id)).date() + timedelta(days=days)
    with transaction():
        changed = move(team, "activate", by=by, note=until.isoformat(), now=now, active_until=until)
        tell_handler(changed, "activate", note=until.isoformat(), now=now)
    return changed


def _step(team: Team, action: str, *, by: UUID, note: str, now: datetime) -> Team:
    with transaction():
        changed = move(team, action, by=by, note=note, now=now)
        tell_handler(changed, action, note=note, now=now)
    return changed
