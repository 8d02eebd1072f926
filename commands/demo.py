"""`demo`: the product on the real Busan sample, from nothing to a walked patrol, then left running to be tried."""

import ipaddress
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click
import requests

from commands import story
from commands.cast import Cast, boxes_near
from commands.client import Client, until
from commands.processes import Crew, crew, require_port
from commands.sample import SampleTeam, squad
from commands.shared import Context, Refused, ready, say
from commands.tables import plan_table
from config.database import disconnect
from config.policy import Evening, read_policy, shipped
from patrol.people.models import Person
from patrol.places.models import City
from patrol.places.operations.cities import add_city, policy_of, zone_of
from patrol.planning.rules import window

CITY, ZONE = "Busan", "Asia/Seoul"
TEAMS, SEED = 24, 1
SECONDS = 8.0
SHORTEST = timedelta(minutes=90)
LASTS = timedelta(hours=4)
ANSWERS_WITHIN_S = 60.0
NOTHING_LEAVES = {
    f"PATROL_{name}{suffix}": "" for name in ("SMTP_URL", "SMS", "SMS_SECRET") for suffix in ("", "_FILE")
}
"""Whatever this machine is set up for: no sample's code or message leaves it, codes become files."""
QUIETLY = {"PATROL_LOG_LEVEL": "warning"}
"""Who tries it reads the story, not every sign-in of the sample's people."""
OPEN = ("offered", "accepted")
LIVE = (*OPEN, "walking")
TO_DO = {
    "offered": "an offer to answer",
    "accepted": "a route to start",
    "walking": "a walk to end",
    "walked": "has walked",
    "declined": "declined",
    "expired": "did not answer",
    "missed": "did not come",
    "withdrawn": "plan withdrawn",
    "": "not out tonight",
}
"""What a walker has before them, by the state of their shift."""


@click.command()
@click.option("--seconds", type=click.FloatRange(1, 600), default=SECONDS, show_default=True, help="Solving time.")
@click.option("--no-serve", is_flag=True, help="End after the story instead of serving on.")
@click.pass_obj
def demo(context: Context, *, seconds: float, no_serve: bool) -> None:
    """Load the Busan sample, plan a patrol evening on its streets, walk a first route, and serve it all.

    Prints the plan's table and one-time sign-in links, which hold on this machine only. A second run finds everything
    in place and starts in seconds; one that was interrupted goes on where it stopped. Ctrl-C ends it.
    """
    address = address_of(context.settings.host, context.settings.port)
    require_port(context.settings.host, context.settings.port)
    with ready(context):
        cast = Cast(context, sample_city(context), address=address)
        disconnect()
    with crew({"PATROL_PUBLIC_URL": address, **NOTHING_LEAVES, **QUIETLY}) as members:
        with ready(context):
            wait_for(address, members)
            told = tell(context, cast, seconds=seconds)
            disconnect()
        click.echo(told)
        if not no_serve:
            raise SystemExit(members.wait())


def address_of(host: str, port: int) -> str:
    """Where the demo answers. Raises Refused unless that is this machine alone: its links let everybody in."""
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise Refused(f"PATROL_HOST={host!r}: the demo is for this machine alone; leave it out, or use `serve`.")
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def sample_city(context: Context) -> City:
    """Busan with its policy, made at the first run."""
    found = City.get_or_none(City.slug == CITY.lower())
    return found or add_city(CITY, timezone=ZONE, policy=read_policy(shipped("busan")), now=context.now())


def wait_for(address: str, members: Crew) -> None:
    """Until the web process answers. Raises Refused when it ended instead."""
    session = Client(address).session

    def answers() -> bool | None:
        if not members.running:
            raise Refused("The web process ended; see its message above.")
        try:
            return session.get(f"{address}/", timeout=5).ok or None
        except requests.RequestException:
            return None

    until("The web process", answers, within_s=ANSWERS_WITHIN_S)


def tell(context: Context, cast: Cast, *, seconds: float) -> str:
    """Tell the story over HTTP, as far as it is not told yet. Returns what to print at its end."""
    admin, coordinator = (cast.client(cast.staff(role)) for role in ("admin", "coordinator"))
    story.load_city(admin)
    story.enrol(
        sample_squad(context, cast.city),
        anyone=cast.client(),
        coordinator=coordinator,
        cast=cast,
        clock=context.clock,
    )
    near = boxes_near(admin.every("/boxes"), admin.get("/city")["bbox"])
    officers = {box["name"]: cast.staff("officer", box=box) for box in near}
    run = tonight(context, cast, coordinator, officers, seconds=seconds)
    return "\n".join(closing(cast, officers=officers, shifts=shifts_of(coordinator, run), run=run))


def tonight(
    context: Context, cast: Cast, coordinator: Client, officers: dict[str, Person], *, seconds: float
) -> dict[str, Any]:
    """The evening's published plan, answered and with a first walk, as far as that is still to do."""
    published = list(coordinator.every("/plan-runs", state="published"))
    run = current_run(published, now=context.now())
    if run is None or not any(shift["state"] in LIVE for shift in shifts_of(coordinator, run)):
        for late in still_open(published, now=context.now()):  # its teams are to be had again
            coordinator.post(f"/plan-runs/{late['id']}/withdraw")
        run = plan_now(context, cast.city, coordinator, seconds=seconds)
    shifts = shifts_of(coordinator, run)
    first = to_walk(shifts, under_way=lambda shift: story.under_way(coordinator, shift))

    def walker(shift: dict[str, Any]) -> Client:
        return cast.client(cast.handler(shift["team"]["code"]))

    story.accept((walker(shift), shift) for shift in to_accept(shifts, but=first))
    if first is not None:
        answering = {box: cast.client(person) for box, person in officers.items()}
        story.walk(walker(first), answering, first, clock=context.clock)
    return run


