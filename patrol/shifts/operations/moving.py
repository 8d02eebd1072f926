"""A shift's state changes by the table in rules.py, by compare-and-set, and shows on the live stream."""

from datetime import datetime
from typing import Any
from uuid import UUID

from config.database import transaction
from notifications.outbox import announce
from patrol.errors import Conflict, NotFound
from patrol.people.operations.accounts import coordinators_of
from patrol.shifts.models import Shift
from patrol.shifts.rules import KOREAN, TRANSITIONS
from patrol.teams.models import Team
from patrol.teams.operations.reading import within


class ShiftState(Conflict):
    """The shift's state forbids the action."""

    words = {
        "ko": "근무가 지금 '{korean}' 상태라서 할 수 없습니다.",
        "en": "The shift is {state}; {action} is not possible now.",
    }

    def __init__(self, *, state: str, action: str) -> None:
        """The state that stands in the way of the action."""
        super().__init__(state=state, korean=KOREAN[state], action=action)


def shifts_of(city: UUID, *, handler: UUID | None = None, districts: frozenset[UUID] = frozenset()) -> Any:
    """A city's shifts with their teams, as a query: those of a handler's teams, or of teams of some districts."""
    theirs = within(districts) if handler is None else Team.handler == handler
    return Shift.select(Shift, Team).join(Team).where((Shift.city == city) & theirs)


def shift_of(
    city: UUID, shift_id: UUID, *, handler: UUID | None = None, districts: frozenset[UUID] = frozenset()
) -> Shift:
    """The one with this id among `shifts_of`. Raises NotFound."""
    found: Shift | None = shifts_of(city, handler=handler, districts=districts).where(Shift.id == shift_id).first()
    if found is None:
        raise NotFound
    return found


def move(shift: Shift, action: str, *, now: datetime, **changes: Any) -> Shift:
    """Change state by `action`, with `changes` to the row; returns the shift as it is then. Raises ShiftState.

    Goes by the state that `shift` was read in: of two answers that race, one wins and the other is told so.
    """
    to = TRANSITIONS.get((shift.state, action))
    if to is None:
        raise ShiftState(state=shift.state, action=action)
    with transaction():
        here = (Shift.id == shift.id) & (Shift.state == shift.state)
        if Shift.update(state=to, version=Shift.version + 1, **changes).where(here).execute() != 1:
            raise ShiftState(state=Shift.get_by_id(shift.id).state, action=action)
        changed = shift_of(shift.city_id, shift.id)
        show(changed, now=now)
    return changed


def show(shift: Shift, *, now: datetime) -> None:
    """Put the shift's state on the live stream of its handler and the coordinators. Inside a transaction."""
    watching = [shift.team.handler_id, *coordinators_of(shift.city_id, shift.team.district_id)]
    content = {"id": str(shift.id), "state": shift.state}
    announce(city=shift.city_id, people=watching, kind="shift", content=content, now=now)
