"""Sightings over HTTP: reporting and answering, photos, passing on."""

from patrol.sightings.views import photos, reports, routing
from patrol.sightings.views.blueprint import blueprint

__all__ = ["blueprint", "photos", "reports", "routing"]
