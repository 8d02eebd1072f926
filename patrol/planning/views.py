"""Plan runs over HTTP: ask, watch, cancel, read, publish; pins and bars."""

import secrets
from datetime import date
from typing import Any
from uuid import UUID

from flask import current_app, url_for
from flask.views import MethodView

from patrol.http.api import expected_version, fails, subject, with_etag
from patrol.http.caller import allow, caller, now
from patrol.http.idempotency import replayable
from patrol.http.paging import PageQuery, page, page_of
from patrol.places.models import Block, City
from patrol.places.operations.cities import city_of, zone_of
from patrol.planning import schemas
from patrol.planning.models import LeftOut, Pairing, PlanRoute, PlanRun
from patrol.planning.operations import asking, pairing, publishing, slots
from patrol.planning.operations.gates import gates_of
from patrol.planning.operations.reach import with_districts, within
from patrol.planning.rules import REASONS, UNMET, sentence
from patrol.shifts.rules import between_blocks
from patrol.teams.models import Team
from patrol.teams.operations.weather import weather_of
from patrol.teams.operations.welfare import WeatherAt

blueprint = subject("planning", "Plan runs: asked for, solved in another process, published as shifts.")


@blueprint.route("/plan-runs")
class Runs(MethodView):
    """All runs of the city."""

    @replayable
    @allow(within=("coordinator",))
    @blueprint.arguments(schemas.RunIn)
    @blueprint.response(202, schemas.RunOut)
    @fails(409)
    def post(self, given: dict[str, Any]) -> Any:
        """Ask for a plan. The answer names the run to watch, here or on the live stream."""
        seed = given.pop("seed")
        run = asking.ask(
            city_of(caller().city),
            **given,
            seed=secrets.randbelow(2**31) if seed is None else seed,
            districts=caller().districts,
            by=caller().person,
            now=now(),
        )
        return with_districts([run])[0], {"Location": url_for("planning.Run", run_id=run.id)}

    @allow("admin", within=("coordinator",))
    @blueprint.arguments(schemas.RunsQuery, location="query")
    @blueprint.response(200, page_of(schemas.RunOut))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Runs, newest first; for a coordinator of districts, those for their districts alone."""
        found = PlanRun.select().where((PlanRun.city == caller().city) & within(caller().districts))
        state, evening = query.pop("state"), query.pop("evening")
        if state:
            found = found.where(PlanRun.state == state)
        if evening:
            found = found.where(PlanRun.evening == evening)
        rows = page(found, by=((PlanRun.created_at, True), (PlanRun.id, True)), **query)
        return rows | {"items": with_districts(rows["items"])}


@blueprint.route("/plan-runs/<uuid:run_id>")
class Run(MethodView):
    """One run."""

    @allow("admin", within=("coordinator",))
    @blueprint.response(200, schemas.RunOut)
    @fails(404)
    def get(self, run_id: UUID) -> PlanRun:
        """How far it is, and what came out."""
        return own_run(run_id)

    @allow(within=("coordinator",))
    @blueprint.response(202, schemas.RunOut)
    @fails(404, 409)
    def delete(self, run_id: UUID) -> PlanRun:
        """Cancel it; the best plan so far is kept."""
        run = own_run(run_id)
        asking.cancel(run, now=now())
        return own_run(run_id)


@blueprint.route("/plan-runs/<uuid:run_id>/routes", methods=["GET"])
@allow("admin", within=("coordinator",))
@blueprint.response(200, schemas.PlannedRouteOut(many=True))
@fails(404)
def routes(run_id: UUID) -> list[dict[str, Any]]:
    """The plan's routes, each from its first block to its last, by evening and team."""
    run = own_run(run_id)
    found = (
        PlanRoute.select(PlanRoute, Team).join(Team).where(PlanRoute.run == run).order_by(PlanRoute.evening, Team.code)
    )
    return [_shown(route) for route in found]


def weather_here(city: City) -> WeatherAt:
    """What is known of the city's weather."""
    return weather_of(city, current_app.extensions["settings"].weather, now=now())


def own_run(run_id: UUID) -> PlanRun:
    """A run that the caller has. Raises NotFound."""
    return with_districts([asking.run_of(caller().city, run_id, districts=caller().districts)])[0]


def _shown(route: PlanRoute) -> dict[str, Any]:
    """A route without the ways from and to its door, nor distances and times from which these could be found."""
    seen = between_blocks(route.route, route.starts_at)
    return {
        "team": route.team,
        "evening": route.evening,
        "starts_at": seen.starts_at,
        "ends_at": seen.ends_at,
        "distance_m": seen.distance_m,
        "duration_s": seen.duration_s,
        "weight": route.weight,
        "adds": route.adds,
        "line": {"type": "LineString", "coordinates": seen.line},
        "blocks": [stop["block"] for stop in route.route["stops"]],
    }


@blueprint.route("/plan-runs/<uuid:run_id>/left-out", methods=["GET"])
@allow("admin", within=("coordinator",))
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(schemas.LeftOutOut))
@fails(404)
def left_out(query: dict[str, Any], run_id: UUID) -> dict[str, Any]:
    """Blocks left out and why, heaviest first."""
    run = own_run(run_id)
    rows = (
        Block.select(Block, LeftOut.reason, LeftOut.amount, LeftOut.visits)
        .join(LeftOut)
        .where(LeftOut.run == run)
        .objects()
    )
    found = page(rows, by=((Block.weight, True), (Block.id, True)), **query)
    found["items"] = [
        {
            "block": row.id,
            "code": row.code,
            "weight": row.weight,
            "reason": row.reason,
            "amount": row.amount,
            "visits": row.visits,
            "words": REASONS[row.reason],
            "sentence": sentence(row.reason, row.amount),
        }
        for row in found["items"]
    ]
    return found


