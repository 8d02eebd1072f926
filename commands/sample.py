"""A squad that is plainly marked as a sample: teams at doors along the real streets, with walks of 28 ± 16 minutes.

The length and its spread are those of Busan's own walkers (docs/concepts.md names the source).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import click
import numpy as np

from commands.shared import Context, out, ready, say
from config.database import transaction
from config.policy import Policy
from patrol.people.models import Person
from patrol.people.operations.accounts import register_sample
from patrol.places.models import Block, City
from patrol.places.operations.cities import city_named, policy_of, zone_of
from patrol.places.operations.streets import load_graph
from patrol.teams.models import Team
from patrol.teams.operations import screening
from patrol.teams.operations.applying import NewDog, apply
from patrol.teams.rules import window

WALK_MEAN_MIN, WALK_SPREAD_MIN, WALK_LEAST_MIN = 28.0, 16.0, 10.0
NEAR_BLOCK_M = 600.0
METRES_A_DEGREE = 111_195.0
BREEDS = (("진돗개", 18.0), ("푸들", 6.0), ("시바견", 10.0), ("비글", 12.0), ("골든 리트리버", 30.0), ("믹스견", 14.0))
DOGS = ("보리", "콩이", "두부", "초코", "구름", "호두", "달이", "밤이")


@dataclass(frozen=True, slots=True)
class SampleTeam:
    """What a sample walker would type in: `account` and `team` are request bodies of the API."""

    account: dict[str, Any]
    team: dict[str, Any]


def squad(
    city: City, policy: Policy, *, teams: int, seed: int, cache: Path, today: date, around_the_clock: bool
) -> Iterator[SampleTeam]:
    """`teams` sample teams; the same seed gives the same squad. Doors lie on streets near target blocks, if any."""
    rng = np.random.default_rng(seed)
    doors = _doors(city, rng, teams, cache)
    minutes = np.clip(rng.normal(WALK_MEAN_MIN, WALK_SPREAD_MIN, teams), WALK_LEAST_MIN, policy.walk.hard_cap_min)
    for number in range(1, teams + 1):
        breed, kilos = BREEDS[int(rng.integers(len(BREEDS)))]
        yield SampleTeam(
            account={
                "city": city.slug,
                "name": f"견본 대원 {number:02d} (sample)",
                "email": f"sample-walker-{seed}-{number:03d}@example.org",
                "born_on": "1990-01-01",
                "consents": [consent.kind for consent in policy.consents if consent.required],
            },
            team={
                "name": f"견본 {number:02d} · {DOGS[number % len(DOGS)]}",
                "motive": "견본 자료 (sample)",
                "door": {"lon": doors[number - 1][0], "lat": doors[number - 1][1]},
                "walk_min": round(float(minutes[number - 1])),
                "dogs": [
                    {
                        "name": DOGS[number % len(DOGS)],
                        "registration_no": _registration_no(policy, seed, number),
                        "breed": breed,
                        "born_on": f"{today.year - 4}-05-01",
                        "weight_kg": kilos,
                        "vaccinated_until": f"{today.year + 1}-{today.month:02d}-01",
                    }
                ],
                "availability": list(_availability(policy, rng, around_the_clock=around_the_clock)),
            },
        )


def _doors(city: City, rng: np.random.Generator, teams: int, cache: Path) -> list[tuple[float, float]]:
    """Junctions of the main network, within a short walk of some block where there are blocks."""
    graph = load_graph(city, cache)
    nodes = np.flatnonzero(graph.main)
    places = np.array([(block.lon, block.lat) for block in Block.select().where((Block.city == city) & Block.active)])
    if len(places):
        shrink = np.cos(np.radians(graph.lat[nodes].mean()))
        east = (graph.lon[nodes][:, None] - places[:, 0]) * shrink
        north = graph.lat[nodes][:, None] - places[:, 1]
        nearest_m = np.sqrt((east**2 + north**2).min(axis=1)) * METRES_A_DEGREE
        nodes = nodes[nearest_m <= NEAR_BLOCK_M]
    chosen = rng.choice(nodes, teams, replace=teams > len(nodes))
    return [(round(float(graph.lon[node]), 6), round(float(graph.lat[node]), 6)) for node in chosen]


def _availability(policy: Policy, rng: np.random.Generator, *, around_the_clock: bool) -> Iterator[dict[str, Any]]:
    late = 0 if around_the_clock else 30 * int(rng.integers(0, 3))
    hours, minutes = (int(part) for part in policy.evening.begins.split(":"))
    begins = f"{(hours * 60 + minutes + late) // 60 % 24:02d}:{(minutes + late) % 60:02d}"
    for weekday in range(7):
        if around_the_clock:
            yield {"weekday": weekday, "begins": "00:00", "ends": "00:00"}
        else:
            yield {"weekday": weekday, "begins": begins, "ends": policy.evening.ends}


def _registration_no(policy: Policy, seed: int, number: int) -> str:
    """As long as the policy's example and unlike any real one: it ends in the squad's seed and the team's number."""
    tail = f"{seed % 1000:03d}{number:04d}"
    return policy.formats.registration_example[: -len(tail)] + tail


