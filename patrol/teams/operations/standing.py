"""A team pauses, resumes, is suspended, lapses or retires; what rests on it in the subjects above stops with it."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from config.database import transaction
from patrol.people.models import Person
from patrol.places.models import City
from patrol.places.operations.cities import zone_of
from patrol.teams.models import Team
from patrol.teams.operations.moving import TeamState, move
from patrol.teams.operations.telling import tell_handler
from patrol.teams.rules import STOPPING

OnStopped = Callable[[Team, datetime], None]


def change(
    team: Team, action: str, *, by: UUID, note: str = "", effects: tuple[OnStopped, ...] = (), now: datetime
) -> Team:
    """pause, resume, reinstate, suspend or retire. `effects` happen in the same transaction. Raises TeamState."""
    with transaction():
        changed = move(team, action, by=by, note=note, now=now)
        tell_handler(changed, action, note=note, now=now)
        if action in STOPPING:
            for effect in effects:
                effect(changed, now)
    return changed


def on_consent_withdrawn(person: Person, kind: str, now: datetime, *, effects: tuple[OnStopped, ...]) -> None:
    """Without consent to the service a person's active team is paused, and what it has not begun is taken back."""
    if kind != "service":
        return
    for team in Team.select().where((Team.handler == person) & (Team.state == "active")):
        change(team, "pause", by=person.id, effects=effects, now=now)


def lapse_overdue(*, effects: tuple[OnStopped, ...], now: datetime) -> int:
    """Take teams whose active period is over out of patrols; returns how many. Due job."""
    count = 0
    for city in City.select():
        today = now.astimezone(zone_of(city)).date()
        over = (Team.city == city) & Team.state.in_(("active", "paused")) & (Team.active_until < today)
        for team in Team.select().where(over):
            count += _lapse(team, effects, now)
    return count


def _lapse(team: Team, effects: tuple[OnStopped, ...], now: datetime) -> bool:
    try:
        with transaction():
            changed = move(team, "lapse", by=None, now=now)
            tell_handler(changed, "lapse", now=now)
            for effect in effects:
                effect(changed, now)
    except TeamState:  # somebody changed it in between
        return False
    return True
