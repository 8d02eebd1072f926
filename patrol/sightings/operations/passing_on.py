"""A sighting went to the wrong ones: who answers it, or oversees it, passes it on by hand."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from config.database import transaction
from config.policy import Duty, Policy
from patrol.alerts import operations as alerts
from patrol.alerts.operations.duties import city_officers, holders_of, on_duty
from patrol.errors import Invalid, Stale
from patrol.people.operations.accounts import coordinators_of, people_with
from patrol.people.operations.rota import require_duty
from patrol.places.models import Facility, PoliceBox
from patrol.places.operations.cities import policy_of
from patrol.sightings import rules
from patrol.sightings.models import Sighting
from patrol.sightings.operations.answering import NotNow, check_first, told
from patrol.sightings.operations.filing import due
from patrol.sightings.operations.owners import owners_of
from patrol.sightings.operations.telling import alert_words


class NowhereToGo(Invalid):
    """What it is passed on to is not named, or not of this city."""

    words = {"ko": "이 도시에 있는 곳을 골라 주세요.", "en": "Name one that this city has."}


class NobodyThere(Invalid):
    """Nobody is there to answer."""

    words = {"ko": "받을 사람이 없습니다.", "en": "Nobody is there to answer."}


class BeyondTheRota(Invalid):
    """A protected kind stays among those who are charged with such."""

    words = {
        "ko": "보호가 필요한 신고는 그 임무나 경찰서 당직에게만 보낼 수 있습니다.",
        "en": "A sighting of a protected kind goes to its duty or to station officers alone.",
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """To whom instead: `to` is box, facility, duty or coordinators; what it names beside is the rest."""

    to: str
    box: UUID | None = None
    facility: UUID | None = None
    duty: str = ""


def ways(sighting: Sighting) -> tuple[list[str], list[Duty]]:
    """What it may be passed on to, as Target's `to`, and the duties among them."""
    policy = policy_of(sighting.city_id)
    duties = policy.every_duty()
    if not sighting.restricted:
        return ["box", "facility", "duty", "coordinators"], list(duties)
    among = _duties_of_restricted(sighting, policy)
    return ["duty"], [duty for duty in duties if duty.code in among]


def pass_on(
    sighting: Sighting,
    target: Target,
    *,
    reason: str,
    by: UUID,
    by_role: str,
    expected: int | None,
    now: datetime,
) -> Sighting:
    """Send it to `target`, who is told and has the whole time of its urgency; whoever had it has it no more.

    Raises NotNow, Stale, BelongsToAnother, NowhereToGo, NobodyThere, BeyondTheRota, NoSuchDuty.
    """
    policy = policy_of(sighting.city_id)
    to, people = _found(sighting, target, policy, now=now)
    if not people:
        raise NobodyThere("/to")
    why = {**sighting.routed_why, "because": "by_hand", "distance_m": None, "passed": []}
    with transaction():
        current: Sighting = Sighting.get_by_id(sighting.id)
        check_first(current)
        if expected is not None and current.version != expected:
            raise Stale
        if "route" not in rules.NEXT[current.state]:
            raise NotNow(state=current.state, action="route")
        alerts.pass_on(current.id, due_at=due(policy, current.urgency, now=now), now=now)
        changed: dict[str, Any] = {"state": rules.NEXT[current.state]["route"], "routed_to": to, "routed_why": why}
        changed |= {"box": target.box} if to == "box" else {}
        changed |= {"facility": target.facility} if to == "facility" else {}
        unchanged = (Sighting.id == current.id) & (Sighting.version == current.version)
        if not Sighting.update(**changed, version=Sighting.version + 1).where(unchanged).execute():
            raise Stale
        moved: Sighting = Sighting.get_by_id(current.id)
        words = alert_words(moved)
        alerts.tell(moved.id, people=people, kind="sighting", words=words, link=rules.PAGE[to], now=now)
        return told(moved, "route", by=by, by_role=by_role, note=reason, now=now)


def _found(sighting: Sighting, target: Target, policy: Policy, *, now: datetime) -> tuple[str, list[UUID]]:
    """Where it goes, one of rules.ROUTES, and the people."""
    city = sighting.city_id
    own_duty = _own_duty(sighting, policy)
    if sighting.restricted and (target.to != "duty" or target.duty not in _duties_of_restricted(sighting, policy)):
        raise BeyondTheRota("/to")
    if target.to == "box":
        if not PoliceBox.select().where((PoliceBox.id == target.box) & (PoliceBox.city == city)).exists():
            raise NowhereToGo("/box")
        return "box", people_with(city, "officer", box=target.box) or city_officers(city)
    if target.to == "facility":
        facility = Facility.get_or_none((Facility.id == target.facility) & (Facility.city == city))
        if facility is None:
            raise NowhereToGo("/facility")
        return "facility", sorted({*owners_of(facility, now=now), *coordinators_of(city, sighting.district_id)})
    if target.to == "duty":
        require_duty(city, target.duty, at="/duty")
        on_call = on_duty(city, target.duty, now, box=sighting.box)
        people = on_call or holders_of(city, target.duty)
        return ("duty" if on_call and target.duty == own_duty else "holders"), people
    return "coordinators", coordinators_of(city, sighting.district_id)


def _own_duty(sighting: Sighting, policy: Policy) -> str:
    kind = policy.kind(sighting.kind)
    return kind.duty if kind else ""


def _duties_of_restricted(sighting: Sighting, policy: Policy) -> set[str]:
    return {_own_duty(sighting, policy), policy.escalation.station_duty}
