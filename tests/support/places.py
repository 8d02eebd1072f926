"""Cities to test with: the Seomyeon sample that ships, and a small foreign town of footways made on the spot."""

import functools
from datetime import UTC, datetime
from pathlib import Path
from uuid import NAMESPACE_OID, UUID, uuid4, uuid5

from flask import Flask
from flask.testing import FlaskClient

from config.policy import Policy, read_policy, shipped
from patrol.http import api, openapi
from patrol.http.caller import Caller
from patrol.places.models import Block, City
from patrol.places.operations.boxes import import_boxes
from patrol.places.operations.cities import add_city
from patrol.places.operations.safety import import_safety
from patrol.places.operations.streets import StreetFile, put_streets, read_street_file
from patrol.places.views import blueprint

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
SAMPLE = Path(__file__).parents[2] / "data" / "busan"
PBF = SAMPLE / "streets" / "seomyeon_station_1km.osm.pbf"
SEGMENTS = Path(__file__).parents[1] / "data" / "street_segments.csv"
"""A made-up table of street segments."""
DISTRICTS = SAMPLE / "districts" / "districts.geojson"
BOXES = SAMPLE / "police_boxes" / "police_boxes.csv"
POI = SAMPLE / "osm_poi" / "osm_poi.csv"
LAYERS = {
    "accident": SAMPLE / "accident_hot_spots" / "accident_hot_spots.csv",
    "cctv": SAMPLE / "cctv" / "cctv.csv",
    "child_zone": SAMPLE / "child_zones" / "child_zones.csv",
    "poi": POI,
}
ON_A_STREET = (129.0595, 35.1578)
"""Seomyeon crossing."""


def policy(name: str = "busan") -> Policy:
    return read_policy(shipped(name))


def a_bare_city(name: str = "Busan", *, rules: Policy | None = None) -> City:
    """A city without streets."""
    return add_city(name, timezone="Asia/Seoul", policy=rules or policy(), now=NOW)


def seomyeon(name: str = "Busan", *, rules: Policy | None = None) -> City:
    """A city with the sample's streets."""
    city = a_bare_city(name, rules=rules)
    put_streets(city, seomyeon_streets(), now=NOW)
    return city


@functools.cache
def seomyeon_streets() -> StreetFile:
    return read_street_file(PBF)


def with_safety_data(city: City) -> City:
    for layer, path in LAYERS.items():
        import_safety(city, layer, path)
    return city


def with_boxes(city: City) -> City:
    import_boxes(city, BOXES, now=NOW)
    return city


def a_footway_town(folder: Path, *, size: int = 6) -> Path:
    """An .osm file of a park-like town in another country: a grid of footways, paths and steps 90 m apart."""
    step_lon, step_lat = 0.00162, 0.00081
    nodes = [
        (row * size + column + 1, 24.94 + column * step_lon, 60.17 + row * step_lat)
        for row in range(size)
        for column in range(size)
    ]
    ways = [[row * size + column + 1 for column in range(size)] for row in range(size)]
    ways += [[row * size + column + 1 for row in range(size)] for column in range(size)]
    classes = ["footway", "path", "footway", "steps", "pedestrian", "living_street"]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6">']
    lines += [f'<node id="{ref}" version="1" lat="{lat:.7f}" lon="{lon:.7f}"/>' for ref, lon, lat in nodes]
    for number, refs in enumerate(ways, 1):
        lines += [f'<way id="{number}" version="1">', *(f'<nd ref="{ref}"/>' for ref in refs)]
        lines += [
            f'<tag k="highway" v="{classes[number % len(classes)]}"/>',
            f'<tag k="name" v="Polku {number}"/></way>',
        ]
    path = folder / "town.osm"
    path.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
    return path


def block_columns(block: Block) -> dict[str, object]:
    """What a block says, without its id and history."""
    names = (
        "code",
        "kind",
        "street",
        "geometry",
        "length_m",
        "dwell_s",
        "weight",
        "visits_per_week",
        "bands",
        "valid_from",
        "valid_until",
        "reasons",
        "active",
    )
    return {name: getattr(block, name) for name in names}


def places_client(
    city: City, *roles: str, boxes: frozenset[UUID] = frozenset(), districts: frozenset[UUID] = frozenset()
) -> FlaskClient:
    """A client of an application that has only this subject, signed in to `city` with `roles`; none: not signed in."""
    app = Flask("places alone")

    def authenticate(token: str, _now: datetime) -> Caller | None:
        return Caller(
            person=uuid5(NAMESPACE_OID, token),
            city=city.id,
            session=uuid4(),
            name="Sample person",
            language="en",
            roles=frozenset(token.split(",")),
            boxes=boxes,
            districts=districts,
            duties=frozenset(),
        )

    rest = api.install(app, clock=lambda: NOW, authenticate=authenticate)
    rest.register_blueprint(blueprint)
    openapi.complete(app, rest.spec)
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    if roles:
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {','.join(roles)}"
    return client
