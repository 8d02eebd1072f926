"""`demo`: the product on the real Busan sample, from nothing to a walked patrol, then left running to be tried."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import click
import requests

from commands import story
from commands.client import Client, until
from commands.processes import crew, require_port
from commands.sample import squad
from commands.shared import Context, Refused, ready, say
from commands.tables import plan_table
from config.database import disconnect, transaction
from config.policy import read_policy, shipped
from patrol.people.models import Person
from patrol.people.operations.accounts import invite, mark_sample
from patrol.people.operations.sessions import make_link
from patrol.places.models import City
from patrol.places.operations.cities import add_city, policy_of, zone_of
from patrol.planning.rules import window
from patrol.teams.models import Team

CITY, ZONE = "Busan", "Asia/Seoul"
TEAMS, SEED = 24, 1
SECONDS = 8.0
SHORTEST = timedelta(minutes=90)
LASTS = timedelta(hours=4)
LINK_LASTS = timedelta(hours=12)
LEFT_TO_YOU = 4
"""Offers that no sample walker answers, so that whoever tries the demo can."""


@click.command()
@click.option("--seconds", type=click.FloatRange(1, 600), default=SECONDS, show_default=True, help="Solving time.")
@click.option("--no-serve", is_flag=True, help="End after the story instead of serving on.")
@click.pass_obj
def demo(context: Context, *, seconds: float, no_serve: bool) -> None:
    """Load the Busan sample, plan a patrol evening on its streets, walk a first route, and serve it all.

    A second run finds everything in place and starts in seconds. Listens on loopback only.
    """
    require_port(context.settings.host, context.settings.port)
    with ready(context):
        city = sample_city(context)
        staff = {role: staff_account(context, city, role) for role in ("admin", "coordinator")}
    disconnect()
    with crew({}) as members:
        with ready(context):
            wait_for(context, members)
            links = tell(context, city, staff, seconds=seconds)
        disconnect()
        say(links)
        if not no_serve:
            raise SystemExit(members.wait())


def sample_city(context: Context) -> City:
    """Busan with its policy, made at the first run."""
    found = City.get_or_none(City.slug == CITY.lower())
    return found or add_city(CITY, timezone=ZONE, policy=read_policy(shipped("busan")), now=context.now())


def staff_account(context: Context, city: City, role: str, *, box: dict[str, Any] | None = None) -> Person:
    """A sample member of staff, made at the first run."""
    name = {"admin": "견본 관리자", "coordinator": "견본 코디네이터"}.get(role, "견본 경찰관")
    email = f"sample-{role}{'-' + box['id'][:8] if box else ''}@example.org"
    found = Person.get_or_none((Person.city == city) & (Person.email == email))
    if found is None:
        with transaction():
            at = box["id"] if box else None
            title = f"{name}{' ' + box['name'] if box else ''} (sample)"
            found, _ = invite(city, name=title, email=email, role=role, box=at, now=context.now())
            mark_sample(found)
    return found


def tell(context: Context, city: City, staff: dict[str, Person], *, seconds: float) -> str:
    """Tell the story over HTTP, as far as it is not told yet. Returns what to print at its end."""
    admin, coordinator = (signed_in(context, staff[role]) for role in ("admin", "coordinator"))
    story.load_city(admin)
    story.enrol(
        sample_squad(context, city),
        known={},
        anyone=Client(context.settings.public_url),
        coordinator=coordinator,
        registered=lambda email: signed_in(context, sample_walker(city, email)),
    )
    officers = sample_officers(context, city, admin)
    run = current_run(context, coordinator)
    if run is None:
        begins, ends = hours(context, city)
        evening = begins.date().isoformat()
        say(f"Planning {evening}, {begins:%H:%M} to {ends:%H:%M} ({ZONE}) …")
        run = story.plan_evening(coordinator, evening=evening, begins=begins, ends=ends, seconds=seconds)
    shifts = shifts_of(coordinator, run)
    if not any(shift["state"] in ("walking", "walked") for shift in shifts):
        *others, first = sorted(shifts, key=lambda shift: float(shift["weight"]))
        walker = signed_in(context, handler_of(city, first["team"]["code"]))
        story.walk(walker, {box: signed_in(context, person) for box, person in officers.items()}, first)
        story.accept(
            {shift["id"]: signed_in(context, handler_of(city, shift["team"]["code"])) for shift in others[LEFT_TO_YOU:]}
        )
    return "\n".join(closing(context, city, staff=staff, officers=officers, coordinator=coordinator, run=run))


def wait_for(context: Context, members: Any) -> None:
    """Until the web process answers. Raises Refused when it ended instead."""

    def answers() -> bool | None:
        if not members.running:
            raise Refused("The web process ended; see its message above.")
        try:
            return requests.get(f"{address(context)}/api/openapi.json", timeout=5).ok or None
        except requests.RequestException:
            return None

    until("The web process", answers, within_s=60)


def address(context: Context) -> str:
    """Where the demo's own requests go: the machine itself, as one-time links hold from there only."""
    return f"http://{context.settings.host}:{context.settings.port}"


