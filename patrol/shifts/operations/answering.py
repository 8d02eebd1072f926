"""A handler accepts or declines a shift; the walk then starts and ends it."""

from datetime import datetime

from config.database import transaction
from patrol.errors import Gone
from patrol.shifts.models import Shift
from patrol.shifts.operations.moving import move
from patrol.shifts.operations.telling import tell_coordinators


class AnswerTooLate(Gone):
    """The time to answer is over."""

    words = {"ko": "답할 수 있는 시간이 지났습니다.", "en": "The time to answer is over."}


def accept(shift: Shift, *, now: datetime) -> Shift:
    """Take a shift that is offered. Raises AnswerTooLate, ShiftState."""
    if shift.state == "offered" and now > shift.answer_by:
        raise AnswerTooLate
    return move(shift, "accept", answered_at=now, now=now)


def decline(shift: Shift, *, reason: str, now: datetime) -> Shift:
    """Give a shift back, accepted ones too; the coordinators are told. Raises AnswerTooLate, ShiftState."""
    if now > shift.closes_at:
        raise AnswerTooLate
    with transaction():
        changed = move(shift, "decline", answered_at=now, decline_reason=reason, now=now)
        tell_coordinators([changed], "shift_declined", note=reason, now=now)
    return changed


def start_shift(shift: Shift, *, now: datetime) -> Shift:
    """The walk of a shift begins; one that is only offered is accepted by it. Raises AnswerTooLate, ShiftState."""
    with transaction():
        taken = accept(shift, now=now) if shift.state == "offered" else shift
        return move(taken, "start", now=now)


def finish_shift(shift: Shift, *, now: datetime) -> Shift:
    """The walk of a shift is over. Raises ShiftState."""
    return move(shift, "finish", now=now)
