"""Commands about places: cities, streets, police boxes, safety data, target blocks."""

import functools
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from commands.shared import Context, ready, say, tell
from config.database import transaction
from config.policy import Policy, read_policy, shipped
from patrol.people.operations.consents import ask_again
from patrol.places.models import City
from patrol.places.operations.block_files import import_blocks
from patrol.places.operations.boxes import import_boxes
from patrol.places.operations.building import build_blocks
from patrol.places.operations.cities import (
    NoSuchCity,
    add_city,
    city_named,
    policy_of,
    put_policy,
    put_timezone,
)
from patrol.places.operations.districts import import_districts
from patrol.places.operations.files import Report
from patrol.places.operations.safety import import_safety
from patrol.places.operations.streets import put_streets, read_street_file
from patrol.places.rules import Unfit, bbox_of
from patrol.teams.operations.placing import place_teams

GENERIC_ZONE = "UTC"
SHIPPED = ("busan", "generic")

path_argument = click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
city_option = click.option("--city", "name", metavar="NAME", help="The city; may be left out where there is only one.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")


def connected(command: Callable[..., None]) -> Callable[..., None]:
    """Hand a command its context, with the database connected and refusals turned into messages."""

    @functools.wraps(command)
    def run(**given: Any) -> None:
        context = click.get_current_context().find_object(Context)
        assert context is not None  # noqa: S101 - app.py hands every command its context
        with ready(context):
            command(context, **given)

    return run


def commands() -> list[click.Command]:
    """The commands of this subject, for app.py to gather."""
    return [city, import_streets_, import_districts_, import_boxes_, import_safety_, import_blocks_, build_blocks_]


@click.group()
def city() -> None:
    """Add a city, put its policy in force, list the cities there are."""


@city.command("add")
@click.argument("name")
@click.option("--timezone", required=True, metavar="ZONE", help="IANA time zone, such as Asia/Seoul.")
@click.option("--policy", default="generic", metavar="FILE", help="A policy file, or a shipped one: busan, generic.")
@json_option
@connected
def add(context: Context, *, name: str, timezone: str, policy: str, as_json: bool) -> None:
    """Add the city NAME, with a policy of its own."""
    made = add_city(name, timezone=timezone, policy=_policy(policy), now=context.now())
    tell(
        _city(made),
        f"Added {made.slug}, time zone {made.timezone}. Next: import-streets FILE --city {made.slug}",
        as_json=as_json,
    )


@city.command("policy")
@click.argument("name")
@click.argument("policy", metavar="FILE")
@connected
def set_policy(context: Context, *, name: str, policy: str) -> None:
    """Put the policy in FILE in force for the city NAME. What was decided under the old one stays.

    Whoever gave a consent whose text has a new version is told that it is asked for again.
    """
    found, wanted = city_named(name), _policy(policy)
    with transaction():
        before = policy_of(found)
        put_policy(found, wanted)
        told = ask_again(found, before=before, after=wanted, now=context.now())
    click.echo(f"The policy of {name} is now that of {policy}.")
    if told:
        say(f"Consents in a new version: {told} messages ask for them again.")


@city.command("timezone")
@click.argument("name")
@click.argument("zone")
@connected
def set_timezone(_context: Context, *, name: str, zone: str) -> None:
    """Give the city NAME the time zone ZONE, such as Europe/Helsinki."""
    put_timezone(city_named(name), zone)
    click.echo(f"{name} is now in {zone}.")


@city.command("list")
@json_option
@connected
def list_cities(_context: Context, *, as_json: bool) -> None:
    """List the cities with their time zones, and whether they have streets."""
    found = [_city(row) for row in City.select().order_by(City.slug)]
    lines = [f"{row['city']}  {row['timezone']}  {'streets' if row['bbox'] else 'no streets yet'}" for row in found]
    tell(found, "\n".join(lines) or "There is no city yet; `city add NAME --timezone ZONE` adds one.", as_json=as_json)


@click.command("import-streets")
@path_argument
@city_option
@click.option("--bbox", metavar="W,S,E,N", callback=lambda _c, _p, text: _bbox(text), help="Cut to this box, degrees.")
@click.option("--timezone", metavar="ZONE", help=f"For a city that is made by this; else {GENERIC_ZONE}.")
@json_option
@connected
def import_streets_(
    context: Context,
    *,
    path: Path,
    name: str | None,
    bbox: tuple[float, float, float, float] | None,
    timezone: str | None,
    as_json: bool,
) -> None:
    """Read the streets of an OpenStreetMap FILE (.osm.pbf, .osm, .osm.gz, .osm.bz2) into a city.

    FILE may also be a table of street segments that are cut at every junction (.csv with columns from_node_id,
    to_node_id and geom, a WKT LINESTRING). It says nothing of the kinds of streets: all of them are walked.

    They take the place of the streets the city had. A city that is not there yet is made, with the shipped generic
    policy; a file that cannot be used changes nothing.
    """
    if name is None:
        name = city_named(None).slug
    known = _known(name)
    if known and timezone and timezone != known.timezone:
        raise click.UsageError(f"{name} is in {known.timezone}; `city timezone {name} {timezone}` changes that.")
    read = read_street_file(path, bbox=bbox, cache_dir=context.settings.var / "cache", on_progress=_progress(path.name))
    with transaction():
        if known is None:
            zone = timezone or GENERIC_ZONE
            known = add_city(name, timezone=zone, policy=read_policy(shipped("generic")), now=context.now())
            say(
                f"There was no city {name!r}: made it with the shipped generic policy and the time zone {zone}"
                f"{'' if timezone else ' (change it: city timezone ' + known.slug + ' ZONE)'}."
            )
        network = put_streets(known, read, now=context.now())
    result = {
        "city": known.slug,
        "timezone": known.timezone,
        "source": network.source,
        "nodes": network.nodes,
        "edges": network.edges,
        "length_m": round(network.length_m, 1),
        "bbox": known.bbox,
    }
    text = f"{known.slug}: {network.length_m / 1000:,.1f} km of streets to walk, {network.nodes:,} junctions."
    tell(result, f"{text} Next: build-blocks --city {known.slug}", as_json=as_json)


