"""Plans and routes by command line."""

import os
import secrets
import sys
from datetime import datetime
from typing import Any
from uuid import UUID

import click

from commands.processes import terminable
from commands.shared import Context, Refused, city_option, out, ready, say
from commands.tables import plan_remarks, plan_table
from config.database import transaction
from patrol.places.models import Block
from patrol.places.operations.cities import city_named
from patrol.planning.models import LeftOut, PlanRoute, PlanRun
from patrol.planning.operations import asking, publishing, solving
from patrol.planning.operations.slots import remedies_of
from patrol.planning.rules import gap, sentence
from patrol.shifts.models import Shift
from patrol.shifts.operations.exporting import route_geojson, route_gpx
from patrol.shifts.rules import between_blocks
from patrol.teams.models import Team

MOST_SECONDS, MOST_SEED, MOST_KEEP_WEIGHT = 600.0, 2**31 - 1, 1000.0


@click.command()
@city_option
@click.option("--date", "evening", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The evening, YYYY-MM-DD.")
@click.option(
    "--seconds",
    type=click.FloatRange(0, MOST_SECONDS, min_open=True),
    default=None,
    help="Solving time; the policy's [planning] seconds when left out.",
)
@click.option("--seed", type=click.IntRange(0, MOST_SEED), default=None, help="Draws among near-best plans; kept.")
@click.option("--week", is_flag=True, help="Plan seven evenings from that one on, as the policy's [week] says.")
@click.option("--near", type=click.UUID, default=None, help="A run of the same evening to change as little as may be.")
@click.option(
    "--keep-weight",
    type=click.FloatRange(0, MOST_KEEP_WEIGHT),
    default=None,
    help="With --near: a block changes hands only for so much weight or more; the policy's when left out.",
)
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
    week: bool,
    near: UUID | None,
    keep_weight: float | None,
    publish: bool,
    as_json: bool,
) -> None:
    """Plan patrols on the city's streets, for an evening or with --week for seven, in the hours that the policy gives.

    Prints a table, or with --json the routes, the blocks left out and why, what would cover more, and with --publish
    the shifts. Lines, distances and times run from each route's first block to its last: where a team lives is the
    team's alone. Pins and bars hold as in every plan. Interrupted, it leaves no plan.
    """
    asked = {
        "kind": "week" if week else "evening",
        "evening": evening.date(),
        "seconds": seconds,
        "seed": secrets.randbelow(MOST_SEED) if seed is None else seed,
        "near": near,
        "keep_weight": keep_weight,
    }
    with ready(context):
        run = _solved(context, city, asked)
        if publish:
            done = publishing.publish(run, now=context.now())
            say(
                f"Published {len(done.shifts)} shifts; {len(done.kept)} stay as they were, "
                f"{len(done.passed_over)} teams passed over."
            )
        if as_json:
            out(plan_as_json(run))
        else:
            click.echo(plan_table(run.summary))
            for line in plan_remarks(run.unmet, remedies_of(run)):
                click.echo(line)


def _solved(context: Context, city: str | None, wanted: dict[str, Any]) -> PlanRun:
    with transaction():  # asked for and claimed at once, or a worker that looks on would be faster
        asked = asking.ask(
            city_named(city),
            **wanted,
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
    text = f"{news['phase']} {news['progress']:.0%}, weight {news['weight']:.0f}{_at_most(news)}"
    if sys.stderr.isatty():
        click.echo(f"\r{text:<60}", nl=False, err=True)
    else:
        say(text)


def _at_most(news: dict[str, Any]) -> str:
    missed = gap(news["weight"], news["bound"])
    return "" if missed is None else f" of at most {news['bound']:.0f} (gap {missed:.1%})"


def plan_as_json(run: PlanRun) -> dict[str, Any]:
    """A run as `plan --json` prints it. Teams and blocks go by their codes."""
    routes = PlanRoute.select(PlanRoute, Team).join(Team).where(PlanRoute.run == run)
    routes = routes.order_by(PlanRoute.evening, Team.code)
    left_out = LeftOut.select(LeftOut, Block).join(Block).where(LeftOut.run == run).order_by(Block.code)
    return {
        "run": run.id,
        "kind": run.kind,
        "city": run.city.slug,
        "date": run.evening.isoformat(),
        "routes": [_shown(route) for route in routes],
        "unassigned": [
            {
                "block": entry.block.code,
                "reason": entry.reason,
                "amount": entry.amount,
                "visits": entry.visits,
                "sentence": sentence(entry.reason, entry.amount)["en"],
            }
            for entry in left_out
        ],
        "remedies": [_in_codes(offer) for offer in remedies_of(run)],
        "unmet": run.unmet,
        "bound": run.bound,
        "gap": run.gap,
        "shifts": [
            {
                "shift": shift.id,
                "team": shift.team.code,
                "date": shift.evening.isoformat(),
                "state": shift.state,
            }
            for shift in Shift.select(Shift, Team)
            .join(Team)
            .where(Shift.plan_run == run.id)
            .order_by(Shift.evening, Team.code)
        ],
        "summary": run.summary,
    }


def _in_codes(offer: dict[str, Any]) -> dict[str, Any]:
    """A remedy with blocks by their codes."""
    code = {str(block.id): block.code for block in Block.select().where(Block.id.in_([*map(UUID, offer["blocks"])]))}
    return {
        "minutes": offer["minutes"],
        "begins_at": offer["begins_at"].isoformat(),
        "blocks": [code[block] for block in offer["blocks"]],
        "weight": offer["weight"],
        "sentence": offer["sentence"]["en"],
    }


def _shown(route: PlanRoute) -> dict[str, Any]:
    seen = between_blocks(route.route, route.starts_at)
    return {
        "team": route.team.code,
        "date": route.evening.isoformat(),
        "blocks": [stop["code"] for stop in route.route["stops"]],
        "distance_m": seen.distance_m,
        "duration_s": seen.duration_s,
        "weight": route.weight,
        "adds": route.adds,
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
