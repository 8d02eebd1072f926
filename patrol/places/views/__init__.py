"""Places over HTTP: the city, its streets, police boxes, facilities, safety data and target blocks."""

from patrol.places.views import city, facilities
from patrol.places.views.blueprint import blueprint

__all__ = ["blueprint", "city", "facilities"]
