"""Sightings over HTTP: reporting and answering, photos."""

from patrol.sightings.views import photos, reports
from patrol.sightings.views.blueprint import blueprint

__all__ = ["blueprint", "photos", "reports"]
