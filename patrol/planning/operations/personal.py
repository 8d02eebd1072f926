"""What plans hold of a person: given out, trimmed when it is old, gone when its team is forgotten."""

from datetime import datetime
from uuid import UUID

from config.database import transaction
from config.personal import Part, part
from patrol.places.models import City
from patrol.planning.models import Pairing, PlanGate, PlanRoute, PlanRun
from patrol.shifts.rules import trimmed
from patrol.teams.models import Team


def exported(person: UUID) -> list[Part]:
    """The routes that plans drew for a person's teams, what the dogs allowed, and wishes about them."""
    mine = Team.select(Team.id).where(Team.handler == person)
    return [
        part(PlanRoute.select().where(PlanRoute.team.in_(mine)), ko="계획된 경로", en="Planned routes"),
        part(
            PlanGate.select().where(PlanGate.team.in_(mine)),
            ko="반려견 때문에 쉬거나 줄인 저녁",
            en="Evenings cut short or off for the dogs",
        ),
        part(
            Pairing.select().where(Pairing.team.in_(mine)), ko="구간 지정", en="Pins and bars", without=("created_by",)
        ),
    ]


def forget_route_ends(city: City, *, before: datetime) -> int:
    """Cut the way from and to the door off the routes of plans for evenings before then. Returns how many."""
    old = PlanRun.select(PlanRun.id).where((PlanRun.city == city) & (PlanRun.ends_at < before))
    count = 0
    with transaction():
        for row in PlanRoute.select().where(PlanRoute.run.in_(old) & (PlanRoute.route["shown"][0] != 0)):
            cut = trimmed(row.route, row.starts_at)
            if cut is not None:
                lead = cut.starts_at - row.starts_at
                PlanRoute.update(**cut.changes(), latest_start_at=row.latest_start_at + lead).where(
                    (PlanRoute.run == row.run_id) & (PlanRoute.team == row.team_id) & (PlanRoute.evening == row.evening)
                ).execute()
                count += 1
    return count


def forget_team(team: Team, _to: Team, _now: datetime) -> None:
    """Its routes and the wishes about it are gone; what a plan came to as a whole stays in its summary."""
    with transaction():
        PlanRoute.delete().where(PlanRoute.team == team).execute()
        PlanGate.delete().where(PlanGate.team == team).execute()
        Pairing.delete().where(Pairing.team == team).execute()