@click.command("import-districts")
@path_argument
@city_option
@json_option
@connected
def import_districts_(context: Context, *, path: Path, name: str | None, as_json: bool) -> None:
    """Bring in districts (구·군) from a GeoJSON or CSV FILE.

    GeoJSON: polygons with the properties code and name. CSV: the columns code and name, and where known outline (WKT or
    GeoJSON). A district of the same code is updated. Boxes, blocks and teams are then found their district anew.
    Either every row is taken or none.
    """
    found = city_named(name)
    report = import_districts(found, path, effects=(place_teams,), now=context.now())
    _report(found, report, "districts", as_json=as_json)


@click.command("import-boxes")
@path_argument
@city_option
@json_option
@connected
def import_boxes_(context: Context, *, path: Path, name: str | None, as_json: bool) -> None:
    """Bring in police boxes from a CSV or GeoJSON FILE.

    CSV columns, in Korean or English: 관서명/name, 구분/kind, 경찰서/station, 주소/address, 경도/lon, 위도/lat, and,
    where known, jurisdiction (WKT or GeoJSON). GeoJSON: points, or polygons, which are jurisdictions. A box of the
    same name and station is updated. Either every row is taken or none.
    """
    found = city_named(name)
    _report(found, import_boxes(found, path, now=context.now()), "boxes", as_json=as_json)


@click.command("import-safety")
@path_argument
@city_option
@click.option(
    "--layer", required=True, metavar="LAYER", help="accident, cctv, child_zone, bar, motel, metro_exit, poi …"
)
@json_option
@connected
def import_safety_(_context: Context, *, path: Path, name: str | None, layer: str, as_json: bool) -> None:
    """Replace a layer of safety data with the points of a CSV or GeoJSON FILE.

    CSV needs columns 경도/lon and 위도/lat. A layer may have any name that the city's policy uses; `poi` takes a file
    with OpenStreetMap tags in its column `kind` apart into bar, motel and metro_exit. Rows far outside the city and
    rows whose coordinates cannot be read are left out and reported.
    """
    found = city_named(name)
    _report(found, import_safety(found, layer, path), "points", as_json=as_json)


@click.command("import-blocks")
@path_argument
@city_option
@json_option
@connected
def import_blocks_(context: Context, *, path: Path, name: str | None, as_json: bool) -> None:
    """Bring in target blocks from a CSV or GeoJSON FILE.

    CSV columns: code, weight (1 to 10), and wkt or lon + lat; may have kind, street, dwell_s, visits_per_week,
    bands (19:00-23:00;06:00-07:30), valid_from, valid_until, reason, active. GeoJSON: LineStrings and Points with the
    same properties. A block whose code is known is updated. Either every row is taken or none, and each that is wrong
    is named.
    """
    found = city_named(name)
    _report(found, import_blocks(found, path, now=context.now()), "blocks", as_json=as_json)


@click.command("build-blocks")
@city_option
@json_option
@connected
def build_blocks_(context: Context, *, name: str | None, as_json: bool) -> None:
    """Build target blocks from the streets and whatever safety data the city has.

    How is said by [blocks] in the city's policy. Run it again after changing that or importing data: blocks whose line
    stays keep their code, those no longer chosen are switched off, and what people drew, imported or edited is left
    alone.
    """
    found = city_named(name)
    built = build_blocks(
        found, now=context.now(), cache_dir=context.settings.var / "cache", on_progress=_progress("blocks")
    )
    text = (
        f"{found.slug}: {built.blocks} blocks, {built.length_m / 1000:.1f} km, weight {built.weight:,.0f}, from "
        f"{built.source} ({built.added} new, {built.changed} changed, {built.switched_off} switched off)."
    )
    tell({"city": found.slug, **asdict(built)}, text, as_json=as_json)


def _known(name: str) -> City | None:
    try:
        return city_named(name)
    except NoSuchCity:
        return None


def _policy(text: str) -> Policy:
    path = Path(text)
    return read_policy(shipped(text) if text in SHIPPED and not path.exists() else path)


def _bbox(text: str | None) -> tuple[float, float, float, float] | None:
    try:
        return bbox_of(text) if text else None
    except Unfit as unfit:
        raise click.BadParameter(unfit.en) from None


def _city(row: City) -> dict[str, Any]:
    return {"city": row.slug, "name": row.name, "timezone": row.timezone, "bbox": row.bbox}


def _report(found: City, report: Report, what: str, *, as_json: bool) -> None:
    for warning in report.warnings:
        say(warning)
    text = (
        f"{found.slug}: {report.added} {what} added, {report.updated} updated, {report.unchanged} unchanged, "
        f"{report.left_out} rows left out."
    )
    tell({"city": found.slug, **asdict(report)}, text, as_json=as_json)


def _progress(label: str) -> Callable[[str, float], None]:
    return lambda phase, fraction: say(f"{label}: {phase} {fraction:.0%}")
