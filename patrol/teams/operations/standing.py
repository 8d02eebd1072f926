"""A team pauses, resumes, is suspended or retires; what rests on it in the subjects above stops with it."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from config.database import transaction
from patrol.people.models import Person
from patrol.places.operations.cities import city_of, hold
from patrol.teams.models import Team
from patrol.teams.operations.disputes import release_dogs
from patrol.teams.operations.moving import move
from patrol.teams.operations.telling import tell_handler, tell_of
from patrol.teams.rules import STOPPING, SUSPENSION_REASONS, TRANSITIONS

OnStopped = Callable[[Team, datetime], None]


def change(
    team: Team,
    action: str,
    *,
    by: UUID | None,
    note: str = "",
    reason: str | None = None,
    effects: tuple[OnStopped, ...] = (),
    now: datetime,
) -> Team:
    """pause, resume, reinstate, suspend or retire. `effects` happen in the same transaction.

    `reason` is why it is suspended, of rules.SUSPENSION_REASONS.

    Raises OwnTeam, TeamState.
    """
    with transaction():
        if action == "retire":
            hold(city_of(team.city_id))  # before the team, as whoever decides a dispute does
        changed = move(team, action, by=by, note=note, reason=reason, now=now)
        tell_handler(changed, action, note=_why(reason, note), now=now)
        if action == "retire":
            release_dogs(changed, now=now)
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


def suspend_for_bite(team: Team, *, by: UUID | None, note: str, effects: tuple[OnStopped, ...], now: datetime) -> Team:
    """Note a bite: a team that patrols is suspended at once, and the coordinators are told of it in any state.

    `by` may be the handler: noting is no deciding, and what suspends is the rule. `effects` happen in the same
    transaction. Raises TeamState for a retired team.
    """
    with transaction():
        changed = move(team, "bite", by=by, note=note, now=now)
        tell_of(changed, "bite", note=note, urgent=True, now=now)
        if (changed.state, "suspend") in TRANSITIONS:
            changed = change(changed, "suspend", by=None, note=note, reason="bite", effects=effects, now=now)
    return changed


def _why(reason: str | None, note: str) -> tuple[str, str]:
    """A suspension's reason, and what was written besides, in Korean and in English."""
    words = SUSPENSION_REASONS[reason] if reason else {"ko": "", "en": ""}
    ko, en = (" – ".join(filter(None, (words[language], note))) for language in ("ko", "en"))
    return ko, en
