"""A sighting went to the wrong ones: who answers it, or oversees it, passes it on by hand."""

from datetime import datetime
from uuid import UUID

from config.database import transaction
from config.policy import Duty, Policy
from patrol.alerts import operations as alerts
from patrol.errors import Invalid
from patrol.people.operations.rota import require_duty
from patrol.places.models import Facility, PoliceBox
from patrol.places.operations.cities import policy_of
from patrol.sightings import rules
from patrol.sightings.models import Sighting
from patrol.sightings.operations.answering import expect, move, told
from patrol.sightings.operations.routing import Target, due, own_duty, sent_to
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


def ways(sighting: Sighting) -> tuple[list[str], list[Duty]]:
    """What it may be passed on to, as Target's `to`, and the duties among them."""
    policy = policy_of(sighting.city_id)
    duties = policy.every_duty()
    if not sighting.restricted:
        return list(rules.WAYS), list(duties)
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
    _check(sighting, target, policy)
    sent = sent_to(sighting, target, policy, now=now)
    if not sent.people:
        raise NobodyThere("/to")
    with transaction():
        current = expect(sighting, "route", expected)
        alerts.pass_on(current.id, due_at=due(policy, current.urgency, now=now), now=now)
        moved = move(current, "route", **sent.columns)
        words = alert_words(moved)
        alerts.tell(moved.id, people=sent.people, kind="sighting", words=words, link=rules.PAGE[sent.to], now=now)
        return told(moved, "route", by=by, by_role=by_role, note=reason, now=now)


def _check(sighting: Sighting, target: Target, policy: Policy) -> None:
    """Whether it may go there, and there is such in its city."""
    city = sighting.city_id
    if sighting.restricted and (target.to != "duty" or target.duty not in _duties_of_restricted(sighting, policy)):
        raise BeyondTheRota("/to")
    if target.to == "box" and PoliceBox.get_or_none((PoliceBox.id == target.box) & (PoliceBox.city == city)) is None:
        raise NowhereToGo("/box")
    there = (Facility.id == target.facility) & (Facility.city == city)
    if target.to == "facility" and Facility.get_or_none(there) is None:
        raise NowhereToGo("/facility")
    if target.to == "duty":
        require_duty(city, target.duty, at="/duty")


def _duties_of_restricted(sighting: Sighting, policy: Policy) -> set[str]:
    return {own_duty(sighting, policy), policy.escalation.station_duty}
