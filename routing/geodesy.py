"""Distances on the ground: great circles for lengths, a flat sheet for what is near what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the earth (IUGG R1), metres."""


def haversine_m(lon1: ArrayLike, lat1: ArrayLike, lon2: ArrayLike, lat2: ArrayLike) -> Floats:
    """Great-circle metres between points in degrees; the arguments broadcast.

    On a sphere: within 0.6 % of the ellipsoid anywhere.
    """
    x1, y1, x2, y2 = (np.radians(np.asarray(a, dtype=np.float64)) for a in (lon1, lat1, lon2, lat2))
    h = np.sin((y2 - y1) / 2) ** 2 + np.cos(y1) * np.cos(y2) * np.sin((x2 - x1) / 2) ** 2
    metres: Floats = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(h, 1.0)))
    return metres


@dataclass(frozen=True)
class Sheet:
    """A flat sheet of metres (equirectangular) that is true along the latitude `lat0`; good for a city."""

    lat0: float

    def x(self, lon: ArrayLike) -> Floats:
        """Metres east of the meridian of Greenwich, measured along `lat0`."""
        radius = EARTH_RADIUS_M * np.cos(np.radians(self.lat0))
        metres: Floats = np.radians(np.asarray(lon, dtype=np.float64)) * radius
        return metres

    def y(self, lat: ArrayLike) -> Floats:
        """Metres north of the equator."""
        metres: Floats = np.radians(np.asarray(lat, dtype=np.float64)) * EARTH_RADIUS_M
        return metres

    def points(self, lon: ArrayLike, lat: ArrayLike) -> Floats:
        """Both side by side, float64[P, 2]."""
        return np.column_stack((np.atleast_1d(self.x(lon)), np.atleast_1d(self.y(lat))))
