"""What teams walk besides, for their dogs' minutes a day and days of rest: shifts given, walks as long as they were."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from patrol.places.models import City
from patrol.shifts.models import Shift
from patrol.shifts.rules import LIVE
from patrol.teams.models import Team
from patrol.teams.rules import MOST_REST_DAYS, NONE_BESIDES, Outings
from patrol.walks.models import Walk
from patrol.walks.operations.measuring import duration_s

TAKEN = (*LIVE, "walked")


def outings(city: City | UUID, day: date, *, besides: Any = None) -> dict[UUID, Outings]:
    """Team → what it has walked or is to walk on that evening, and the evenings near it with a walk.

    `besides`: a condition on Shift for those that do not count. A shift that is walked counts as long as its walk was.
    """
    return _outings(Shift.city == city, day, besides, TAKEN)


def outings_of(team: Team, day: date, *, besides: Any = None, states: Collection[str] = TAKEN) -> Outings:
    """The same of one team; `states`: of the shifts that count."""
    return _outings(Shift.team == team, day, besides, states).get(team.id, NONE_BESIDES)


def _outings(whose: Any, day: date, besides: Any, states: Collection[str]) -> dict[UUID, Outings]:
    near = Shift.evening.between(day - timedelta(days=MOST_REST_DAYS), day + timedelta(days=MOST_REST_DAYS))
    wanted = whose & near & Shift.state.in_(states)
    if besides is not None:
        wanted &= ~besides
    shifts = list(Shift.select(Shift.id, Shift.team, Shift.evening, Shift.duration_s).where(wanted))
    that_day = [shift.id for shift in shifts if shift.evening == day]
    ended = Walk.select().where(Walk.shift.in_(that_day) & (Walk.state == "ended"))
    walked_s = {walk.shift_id: duration_s(walk) or 0.0 for walk in ended}
    minutes: dict[UUID, float] = defaultdict(float)
    days: dict[UUID, set[date]] = defaultdict(set)
    for shift in shifts:
        if shift.evening == day:
            minutes[shift.team_id] += walked_s.get(shift.id, shift.duration_s) / 60
        else:
            days[shift.team_id].add(shift.evening)
    return {team: Outings(minutes[team], frozenset(days[team])) for team in {*minutes, *days}}
