"""The register of facilities."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from patrol.http.api import expected_version, fails, with_etag
from patrol.http.caller import allow, caller, now
from patrol.http.paging import PageQuery, page, page_of
from patrol.places import schemas
from patrol.places.models import Facility
from patrol.places.operations import facilities as register
from patrol.places.operations.files import Report
from patrol.places.schemas.facilities import FacilityOut, FacilityPatch
from patrol.places.views.blueprint import GEOJSON, TABLES, blueprint, body, own_city


@blueprint.route("/facilities", methods=["GET"])
@allow("coordinator", "officer", "admin")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(FacilityOut))
def facilities(query: dict[str, Any]) -> dict[str, Any]:
    """The city's facilities, by kind and name."""
    found = Facility.select().where(Facility.city == caller().city)
    return page(found, by=((Facility.kind, False), (Facility.name, False), (Facility.id, False)), **query)


@blueprint.route("/city/facilities/import", methods=["POST"])
@allow("admin")
@blueprint.response(200, schemas.ReportOut)
@blueprint.doc(requestBody={"required": True, "content": TABLES})
def post_facilities() -> Report:
    """Bring in facilities, CSV or GeoJSON; those of the same kind and name are updated. All rows or none."""
    return register.import_facilities(own_city(), body("text/csv", GEOJSON), now=now())


@blueprint.route("/facilities/<uuid:facility_id>")
class OneFacility(MethodView):
    """One facility."""

    @allow("admin")
    @blueprint.arguments(FacilityPatch)
    @blueprint.response(200, FacilityOut)
    @fails(404, 412)
    def patch(self, given: dict[str, Any], facility_id: UUID) -> tuple[Facility, dict[str, str]]:
        """Change whose it is or where it stands; with If-Match only when nobody else has changed it meanwhile."""
        changed = register.edit_facility(caller().city, facility_id, given, expected=expected_version(), now=now())
        return with_etag(changed, changed.version)

    @allow("admin")
    @blueprint.response(204)
    @fails(404)
    def delete(self, facility_id: UUID) -> None:
        """Take it out of the register; what was reported of it stays."""
        register.remove_facility(caller().city, facility_id)
