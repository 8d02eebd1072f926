"""What shifts hold of a person: given out, trimmed when it is old, nameless when its team is forgotten."""

from datetime import datetime
from uuid import UUID

from config.database import transaction
from config.personal import Part, part
from notifications.personal import forget_about
from patrol.places.models import City
from patrol.shifts.models import Shift
from patrol.shifts.operations.offering import withdraw_of_team
from patrol.shifts.rules import trimmed
from patrol.teams.models import Team


def exported(person: UUID) -> list[Part]:
    """The shifts of a person's teams, whole."""
    mine = Shift.select().join(Team).where(Team.handler == person).order_by(Shift.starts_at)
    return [part(mine, ko="근무", en="Shifts")]


def forget_route_ends(city: City, *, before: datetime) -> int:
    """Cut the way from and to the door off the routes of shifts that ended before then. Returns how many."""
    old = (Shift.city == city) & (Shift.ends_at < before) & (Shift.route["shown"][0] != 0)
    with transaction():
        return sum(_trim(shift) for shift in Shift.select().where(old))


def forget_team(team: Team, to: Team, now: datetime) -> None:
    """A team's walked shifts stay for the counts, as those of `to` and without ends; the others are gone."""
    with transaction():
        withdraw_of_team(team, now)
        mine = Shift.team == team
        forget_about(team.city_id, subjects=[shift.id for shift in Shift.select(Shift.id).where(mine)])
        Shift.delete().where(mine & (Shift.state != "walked")).execute()
        for shift in Shift.select().where(mine):
            _trim(shift)
        Shift.update(team=to, decline_reason="", version=Shift.version + 1).where(mine).execute()


def _trim(shift: Shift) -> bool:
    cut = trimmed(shift.route, shift.starts_at)
    if cut is None:
        return False
    lead = cut.starts_at - shift.starts_at
    Shift.update(
        **cut.changes(),
        opens_at=shift.opens_at + lead,
        closes_at=shift.closes_at + lead,
    ).where(Shift.id == shift.id).execute()
    return True
