"""The places' blueprint, and how its views read files and draw."""

import gzip
from typing import Any

from flask import Response, current_app, request
from werkzeug.exceptions import UnsupportedMediaType

from patrol.http.api import subject
from patrol.http.caller import caller
from patrol.places.models import City
from patrol.places.operations.cities import city_of
from patrol.places.operations.streets import dumps

blueprint = subject("places", "The city, its streets, police boxes, safety data and target blocks.")

TABLES = {
    "text/csv": {"schema": {"type": "string"}},
    "application/geo+json": {"schema": {"type": "object"}},
}
STREETS = {
    "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
    "text/csv": {"schema": {"type": "string"}},
}
GEOJSON = "application/geo+json"


def own_city() -> City:
    """The caller's city."""
    return city_of(caller().city)


def body(*types: str) -> bytes:
    """The request's body as it came, when it is of one of `types`."""
    if request.mimetype not in (*types, "application/octet-stream"):
        raise UnsupportedMediaType(f"Send {' or '.join(types)}.")
    return request.get_data(cache=True)


def drawn(content: dict[str, Any]) -> Response:
    """GeoJSON to draw; a city's streets are some megabytes, a fifth of that when packed."""
    answer: Response = current_app.response_class(dumps(content), content_type=GEOJSON)
    answer.vary.add("Accept-Encoding")
    if request.accept_encodings.quality("gzip"):
        answer.set_data(gzip.compress(answer.get_data(), compresslevel=6))
        answer.headers["Content-Encoding"] = "gzip"
    return answer
