"""Sightings as other systems read them: public kinds alone, places rounded, texts as the policy says, no reporter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import peewee

from config.policy import Kind, Policy
from patrol.bridges import rules
from patrol.places.models import City
from patrol.places.operations.cities import policy_of
from patrol.sightings.models import Sighting, SightingStep
from patrol.sightings.rules import RESOLVED, coarse


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which requests. `ids` stand alone: with them nothing else counts."""

    start: datetime
    end: datetime
    ids: tuple[UUID, ...] | None = None
    codes: tuple[str, ...] | None = None
    status: frozenset[str] = frozenset({"open", "closed"})


def public_sightings(city: City, policy: Policy) -> Any:
    """Query of what other systems may know of: today's policy and the sighting's own marks both have to agree."""
    return Sighting.select().where(
        (Sighting.city == city)
        & Sighting.kind.in_(list(rules.public_kinds(policy)))
        & ~Sighting.restricted
        & (Sighting.urgency != "Immediate")
    )


def requests_of(city: City, asked: Asked) -> list[dict[str, Any]]:
    """At most 1,000 requests, newest first, in the words of GeoReport; texts are {"ko", "en"}."""
    policy = policy_of(city)
    rows = public_sightings(city, policy)
    if asked.ids is not None:
        rows = rows.where(Sighting.id.in_(asked.ids))
    else:
        rows = rows.where(Sighting.received_at.between(asked.start, asked.end))
        if asked.codes is not None:
            rows = rows.where(Sighting.kind.in_(asked.codes))
        if asked.status == {"open"}:
            rows = rows.where(Sighting.state != "resolved")
        elif asked.status == {"closed"}:
            rows = rows.where(Sighting.state == "resolved")
    found = list(rows.order_by(Sighting.received_at.desc(), Sighting.id).limit(rules.MOST_REQUESTS))
    changed = _changed(found)
    kinds = rules.public_kinds(policy)
    return [_shown(row, kinds[row.kind], policy, changed.get(row.id, row.received_at)) for row in found]


def _changed(sightings: Sequence[Sighting]) -> dict[UUID, datetime]:
    last = peewee.fn.MAX(SightingStep.at).python_value(SightingStep.at.python_value)
    rows: Any = (
        SightingStep.select(SightingStep.sighting, last)
        .where(SightingStep.sighting.in_([row.id for row in sightings]))
        .group_by(SightingStep.sighting)
        .tuples()
    )
    return dict(rows)


def _shown(row: Sighting, kind: Kind, policy: Policy, changed_at: datetime) -> dict[str, Any]:
    lon, lat = coarse(row.lon, row.lat, policy.bridges.grid_m)
    told = row.kind in policy.bridges.texts and row.coarsened_at is None
    return {
        "service_request_id": str(row.id),
        "status": "closed" if row.state == "resolved" else "open",
        "status_notes": RESOLVED[row.outcome] if row.outcome else None,
        "service_name": kind.name,
        "service_code": kind.code,
        "description": row.text if told else None,
        "agency_responsible": None,
        "service_notice": None,
        "requested_datetime": row.received_at,
        "updated_datetime": changed_at,
        "expected_datetime": None,
        "address": None,
        "address_id": None,
        "zipcode": None,
        "lat": lat,
        "long": lon,
        "media_url": None,
    }
