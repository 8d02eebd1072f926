"""Exports over HTTP."""

from typing import Any

from flask import Response

from patrol.bridges import schemas
from patrol.bridges.models import ExportEntry
from patrol.bridges.operations.exporting import Wanted, export, exports_of
from patrol.bridges.views.blueprint import blueprint
from patrol.http.caller import allow, caller, now
from patrol.http.paging import PageQuery, page, page_of
from patrol.http.watch import noteworthy
from patrol.places.operations.cities import city_of

ORDER = ((ExportEntry.at, True), (ExportEntry.id, True))
TYPES = {"csv": "text/csv; charset=utf-8", "geojson": "application/geo+json"}
FILES = {
    "200": {
        "description": "The file.",
        "content": {TYPES["csv"]: {"schema": {"type": "string"}}, TYPES["geojson"]: {"schema": {"type": "object"}}},
    }
}


@blueprint.route("/exports", methods=["POST"])
@noteworthy("export taken out")
@allow("admin", within=("coordinator",))
@blueprint.arguments(schemas.FileWanted)
@blueprint.doc(responses=FILES)
def post_export(given: dict[str, Any]) -> Response:
    """Take out blocks walked, sightings or the dose ledger; coordinators of their districts. Logged with the reason."""
    wanted = Wanted(**given, districts=frozenset() if caller().has("admin") else caller().districts)
    content = export(city_of(caller().city), wanted, by=caller().person, now=now())
    answer = Response(content, content_type=TYPES[wanted.form])
    name = f"{wanted.what}-{wanted.begins_on}-{wanted.ends_on}.{wanted.form}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@blueprint.route("/exports", methods=["GET"])
@allow("admin")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(schemas.FileTaken))
def get_exports(query: dict[str, Any]) -> dict[str, Any]:
    """What was taken out, by whom and what for, newest first."""
    return page(exports_of(caller().city), by=ORDER, **query)
