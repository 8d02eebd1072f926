"""What became of deliveries, over HTTP."""

from datetime import timedelta
from typing import Any

from notifications.models import Delivery, Message
from patrol.http.caller import allow, caller, now
from patrol.http.paging import page, page_of
from patrol.inbox import schemas
from patrol.inbox.operations import deliveries as operations
from patrol.inbox.views.blueprint import blueprint


@blueprint.route("/deliveries")
@allow("coordinator", "admin")
@blueprint.arguments(schemas.DeliveriesQuery, location="query")
@blueprint.response(200, page_of(schemas.DeliveryOut))
def deliveries(query: dict[str, Any]) -> dict[str, Any]:
    """The city's deliveries, of the newest message first: neither what they say nor to whom."""
    paging = {name: query.pop(name) for name in ("cursor", "limit")}
    found = operations.deliveries(caller().city, **query)
    return page(found, by=((Message.created_at, True), (Delivery.id, True)), **paging)


@blueprint.route("/deliveries/summary")
@allow("coordinator", "admin")
@blueprint.arguments(schemas.SummaryQuery, location="query")
@blueprint.response(200, schemas.DeliveriesOut)
def summary(query: dict[str, Any]) -> dict[str, Any]:
    """By channel: whether it is down since when, and counts over the last hours."""
    since = now() - timedelta(hours=query["hours"])
    return {"since": since, "channels": operations.summary(caller().city, since=since)}