def plan_now(context: Context, city: City, coordinator: Client, *, seconds: float) -> dict[str, Any]:
    """Plan and publish the hours that are before us."""
    zone = zone_of(city)
    evening, begins, ends = hours(context.now(), policy_of(city).evening, zone)
    here = begins.astimezone(zone), ends.astimezone(zone)
    say(f"Planning {evening}, {here[0]:%H:%M} to {here[1]:%H:%M} ({zone.key}) …")
    run: dict[str, Any] = story.plan_evening(
        coordinator, evening=evening.isoformat(), begins=begins, ends=ends, seconds=seconds
    )
    return run


def sample_squad(context: Context, city: City) -> Iterator[SampleTeam]:
    """The demo's squad. It is out at all hours, so that the demo can be tried at any."""
    return squad(
        city,
        policy_of(city),
        teams=TEAMS,
        seed=SEED,
        cache=context.settings.var / "cache",
        today=context.now().astimezone(zone_of(city)).date(),
        around_the_clock=True,
    )


def hours(now: datetime, evening: Evening, zone: ZoneInfo) -> tuple[date, datetime, datetime]:
    """The evening to plan and its hours: tonight's once they have begun, if they leave time to walk.

    At any other time the hours from now on, so that you can walk at once.
    """
    today = now.astimezone(zone).date()
    for day in (today, today - timedelta(days=1)):  # an evening may end after midnight
        begins, ends = (moment.astimezone(UTC) for moment in window(day, evening, zone))
        if begins <= now and ends - now > SHORTEST:
            return day, begins, ends
    start = now.replace(second=0, microsecond=0)
    return today, start, start + LASTS


def current_run(published: Iterable[dict[str, Any]], *, now: datetime) -> dict[str, Any] | None:
    """A published plan that still has time left to be walked, or None."""
    return next((run for run in published if datetime.fromisoformat(run["ends_at"]) - now > SHORTEST), None)


def still_open(published: Iterable[dict[str, Any]], *, now: datetime) -> list[dict[str, Any]]:
    """Published plans that are not over."""
    return [run for run in published if datetime.fromisoformat(run["ends_at"]) > now]


def shifts_of(coordinator: Client, run: dict[str, Any]) -> list[dict[str, Any]]:
    """The shifts of the run's evening, by team."""
    found = coordinator.every("/shifts", **{"from": run["evening"], "until": run["evening"]})
    return sorted(found, key=lambda shift: str(shift["team"]["code"]))


def to_walk(shifts: Sequence[dict[str, Any]], *, under_way: Callable[[dict[str, Any]], bool]) -> dict[str, Any] | None:
    """The shift of the story's walk: the weightiest, or the one that the story left `under_way`; None: it is told."""
    begun = [shift for shift in shifts if shift["state"] in ("walking", "walked")]
    if begun:
        return next((shift for shift in begun if under_way(shift)), None)
    return max((shift for shift in shifts if shift["state"] in OPEN), key=lambda shift: shift["weight"], default=None)


def to_accept(shifts: Iterable[dict[str, Any]], *, but: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The offers that sample walkers take: all but one, which is left for you to answer. `but` is never that one."""
    offered = [shift for shift in shifts if shift["state"] == "offered"]
    left = next((shift for shift in offered if shift is not but), None)
    return [shift for shift in offered if shift is not left]


def walkers(shifts: Iterable[dict[str, Any]], teams: Iterable[str]) -> list[tuple[str, str]]:
    """(what there is to do tonight, team) for each of `teams`, those with most to do first."""
    state = {shift["team"]["code"]: shift["state"] for shift in shifts}
    order = sorted(teams, key=lambda team: (list(TO_DO).index(state.get(team, "")), team))
    return [(TO_DO[state.get(team, "")], team) for team in order]


def closing(
    cast: Cast, *, officers: dict[str, Person], shifts: list[dict[str, Any]], run: dict[str, Any]
) -> Iterator[str]:
    """Who can sign in where, and the plan's table."""
    zone = zone_of(cast.city)
    begins, ends = (datetime.fromisoformat(run[name]).astimezone(zone) for name in ("begins_at", "ends_at"))
    yield "\nSample accounts and their one-time sign-in links (from this machine only, once each, for 12 hours):\n"
    for title, person in (
        ("coordinator: map, plans, shifts", cast.staff("coordinator")),
        *((f"officer at {box}: live alerts", person) for box, person in officers.items()),
        *((f"walker {team}: {what}", cast.handler(team)) for what, team in walkers(shifts, cast.teams())),
        ("admin: the city's data, over the API", cast.staff("admin")),
    ):
        yield f"  {title:<40}{cast.link(person)}"
    yield f"\nTonight's plan, {begins:%Y-%m-%d %H:%M} to {ends:%H:%M} {zone.key}:\n"
    yield plan_table(run["summary"])
    yield f"\nCodes for whoever registers or forgot a password are written to files in {cast.codes}"
    yield f"\nPages: {cast.address}/   API: {cast.address}/api/docs   Ctrl-C ends it."
