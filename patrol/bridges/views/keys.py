"""Keys of other systems over HTTP."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from patrol.bridges import schemas
from patrol.bridges.models import BridgeKey
from patrol.bridges.operations.keys import keys_in, make_key, revoke
from patrol.bridges.views.blueprint import blueprint
from patrol.http.api import fails
from patrol.http.caller import allow, caller, now
from patrol.http.paging import PageQuery, page, page_of
from patrol.http.watch import noteworthy
from patrol.places.operations.cities import city_of

ORDER = ((BridgeKey.created_at, True), (BridgeKey.id, True))


@blueprint.route("/bridge-keys")
class BridgeKeys(MethodView):
    """A city's keys for other systems."""

    @allow("admin")
    @blueprint.arguments(PageQuery, location="query")
    @blueprint.response(200, page_of(schemas.BridgeKeyOut))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """All keys, newest first, revoked ones too."""
        return page(keys_in(caller().city), by=ORDER, **query)

    @noteworthy("bridge key made")
    @allow("admin")
    @blueprint.arguments(schemas.BridgeKeyIn)
    @blueprint.response(201, schemas.BridgeKeyMade)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Make a key. It is shown once, so this takes no Idempotency-Key."""
        key, text = make_key(city_of(caller().city), **given, now=now())
        shown = {name: getattr(key, name) for name in ("id", "name", "rights", "created_at", "revoked_at")}
        return {**shown, "api_key": text}


@blueprint.route("/bridge-keys/<uuid:key_id>", methods=["DELETE"])
@noteworthy("bridge key revoked")
@allow("admin")
@blueprint.response(204)
@fails(404)
def revoke_key(key_id: UUID) -> None:
    """Revoke a key, at once and for good."""
    revoke(caller().city, key_id, now=now())
