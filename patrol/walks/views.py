"""Walks over HTTP."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import current_app
from flask.views import MethodView

from patrol.http.api import fails, subject
from patrol.http.caller import allow, caller, now
from patrol.http.idempotency import replayable
from patrol.http.paging import page, page_of
from patrol.people.models import Person
from patrol.people.schemas import PagedPurposeQuery, PurposeQuery
from patrol.people.views import purposes
from patrol.people.views.purposes import purpose_of
from patrol.places.models import City
from patrol.places.operations.cities import city_of
from patrol.teams.operations.weather import weather_of
from patrol.teams.operations.welfare import WeatherAt, in_words
from patrol.walks import rules, schemas
from patrol.walks.models import Walk
from patrol.walks.operations import going, reading, tracking, welfare

blueprint = subject("walks", "A patrol under way: start, positions, blocks walked, end.")

OVERSEERS = ("coordinator", "admin")


@blueprint.route("/walks", methods=["GET"])
@allow("admin", within=("coordinator",), own=("walker",))
@blueprint.arguments(schemas.WalkQuery, location="query")
@blueprint.response(200, page_of(schemas.WalkOut))
def walks(query: dict[str, Any]) -> dict[str, Any]:
    """A walker's own, newest first, or those looked after, without positions and logged, latest evening first."""
    purpose = purpose_of(query.pop("purpose"), inherent="roster")
    state, mine = query.pop("state"), query.pop("mine") or not caller().has(*OVERSEERS)
    seen, order = (
        (reading.own(caller().person), reading.OWN_ORDER)
        if mine
        else (reading.looked_after(caller().city, caller().districts), reading.ORDER)
    )
    found = page(reading.in_state(seen, state), by=order, **query)
    note(found["items"], purpose=purpose)
    return {"items": shown(found["items"]), "next": found["next"]}


@blueprint.route("/walks/under-way", methods=["GET"])
@allow(within=("coordinator",))
@blueprint.arguments(PagedPurposeQuery, location="query")
@blueprint.response(200, page_of(schemas.UnderWay))
def under_way(query: dict[str, Any]) -> dict[str, Any]:
    """Who is out now and where they were last, latest evening first; each read is logged with its purpose."""
    purpose = purpose_of(query.pop("purpose"))
    found = page(reading.under_way(caller().city, caller().districts), by=reading.ORDER, **query)
    places = reading.last_places(found["items"])
    located = [walk for walk, place in zip(found["items"], places, strict=True) if place["last"]]
    note(located, what="last_position", purpose=purpose)
    return {"items": places, "next": found["next"]}


@blueprint.route("/walks/<uuid:walk_id>")
class OneWalk(MethodView):
    """One walk, under the phone's id."""

    @allow(own=("walker",))
    @blueprint.arguments(schemas.WalkIn)
    @blueprint.response(201, schemas.WalkOut)
    @blueprint.alt_response(200, schema=schemas.WalkOut, description="It came before; nothing more happened.")
    @fails(409, 410)
    def put(self, given: dict[str, Any], walk_id: UUID) -> tuple[dict[str, Any], int]:
        """Start the walk of a shift. Sending the same again is safe; other content under the same id is refused."""
        city = city_of(caller().city)
        walk, new = going.begin(
            city,
            walk_id,
            person=oneself(),
            shift_id=given["shift"],
            started_at=given["started_at"],
            leash_attested=given["leash_attested"],
            weather=weather_here(city),
            now=now(),
        )
        return shown([walk])[0], 201 if new else 200

    @allow("admin", within=("coordinator",), own=("walker",))
    @blueprint.arguments(PurposeQuery, location="query")
    @blueprint.response(200, schemas.WalkOut)
    @fails(404)
    def get(self, query: dict[str, Any], walk_id: UUID) -> dict[str, Any]:
        """One walk; another's is logged."""
        purpose = purpose_of(query["purpose"], inherent="roster")
        walk = reading.walk_in(visible(), walk_id)
        note([walk], purpose=purpose)
        return shown([walk])[0]


