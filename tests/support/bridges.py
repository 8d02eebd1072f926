"""Other systems: their keys, and what they send by Open311."""

from typing import Any
from xml.etree import ElementTree as ET

from flask.testing import FlaskClient

from patrol.bridges.operations.keys import make_key
from patrol.places.models import City
from tests.support.factories import LAT, LON, NOW

OPEN311 = "/open311/v2"


def key_of(city: City, *rights: str) -> str:
    """A new key's text."""
    return make_key(city, name="City hall", rights=rights, now=NOW)[1]


def filing(**given: Any) -> dict[str, Any]:
    """A form about a broken light at the crossing."""
    return {"service_code": "C1", "lat": LAT, "long": LON, "description": "The light is out.", **given}


def post(client: FlaskClient, key: str, *, form: str = "json", **given: Any) -> Any:
    """The answer to a request that is filed; None takes a parameter out."""
    content = {name: value for name, value in filing(api_key=key, **given).items() if value is not None}
    return client.post(f"{OPEN311}/requests.{form}", data=content, headers={"Accept-Language": "en"})


def texts(document: bytes) -> list[dict[str, str]]:
    """Of an XML list of things, each thing's elements and their texts."""
    return [{inner.tag: inner.text or "" for inner in each} for each in ET.fromstring(document)]  # noqa: S314 - our own answer
