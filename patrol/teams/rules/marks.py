"""What stands of the marks of a screening day. None is ever changed or dropped: it is worked out from all of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

DAY_STATES = ("open", "closed")
MARK_KINDS = ("points", "settled", "fault", "lifted")
OUTCOMES = ("passed", "failed", "absent", "moved")

Kind = Literal["points", "settled", "fault", "lifted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A mark as the rules look at it; `n` counts the candidate's marks in the order in which they came."""

    id: UUID
    n: int
    kind: Kind
    examiner: UUID | None
    item: str | None = None
    points: int | None = None
    fault: str | None = None
    replaces: UUID | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A candidate's test so far: the points that stand, items on which examiners differ, the fault that ended it."""

    scores: Mapping[str, int]
    differing: tuple[str, ...]
    missing: tuple[str, ...]
    fault: str | None

    @property
    def total(self) -> int:
        """The points that stand."""
        return sum(self.scores.values())

    @property
    def decided(self) -> bool:
        """Whether nothing more is needed: a fault, or every item scored and no two examiners at odds."""
        return self.fault is not None or not (self.missing or self.differing)


def sheet(rubric: Iterable[str], marks: Iterable[Noted]) -> Sheet:
    """What stands for the items of `rubric`, in its order."""
    noted = sorted(marks, key=lambda mark: mark.n)
    scores: dict[str, int] = {}
    differing: list[str] = []
    missing: list[str] = []
    for item in rubric:
        said = [mark for mark in noted if mark.item == item]
        points = _standing(said)
        if points is None:
            missing.append(item)
            continue
        scores[item] = points
        if differing_marks(said):
            differing.append(item)
    return Sheet(scores, tuple(differing), tuple(missing), _fault(noted))


def differing_marks(said: Sequence[Noted]) -> list[Noted]:
    """Of one item's marks in order: those that hold, came after the lead last settled it, and say other points."""
    stands = _standing(said)
    settled = max((mark.n for mark in said if mark.kind == "settled"), default=0)
    return [mark for mark in _holding(said) if mark.n > settled and mark.points != stands]


def _standing(said: Sequence[Noted]) -> int | None:
    """The lead's word; else the first examiner's, as they have put it right themselves."""
    settled = [mark for mark in said if mark.kind == "settled"]
    if settled:
        return settled[-1].points
    first = next((mark for mark in said if mark.kind == "points"), None)
    if first is None:
        return None
    while True:
        better = next((mark for mark in said if _puts_right(mark, first)), None)
        if better is None:
            return first.points
        first = better


def _holding(said: Sequence[Noted]) -> list[Noted]:
    """Examiners' marks that they have not put right themselves."""
    points = [mark for mark in said if mark.kind == "points"]
    return [mark for mark in points if not any(_puts_right(later, mark) for later in points)]


def _puts_right(later: Noted, mark: Noted) -> bool:
    """Only one's own: nobody replaces what another wrote."""
    return later.replaces == mark.id and later.examiner == mark.examiner and later.n > mark.n


def _fault(noted: Sequence[Noted]) -> str | None:
    """The first fault since the lead last took faults back."""
    lifted = max((mark.n for mark in noted if mark.kind == "lifted"), default=0)
    return next((mark.fault for mark in noted if mark.kind == "fault" and mark.n > lifted), None)


def station_problems(rubric: Iterable[str], stations: Sequence[Sequence[str]]) -> tuple[int | None, str] | None:
    """What is wrong with what stations judge: (index of the station, the item); None for the index: judged nowhere."""
    left = set(rubric)
    for place, items in enumerate(stations):
        for item in items:
            if item not in left:
                return place, item
            left.remove(item)
    return (None, ", ".join(sorted(left))) if left else None
