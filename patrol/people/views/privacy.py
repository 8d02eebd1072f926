"""Who read one's data, over HTTP."""

from typing import Any

from patrol.http.caller import OWN_ONLY, allow, caller
from patrol.http.paging import PageQuery, page, page_of
from patrol.people import schemas
from patrol.people.operations import audit
from patrol.people.views.blueprint import blueprint


@blueprint.route("/me/access-log", methods=["GET"])
@allow(own=OWN_ONLY)
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(schemas.AccessOut))
def my_access_log(query: dict[str, Any]) -> dict[str, Any]:
    """Who read one's own data and what for, newest first: their role and office, not their name."""
    return page(audit.reads_of(caller().person), by=audit.OWN_ORDER, **query)
