"""CAP 1.2 over HTTP, for systems with a key."""

from uuid import UUID

from flask import Response, current_app, request

from patrol.bridges.operations import cap
from patrol.bridges.operations.alerting import cap_alert, cap_alerts
from patrol.bridges.operations.keys import key_for
from patrol.bridges.views.blueprint import blueprint
from patrol.http.api import BASE, fails
from patrol.http.caller import anyone, now
from patrol.places.models import City
from patrol.places.operations.cities import city_of, zone_of

HEADER = "X-Api-Key"
KEY = {
    "in": "header",
    "name": HEADER,
    "schema": {"type": "string", "maxLength": 200},
    "description": "A key of the city with the right `alerts`.",
}


@blueprint.route("/cap.atom", methods=["GET"])
@anyone
@blueprint.response(200, content_type=cap.ATOM_TYPE, schema={"type": "string"})
@blueprint.doc(parameters=[KEY])
@fails(403)
def feed() -> Response:
    """An Atom feed of the city's notices and drills."""
    city = _city()
    url = f"{current_app.extensions['settings'].public_url}{BASE}/cap"
    found = cap_alerts(city, now=now())
    content = cap.feed_xml(found, url=url, title=city.name, now=now(), zone=zone_of(city))
    return Response(content, content_type=f"{cap.ATOM_TYPE}; charset=utf-8")


@blueprint.route("/cap/<uuid:alert_id>.xml", methods=["GET"])
@anyone
@blueprint.response(200, content_type=cap.CAP_TYPE, schema={"type": "string"})
@blueprint.doc(parameters=[KEY])
@fails(403, 404)
def one(alert_id: UUID) -> Response:
    """A notice or drill as CAP 1.2; a Cancel once it is withdrawn, and nothing after its time."""
    city = _city()
    content = cap.cap_xml(cap_alert(city, alert_id, now=now()), zone_of(city))
    return Response(content, content_type=f"{cap.CAP_TYPE}; charset=utf-8")


def _city() -> City:
    return city_of(key_for(request.headers.get(HEADER, ""), "alerts").city_id)
