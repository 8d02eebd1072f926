"""Devices, preferences and templates over HTTP."""

from typing import Any
from uuid import UUID

from flask import Response, current_app, make_response
from flask.views import MethodView

from config.settings import Settings
from notifications.devices import devices_of
from notifications.models import Device
from notifications.templates import PUSH, push_text
from notifications.vapid import read_key
from patrol.http.api import fails
from patrol.http.caller import OWN_ONLY, allow, caller, now
from patrol.http.idempotency import replayable
from patrol.http.paging import PageQuery, page, page_of
from patrol.inbox import schemas
from patrol.inbox.operations import reaching as operations
from patrol.inbox.views.blueprint import blueprint

SAMPLE_COUNT = 3


@blueprint.route("/me/devices")
@allow(own=OWN_ONLY)
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(schemas.DeviceOut))
def my_devices(query: dict[str, Any]) -> dict[str, Any]:
    """Own devices, newest first; one that takes no pushes any more says why."""
    mine = devices_of(caller().person)
    return page(mine, by=((Device.created_at, True), (Device.id, True)), **query)


@blueprint.route("/me/devices/<uuid:device_id>")
class MyDevice(MethodView):
    """One device of one's own, under the UUID that it gave itself."""

    @allow(own=OWN_ONLY)
    @blueprint.arguments(schemas.DeviceIn)
    @blueprint.response(200, schemas.DeviceOut)
    @fails(404, 409)
    def put(self, given: dict[str, Any], device_id: UUID) -> Device:
        """Register it, or say where it is reached now. From others who were reached there it is taken."""
        return operations.register_device(
            device_id,
            city=caller().city,
            person=caller().person,
            session=caller().session,
            push_hosts=_settings().push_hosts,
            now=now(),
            **given,
        )

    @allow(own=OWN_ONLY)
    @blueprint.response(204)
    @fails(404)
    def delete(self, device_id: UUID) -> Response:
        """Forget it."""
        operations.drop_device(caller().person, device_id)
        return make_response("", 204)


@blueprint.route("/me/notifications")
class MyNotifications(MethodView):
    """How one wants to be reached."""

    @allow(own=OWN_ONLY)
    @blueprint.response(200, schemas.PreferenceOut)
    def get(self) -> dict[str, Any]:
        """What holds: one's own choice, else the city's."""
        return _choice()

    @allow(own=OWN_ONLY)
    @blueprint.arguments(schemas.PreferenceIn)
    @blueprint.response(200, schemas.PreferenceOut)
    def put(self, given: dict[str, Any]) -> dict[str, Any]:
        """Choose. What is urgent comes at once by every way there is, whatever is chosen."""
        operations.choose(caller().person, caller().city, now=now(), **given)
        return _choice()


@blueprint.route("/notifications/templates")
@allow("coordinator", "admin")
@blueprint.response(200, schemas.TemplateOut(many=True))
def templates() -> list[dict[str, Any]]:
    """Every push as it leaves the house, in both languages. None says what its message is about."""
    return [
        {"name": name, **{language: push_text(name, language, count=SAMPLE_COUNT) for language in ("ko", "en")}}
        for name in PUSH
    ]


@blueprint.route("/notifications/test", methods=["POST"])
@replayable
@allow(own=("coordinator", "admin"))
@blueprint.response(201, schemas.TestSent)
@fails(409)
def send_test() -> dict[str, Any]:
    """Send a test to one's own devices, at once whatever one chose."""
    return operations.send_test(caller().person, caller().city, now=now())


def _choice() -> dict[str, Any]:
    key = read_key(_settings().vapid_key)
    return {**operations.choice_of(caller().person, caller().city), "push_key": key.public_key if key else None}


def _settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found
