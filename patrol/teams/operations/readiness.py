"""Whether a handler has done their part: come to the account, consented, said where walks begin."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from config.policy import Policy
from patrol.errors import Conflict
from patrol.people.models import Person
from patrol.people.operations.consents import standing_of
from patrol.people.rules import missing_consents
from patrol.places.operations.cities import policy_of
from patrol.teams.models import Team
from patrol.teams.rules import handlers_part

KOREAN = {"account": "초대 수락", "consents": "필수 동의", "door": "출발하는 곳"}


class HandlerAwaited(Conflict):
    """The handler has something to do first; nobody does it for them."""

    words = {
        "ko": "보호자가 먼저 할 일이 있습니다: {korean}",
        "en": "The handler has something to do first: {parts}.",
    }

    def __init__(self, parts: Iterable[str]) -> None:
        """Of account, consents and door, what is awaited."""
        named = tuple(parts)
        super().__init__(parts=", ".join(named), korean=", ".join(KOREAN[part] for part in named))


def require_handlers_part(team: Team, *, now: datetime) -> None:
    """Raise HandlerAwaited unless the handler has an account, consented and said where walks begin."""
    handler = Person.get_by_id(team.handler_id)
    lacking = lacking_consents(policy_of(team.city_id), [team.handler_id], at=now)
    awaited = handlers_part(account=handler.state, lacking=lacking[team.handler_id], has_door=team.door_lon is not None)
    if awaited:
        raise HandlerAwaited(awaited)


def lacking_consents(policy: Policy, people: Iterable[UUID], *, at: datetime) -> dict[UUID, list[str]]:
    """Of each person the kinds of required consent that do not stand in their present version at that time."""
    required = [(consent.kind, consent.version) for consent in policy.consents if consent.required]
    people = list(people)
    given = standing_of(people, policy=policy, now=at)
    return {person: missing_consents(required, given[person]) for person in people}
