"""A shift's route for other programs: GeoJSON (RFC 7946) and GPX 1.1, whole or from first block to last."""

import re
from typing import Any

import gpxpy.gpx

from patrol.shifts.models import Shift
from patrol.shifts.rules import part

NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML 1.0 document may hold, escaped or not (https://www.w3.org/TR/xml/#charsets)."""


def route_geojson(shift: Shift, *, whole: bool) -> dict[str, Any]:
    """A FeatureCollection: the line to walk, then each block in walking order. Metres and seconds."""
    shown = part(shift, whole=whole)
    line = _feature(
        {"type": "LineString", "coordinates": shown.line},
        role="route",
        team=shift.team.code,
        evening=shift.evening.isoformat(),
        distance_m=shown.distance_m,
        duration_s=shown.duration_s,
    )
    blocks = [
        _feature(
            stop["geometry"],
            role="block",
            position=stop["position"],
            code=stop["code"],
            street=stop["street"],
            weight=stop["weight"],
            dwell_s=stop["dwell_s"],
            arrives_at=stop["arrives_at"].isoformat(),
        )
        for stop in shown.stops
    ]
    return {"type": "FeatureCollection", "features": [line, *blocks]}


def route_gpx(shift: Shift, *, whole: bool) -> str:
    """GPX 1.1: the line as a track, each block as a waypoint where it begins to be walked."""
    shown = part(shift, whole=whole)
    gpx = gpxpy.gpx.GPX()
    gpx.creator = "companion-dog patrol"
    gpx.name = f"{shift.team.code} {shift.evening.isoformat()}"
    for stop in shown.stops:
        lon, lat = _entry(stop)
        gpx.waypoints.append(
            gpxpy.gpx.GPXWaypoint(
                latitude=lat,
                longitude=lon,
                time=stop["arrives_at"],
                name=f"{stop['position']} {NOT_IN_XML.sub('', stop['code'])}",
                description=NOT_IN_XML.sub("", stop["street"]) or None,
            )
        )
    segment = gpxpy.gpx.GPXTrackSegment(
        [gpxpy.gpx.GPXTrackPoint(latitude=lat, longitude=lon) for lon, lat in shown.line]
    )
    track = gpxpy.gpx.GPXTrack(name=gpx.name)
    track.segments.append(segment)
    gpx.tracks.append(track)
    return gpx.to_xml(version="1.1")


def _feature(geometry: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _entry(stop: dict[str, Any]) -> tuple[float, float]:
    """Where a block is entered: a point itself, a line at the end that the route comes to first."""
    points = stop["geometry"]["coordinates"]
    lon, lat = points if stop["kind"] == "point" else points[-1 if stop["entered_at"] == 1 else 0]
    return float(lon), float(lat)
