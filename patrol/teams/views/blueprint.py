"""The teams' blueprint and what its views share."""

from typing import Any
from uuid import UUID

from flask import current_app

from patrol.errors import NotFound
from patrol.http.api import subject
from patrol.http.caller import caller
from patrol.people.views import purposes
from patrol.teams.models import Team
from patrol.teams.operations import standing
from patrol.teams.operations.moving import team_of
from patrol.teams.operations.reading import WholeTeam, whole
from patrol.teams.rules import Window, window

blueprint = subject("teams", "Handlers with their dogs: applying, screening, hours.")


STAFF = ("coordinator", "admin")


def own(team_id: UUID) -> Team:
    """The caller's own team. Raises NotFound."""
    return team_of(caller().city, team_id, handler=caller().person)


def looked_after(team_id: UUID) -> Team:
    """A team for coordinators and admins: of their districts, or any of the city's. Raises NotFound."""
    return team_of(caller().city, team_id, districts=caller().districts)


def within_reach(team_id: UUID) -> Team:
    """What coordinators and admins look after; for walkers their own. Raises NotFound."""
    try:
        return own(team_id)
    except NotFound:
        if not caller().has(*STAFF):
            raise
        return looked_after(team_id)


def one(team: Team) -> WholeTeam:
    """A team with all that hangs on it."""
    return whole([team])[0]


def windows(given: list[dict[str, Any]]) -> list[Window]:
    """Hours as the rules know them."""
    return [window(**each) for each in given]


def effects() -> tuple[standing.OnStopped, ...]:
    """What create_app gathered from the subjects above."""
    found: tuple[standing.OnStopped, ...] = current_app.extensions["on_team_stopped"]
    return found


def note(teams: list[Team], *, purpose: str) -> None:
    """Log that the caller read who the handlers are."""
    purposes.note([team.handler_id for team in teams], what="team", purpose=purpose)
