"""Shifts as somebody sees them: the team itself whole, anybody else between first and last block."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from patrol.shifts.models import Shift
from patrol.shifts.rules import Part, part, shown_line, states_with


@dataclass(frozen=True, slots=True)
class SeenShift:
    """A shift and the part of it that its viewer sees; `first` is where the first block begins, [lon, lat]."""

    shift: Shift
    part: Part
    first: list[float]


def seen_by(person: UUID, shift: Shift) -> SeenShift:
    """What `person` sees of a shift that they may see at all."""
    whole = shift.team.handler_id == person
    return SeenShift(shift=shift, part=part(shift, whole=whole), first=shown_line(shift.route)[0])


def shifts_after(team: UUID, day: date) -> list[tuple[UUID, date]]:
    """(id, evening) of a team's shifts after `day` that nobody has begun: those that lapsing then would open."""
    waiting = (Shift.team == team) & (Shift.evening > day) & Shift.state.in_(states_with("withdraw"))
    return [(shift.id, shift.evening) for shift in Shift.select().where(waiting).order_by(Shift.evening)]
