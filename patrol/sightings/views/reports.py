"""Reporting and answering."""

from typing import Any
from uuid import UUID

from flask import current_app
from flask.views import MethodView

from patrol.errors import NotFound
from patrol.http.api import expected_version, fails
from patrol.http.caller import allow, caller, now
from patrol.http.paging import page, page_of
from patrol.people.models import Person
from patrol.people.rules import STAFF
from patrol.people.schemas import PurposeQuery
from patrol.people.views.purposes import purpose_of
from patrol.places.operations.cities import policy_of
from patrol.sightings import schemas
from patrol.sightings.models import Sighting
from patrol.sightings.operations import answering, contact, filing, reading
from patrol.sightings.views.blueprint import STAFF_ROLES, answer, blueprint, here, shown, viewer


@blueprint.route("/sightings")
class Sightings(MethodView):
    """All that the caller may see."""

    @allow(within=STAFF_ROLES, own=("walker",))
    @blueprint.arguments(schemas.SightingQuery, location="query")
    @blueprint.response(200, page_of(schemas.SightingOut))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """A reporter's own, newest first; for staff, what is theirs to answer or oversee: urgency, then age.

        What is resolved waits for nobody: newest first.
        """
        seen_by, mine, state = viewer(), query.pop("mine"), query.pop("state")
        purpose = purpose_of(query.pop("purpose"), inherent="answer")
        if mine or not seen_by.roles & STAFF:
            found = page(reading.own(seen_by, state=state), by=reading.NEWEST_FIRST, **query)
        else:
            order = reading.NEWEST_FIRST if state == "resolved" else reading.QUEUE_ORDER
            found = page(reading.queue(seen_by, state=state), by=order, **query)
        return {"items": shown(found["items"], purpose=purpose), "next": found["next"]}


@blueprint.route("/sightings/<uuid:sighting_id>")
class OneSighting(MethodView):
    """One sighting, under the phone's id."""

    @allow(own=("walker",))
    @blueprint.arguments(schemas.SightingIn)
    @blueprint.response(201, schemas.SightingOut)
    @blueprint.alt_response(200, schema=schemas.SightingOut, description="It came before; nothing more happened.")
    @fails(409)
    def put(self, given: dict[str, Any], sighting_id: UUID) -> tuple[dict[str, Any], int, dict[str, str]]:
        """Report. Sending the same again is safe; other content under the same id is refused."""
        effects = current_app.extensions["on_team_stopped"]
        sighting, new = filing.file(here(), sighting_id, reporter=caller().person, **given, effects=effects, now=now())
        content, etag = answer(sighting)
        return content, 201 if new else 200, etag

    @allow(within=STAFF_ROLES, own=("walker",))
    @blueprint.arguments(PurposeQuery, location="query")
    @blueprint.response(200, schemas.SightingOut)
    @fails(404)
    def get(self, query: dict[str, Any], sighting_id: UUID) -> tuple[dict[str, Any], dict[str, str]]:
        """One, with its steps. Of a restricted kind, or with its reporter's name, the read is logged."""
        purpose = purpose_of(query["purpose"], inherent="answer")
        return answer(reading.sighting_for(viewer(), sighting_id), purpose=purpose)


@blueprint.route("/sightings/<uuid:sighting_id>/acknowledge", methods=["POST"])
@allow(within=STAFF_ROLES)
@blueprint.response(200, schemas.SightingOut)
@fails(404, 409, 412)
def acknowledge(sighting_id: UUID) -> tuple[dict[str, Any], dict[str, str]]:
    """Take it. Of two at once one has it; the other is told who, and when."""
    sighting = reading.sighting_for(viewer(), sighting_id)
    role = reading.answerer(viewer(), sighting)
    return answer(
        answering.acknowledge(sighting, by=caller().person, by_role=role, expected=expected_version(), now=now())
    )


@blueprint.route("/sightings/<uuid:sighting_id>/respond", methods=["POST"])
@allow(within=STAFF_ROLES)
@blueprint.response(200, schemas.SightingOut)
@fails(404, 409, 412)
def respond(sighting_id: UUID) -> tuple[dict[str, Any], dict[str, str]]:
    """Say that somebody is on it."""
    sighting = reading.sighting_for(viewer(), sighting_id)
    role = reading.answerer(viewer(), sighting)
    return answer(answering.respond(sighting, by=caller().person, by_role=role, expected=expected_version(), now=now()))


@blueprint.route("/sightings/<uuid:sighting_id>/resolve", methods=["POST"])
@allow(within=STAFF_ROLES)
@blueprint.arguments(schemas.Resolution)
@blueprint.response(200, schemas.SightingOut)
@fails(404, 409, 412)
def resolve(given: dict[str, Any], sighting_id: UUID) -> tuple[dict[str, Any], dict[str, str]]:
    """Close it with an outcome; the reporter reads the note."""
    sighting = reading.sighting_for(viewer(), sighting_id)
    role = reading.answerer(viewer(), sighting)
    return answer(
        answering.resolve(sighting, **given, by=caller().person, by_role=role, expected=expected_version(), now=now())
    )


@blueprint.route("/sightings/<uuid:sighting_id>/reopen", methods=["POST"])
@allow(own=("walker",))
@blueprint.arguments(schemas.Reopening)
@blueprint.response(200, schemas.SightingOut)
@fails(404, 409, 410, 412)
def reopen(given: dict[str, Any], sighting_id: UUID) -> tuple[dict[str, Any], dict[str, str]]:
    """Open one's own sighting again, with a reason."""
    sighting = reading.sighting_for(viewer(), sighting_id)
    if sighting.reporter_id != caller().person:
        raise reading.NotYours
    answering.reopen(sighting, **given, by=caller().person, expected=expected_version(), now=now())
    return answer(Sighting.get_by_id(sighting_id))


@blueprint.route("/sightings/<uuid:sighting_id>/contact")
class Contact(MethodView):
    """Name and number of a sighting's reporter, for those who answer it."""

    @allow(own=("walker",))
    @blueprint.response(200, schemas.SightingOut)
    @fails(404)
    def put(self, sighting_id: UUID) -> tuple[dict[str, Any], dict[str, str]]:
        """Give one's own with this sighting. Needs the consent to sharing with the police."""
        policy = policy_of(here())
        reporter = Person.get_by_id(caller().person)
        return answer(contact.share(reported(sighting_id), reporter=reporter, policy=policy, now=now()))

    @allow(own=("walker",))
    @blueprint.response(200, schemas.SightingOut)
    @fails(404)
    def delete(self, sighting_id: UUID) -> tuple[dict[str, Any], dict[str, str]]:
        """Take them back."""
        return answer(contact.take_back(reported(sighting_id), now=now()))


def reported(sighting_id: UUID) -> Sighting:
    """A sighting of the caller's own. Raises NotFound."""
    found = reading.sighting_for(viewer(), sighting_id)
    if found.reporter_id != caller().person:
        raise NotFound
    return found
