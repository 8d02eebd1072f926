"""Where a sighting goes: by its kind, its place and who is there now, or where somebody sent it by hand."""

from dataclasses import KW_ONLY, dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from config.policy import Destination, Kind, Policy, Urgency
from patrol.alerts.operations.duties import city_officers, holders_of, on_duty
from patrol.people.operations.accounts import coordinators_of, people_with, staff_around
from patrol.places.models import City, Facility, PoliceBox
from patrol.places.operations.boxes import responsible_box
from patrol.places.operations.cities import policy_of
from patrol.places.operations.facilities import nearest_facility
from patrol.sightings.models import Sighting
from patrol.sightings.operations.owners import owners_of
from patrol.sightings.rules import routing

BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something was seen: its district, if known, and whether it lies outside the city."""

    lon: float
    lat: float
    district: UUID | None
    _: KW_ONLY
    outside: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """To whom by hand: `to` is one of rules.WAYS; what it names beside is the rest."""

    to: str
    box: UUID | None = None
    facility: UUID | None = None
    duty: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed:
    """Where a sighting goes, one of rules.ROUTES, why, and to whom; with the responsible box and what is broken."""

    to: str
    why: dict[str, Any]
    people: tuple[UUID, ...]
    box: UUID | None
    facility: UUID | None

    @property
    def columns(self) -> dict[str, Any]:
        """What the sighting's row says of it: all of it, as who sees the sighting is told by these together."""
        return {"routed_to": self.to, "routed_why": self.why, "box": self.box, "facility": self.facility}


def route_of(city: City, kind: Kind | None, spot: Spot, *, restricted: bool, now: datetime) -> Routed:
    """Where a sighting of a kind goes from a place; of a kind that the policy has no longer, to the coordinators.

    The nearest box on foot is looked for in the streets, so this runs before a transaction.
    """
    box, found = (None, {"because": "no_boxes"}) if spot.outside else responsible_box(city, spot.lon, spot.lat)
    distance_m = found.get("distance_m")
    goes_to: Destination = kind.goes_to if kind else "coordinators"
    facility = None
    if goes_to == "facility":
        within_m = policy_of(city).routing.facility_within_m
        facility, distance_m = nearest_facility(city, spot.lon, spot.lat, within_m=within_m)
    staff = staff_around(city.id, box=box.id if box else None, district=spot.district)
    contacts = routing.Contacts(
        because=found["because"],
        **_charged(city, kind, box, restricted=restricted, now=now),
        facility=facility is not None,
        owners=owners_of(facility, now=now) if facility else (),
        box_officers=staff.box_officers,
        city_officers=staff.city_officers,
        coordinators=staff.coordinators,
        admins=staff.admins,
    )
    route = routing.route(goes_to, contacts, outside=spot.outside, restricted=restricted)
    why: dict[str, Any] = {"because": route.because, "distance_m": distance_m, "passed": route.passed}
    if kind:
        why["referred_to"] = [number for number in (kind.call_first, *kind.refer_to) if number]
    return Routed(
        to="holders" if kind is None and restricted else route.to,  # whoever was told reads it: no duty to be on
        why=why,
        people=route.people,
        box=box.id if box else None,
        facility=facility.id if facility else None,
    )


def routed_again(sighting: Sighting, policy: Policy, *, now: datetime) -> Routed:
    """Why and where a sighting goes by who is there now; one sent by hand stays where it was sent.

    One that came as restricted stays among those charged with such, whatever the policy says of its kind since.
    """
    sent = _sent_before(sighting, policy, now=now)
    if sent is not None and sent.people:
        return sent
    spot = Spot(sighting.lon, sighting.lat, sighting.district_id, outside=sighting.outside_city)
    return route_of(sighting.city, policy.kind(sighting.kind), spot, restricted=sighting.restricted, now=now)


def sent_to(sighting: Sighting, target: Target, policy: Policy, *, now: datetime) -> Routed:
    """Where a sighting goes that somebody sends to `target`, a thing of its city; nobody may be there."""
    city, to = sighting.city_id, target.to
    if to == "box":
        people = people_with(city, "officer", box=target.box) or city_officers(city)
    elif to == "duty":
        on_call = on_duty(city, target.duty, now, box=sighting.box)
        people = on_call or holders_of(city, target.duty)
        to = "duty" if on_call and target.duty == own_duty(sighting, policy) else "holders"
    else:
        people = coordinators_of(city, sighting.district_id)
        if to == "facility":
            people = [*people, *owners_of(Facility.get_by_id(target.facility), now=now)]
    return Routed(
        to=to,
        why={**sighting.routed_why, "because": BY_HAND, "distance_m": None, "passed": [], "duty": target.duty},
        people=tuple(sorted(set(people))),
        box=target.box if to == "box" else sighting.box_id,
        facility=target.facility if to == "facility" else sighting.facility_id,
    )


def own_duty(sighting: Sighting, policy: Policy) -> str:
    """The duty that a sighting's kind goes to, or ""."""
    kind = policy.kind(sighting.kind)
    return kind.duty if kind else ""


def due(policy: Policy, urgency: str, *, now: datetime) -> datetime:
    """When somebody must have acknowledged."""
    return now + timedelta(minutes=policy.service_levels.minutes(cast("Urgency", urgency)))


def _sent_before(sighting: Sighting, policy: Policy, *, now: datetime) -> Routed | None:
    """Where it was sent by hand and who is there now; None where it was not, or what it was sent to is gone."""
    box, facility, duty = sighting.box_id, sighting.facility_id, sighting.routed_why.get("duty", "")
    to = "duty" if sighting.routed_to == "holders" else sighting.routed_to
    named = {"box": box, "facility": facility, "duty": duty, "coordinators": to}
    if sighting.routed_why["because"] != BY_HAND or not named[to]:
        return None
    return sent_to(sighting, Target(to=to, box=box, facility=facility, duty=duty), policy, now=now)


def _charged(
    city: City, kind: Kind | None, box: PoliceBox | None, *, restricted: bool, now: datetime
) -> dict[str, list[UUID]]:
    """Who is on call for a kind's duty; of a restricted one who comes next, where nobody is."""
    duty = kind.duty if kind else ""
    found = {"duty": on_duty(city.id, duty, now, box=box)} if duty else {}
    if restricted and not found.get("duty"):
        found["holders"] = holders_of(city.id, duty) if duty else []
        found["station_officers"] = on_duty(city.id, policy_of(city).escalation.station_duty, now, box=box)
    return found
