"""Webhooks over HTTP."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask.views import MethodView

from patrol.bridges import schemas
from patrol.bridges.models import Webhook
from patrol.bridges.operations import webhooks
from patrol.bridges.views.blueprint import blueprint, keys, settings
from patrol.http.api import fails
from patrol.http.caller import allow, caller, now
from patrol.http.paging import PageQuery, page, page_of
from patrol.http.watch import noteworthy
from patrol.places.operations.cities import city_of

ORDER = ((Webhook.created_at, True), (Webhook.id, True))
SHOWN = ("id", "name", "url", "events", "state", "created_at")


@blueprint.route("/webhooks")
class Webhooks(MethodView):
    """Where other systems are told of events."""

    @allow("admin")
    @blueprint.arguments(PageQuery, location="query")
    @blueprint.response(200, page_of(schemas.WebhookOut))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """All webhooks, newest first."""
        found = page(webhooks.webhooks_in(caller().city), by=ORDER, **query)
        return {"items": [shown(webhook) for webhook in found["items"]], "next": found["next"]}

    @noteworthy("webhook made")
    @allow("admin")
    @blueprint.arguments(schemas.WebhookIn)
    @blueprint.response(201, schemas.WebhookMade)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Make a webhook. Its secret is shown once, so this takes no Idempotency-Key."""
        inside = webhooks.inside_hosts(settings())
        made, secret = webhooks.make_webhook(city_of(caller().city), **given, inside=inside, keys=keys(), now=now())
        return {**shown(made), "secret": secret}


@blueprint.route("/webhooks/<uuid:webhook_id>", methods=["DELETE"])
@noteworthy("webhook removed")
@allow("admin")
@blueprint.response(204)
@fails(404)
def remove_webhook(webhook_id: UUID) -> None:
    """Remove a webhook and what is on its way to it."""
    webhooks.remove(webhooks.webhook_of(caller().city, webhook_id))


@blueprint.route("/webhooks/<uuid:webhook_id>/resume", methods=["POST"])
@allow("admin")
@blueprint.response(200, schemas.WebhookOut)
@fails(404)
def resume_webhook(webhook_id: UUID) -> dict[str, Any]:
    """Tell a paused webhook again of what happens from now on."""
    return shown(webhooks.resume(webhooks.webhook_of(caller().city, webhook_id), now=now()))


@blueprint.route("/webhooks/<uuid:webhook_id>/secret", methods=["POST"])
@noteworthy("webhook secret changed")
@allow("admin")
@blueprint.arguments(schemas.WebhookSecretIn)
@blueprint.response(200, schemas.WebhookSecret)
@fails(404)
def change_secret(given: dict[str, Any], webhook_id: UUID) -> dict[str, Any]:
    """Make another secret, shown once; until it signs, the present one does. Takes no Idempotency-Key."""
    webhook = webhooks.webhook_of(caller().city, webhook_id)
    after = timedelta(hours=given["after_h"])
    changed, secret = webhooks.rotate(webhook, after=after, keys=keys(), now=now())
    return {"secret": secret, "key_id": changed.next_key_id or changed.key_id, "signs_from": now() + after}


@blueprint.route("/webhooks/<uuid:webhook_id>/test", methods=["POST"])
@allow("admin")
@blueprint.response(202, schemas.WebhookTested)
@fails(404, 409)
def test_webhook(webhook_id: UUID) -> dict[str, Any]:
    """Send a test event; its deliveries say what became of it."""
    return {"id": webhooks.send_test(webhooks.webhook_of(caller().city, webhook_id), now=now())}


@blueprint.route("/webhooks/<uuid:webhook_id>/deliveries", methods=["GET"])
@allow("admin")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(schemas.WebhookDelivery))
@fails(404)
def deliveries(query: dict[str, Any], webhook_id: UUID) -> dict[str, Any]:
    """What was or is on its way, by when it was or is due, latest first."""
    webhook = webhooks.webhook_of(caller().city, webhook_id)
    found = page(webhooks.deliveries_to(webhook), by=webhooks.DELIVERIES_ORDER, **query)
    return {
        "items": [
            {
                "id": row.message_id,
                "event": row.message.words["event"],
                "state": row.state,
                "attempts": row.attempts,
                "reason": row.reason,
                "said": row.last_error,
                "created_at": row.message.created_at,
                "due_at": row.due_at,
                "settled_at": row.settled_at,
            }
            for row in found["items"]
        ],
        "next": found["next"],
    }


def shown(webhook: Webhook) -> dict[str, Any]:
    """A webhook without its secrets."""
    _, key_id = webhooks.signing(webhook, now())
    later = key_id == webhook.key_id
    return {
        **{name: getattr(webhook, name) for name in SHOWN},
        "key_id": key_id,
        "next_key_id": webhook.next_key_id if later else None,
        "next_from": webhook.next_from if later else None,
    }
