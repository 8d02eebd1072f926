"""Where the sun stands."""

from datetime import UTC, datetime
from math import acos, asin, cos, degrees, pi, radians, sin, tan

EPOCH = datetime(2000, 1, 1, 12, tzinfo=UTC)
HORIZON_DEG = -0.833
"""The sun's upper edge is on the horizon when its middle is so high: half its width, and what the air bends."""


def sun_is_up(at: datetime, *, lon: float, lat: float) -> bool:
    """Whether some of the sun is above the horizon, within a minute or so."""
    return sun_height_deg(at, lon=lon, lat=lat) > HORIZON_DEG


def sun_height_deg(at: datetime, *, lon: float, lat: float) -> float:
    """Degrees of the sun's middle above the horizon, as if there were no air.

    As in NOAA's Solar Calculator (gml.noaa.gov/grad/solcalc/calcdetails.html), which follows Meeus, Astronomical
    Algorithms, 1991.
    """
    days = (at - EPOCH).total_seconds() / 86_400
    century = days / 36_525
    mean_lon = radians((280.46646 + century * (36_000.76983 + 0.0003032 * century)) % 360)
    anomaly = radians(357.52911 + century * (35_999.05029 - 0.0001537 * century))
    eccentricity = 0.016708634 - century * (0.000042037 + 0.0000001267 * century)
    centre = (
        sin(anomaly) * (1.914602 - century * (0.004817 + 0.000014 * century))
        + sin(2 * anomaly) * (0.019993 - 0.000101 * century)
        + sin(3 * anomaly) * 0.000289
    )
    node = radians(125.04 - 1934.136 * century)
    apparent_lon = mean_lon + radians(centre - 0.00569 - 0.00478 * sin(node))
    tilt = radians(23.4392911 - 0.0130042 * century + 0.00256 * cos(node))
    declination = asin(sin(tilt) * sin(apparent_lon))
    y = tan(tilt / 2) ** 2
    # What a sundial is ahead of a clock that shows the place's mean time.
    ahead_min = 4 * degrees(
        y * sin(2 * mean_lon)
        - 2 * eccentricity * sin(anomaly)
        + 4 * eccentricity * y * sin(anomaly) * cos(2 * mean_lon)
        - y * y * sin(4 * mean_lon) / 2
        - 1.25 * eccentricity**2 * sin(2 * anomaly)
    )
    minutes = (days * 1_440 + 720 + ahead_min + 4 * lon) % 1_440
    hour_angle = radians(minutes / 4) - pi
    here = radians(lat)
    high = sin(here) * sin(declination) + cos(here) * cos(declination) * cos(hour_angle)
    return 90 - degrees(acos(min(1.0, max(-1.0, high))))
