"""A team's state changes by the table in rules.py, by compare-and-set, and leaves a step."""

from datetime import datetime
from typing import Any
from uuid import UUID

from config.database import transaction
from notifications.outbox import announce
from patrol.errors import Conflict, NotFound, Stale
from patrol.people.operations.accounts import coordinators_of
from patrol.teams.models import Team, TeamStep
from patrol.teams.operations.reading import within
from patrol.teams.rules import DECIDING, KOREAN, NOTED, TRANSITIONS


class TeamState(Conflict):
    """The team's state forbids the action."""

    words = {
        "ko": "팀이 지금 '{korean}' 상태라서 할 수 없습니다.",
        "en": "The team is {state}; {action} is not possible now.",
    }

    def __init__(self, *, state: str, action: str) -> None:
        """The state that stands in the way of the action."""
        super().__init__(state=state, korean=KOREAN[state], action=action)


class OwnTeam(Conflict):
    """Nobody decides about their own team."""

    words = {
        "ko": "자기 팀에 관해서는 결정할 수 없습니다. 다른 담당자나 평가위원에게 맡겨 주세요.",
        "en": "This is your own team; leave it to somebody else to decide.",
    }


def refuse_own(team: Team, *, by: UUID | None) -> None:
    """Raise OwnTeam when whoever decides is the team's handler, whatever role they have besides."""
    if by is not None and by == team.handler_id:
        raise OwnTeam


def team_of(
    city: UUID, team_id: UUID, *, handler: UUID | None = None, districts: frozenset[UUID] = frozenset()
) -> Team:
    """A city's team; with `handler`, only if it is theirs; with `districts`, only if of one. Raises NotFound."""
    wanted = (Team.id == team_id) & (Team.city == city) & within(districts)
    if handler is not None:
        wanted &= Team.handler == handler
    found = Team.get_or_none(wanted)
    if found is None:
        raise NotFound
    return found


def move(
    team: Team,
    action: str,
    *,
    by: UUID | None,
    note: str = "",
    reason: str | None = None,
    expected: int | None = None,
    now: datetime,
    **changes: Any,
) -> Team:
    """Change state by `action`, with `changes` to the row; returns the team as it is then.

    `reason` is of rules.SUSPENSION_REASONS. Goes by the state that `team` was read in, and by the version `expected`
    where one is: who read it before another changed it is told so. Raises OwnTeam, TeamState, Stale.
    """
    if action in DECIDING:
        refuse_own(team, by=by)
    to = TRANSITIONS.get((team.state, action))
    if to is None:
        raise TeamState(state=team.state, action=action)
    with transaction():
        here = (Team.id == team.id) & (Team.state == team.state)
        seen = here if expected is None else here & (Team.version == expected)
        if action not in NOTED:
            changes["waiting_since"] = now
        if Team.update(state=to, version=Team.version + 1, **changes).where(seen).execute() != 1:
            if Team.select().where(here).exists():
                raise Stale
            raise TeamState(state=Team.get_by_id(team.id).state, action=action)
        TeamStep.create(city=team.city_id, team=team, action=action, state=to, by=by, note=note, reason=reason, at=now)
        watching = [team.handler_id, *coordinators_of(team.city_id, team.district_id)]
        announce(city=team.city_id, people=watching, kind="team", content={"id": str(team.id), "state": to}, now=now)
    return Team.get_by_id(team.id)