@click.command("enroll-sample")
@click.option("--city", default=None, help="City; may be left out where there is one.")
@click.option("--teams", type=click.IntRange(1, 5000), required=True, help="How many teams.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed, the same squad.")
@click.option("--json", "as_json", is_flag=True, help="Print the teams' codes as JSON.")
@click.pass_obj
def enroll_sample(context: Context, *, city: str | None, teams: int, seed: int, as_json: bool) -> None:
    """Enrol a squad of sample teams, plainly marked as such, active and available every evening.

    Repeated with the same seed it adds only what is missing. Sample accounts have no password: nobody signs in as
    them, but for the demo's one-time links.
    """
    with ready(context):
        place = city_named(city)
        policy = policy_of(place)
        today = context.now().astimezone(zone_of(place)).date()
        cache = context.settings.var / "cache"
        codes = []
        wanted = squad(place, policy, teams=teams, seed=seed, cache=cache, today=today, around_the_clock=False)
        for done, sample in enumerate(wanted, start=1):
            codes.append(enrol(place, sample, now=context.now()).code)
            if done % 50 == 0:
                say(f"{done} of {teams} …")
    if as_json:
        out({"city": place.slug, "teams": codes})
    else:
        say(f"{len(codes)} sample teams are active in {place.name}. Next: plan --city {place.slug} --date YYYY-MM-DD")


def enrol(city: City, sample: SampleTeam, *, now: datetime) -> Team:
    """One sample team through every step, all or nothing; enrolled already, it is given back."""
    account = sample.account
    person = Person.get_or_none((Person.city == city) & (Person.email == account["email"]))
    if person is not None:
        found: Team = Team.get(Team.handler == person)
        return found
    with transaction():
        person = register_sample(
            city, name=account["name"], email=account["email"], consents=account["consents"], now=now
        )
        body = sample.team
        team = apply(
            person,
            name=body["name"],
            motive=body["motive"],
            lon=body["door"]["lon"],
            lat=body["door"]["lat"],
            walk_min=body["walk_min"],
            dogs=[NewDog(**_typed(dog)) for dog in body["dogs"]],
            availability=[window(**hours) for hours in body["availability"]],
            now=now,
        )
        return _screened(team, by=person.id, now=now)


def _screened(team: Team, *, by: UUID, now: datetime) -> Team:
    rubric = policy_of(team.city_id).screening.rubric
    team = screening.decide_documents(team, ok=True, note="", by=by, now=now)
    team = screening.book_test(team, booked_for=now + timedelta(days=1), by=by, now=now)
    team = screening.score_test(team, 1, scores=rubric, failed_at_once=None, by=by, now=now)
    return screening.activate(team, by=by, now=now)


def _typed(dog: dict[str, Any]) -> dict[str, Any]:
    dates = ("born_on", "vaccinated_until")
    return {name: date.fromisoformat(value) if name in dates else value for name, value in dog.items()}
