"""Sightings over HTTP: reporting and answering, photos, passing on; asking back, linking, handing over."""

from patrol.sightings.views import photos, reports, routing, together
from patrol.sightings.views.blueprint import blueprint

__all__ = ["blueprint", "photos", "reports", "routing", "together"]
