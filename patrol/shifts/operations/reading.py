"""Shifts as somebody sees them: the team itself whole, anybody else between first and last block."""

from dataclasses import dataclass
from uuid import UUID

from patrol.shifts.models import Shift
from patrol.shifts.rules import Part, part, shown_line


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
