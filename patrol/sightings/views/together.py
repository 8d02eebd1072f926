"""Asking back, sightings that are the same, and handing over."""

from typing import Any
from uuid import UUID

from flask import g
from flask.views import MethodView

from patrol.http.api import expected_version, fails
from patrol.http.caller import allow, caller, now
from patrol.http.idempotency import replayable
from patrol.http.paging import page, page_of
from patrol.people.models import Person
from patrol.people.views.purposes import purpose_of
from patrol.places.operations.cities import policy_of
from patrol.sightings import schemas
from patrol.sightings.models import Sighting, SightingMessage
from patrol.sightings.operations import asking_back, handing_over, linking, reading
from patrol.sightings.views.blueprint import STAFF_ROLES, answer, blueprint, here, viewer


@blueprint.route("/sightings/<uuid:sighting_id>/messages")
class Thread(MethodView):
    """The thread between those who answer a sighting and its reporter."""

    @allow(within=STAFF_ROLES, own=("walker",))
    @blueprint.arguments(schemas.ThreadQuery, location="query")
    @blueprint.response(200, page_of(schemas.SightingMessageOut))
    @fails(404)
    def get(self, query: dict[str, Any], sighting_id: UUID) -> dict[str, Any]:
        """What was asked and answered, oldest first. Of a restricted kind, the read is logged."""
        purpose = purpose_of(query.pop("purpose"), inherent="answer")
        sighting = reading.sighting_for(viewer(), sighting_id)
        reading.log_reads([sighting], viewer=viewer(), purpose=purpose, request_id=g.request_id, now=now())
        return page(asking_back.thread(sighting), by=asking_back.ORDER, **query)

    @replayable
    @allow(within=STAFF_ROLES, own=("walker",))
    @blueprint.arguments(schemas.MessageIn)
    @blueprint.response(201, schemas.SightingMessageOut)
    @fails(404, 409)
    def post(self, given: dict[str, Any], sighting_id: UUID) -> SightingMessage:
        """Ask the reporter, or answer. Neither side reads who the other is."""
        sighting = reading.sighting_for(viewer(), sighting_id)
        return asking_back.write(sighting, side=side_of(sighting), by=caller().person, **given, now=now())


@blueprint.route("/sightings/<uuid:sighting_id>/messages/read", methods=["POST"])
@allow(within=STAFF_ROLES, own=("walker",))
@blueprint.response(200, schemas.NewlyRead)
@fails(404)
def read_messages(sighting_id: UUID) -> dict[str, Any]:
    """The other side's lines have been read; it sees when."""
    sighting = reading.sighting_for(viewer(), sighting_id)
    return {"read": asking_back.mark_read(sighting, side=side_of(sighting), now=now())}


@blueprint.route("/sightings/<uuid:sighting_id>/corroborations")
@allow(within=STAFF_ROLES)
@blueprint.response(200, schemas.Corroborations)
@fails(404)
def corroborations(sighting_id: UUID) -> dict[str, Any]:
    """The others that a sighting stands for, and open ones near it that may be the same. Says of none who saw it."""
    sighting = answered(sighting_id)[0]
    return reading.alike(sighting, viewer=viewer(), policy=policy_of(here()))


@blueprint.route("/sightings/<uuid:sighting_id>/link", methods=["POST"])
@allow(within=STAFF_ROLES)
@blueprint.arguments(schemas.SameAs)
@blueprint.response(200, schemas.SightingOut)
@fails(404, 409, 412)
def link(given: dict[str, Any], sighting_id: UUID) -> tuple[dict[str, Any], dict[str, str]]:
    """It is the same as another, which stands for both from now on. The caller answers both."""
    sighting, role = answered(sighting_id)
    first, _ = answered(given.pop("first"))
    return answer(
        linking.link(sighting, first, **given, by=caller().person, by_role=role, expected=expected_version(), now=now())
    )


@blueprint.route("/sightings/<uuid:sighting_id>/split", methods=["POST"])
@allow(within=STAFF_ROLES)
@blueprint.arguments(schemas.Apart)
@blueprint.response(200, schemas.SightingOut)
@fails(404, 409, 412)
def split(given: dict[str, Any], sighting_id: UUID) -> tuple[dict[str, Any], dict[str, str]]:
    """It is not the same: linked, it gets its own alert again; asked about, it is asked about no more."""
    sighting, role = answered(sighting_id)
    return answer(
        linking.split(sighting, **given, by=caller().person, by_role=role, expected=expected_version(), now=now())
    )


@blueprint.route("/sightings/<uuid:sighting_id>/colleagues")
@allow(within=STAFF_ROLES)
@blueprint.response(200, schemas.ColleagueOut(many=True))
@fails(404)
def colleagues(sighting_id: UUID) -> list[Person]:
    """Who could take a sighting over."""
    return handing_over.colleagues(answered(sighting_id)[0], by=caller().person, now=now())


@blueprint.route("/sightings/<uuid:sighting_id>/hand-over", methods=["POST"])
@allow(within=STAFF_ROLES)
@blueprint.arguments(schemas.HandOver)
@blueprint.response(200, schemas.SightingOut)
@fails(404, 409, 412)
def hand_over(given: dict[str, Any], sighting_id: UUID) -> tuple[dict[str, Any], dict[str, str]]:
    """Give what one took to a colleague, or back to the queue, where it is alerted and due anew."""
    sighting, role = answered(sighting_id)
    return answer(
        handing_over.hand_over(
            sighting, **given, by=caller().person, by_role=role, expected=expected_version(), now=now()
        )
    )


@blueprint.route("/sightings/hand-over", methods=["POST"])
@allow(own=STAFF_ROLES)
@blueprint.arguments(schemas.HandOver)
@blueprint.response(200, schemas.HandedOver)
def hand_over_all(given: dict[str, Any]) -> dict[str, Any]:
    """Give all that one took and has not ended. What the colleague could not answer stays, and is named."""
    mine = reading.taken_by_viewer(viewer())
    went, kept = handing_over.hand_over_all(mine, **given, by=caller().person, now=now())
    return {"went": went, "kept": kept}


def answered(sighting_id: UUID) -> tuple[Sighting, str]:
    """A sighting that the caller answers, and in which role. Raises NotFound, NotYours."""
    found = reading.sighting_for(viewer(), sighting_id)
    return found, reading.answerer(viewer(), found)


def side_of(sighting: Sighting) -> str:
    """The side of a sighting's thread that the caller writes on. Raises NotYours."""
    if sighting.reporter_id == caller().person:
        return "reporter"
    reading.answerer(viewer(), sighting)
    return "answerer"
