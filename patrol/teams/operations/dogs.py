"""A handler keeps up to date what the gates go by."""

from datetime import datetime
from typing import Any
from uuid import UUID

from config.database import transaction
from patrol.errors import NotFound
from patrol.teams.models import Dog, Team
from patrol.teams.operations.moving import move


def change_dog(
    team: Team, dog_id: UUID, changes: dict[str, Any], *, expected: int | None, by: UUID, now: datetime
) -> Team:
    """Change a dog's weight, build or limits. `expected`: the team's version as seen; None: whatever it is.

    Raises NotFound, Stale, TeamState.
    """
    with transaction():
        dog = Dog.get_or_none((Dog.id == dog_id) & (Dog.team == team))
        if dog is None:
            raise NotFound
        Dog.update(**changes).where(Dog.id == dog.id).execute()
        note = f"{dog.name}: " + ", ".join(f"{name} {value}" for name, value in changes.items())
        return move(team, "edit", by=by, note=note, expected=expected, now=now)
