"""Plans and routes by command line."""

import os
import secrets
import sys
from datetime import date, datetime
from typing import Any
from uuid import UUID

import click

from commands.processes import terminable
from commands.shared import Context, Refused, out, ready, say
from commands.tables import plan_table
from config.database import transaction
from patrol.places.models import Block
from patrol.places.operations.cities import city_named
from patrol.planning.models import LeftOut, PlanRoute, PlanRun
from patrol.planning.operations import asking, publishing, solving
from patrol.shifts.models import Shift
from patrol.shifts.operations.exporting import route_geojson, route_gpx
from patrol.shifts.rules import between_blocks
from patrol.teams.models import Team

MOST_SECONDS, MOST_SEED = 600.0, 2**31 - 1


@click.command()
@click.option("--city", default=None, help="City; may be left out where there is one.")
@click.option("--date", "evening", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The evening, YYYY-MM-DD.")
@click.option(
    "--seconds",
    type=click.FloatRange(0, MOST_SECONDS, min_open=True),
    default=None,
    help="Solving time; the policy's [planning] seconds when left out.",
)
@click.option("--seed", type=click.IntRange(0, MOST_SEED), default=None, help="Draws among near-best plans; kept.")
@click.option("--publish", is_flag=True, help="Offer the routes to their teams as shifts.")
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON on stdout.")
@click.pass_obj
def plan(
    context: Context,
    *,
    city: str | None,
    evening: datetime,
    seconds: float | None,
    seed: int | None,
    publish: bool,
    as_json: bool,
) -> None:
    """Plan an evening's patrols on the city's streets, in the hours that the policy's [evening] gives.

    Prints a table, or with --json the routes, the blocks left out and why, and with --publish the shifts. Lines,
    distances and times run from each route's first block to its last: where a team lives is the team's alone.
    Interrupted, it leaves no plan.
    """
    with ready(context):
        run = _solved(context, city, evening.date(), seconds, seed)
        if publish:
            done = publishing.publish(run, now=context.now())
            say(f"Published {len(done.shifts)} shifts; {len(done.passed_over)} teams passed over.")
        if as_json:
            out(plan_as_json(run))
        else:
            click.echo(plan_table(run.summary))


def _solved(context: Context, city: str | None, evening: date, seconds: float | None, seed: int | None) -> PlanRun:
    with transaction():  # asked for and claimed at once, or a worker that looks on would be faster
        asked = asking.ask(
            city_named(city),
            evening=evening,
            seconds=seconds,
            seed=secrets.randbelow(MOST_SEED) if seed is None else seed,
            by=None,
            now=context.now(),
        )
        run = solving.claim(f"command line:{os.getpid()}", now=context.now(), run=asked)
    assert run is not None  # noqa: S101 - nobody else has seen it
    try:
        with terminable():
            solving.solve(run, weather=context.settings.weather, clock=context.clock, on_progress=_show)
    except KeyboardInterrupt:
        asking.move(run, "fail", problem="interrupted at the command line", finished_at=context.now())
        raise
    finally:
        if sys.stderr.isatty():
            say("")
    run = PlanRun.get_by_id(run.id)
    if run.state == "failed":
        raise Refused(f"No plan: {run.problem}")
    return run


def _show(news: dict[str, Any]) -> None:
    """One line that is written over on a terminal, a line each time in a log."""
    text = f"{news['phase']} {news['progress']:.0%}, weight {news['weight']:.0f}"
    if sys.stderr.isatty():
        click.echo(f"\r{text:<60}", nl=False, err=True)
    else:
        say(text)


def plan_as_json(run: PlanRun) -> dict[str, Any]:
    """A run as `plan --json` prints it. Teams and blocks go by their codes."""
    routes = PlanRoute.select(PlanRoute, Team).join(Team).where(PlanRoute.run == run).order_by(Team.code)
    left_out = LeftOut.select(LeftOut, Block).join(Block).where(LeftOut.run == run).order_by(Block.code)
    return {
        "run": run.id,
        "city": run.city.slug,
        "date": run.evening.isoformat(),
        "routes": [_shown(route) for route in routes],
        "unassigned": [
            {"block": entry.block.code, "reason": entry.reason, "amount": entry.amount} for entry in left_out
        ],
        "shifts": [
            {"shift": shift.id, "team": shift.team.code, "state": shift.state}
            for shift in Shift.select(Shift, Team).join(Team).where(Shift.plan_run == run.id).order_by(Team.code)
        ],
        "summary": run.summary,
    }


def _shown(route: PlanRoute) -> dict[str, Any]:
    seen = between_blocks(route.route, route.starts_at)
    return {
        "team": route.team.code,
        "blocks": [stop["code"] for stop in route.route["stops"]],
        "distance_m": seen.distance_m,
        "duration_s": seen.duration_s,
        "weight": route.weight,
        "starts_at": seen.starts_at.isoformat(),
        "geometry": {"type": "LineString", "coordinates": seen.line},
    }


@click.command("export-route")
@click.argument("shift", type=click.UUID)
@click.option("--format", "form", type=click.Choice(["geojson", "gpx"]), required=True, help="What to print.")
@click.pass_obj
def export_route(context: Context, *, shift: UUID, form: str) -> None:
    """Print the route of SHIFT as GeoJSON or GPX 1.1, from its first block to its last.

    SHIFT is the id that `plan --publish --json` lists. The ways from and to the team's door are not in it.
    """
    with ready(context):
        found = Shift.get_or_none(Shift.id == shift)
        if found is None:
            raise Refused(f"SHIFT {shift}: there is no such shift.")
        if form == "geojson":
            out(route_geojson(found, whole=False))
        else:
            click.echo(route_gpx(found, whole=False))
