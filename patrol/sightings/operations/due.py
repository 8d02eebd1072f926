"""What falls due by itself: sightings that nobody was there to receive find whoever has come since."""

from datetime import datetime
from uuid import UUID

from config.database import transaction
from patrol.alerts.operations import tell, unheard
from patrol.places.operations.cities import policy_of
from patrol.sightings import rules
from patrol.sightings.models import Sighting
from patrol.sightings.operations.filing import routed_again
from patrol.sightings.operations.telling import alert_words


def route_unheard(now: datetime) -> int:
    """Send sightings that went to nobody to whoever is there now. Returns how many found somebody."""
    return sum(_route(sighting_id, now) for sighting_id in unheard())


def _route(sighting_id: UUID, now: datetime) -> bool:
    sighting = Sighting.get_by_id(sighting_id)
    why, route = routed_again(sighting, policy_of(sighting.city_id))
    if not route.people:
        return False
    with transaction():
        Sighting.update(routed_to=route.to, routed_why=why).where(Sighting.id == sighting_id).execute()
        tell(
            sighting_id,
            people=route.people,
            kind="sighting",
            words=alert_words(sighting),
            link=rules.PAGE[route.to],
            now=now,
        )
    return True
