"""A team asks for another year before its present one is over, and goes on patrolling meanwhile."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from config.database import transaction
from patrol.errors import Conflict
from patrol.places.operations.cities import policy_of, zone_of
from patrol.teams.models import Renewal, Team
from patrol.teams.operations.lapsing import bring_back
from patrol.teams.operations.moving import TeamState, move
from patrol.teams.operations.telling import tell_handler, tell_of
from patrol.teams.rules import RENEWABLE


class RenewalNotOpen(Conflict):
    """Another year is asked for in the last days of the present one."""

    words = {
        "ko": "갱신은 {first}부터 {last}까지 신청할 수 있습니다.",
        "en": "Another year may be asked for from {first} to {last}.",
    }


class RenewalAsked(Conflict):
    """It has been asked for."""

    words = {"ko": "이미 갱신을 신청했습니다.", "en": "Another year has been asked for already."}


class RenewalDecided(Conflict):
    """Somebody else was first."""

    words = {"ko": "그 사이에 다른 사람이 결정했습니다.", "en": "Somebody else has decided meanwhile."}


def open_renewal(team: Team) -> Renewal | None:
    """The renewal that a team has asked for and that is not over; of a team that goes through a new screening none."""
    if team.state not in RENEWABLE:
        return None
    under_way = Renewal.state.in_(("asked", "documents_ok"))
    found: Renewal | None = Renewal.get_or_none(
        (Renewal.team == team) & (Renewal.from_day == team.active_until) & under_way
    )
    return found


def ask(team: Team, *, by: UUID, now: datetime) -> Team:
    """Ask for another year. Raises RenewalNotOpen, RenewalAsked, TeamState."""
    if team.state not in RENEWABLE or team.active_until is None:
        raise TeamState(state=team.state, action="ask_renewal")
    today = now.astimezone(zone_of(team.city_id)).date()
    first = team.active_until - timedelta(days=policy_of(team.city_id).screening.renewal_within_days)
    if not first <= today <= team.active_until:
        raise RenewalNotOpen(first=first.isoformat(), last=team.active_until.isoformat())
    with transaction():
        changed = move(team, "ask_renewal", by=by, now=now)
        row = {"id": uuid4(), "city": team.city_id, "team": team, "from_day": team.active_until, "asked_at": now}
        if not Renewal.insert(**row).on_conflict_ignore().as_rowcount().execute():
            raise RenewalAsked
        tell_of(changed, "ask_renewal", now=now)
    return changed


def decide_renewal(team: Team, renewal: Renewal, *, ok: bool, note: str, by: UUID | None, now: datetime) -> Team:
    """Accept a renewal's papers, or say what is missing. Without a test to come the year is renewed with that.

    Raises TeamState.
    """
    if renewal.state != "asked":
        raise TeamState(state=team.state, action="accept_documents")
    if ok and not policy_of(team.city_id).screening.renewal_test:
        return renew(team, renewal, by=by, now=now)
    action = "accept_renewal" if ok else "refuse_renewal"
    with transaction():
        changed = move(team, action, by=by, note=note, now=now)
        if ok:
            _move(renewal, "documents_ok")
        tell_handler(changed, action, note=note, now=now)
    return changed


def renew(team: Team, renewal: Renewal, *, by: UUID | None, now: datetime) -> Team:
    """Another year, from the end of the one before; a team that had lapsed meanwhile comes back. Raises TeamState."""
    until = renewal.from_day + timedelta(days=policy_of(team.city_id).screening.active_days)
    with transaction():
        changed = move(team, "renew", by=by, note=until.isoformat(), now=now, active_until=until)
        _move(renewal, "done", ended_at=now)
        tell_handler(changed, "renew", note=until.isoformat(), now=now)
        return bring_back(changed, now=now)


def _move(renewal: Renewal, state: str, **changes: Any) -> None:
    """Of two who decide at once one is told that it is over."""
    here = (Renewal.id == renewal.id) & (Renewal.state == renewal.state)
    if Renewal.update(state=state, **changes).where(here).execute() != 1:
        raise RenewalDecided
