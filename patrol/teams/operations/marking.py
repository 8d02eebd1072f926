"""Examiners note points and faults of candidates, several at once; nothing that a phone sends is lost or counted twice.

Who notes something holds the candidate's row, so that marks have an order; what stands of them is a rule.
"""

from datetime import datetime
from typing import Any, cast
from uuid import UUID, uuid4

from config.database import transaction
from patrol.errors import Conflict, Invalid, NotFound
from patrol.teams.models import Candidate, Mark, ScreeningDay, Team
from patrol.teams.operations.moving import refuse_own
from patrol.teams.rules import Kind, Noted, Sheet, sheet

OF_THE_LEAD = ("settled", "lifted")
"""Kinds of marks that say what is to count, and so come too late when the test is over."""


class UnknownItem(Invalid):
    """Not of this day's rubric."""

    words = {"ko": "배점표에 없는 항목입니다. 있는 항목: {known}", "en": "Not in the rubric: {known}."}


class PointsOutOfRange(Invalid):
    """More than the item has."""

    words = {"ko": "0점에서 {most}점까지입니다.", "en": "Between 0 and {most} points."}


class UnknownFaultHere(Invalid):
    """Not one of the faults that end a test on this day."""

    words = {"ko": "즉시 탈락 사유가 아닙니다. 있는 사유: {known}", "en": "No fault that fails at once: {known}."}


class MarkTaken(Conflict):
    """The id came before with other content."""

    words = {
        "ko": "같은 id가 다른 내용으로 이미 쓰였습니다. 새 id로 보내 주세요.",
        "en": "This id was used with other content; send it under a new one.",
    }


class CandidateDecided(Conflict):
    """The test is over."""

    words = {"ko": "{number}번의 평가는 이미 끝났습니다.", "en": "The test of number {number} is over."}


def candidate_of(day: ScreeningDay, number: int) -> Candidate:
    """Who has this number on the day. Raises NotFound."""
    found: Candidate | None = Candidate.get_or_none((Candidate.day == day) & (Candidate.number == number))
    if found is None:
        raise NotFound
    return found


def check_in(day: ScreeningDay, number: int, *, now: datetime) -> Candidate:
    """A candidate has come. Again is the same. Raises NotFound."""
    with transaction():
        candidate = candidate_of(day, number)
        absent = (Candidate.id == candidate.id) & Candidate.checked_in_at.is_null()
        Candidate.update(checked_in_at=now).where(absent).execute()
    return Candidate.get_by_id(candidate.id)


def note_points(
    day: ScreeningDay,
    mark_id: UUID,
    *,
    number: int,
    item: str,
    points: int,
    replaces: UUID | None,
    made_at: datetime,
    by: UUID,
    now: datetime,
) -> Candidate:
    """Keep an examiner's points for an item; with `replaces`, in place of an earlier mark of their own.

    Kept whatever has happened to the test meanwhile.
    Raises NotFound, UnknownItem, PointsOutOfRange, OwnTeam, MarkTaken.
    """
    _check_points(day, item, points)
    content = {"kind": "points", "item": item, "points": points, "replaces": replaces, "examiner": by}
    return _note(candidate_of(day, number), mark_id, content, made_at=made_at, now=now)


def note_fault(
    day: ScreeningDay, mark_id: UUID, *, number: int, fault: str, made_at: datetime, by: UUID, now: datetime
) -> Candidate:
    """Keep something that ends the test at once. Raises NotFound, UnknownFaultHere, OwnTeam, MarkTaken."""
    known = day.screening["fails_at_once"]
    if fault not in known:
        raise UnknownFaultHere("/fault", known=", ".join(known))
    content = {"kind": "fault", "fault": fault, "examiner": by}
    return _note(candidate_of(day, number), mark_id, content, made_at=made_at, now=now)


def settle(day: ScreeningDay, number: int, *, item: str, points: int, note: str, by: UUID, now: datetime) -> Candidate:
    """The lead says what stands for an item.

    Raises NotFound, UnknownItem, PointsOutOfRange, OwnTeam, CandidateDecided.
    """
    _check_points(day, item, points)
    content = {"kind": "settled", "item": item, "points": points, "note": note, "examiner": by}
    return _note(candidate_of(day, number), uuid4(), content, made_at=now, now=now)


def lift(day: ScreeningDay, number: int, *, note: str, by: UUID, now: datetime) -> Candidate:
    """The lead takes back the faults noted so far. Raises NotFound, OwnTeam, CandidateDecided."""
    content = {"kind": "lifted", "note": note, "examiner": by}
    return _note(candidate_of(day, number), uuid4(), content, made_at=now, now=now)


def sheet_of(day: ScreeningDay, marks: list[Mark]) -> Sheet:
    """What stands of a candidate's marks."""
    return sheet(day.rubric, [noted(mark) for mark in marks])


def noted(mark: Mark) -> Noted:
    """A mark as the rules look at it."""
    return Noted(
        id=mark.id,
        n=mark.n,
        kind=cast("Kind", mark.kind),
        examiner=mark.examiner_id,
        item=mark.item,
        points=mark.points,
        fault=mark.fault,
        replaces=mark.replaces,
    )


def hold(candidate: Candidate) -> Candidate:
    """Within a transaction: the candidate as it is, while whoever notes or decides something waits."""
    Candidate.update(marks=Candidate.marks).where(Candidate.id == candidate.id).execute()
    return Candidate.get_by_id(candidate.id)


def _note(
    candidate: Candidate, mark_id: UUID, content: dict[str, Any], *, made_at: datetime, now: datetime
) -> Candidate:
    with transaction():
        held = hold(candidate)
        refuse_own(Team.get_by_id(held.team_id), by=content["examiner"])
        if held.outcome is not None and content["kind"] in OF_THE_LEAD:
            raise CandidateDecided(number=held.number)
        known = Mark.get_or_none(Mark.id == mark_id)
        if known is None:
            row = {"id": mark_id, "city": held.city_id, "candidate": held, "n": held.marks + 1, **content}
            # Under the same id for another candidate somebody else may be faster; for this one they wait.
            if not Mark.insert(**row, made_at=made_at, received_at=now).on_conflict_ignore().as_rowcount().execute():
                raise MarkTaken
            Candidate.update(marks=held.marks + 1).where(Candidate.id == held.id).execute()
        elif known.candidate_id != held.id or any(_of(known, name) != value for name, value in content.items()):
            raise MarkTaken
    return Candidate.get_by_id(candidate.id)


def _of(mark: Mark, name: str) -> Any:
    return mark.examiner_id if name == "examiner" else getattr(mark, name)


def _check_points(day: ScreeningDay, item: str, points: int) -> None:
    most = day.rubric.get(item)
    if most is None:
        raise UnknownItem("/item", known=", ".join(day.rubric))
    if not 0 <= points <= most:
        raise PointsOutOfRange("/points", most=most)
