"""The city, its streets, districts, police boxes, safety data and target blocks."""

from typing import Any
from uuid import UUID

from flask import Response, current_app, request
from flask.views import MethodView

from config.policy import Policy
from patrol.errors import NotFound
from patrol.http.api import expected_version, fails, with_etag
from patrol.http.caller import allow, anyone, caller, now
from patrol.http.idempotency import replayable
from patrol.http.paging import PageQuery, page, page_of
from patrol.places import schemas
from patrol.places.models import Block, City, District, PoliceBox, StreetNetwork
from patrol.places.operations import districts as outlines
from patrol.places.operations.block_files import as_geojson, import_blocks
from patrol.places.operations.blocks import block_of, blocks_of, draw_block, edit_block
from patrol.places.operations.boxes import import_boxes
from patrol.places.operations.building import Built, build_blocks
from patrol.places.operations.cities import policy_of, slug_of
from patrol.places.operations.districts import districts_of, import_districts
from patrol.places.operations.files import Report
from patrol.places.operations.safety import LayerReport, import_safety
from patrol.places.operations.streets import import_streets, street_map, streets_sha256
from patrol.places.views.blueprint import GEOJSON, STREETS, TABLES, blueprint, body, drawn, own_city


@blueprint.route("/city", methods=["GET"])
@allow()
@blueprint.response(200, schemas.CityOut)
def city() -> dict[str, Any]:
    """The caller's city, and what its policy says to a phone."""
    found = own_city()
    policy = policy_of(found)
    return {
        **public(found, policy),
        "timezone": found.timezone,
        "bbox": found.bbox,
        "evening": policy.evening,
        "hotlines": policy.hotlines,
        "kinds": policy.kinds,
    }


@blueprint.route("/cities/<string:slug>/public", methods=["GET"])
@anyone
@blueprint.response(200, schemas.PublicCity)
@fails(404)
def public_city(slug: str) -> dict[str, Any]:
    """What a person who wants to join must know: consents and formats."""
    found = City.get_or_none(City.slug == slug_of(slug))
    if found is None:
        raise NotFound
    return public(found, policy_of(found))


def public(found: City, policy: Policy) -> dict[str, Any]:
    """What anybody may know of a city."""
    return {
        "slug": found.slug,
        "name": found.name,
        "languages": policy.languages,
        "formats": policy.formats,
        "consents": policy.consents,
    }


@blueprint.route("/streets", methods=["GET"])
@allow("coordinator", "officer", "walker", "admin")
@blueprint.response(200, schemas.FeatureCollection, content_type=GEOJSON)
@blueprint.alt_response(304, description="The map that the caller holds is the one in force.", success=True)
@fails(409)
def streets() -> Response:
    """The city's streets to draw on a map: a MultiLineString for each class. Ask again with If-None-Match."""
    found = own_city()
    sha256 = streets_sha256(found)
    if request.if_none_match.contains_weak(sha256):
        answer = current_app.response_class(status=304)
    else:
        answer = drawn(street_map(found))
    answer.set_etag(sha256, weak=True)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@blueprint.route("/city/streets", methods=["PUT"])
@allow("admin")
@blueprint.arguments(schemas.StreetsQuery, location="query")
@blueprint.response(200, schemas.NetworkOut)
@blueprint.doc(requestBody={"required": True, "content": STREETS})
def put_streets(query: dict[str, Any]) -> dict[str, Any]:
    """Put a file's streets in place of those the city had: .osm.pbf, .osm, .osm.gz, or a CSV table of segments."""
    found = own_city()
    network: StreetNetwork = import_streets(found, body("text/csv"), bbox=query["bbox"], now=now())
    names = ("source", "sha256", "nodes", "edges", "length_m", "imported_at")
    return {**{name: getattr(network, name) for name in names}, "bbox": found.bbox}


@blueprint.route("/city/boxes/import", methods=["POST"])
@allow("admin")
@blueprint.response(200, schemas.ReportOut)
@blueprint.doc(requestBody={"required": True, "content": TABLES})
def post_boxes() -> Report:
    """Bring in police boxes, CSV or GeoJSON; those of the same name and station are updated. All rows or none."""
    return import_boxes(own_city(), body("text/csv", GEOJSON), now=now())


@blueprint.route("/city/districts/import", methods=["POST"])
@allow("admin")
@blueprint.response(200, schemas.ReportOut)
@blueprint.doc(requestBody={"required": True, "content": TABLES})
def post_districts() -> Report:
    """Bring in districts, GeoJSON polygons or CSV; those of the same code are updated. All rows or none.

    Boxes, blocks and teams are found their district anew.
    """
    effects = current_app.extensions["on_districts_changed"]
    return import_districts(own_city(), body("text/csv", GEOJSON), effects=effects, now=now())


@blueprint.route("/districts", methods=["GET"])
@allow()
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(schemas.DistrictOut))
def districts(query: dict[str, Any]) -> dict[str, Any]:
    """The city's districts, by code."""
    found = District.select().where(District.city == caller().city)
    return page(found, by=((District.code, False), (District.id, False)), **query)


