"""What falls due by itself: sightings that nobody took yet find whoever has come, or come on duty, since."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from config.database import transaction
from config.due import one_by_one
from patrol.alerts.operations import tell
from patrol.alerts.operations.duties import on_duty
from patrol.alerts.operations.reading import recipients, unheard, waiting
from patrol.places.operations.cities import policy_of
from patrol.sightings import rules
from patrol.sightings.models import Sighting
from patrol.sightings.operations.routing import routed_again
from patrol.sightings.operations.telling import alert_words


def route_unheard(now: datetime) -> int:
    """Send sightings that went to nobody to whoever is there now. Returns how many found somebody."""
    return sum(one_by_one("sightings", unheard(), lambda sighting_id: route(Sighting.get_by_id(sighting_id), now)))


def hand_over(now: datetime) -> int:
    """Send what waits for a duty to those who have come on it since, where there is anybody. Returns how many went.

    Who went off duty before taking it sees it no more (reading.py).
    """
    charged = (Sighting.routed_to == "duty") | ((Sighting.routed_to == "holders") & Sighting.restricted)
    rows = Sighting.select().where(charged & Sighting.id.in_(waiting()))
    return sum(one_by_one("sightings", rows, lambda sighting: _hand_over(sighting, now)))


def _hand_over(sighting: Sighting, now: datetime) -> bool:
    kind = policy_of(sighting.city_id).kind(sighting.kind)
    come = set(on_duty(sighting.city_id, kind.duty, now, box=sighting.box) if kind else ())
    come -= set(recipients(sighting.id))
    with transaction():
        _tell(sighting, come, rules.PAGE["duty"], now)
    return bool(come)


def route(sighting: Sighting, now: datetime) -> bool:
    """Send one that went to nobody to whoever is there now. False with nobody, or where it moved since it was read."""
    routed = routed_again(sighting, policy_of(sighting.city_id), now=now)
    if not routed.people:
        return False
    with transaction():
        unmoved = (Sighting.id == sighting.id) & (Sighting.version == sighting.version)
        if not Sighting.update(routed.columns).where(unmoved).execute():
            return False
        _tell(sighting, routed.people, rules.PAGE[routed.to], now)
    return True


def _tell(sighting: Sighting, people: Collection[UUID], link: str, now: datetime) -> None:
    tell(sighting.id, people=people, kind="sighting", words=alert_words(sighting), link=link, now=now)
