"""Which teams may be planned for, and when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from uuid import UUID
from zoneinfo import ZoneInfo

from config.policy import Policy
from patrol.people.models import Person
from patrol.places.models import City
from patrol.places.operations.cities import policy_of, zone_of
from patrol.teams.models import Team
from patrol.teams.operations.eligibility import clocks
from patrol.teams.operations.reading import whole
from patrol.teams.operations.welfare import Watch, WeatherAt, builds, unknown
from patrol.teams.rules import NONE_BESIDES, Gate, Outings, Span, best_stretch, free_spans, strictest


@dataclass(frozen=True, slots=True)
class PlanableTeam:
    """A team that can walk for `walk_min` minutes, leaving its door at `earliest` and back in it by `latest` (UTC).

    `gate`: what its dogs allow then, with the reasons of all its free hours. Where they are kept in, walk_min is 0
    and the times are those hours. `rest_days`: whole days that its dogs rest between two walks.
    """

    team: Team
    earliest: datetime
    latest: datetime
    walk_min: int
    gate: Gate
    rest_days: int


def planable_teams(
    city: City,
    begins_at: datetime,
    ends_at: datetime,
    now: datetime,
    *,
    weather: WeatherAt = unknown,
    besides: Mapping[UUID, Outings] = MappingProxyType({}),
) -> list[PlanableTeam]:
    """Teams, by code, that could walk between begins_at and ends_at, and when: those with walk_min 0 are kept in.

    Eligible on that very day by their clock, with a door, and free long enough for their walk in one stretch from `now`
    on. Within these hours the dogs' gates say when, and how long: see `best_stretch`.
    `besides`: team → what it walks besides, see Outings.
    """
    zone, policy = zone_of(city), policy_of(city)
    day = begins_at.astimezone(zone).date()
    begins_at = max(begins_at, now)
    if begins_at >= ends_at:
        return []
    found = []
    for team in whole(_eligible(city, policy, zone, day)):
        wanted = min(team.team.walk_min, policy.walk.hard_cap_min)
        free = free_spans(team.availability, zone=zone, begins_at=begins_at, ends_at=ends_at)
        outings = besides.get(team.team.id, NONE_BESIDES)
        one = _when(Watch(team.team, builds(team.dogs, day), policy, weather, day, outings), free, wanted)
        if one is not None:
            found.append(one)
    return found


def _when(watch: Watch, free: Sequence[Span], wanted: int) -> PlanableTeam | None:
    """The team with its best stretch of its free hours; None when they are too short for its walk."""
    pieces = [piece for begins, ends in free for piece in watch.pieces(begins, ends, wanted)]
    rest_days = max((dog.rest_days for dog in watch.dogs), default=0)
    best = best_stretch(pieces)
    if best is None:
        longest = max((ends - begins for begins, ends in free), default=timedelta())
        if longest < timedelta(minutes=wanted) or all(piece.gate.most_min for piece in pieces):
            return None
        gate = strictest(piece.gate for piece in pieces)
        return PlanableTeam(watch.team, free[0][0], free[-1][1], 0, gate, rest_days)
    begins, ends, minutes = best
    whole_time = strictest(piece.gate for piece in pieces)
    then = strictest(piece.gate for piece in pieces if piece.begins < ends and piece.ends > begins)
    reasons = tuple(dict.fromkeys((*whole_time.reasons, *then.reasons)))
    gate = Gate(then.verdict, minutes, reasons, whole_time.dogs)
    return PlanableTeam(watch.team, begins, ends, minutes, gate, rest_days)


def _eligible(city: City, policy: Policy, zone: ZoneInfo, day: date) -> list[Team]:
    able = (Team.city == city) & (Team.state == "active") & (Team.active_until >= day) & (Person.state == "active")
    at_home = able & Team.door_lon.is_null(is_null=False)
    teams = list(Team.select(Team, Person).join(Person).where(at_home).order_by(Team.code))
    found = clocks(teams, policy=policy, zone=zone)
    return [team for team in teams if found[team.id].eligible(day)]