@blueprint.route("/plan-runs/<uuid:run_id>/remedies", methods=["GET"])
@allow("admin", within=("coordinator",))
@blueprint.response(200, schemas.OfferOut(many=True))
@fails(404)
def remedies(run_id: UUID) -> list[dict[str, Any]]:
    """What would cover most of what is left out for the least walking, the best first."""
    return slots.remedies_of(own_run(run_id))


@blueprint.route("/plan-runs/<uuid:run_id>/welfare", methods=["GET"])
@allow("admin", within=("coordinator",))
@blueprint.response(200, schemas.PlanGateOut(many=True))
@fails(404)
def gates(run_id: UUID) -> list[dict[str, Any]]:
    """Teams whose dogs may not walk as usual, and why: kept in first, by evening and team."""
    return gates_of(own_run(run_id))


@blueprint.route("/plan-runs/<uuid:run_id>/slots/<uuid:team_id>", methods=["GET"])
@allow("admin", within=("coordinator",))
@blueprint.response(200, schemas.OfferOut(many=True))
@fails(404, 409, 422)
def get_slots(run_id: UUID, team_id: UUID) -> list[dict[str, Any]]:
    """The best few walks for a team that could come too, over what the plan leaves out; nobody else's route changes."""
    run = own_run(run_id)
    return slots.slots_of(run, team_id, districts=caller().districts, weather=weather_here(run.city), now=now())


@blueprint.route("/plan-runs/<uuid:run_id>/publish", methods=["POST"])
@allow(within=("coordinator",))
@blueprint.response(200, schemas.PublishedOut)
@fails(404, 409)
def publish(run_id: UUID) -> dict[str, Any]:
    """Offer the plan's routes to their teams as shifts."""
    run = own_run(run_id)
    done = publishing.publish(run, weather=weather_here(run.city), now=now())
    return {"shifts": [shift.id for shift in done.shifts], "passed_over": done.passed_over, "kept": done.kept}


@blueprint.route("/plan-runs/<uuid:run_id>/withdraw", methods=["POST"])
@allow(within=("coordinator",))
@blueprint.response(200, schemas.WithdrawnOut)
@fails(404, 409)
def withdraw(run_id: UUID) -> dict[str, Any]:
    """Take back the run's shifts that nobody has begun; their teams are told."""
    return {"shifts": publishing.withdraw(own_run(run_id), now=now())}


@blueprint.route("/pairings")
class Pairings(MethodView):
    """Pins and bars, which every plan heeds."""

    @allow("admin", within=("coordinator",))
    @blueprint.arguments(schemas.PairingsQuery, location="query")
    @blueprint.response(200, page_of(schemas.PairingOut))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Pins and bars, newest first, each with what stands in its way today."""
        found = pairing.pairings(caller().city, districts=caller().districts)
        team, block = query.pop("team"), query.pop("block")
        if team:
            found = found.where(Pairing.team == team)
        if block:
            found = found.where(Pairing.block == block)
        rows = page(found, by=((Pairing.created_at, True), (Pairing.id, True)), **query)
        day = today()
        return rows | {"items": [_pairing(row, day) for row in rows["items"]]}

    @replayable
    @allow(within=("coordinator",))
    @blueprint.arguments(schemas.PairingIn)
    @blueprint.response(201, schemas.PairingOut)
    @fails(409)
    def post(self, given: dict[str, Any]) -> Any:
        """Pin a block to a team, or bar a team from it."""
        made = pairing.pair(caller().city, **given, districts=caller().districts, by=caller().person, now=now())
        place = url_for("planning.OnePairing", pairing_id=made.id)
        return _pairing(made, today()), {"ETag": f'"{made.version}"', "Location": place}


@blueprint.route("/pairings/<uuid:pairing_id>")
class OnePairing(MethodView):
    """One pin or bar."""

    @allow("admin", within=("coordinator",))
    @blueprint.response(200, schemas.PairingOut)
    @fails(404)
    def get(self, pairing_id: UUID) -> Any:
        """A pin or bar, with its version as ETag."""
        found = pairing.pairing_of(caller().city, pairing_id, districts=caller().districts)
        return with_etag(_pairing(found, today()), found.version)

    @allow(within=("coordinator",))
    @blueprint.arguments(schemas.PairingPatch)
    @blueprint.response(200, schemas.PairingOut)
    @fails(404, 409, 412)
    def patch(self, given: dict[str, Any], pairing_id: UUID) -> Any:
        """Turn a pin into a bar or back, or change its note."""
        found = pairing.change(
            caller().city, pairing_id, given, expected=expected_version(), districts=caller().districts
        )
        return with_etag(_pairing(found, today()), found.version)

    @allow(within=("coordinator",))
    @blueprint.response(204)
    @fails(404)
    def delete(self, pairing_id: UUID) -> None:
        """Take it back: plans from now on do not know it."""
        pairing.unpair(caller().city, pairing_id, districts=caller().districts)


def today() -> date:
    """The day in the caller's city."""
    return now().astimezone(zone_of(caller().city)).date()


def _pairing(found: Pairing, day: date) -> dict[str, Any]:
    reason = pairing.stands_in_the_way(found, on=day)
    names = ("id", "kind", "team", "block", "note", "version", "created_at")
    return {name: getattr(found, name) for name in names} | {
        "reason": reason,
        "words": UNMET[reason] if reason else None,
    }
