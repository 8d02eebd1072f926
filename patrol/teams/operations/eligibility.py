"""Teams' clocks, read in a few queries however many teams there are."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from config.policy import Policy
from patrol.people.models import Consent
from patrol.places.models import City
from patrol.places.operations.cities import city_of, policy_of, zone_of
from patrol.teams.models import Dog, Team
from patrol.teams.rules import Clock, GivenConsent, clock

BlockedShifts = Callable[[UUID, date], list[tuple[UUID, date]]]
"""(shift, evening) of a team's shifts after a day that nobody has begun: what the subject above tells."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A team with its clock, the city's day, and the shifts that fall away when the first thing lapses."""

    team: Team
    clock: Clock
    today: date
    blocked: list[tuple[UUID, date]]


def clocks(teams: Sequence[Team], *, policy: Policy, zone: ZoneInfo) -> dict[UUID, Clock]:
    """The clock of each team of one city."""
    dogs: dict[UUID, list[tuple[str, date | None]]] = defaultdict(list)
    for dog in Dog.select().where(Dog.team.in_([team.id for team in teams])).order_by(Dog.created_at, Dog.name):
        dogs[dog.team_id].append((dog.name, dog.vaccinated_until))
    given: dict[UUID, list[GivenConsent]] = defaultdict(list)
    handlers = [team.handler_id for team in teams]
    for consent in Consent.select().where(Consent.person.in_(handlers) & Consent.revoked_at.is_null()):
        day = consent.given_at.astimezone(zone).date()
        given[consent.person_id].append(GivenConsent(consent.kind, consent.version, day))
    return {
        team.id: clock(
            policy,
            active_until=team.active_until,
            trained_on=team.trained_on,
            vaccinations=dogs[team.id],
            consents=given[team.handler_id],
        )
        for team in teams
    }


def clock_of(team: Team) -> Clock:
    """One team's clock."""
    city = city_of(team.city_id)
    return clocks([team], policy=policy_of(city), zone=zone_of(city))[team.id]


def dated(team: Team, *, blocked: BlockedShifts, now: datetime) -> Dated:
    """One team's clock as its handler sees it."""
    return at_present(team, clock_of(team), blocked=blocked, now=now)


def at_present(team: Team, found: Clock, *, blocked: BlockedShifts, now: datetime) -> Dated:
    """A team with its clock, as it stands today."""
    today = now.astimezone(zone_of(team.city_id)).date()
    return Dated(team, found, today, blocked(team.id, found.until or today - timedelta(days=1)) if found.first else [])


def lapsing(city: City, teams: Sequence[Team], *, within_days: int, now: datetime) -> list[tuple[Team, Clock]]:
    """Those of the teams that something ends for in so many days, or has ended or is lacking, with their clocks."""
    last = now.astimezone(zone_of(city)).date() + timedelta(days=within_days)
    found = clocks(teams, policy=policy_of(city), zone=zone_of(city))
    return [(team, found[team.id]) for team in teams if found[team.id].ends_by(last)]


def urgency(lapses: tuple[Team, Clock]) -> tuple[str, str]:
    """What a list of `lapsing` goes by: the day on which the first thing ends, lacking already before any; the code."""
    team, found = lapses
    return (found.until or date.min).isoformat(), team.code