def signed_in(context: Context, person: Person) -> Client:
    """A client signed in as a sample account, by a one-time link."""
    token = make_link(person, purpose="sign_in", lasting=LINK_LASTS, now=context.now())
    return Client(address(context)).enter(token)


def sample_squad(context: Context, city: City) -> Any:
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


def sample_walker(city: City, email: str) -> Person:
    """The account a sample walker registered, marked as a sample."""
    person: Person = Person.get((Person.city == city) & (Person.email == email))
    mark_sample(person)
    return person


def sample_officers(context: Context, city: City, admin: Client) -> dict[str, Person]:
    """An officer at each police box in and around the sample's streets, by the box's name."""
    west, south, east, north = admin.get("/city")["bbox"]
    margin = 0.01
    near = [
        box
        for box in admin.every("/boxes")
        if west - margin <= box["lon"] <= east + margin and south - margin <= box["lat"] <= north + margin
    ]
    return {box["name"]: staff_account(context, city, "officer", box=box) for box in near}


def current_run(context: Context, coordinator: Client) -> Any:
    """A published plan that still has time left to be walked, or None."""
    for run in coordinator.every("/plan-runs", state="published"):
        lasts = datetime.fromisoformat(run["ends_at"]) - context.now() > SHORTEST
        if lasts and any(shift["state"] in ("offered", "accepted") for shift in shifts_of(coordinator, run)):
            return run
    return None


def shifts_of(coordinator: Client, run: dict[str, Any]) -> list[dict[str, Any]]:
    """The shifts within a run's hours."""
    begins, ends = (datetime.fromisoformat(run[name]) for name in ("begins_at", "ends_at"))
    found = coordinator.every("/shifts", **{"from": run["evening"], "until": run["evening"]})
    return [shift for shift in found if begins <= datetime.fromisoformat(shift["starts_at"]) < ends]


def hours(context: Context, city: City) -> tuple[datetime, datetime]:
    """Tonight's hours if they have begun and leave time to walk; else from now on, so that you can walk at once."""
    now = context.now().astimezone(zone_of(city))
    begins, ends = window(now.date(), policy_of(city).evening, zone_of(city))
    if begins <= now and ends - now > SHORTEST:
        return begins, ends
    start = now.replace(second=0, microsecond=0)
    return start, start + LASTS


def handler_of(city: City, team: str) -> Person:
    """The walker of a sample team."""
    person: Person = Team.get((Team.city == city) & (Team.code == team)).handler
    return person


def closing(
    context: Context,
    city: City,
    *,
    staff: dict[str, Person],
    officers: dict[str, Person],
    coordinator: Client,
    run: dict[str, Any],
) -> Iterator[str]:
    """The plan's table, and who can sign in where."""
    zone = zone_of(city)
    begins, ends = (datetime.fromisoformat(run[name]).astimezone(zone) for name in ("begins_at", "ends_at"))
    yield f"\nTonight's plan, {begins:%Y-%m-%d %H:%M} to {ends:%H:%M} {ZONE}:\n"
    yield plan_table(run["summary"])
    yield "\nSample accounts and their one-time sign-in links (from this machine only, once each, for 12 hours):\n"
    waiting = [shift for shift in shifts_of(coordinator, run) if shift["state"] in ("offered", "accepted")]
    waiting.sort(key=lambda shift: (shift["state"] != "offered", -shift["weight"]))
    walkers = [handler_of(city, shift["team"]["code"]) for shift in waiting[:2]]
    for title, person in (
        ("coordinator: map, plans, shifts", staff["coordinator"]),
        *(("walker: tonight's route, for a phone's screen", person) for person in walkers),
        *((f"officer at {box}: live alerts", person) for box, person in officers.items()),
        ("admin: the city's data, over the API", staff["admin"]),
    ):
        token = make_link(person, purpose="sign_in", lasting=LINK_LASTS, now=context.now())
        yield f"  {title}\n    {context.settings.public_url}/enter#{token}"
    yield f"\nPages: {context.settings.public_url}/   API: {context.settings.public_url}/api/docs   Ctrl-C ends it."
