"""Coordinators screen a team: its papers, the practical test, training, then a year of patrols."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from config.database import transaction
from patrol.errors import Conflict, Invalid, NotFound
from patrol.places.operations.cities import policy_of, zone_of
from patrol.teams.models import Dog, PracticalTest, Team
from patrol.teams.operations import testing
from patrol.teams.operations.lapsing import bring_back
from patrol.teams.operations.moving import move, refuse_own
from patrol.teams.operations.readiness import require_handlers_part
from patrol.teams.operations.renewing import decide_renewal, open_renewal
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


class StillScreened(Conflict):
    """A team that lapsed within its year needs no new screening."""

    words = {
        "ko": "{until}까지 심사가 유효합니다. 빠진 것이 갖추어지면 다시 활동합니다.",
        "en": "Its screening holds until {until}: it is active again as soon as what it lacks is put right.",
    }


class TrainedLater(Invalid):
    """Training that is yet to come."""

    words = {"ko": "오늘보다 뒤의 날입니다.", "en": "Lies after today."}


class TrainedTooLongAgo(Invalid):
    """Training that has run out already. Facts: `days`."""

    words = {
        "ko": "교육은 {days}일 동안 유효합니다. 그보다 오래된 교육입니다.",
        "en": "Training counts for {days} days; this has run out already.",
    }


class TrainingNeeded(Conflict):
    """The city trains teams before they patrol."""

    words = {"ko": "교육을 마친 뒤 활동할 수 있습니다.", "en": "The team is to be trained first."}


class DogDisputed(Conflict):
    """Another team claims the dog."""

    words = {
        "ko": "{dog}: 다른 팀도 등록한 반려견입니다. 먼저 어느 팀의 반려견인지 정하세요.",
        "en": "{dog} is claimed by another team, too; decide first whose it is.",
    }


class NoDog(Conflict):
    """Nobody patrols alone."""

    words = {"ko": "함께할 반려견이 없습니다.", "en": "The team has no dog."}


def decide_documents(team: Team, *, ok: bool, note: str, by: UUID | None, now: datetime) -> Team:
    """Accept a team's papers, or say what is missing; of one that renews those for its next year.

    Raises OwnTeam, NoteNeeded, HandlerAwaited, StillScreened, TeamState.
    """
    refuse_own(team, by=by)
    if not ok and not note:
        raise NoteNeeded("/note")
    renewal = open_renewal(team)
    if renewal is not None:
        return decide_renewal(team, renewal, ok=ok, note=note, by=by, now=now)
    if team.state == "lapsed" and team.active_until and team.active_until >= _today(team, now):
        raise StillScreened(until=team.active_until.isoformat())
    if ok:
        require_handlers_part(team, now=now)
    return _step(team, "accept_documents" if ok else "refuse_documents", by=by, note=note, now=now)


def book_test(team: Team, *, booked_for: datetime, by: UUID | None, now: datetime) -> Team:
    """Book a practical test, or move the one that is booked. Raises OwnTeam, BookedInPast, TooSoon, TeamState."""
    refuse_own(team, by=by)
    if booked_for <= now:
        raise BookedInPast("/booked_for")
    zone = zone_of(team.city_id)
    testing.check_retest(team, booked_for, screening=policy_of(team.city_id).screening, zone=zone)
    local = f"{booked_for.astimezone(zone):%Y-%m-%d %H:%M}"
    return testing.book(team, booked_for, note=local, by=by, now=now)[0]


def score_test(
    team: Team, attempt: int, *, scores: Mapping[str, int], failed_at_once: str | None, by: UUID | None, now: datetime
) -> Team:
    """Enter the sheet of a booked test: the team has then passed or failed, or renewed its year.

    Raises OwnTeam, UnusableScore, UnknownFault, TeamState; NotFound when there was no such attempt.
    """
    refuse_own(team, by=by)
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
        result = testing.Result(passed=passed, scores=scores, total=total, fault=failed_at_once)
        return testing.conclude(team, test, result, by=by, now=now)


def train(team: Team, *, trained_on: date, by: UUID | None, now: datetime) -> Team:
    """A team was trained; one that had lapsed for it comes back.

    Raises OwnTeam, TrainedLater, TrainedTooLongAgo, TeamState.
    """
    refuse_own(team, by=by)
    today, days = _today(team, now), policy_of(team.city_id).screening.training_valid_days
    if trained_on > today:
        raise TrainedLater("/trained_on")
    if trained_on + timedelta(days=days) < today:
        raise TrainedTooLongAgo("/trained_on", days=days)
    with transaction():
        changed = move(team, "train", by=by, note=trained_on.isoformat(), now=now, trained_on=trained_on)
        tell_handler(changed, "train", note=trained_on.isoformat(), now=now)
        return bring_back(changed, now=now)


def activate(team: Team, *, by: UUID | None, now: datetime) -> Team:
    """Let a team that passed, and is trained where the city asks for it, patrol for the policy's days.

    Raises OwnTeam, HandlerAwaited, DogDisputed, NoDog, TrainingNeeded, TeamState.
    """
    refuse_own(team, by=by)
    require_handlers_part(team, now=now)
    rules, today = policy_of(team.city_id).screening, _today(team, now)
    until = today + timedelta(days=rules.active_days)
    with transaction():
        changed = move(team, "activate", by=by, note=until.isoformat(), now=now, active_until=until)
        _check_dogs(changed)
        good_for = timedelta(days=rules.training_valid_days)
        if rules.requires_training and (changed.trained_on is None or changed.trained_on + good_for < today):
            raise TrainingNeeded
        tell_handler(changed, "activate", note=until.isoformat(), now=now)
    return changed


def _check_dogs(team: Team) -> None:
    dogs = list(Dog.select().where(Dog.team == team))
    if not dogs:
        raise NoDog
    for dog in dogs:
        if dog.disputed_at is not None:
            raise DogDisputed(dog=dog.name)


def _today(team: Team, now: datetime) -> date:
    return now.astimezone(zone_of(team.city_id)).date()


def _step(team: Team, action: str, *, by: UUID | None, note: str, now: datetime) -> Team:
    with transaction():
        changed = move(team, action, by=by, note=note, now=now)
        tell_handler(changed, action, note=note, now=now)
    return changed
