"""Sightings that nobody acknowledged in time go to the next contact."""

from datetime import datetime

from config.due import one_by_one
from patrol.alerts import rules as ladders
from patrol.alerts.models import Alert, Escalation
from patrol.alerts.operations.escalating import Told, climb, contacts, overdue, pace_of
from patrol.places.operations.cities import policy_of
from patrol.sightings import rules
from patrol.sightings.models import Sighting
from patrol.sightings.operations.telling import passed_on_words, tell_passed_on


def escalate(now: datetime) -> int:
    """Pass on what is due. Returns how many went on."""
    found = one_by_one("escalations", overdue(exercise=False, now=now), lambda alert: _escalate(alert, now))
    return sum(step is not None for step in found)


def ladder_of(sighting: Sighting, now: datetime) -> tuple[ladders.Rung, ...]:
    """Who comes next for a sighting, by who is there now."""
    policy = policy_of(sighting.city_id)
    kind = policy.kind(sighting.kind)
    who = contacts(
        sighting.city,
        place=(sighting.lon, sighting.lat),
        box=sighting.box,
        district=sighting.district_id,
        duty=kind.duty if kind else "",
        station_duty=policy.escalation.station_duty,
        now=now,
    )
    return ladders.ladder(sighting.routed_to, who, restricted=sighting.restricted)


def _escalate(alert: Alert, now: datetime) -> Escalation | None:
    sighting: Sighting = Sighting.get_by_id(alert.subject)

    def told(rung: ladders.Rung, *, again: bool) -> Told:
        return Told(kind="sighting", words=passed_on_words(again=again), link=rules.RUNG_PAGE.get(rung.to, "/alerts"))

    return climb(
        alert,
        ladder_of(sighting, now),
        pace=pace_of(policy_of(alert.city_id), alert.urgency),
        told=told,
        then=lambda step: tell_passed_on(sighting, step, now=now),
        now=now,
    )
