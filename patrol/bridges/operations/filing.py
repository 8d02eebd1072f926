"""Requests of other systems become sightings without a walker: routed, alerted and answered as all others."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4, uuid5

from patrol.bridges import rules
from patrol.bridges.models import BridgeKey, FiledRequest
from patrol.errors import NotFound
from patrol.people.operations.throttle import throttle
from patrol.people.rules import network_of
from patrol.places.models import City
from patrol.places.operations.cities import policy_of
from patrol.sightings.models import Sighting
from patrol.sightings.operations.filing import IdTaken, file

SOURCE = "open311"
HOUR = timedelta(hours=1)
WRONG_KEYS = 60
"""So many an hour from one network; a right key from there is heard all the same."""


class NoSuchService(NotFound):
    """No kind that other systems may know of has this code."""

    words = {"ko": "service_code '{code}'은(는) 없습니다.", "en": "There is no service_code {code!r}."}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What another system says. `client_id` is its own id for it, "" when it gives none; `seen_at` may be unknown."""

    service_code: str
    description: str
    lon: float
    lat: float
    seen_at: datetime | None
    client_id: str


def file_request(city: City, request: Request, *, key: BridgeKey, now: datetime) -> tuple[Sighting, bool]:
    """The sighting that a request becomes, and whether it is new: the same key's same `client_id` is the same.

    Whose key it came with is kept in the transaction that keeps the sighting.
    Raises TooMany, NoSuchService, and of sightings InFuture, TooLongAgo, IdTaken.
    """
    policy = policy_of(city)
    throttle(f"open311:{key.id}", most=policy.bridges.requests_per_hour, every=HOUR, now=now)
    if request.service_code not in rules.public_kinds(policy):
        raise NoSuchService(code=request.service_code)
    sighting_id = uuid5(key.id, request.client_id) if request.client_id else uuid4()
    try:
        return _filed(city, sighting_id, request, key=key, now=now)
    except IdTaken:
        if request.seen_at is not None:
            raise
        return _filed(city, sighting_id, request, key=key, now=now)  # of two at once the other's time counts now


def note_wrong_key(address: str, *, now: datetime) -> None:
    """Count a key that was none towards the network that it came from. Raises TooMany."""
    throttle(f"open311-wrong-key:{network_of(address)}", most=WRONG_KEYS, every=HOUR, now=now)


def _filed(city: City, sighting_id: UUID, request: Request, *, key: BridgeKey, now: datetime) -> tuple[Sighting, bool]:
    return file(
        city,
        sighting_id,
        reporter=None,
        kind=request.service_code,
        text=request.description,
        lon=request.lon,
        lat=request.lat,
        seen_at=request.seen_at or _first_heard(sighting_id) or now,
        walk=None,
        called_at=None,
        then=lambda kept: FiledRequest.create(
            force_insert=True, id=kept.id, city=city, key=key, source=SOURCE, filed_at=now
        ),
        now=now,
    )


def _first_heard(sighting_id: UUID) -> datetime | None:
    """When a request came the first time, so that a retry says the same; a file without a time is of when it came."""
    known = Sighting.get_or_none(Sighting.id == sighting_id)
    return known.seen_at if known else None
