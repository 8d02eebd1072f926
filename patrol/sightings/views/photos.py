"""Photos of sightings: sent by their reporter, seen by them and by who answers."""

from typing import Any
from uuid import UUID

from flask import Response, current_app, request
from flask.views import MethodView
from werkzeug.exceptions import UnsupportedMediaType

from patrol.http.api import fails
from patrol.http.caller import allow, caller, now
from patrol.people.models import Person
from patrol.people.views.purposes import note, purpose_of
from patrol.places.operations.cities import policy_of
from patrol.sightings import schemas
from patrol.sightings.models import SightingPhoto
from patrol.sightings.operations import photos, reading
from patrol.sightings.operations.images import FORMATS
from patrol.sightings.views.blueprint import STAFF_ROLES, blueprint, here, viewer

ANY = "application/octet-stream"
BINARY = {"schema": {"type": "string", "format": "binary"}}


@blueprint.route("/sightings/<uuid:sighting_id>/photos/<uuid:photo_id>")
class Photo(MethodView):
    """One photo, under the phone's id."""

    @allow(own=("walker",))
    @blueprint.response(201, schemas.PhotoOut)
    @blueprint.alt_response(200, schema=schemas.PhotoOut, description="It came before; nothing more happened.")
    @blueprint.doc(requestBody={"required": True, "content": dict.fromkeys((*FORMATS.values(), ANY), BINARY)})
    @fails(404, 409, 410, 415)
    def put(self, sighting_id: UUID, photo_id: UUID) -> tuple[SightingPhoto, int]:
        """Add a photo to one's own sighting, before or after that has come. Needs the consent to photos.

        The body is the image; it is made anew without whatever its file says of place, time and device.
        """
        if request.mimetype not in (*FORMATS.values(), ANY):
            raise UnsupportedMediaType(f"Send {', '.join(FORMATS.values())}.")
        photo, new = photos.attach(
            here(),
            sighting_id,
            photo_id,
            reporter=Person.get_by_id(caller().person),
            raw=request.get_data(cache=False),
            said=None if request.mimetype == ANY else request.mimetype,
            policy=policy_of(here()),
            now=now(),
        )
        return photo, 201 if new else 200

    @allow(within=STAFF_ROLES, own=("walker",))
    @blueprint.arguments(schemas.PhotoQuery, location="query")
    @blueprint.response(200, BINARY["schema"], content_type="image/jpeg")
    @blueprint.alt_response(304, description="The photo that the caller holds is the same.", success=True)
    @fails(404)
    def get(self, query: dict[str, Any], sighting_id: UUID, photo_id: UUID) -> Response:
        """The photo as JPEG, for its reporter and for who answers. Reads of others' are logged."""
        purpose = purpose_of(query["purpose"], inherent="answer")
        sighting, photo = reading.photo_for(viewer(), sighting_id, photo_id, policy=policy_of(here()), now=now())
        thumbnail = query["size"] == "thumbnail"
        if sighting.restricted or not thumbnail:
            note([photo.reporter_id], what="sighting_photo", purpose=purpose)
        answer: Response = current_app.response_class(
            bytes(photo.thumbnail if thumbnail else photo.content), content_type="image/jpeg"
        )
        answer.headers["Cache-Control"] = "private, no-cache"
        answer.set_etag(f"{photo_id}-{query['size']}")
        answer.make_conditional(request)
        return answer

    @allow(own=("walker",))
    @blueprint.response(204)
    @fails(404)
    def delete(self, sighting_id: UUID, photo_id: UUID) -> None:
        """Delete a photo of one's own; nobody sees it any more."""
        photos.take_back(sighting_id, photo_id, reporter=caller().person)
