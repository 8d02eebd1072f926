"""Which teams may be planned for, and when."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from config.policy import Policy
from patrol.people.models import Person
from patrol.places.models import City
from patrol.places.operations.cities import policy_of, zone_of
from patrol.teams.models import Team
from patrol.teams.operations.readiness import lacking_consents
from patrol.teams.operations.reading import WholeTeam, whole
from patrol.teams.operations.welfare import builds
from patrol.teams.rules import Weather, longest_span, welfare_gate


@dataclass(frozen=True, slots=True)
class PlanableTeam:
    """A team that can walk for `walk_min` minutes, leaving its door at `earliest` and back in it by `latest` (UTC)."""

    team: Team
    earliest: datetime
    latest: datetime
    walk_min: int


def planable_teams(
    city: City, begins_at: datetime, ends_at: datetime, now: datetime, *, weather: Weather | None = None
) -> list[PlanableTeam]:
    """Teams, by code, that are fit to walk between begins_at and ends_at, and when.

    Active on that day, with a door and the required consents, vaccinated where the policy asks, free long enough for
    their walk in one stretch from `now` on, and not kept in by the `weather` where it is known.
    """
    zone, policy = zone_of(city), policy_of(city)
    begins_at = max(begins_at, now)
    if begins_at >= ends_at:
        return []
    day = begins_at.astimezone(zone).date()
    found = []
    for team in whole(_active(city, policy, day, at=begins_at)):
        if policy.screening.requires_rabies_vaccination and not _vaccinated(team, day):
            continue
        walk_min = min(team.team.walk_min, policy.walk.hard_cap_min)
        if weather is not None:
            walk_min = welfare_gate(policy, weather, builds(team.dogs, day), walk_min).most_min
        span = longest_span(team.availability, zone=zone, begins_at=begins_at, ends_at=ends_at)
        if walk_min > 0 and span is not None and span[1] - span[0] >= timedelta(minutes=walk_min):
            found.append(PlanableTeam(team.team, *span, walk_min))
    return found


def _active(city: City, policy: Policy, day: date, *, at: datetime) -> list[Team]:
    able = (Team.city == city) & (Team.state == "active") & (Team.active_until >= day) & (Person.state == "active")
    at_home = able & Team.door_lon.is_null(is_null=False)
    teams = list(Team.select(Team, Person).join(Person).where(at_home).order_by(Team.code))
    lacking = lacking_consents(policy, [team.handler_id for team in teams], at=at)
    return [team for team in teams if not lacking[team.handler_id]]


def _vaccinated(team: WholeTeam, day: date) -> bool:
    return all(dog.vaccinated_until is not None and dog.vaccinated_until >= day for dog in team.dogs)