@blueprint.route("/districts.geojson", methods=["GET"])
@allow("coordinator", "officer", "admin")
@blueprint.response(200, schemas.FeatureCollection, content_type=GEOJSON)
def districts_geojson() -> Response:
    """The districts' outlines, to draw on a map."""
    return drawn(outlines.as_geojson(districts_of(caller().city)))


@blueprint.route("/city/safety/<string:layer>/import", methods=["POST"])
@allow("admin")
@blueprint.response(200, schemas.LayerReportOut)
@blueprint.doc(requestBody={"required": True, "content": TABLES})
def post_safety(layer: str) -> LayerReport:
    """Replace a layer of safety data: accident, cctv, child_zone, bar, motel, metro_exit or one of the city's own.

    `poi` takes a file with OpenStreetMap tags in its column `kind` apart into bar, motel and metro_exit.
    """
    return import_safety(own_city(), layer, body("text/csv", GEOJSON))


@blueprint.route("/boxes", methods=["GET"])
@allow("coordinator", "officer", "admin")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(schemas.BoxOut))
def boxes(query: dict[str, Any]) -> dict[str, Any]:
    """The city's police boxes, by name."""
    found = PoliceBox.select().where(PoliceBox.city == caller().city)
    return page(found, by=((PoliceBox.name, False), (PoliceBox.id, False)), **query)


@blueprint.route("/blocks")
class Blocks(MethodView):
    """Target blocks."""

    @allow("admin", within=("coordinator",))
    @blueprint.arguments(schemas.BlockPageQuery, location="query")
    @blueprint.response(200, page_of(schemas.BlockOut))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The city's blocks, by code; for a coordinator of districts, theirs."""
        which = {name: query.pop(name) for name in ("active", "min_weight", "district")}
        found = blocks_of(caller().city, **which, districts=caller().districts)
        return page(found, by=((Block.code, False), (Block.id, False)), **query)

    @replayable
    @allow("admin", within=("coordinator",))
    @blueprint.arguments(schemas.BlockIn)
    @blueprint.response(201, schemas.BlockOut)
    @fails(409)
    def post(self, given: dict[str, Any]) -> tuple[Block, dict[str, str]]:
        """Draw a block by hand."""
        block = draw_block(own_city(), **given, districts=caller().districts, now=now())
        return block, {"ETag": f'"{block.version}"', "Location": f"{request.path}/{block.id}"}


@blueprint.route("/blocks/<uuid:block_id>")
class OneBlock(MethodView):
    """One target block."""

    @allow("admin", within=("coordinator",))
    @blueprint.response(200, schemas.BlockOut)
    @fails(404)
    def get(self, block_id: UUID) -> tuple[Block, dict[str, str]]:
        """A block, with its version as ETag."""
        block = block_of(caller().city, block_id, districts=caller().districts)
        return with_etag(block, block.version)

    @allow("admin", within=("coordinator",))
    @blueprint.arguments(schemas.BlockPatch)
    @blueprint.response(200, schemas.BlockOut)
    @fails(404, 412)
    def patch(self, given: dict[str, Any], block_id: UUID) -> tuple[Block, dict[str, str]]:
        """Change a block or switch it off; with If-Match only when nobody else has changed it meanwhile."""
        block = edit_block(
            caller().city, block_id, given, expected=expected_version(), districts=caller().districts, now=now()
        )
        return with_etag(block, block.version)


@blueprint.route("/blocks.geojson", methods=["GET"])
@allow("admin", within=("coordinator",))
@blueprint.arguments(schemas.BlockQuery, location="query")
@blueprint.response(200, schemas.FeatureCollection, content_type=GEOJSON)
def blocks_geojson(query: dict[str, Any]) -> Response:
    """The city's blocks for a map or another program; comes in again through /blocks/import."""
    found = list(blocks_of(caller().city, **query, districts=caller().districts).order_by(Block.code))
    return drawn(as_geojson(found))


@blueprint.route("/blocks/import", methods=["POST"])
@allow("admin", within=("coordinator",))
@blueprint.response(200, schemas.ReportOut)
@blueprint.doc(requestBody={"required": True, "content": TABLES})
@fails(409)
def post_blocks() -> Report:
    """Bring in blocks, CSV or GeoJSON; those whose code is known are updated. All rows or none.

    A coordinator of districts changes nothing but theirs.
    """
    return import_blocks(own_city(), body("text/csv", GEOJSON), districts=caller().districts, now=now())


@blueprint.route("/blocks/build", methods=["POST"])
@allow("admin", within=("coordinator",))
@blueprint.response(200, schemas.BuiltOut)
@fails(409)
def post_build() -> Built:
    """Build blocks from the streets and the safety data by the policy; what people drew or edited stays.

    A coordinator of districts changes nothing but theirs.
    """
    return build_blocks(own_city(), districts=caller().districts, now=now())
