"""The sightings' blueprint, and what its views share: who looks, and what they see."""

from typing import Any, cast

from flask import g

from patrol.http.api import subject, with_etag
from patrol.http.caller import caller, now
from patrol.places.models import City
from patrol.places.operations.cities import city_of, policy_of
from patrol.sightings.models import Sighting
from patrol.sightings.operations import reading
from patrol.sightings.rules import Viewer

blueprint = subject("sightings", "What walkers saw, who answers it, and what became of it.")

STAFF_ROLES = ("officer", "coordinator", "admin")


def here() -> City:
    """The caller's city, read once a request."""
    if "city" not in g:
        g.city = city_of(caller().city)
    return cast("City", g.city)


def viewer() -> Viewer:
    """The caller, as reading needs them."""
    found = caller()
    return Viewer(
        person=found.person,
        city=found.city,
        roles=found.roles,
        boxes=found.boxes,
        districts=found.districts,
        kinds_on_duty=reading.kinds_on_duty(found.duties, policy_of(here())) if found.duties else frozenset(),
    )


def answer(sighting: Sighting, *, purpose: str = "answer") -> tuple[dict[str, Any], dict[str, str]]:
    """What the caller sees of one sighting, and its ETag."""
    content, headers = with_etag(shown([sighting], purpose=purpose)[0], sighting.version)
    return content, headers


def shown(sightings: list[Sighting], *, purpose: str) -> list[dict[str, Any]]:
    """What the caller sees of each; reads of restricted ones are logged."""
    seen_by = viewer()
    reading.log_reads(sightings, viewer=seen_by, purpose=purpose, request_id=g.request_id, now=now())
    return reading.described(sightings, viewer=seen_by, policy=policy_of(here()), now=now())
