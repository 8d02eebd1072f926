"""Coordinators' notes about a team: added, never changed. Handlers see them in the export of their own data alone."""

from datetime import datetime
from uuid import UUID

from config.database import transaction
from patrol.errors import NotFound
from patrol.teams.models import Team, TeamNote


def add_note(team: Team, *, text: str, pinned: bool, by: UUID, now: datetime) -> TeamNote:
    """A note about the team. A pinned one takes the place of the one that was pinned."""
    with transaction():
        if pinned:
            unpin(team)
        return TeamNote.create(city=team.city_id, team=team, author=by, text=text, pinned=pinned, created_at=now)


def pin(team: Team, note_id: UUID | None) -> None:
    """Pin one of the team's notes in place of the one that was; None: pin none. Raises NotFound."""
    with transaction():
        unpin(team)
        of_team = (TeamNote.id == note_id) & (TeamNote.team == team)
        if note_id is not None and not TeamNote.update(pinned=True).where(of_team).execute():
            raise NotFound


def unpin(team: Team) -> None:
    """Hold the team's row, so that two who pin at once take turns, and take the pin from whatever note has it."""
    Team.update(version=Team.version).where(Team.id == team.id).execute()
    TeamNote.update(pinned=False).where((TeamNote.team == team) & TeamNote.pinned).execute()
