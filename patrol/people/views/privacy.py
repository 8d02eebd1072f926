"""Who read one's data, and what is kept no longer, over HTTP."""

from typing import Any

from patrol.http.caller import OWN_ONLY, allow, caller
from patrol.http.paging import PageQuery, page, page_of
from patrol.people import schemas
from patrol.people.models import RetentionReceipt
from patrol.people.operations import audit
from patrol.people.views.blueprint import blueprint


@blueprint.route("/me/access-log", methods=["GET"])
@allow(own=OWN_ONLY)
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(schemas.AccessOut))
def my_access_log(query: dict[str, Any]) -> dict[str, Any]:
    """Who read one's own data and what for, newest first: their role and office, not their name."""
    return page(audit.reads_of(caller().person), by=audit.OWN_ORDER, **query)


@blueprint.route("/retention-receipts", methods=["GET"])
@allow("admin")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(schemas.ReceiptOut))
def retention_receipts(query: dict[str, Any]) -> dict[str, Any]:
    """What was kept no longer in the city and in the whole installation, newest first."""
    mine = (RetentionReceipt.city == caller().city) | RetentionReceipt.city.is_null()
    found = RetentionReceipt.select().where(mine)
    return page(found, by=((RetentionReceipt.at, True), (RetentionReceipt.id, True)), **query)