@blueprint.route("/walks/<uuid:walk_id>/positions/<uuid:batch_id>", methods=["PUT"])
@allow(own=("walker",))
@blueprint.arguments(schemas.PositionsIn)
@blueprint.response(200, schemas.BatchReceived)
@fails(404, 409, 410)
def take_positions(given: dict[str, Any], walk_id: UUID, batch_id: UUID) -> dict[str, Any]:
    """Add positions. The same batch again is safe; order and repetition do not matter."""
    fixes = [rules.Fix(**position) for position in given["positions"]]
    weather = weather_here(city_of(caller().city))
    walk = tracking.take_positions(walk_id, batch_id, fixes, person=oneself(), weather=weather, now=now())
    return {"received": len(fixes), **shown([walk])[0]}


@blueprint.route("/walks/<uuid:walk_id>/pause", methods=["POST"])
@replayable
@allow(own=("walker",))
@blueprint.arguments(schemas.WalkAtIn)
@blueprint.response(200, schemas.WalkOut)
@fails(404, 409)
def pause(given: dict[str, Any], walk_id: UUID) -> dict[str, Any]:
    """Record nothing for a while."""
    return shown([going.pause(walk_id, person=oneself(), at=given["at"] or now(), now=now())])[0]


@blueprint.route("/walks/<uuid:walk_id>/resume", methods=["POST"])
@replayable
@allow(own=("walker",))
@blueprint.arguments(schemas.WalkAtIn)
@blueprint.response(200, schemas.WalkOut)
@fails(404, 409)
def resume(given: dict[str, Any], walk_id: UUID) -> dict[str, Any]:
    """Record again."""
    return shown([going.resume(walk_id, person=oneself(), at=given["at"] or now(), now=now())])[0]


@blueprint.route("/walks/<uuid:walk_id>/end", methods=["POST"])
@replayable
@allow(own=("walker",))
@blueprint.arguments(schemas.WalkEndIn)
@blueprint.response(200, schemas.WalkOut)
@fails(404, 409)
def end(given: dict[str, Any], walk_id: UUID) -> dict[str, Any]:
    """End the walk. The same again is safe."""
    return shown([going.end(walk_id, person=oneself(), ended_at=given["ended_at"], now=now())])[0]


@blueprint.route("/walks/<uuid:walk_id>/track", methods=["GET"])
@allow(own=("walker",))
@blueprint.response(200, schemas.WalkTrack)
@fails(404, 410)
def track(walk_id: UUID) -> dict[str, Any]:
    """One's own track, as GeoJSON, while it is kept."""
    return reading.track(reading.walk_in(reading.own(caller().person), walk_id))


@blueprint.route("/teams/mine/welfare", methods=["GET"])
@allow(own=("walker",))
@blueprint.arguments(schemas.PresentQuery, location="query")
@blueprint.response(200, schemas.PresentOut)
@fails(404)
def my_welfare(query: dict[str, Any]) -> dict[str, Any]:
    """What one's dogs may do now, by the weather and by their own limits. The start of a walk asks again."""
    city = city_of(caller().city)
    found = welfare.present(caller().person, city, shift_id=query["shift"], weather=weather_here(city), now=now())
    return {
        **asdict(found.gate),
        "dogs": found.names,
        "words": in_words(found.gate.reasons, found.names),
        "team": found.team.id,
        **{name: getattr(found, name) for name in ("at", "wanted_min", "until", "weather", "daylight")},
    }


def weather_here(city: City) -> WeatherAt:
    """What is known of the city's weather."""
    return weather_of(city, current_app.extensions["settings"].weather, now=now())


def oneself() -> Person:
    """The caller's account."""
    person: Person = Person.get_by_id(caller().person)
    return person


def visible() -> Any:
    """The walks that the caller may see."""
    if caller().has(*OVERSEERS):
        return reading.visible(caller().city, caller().districts, caller().person)
    return reading.own(caller().person)


def note(found: list[Walk], *, purpose: str, what: str = "walk") -> None:
    """Log that the caller read of these walks, but for their own."""
    purposes.note([walk.team.handler_id for walk in found], what=what, purpose=purpose)


def shown(found: list[Walk]) -> list[dict[str, Any]]:
    """What the caller sees of each."""
    return reading.described(found, reader=caller().person)
