"""A squad that is plainly marked as a sample: teams at doors along the real streets, with walks of 28 ± 16 minutes.

The length and its spread are those of Busan's own walkers (docs/concepts.md names the source).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import numpy as np

from commands.shared import Context, city_option, ready, say, tell
from config.database import transaction
from config.policy import Evening, Formats, Policy
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
NEAR_BLOCK_M = 250.0
"""So near a block that the shortest walk reaches it and comes home again."""
ON_STREET_M = 30.0
LATE_MIN = (0, 30, 60)
DAY_MIN = 1_440
SAY_EVERY = 50
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
                        "registration_no": registration_no(policy.formats, seed, number),
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
    from routing.travel import metres_to_nearest  # noqa: PLC0415 - it loads SciPy, which other commands do without

    graph = load_graph(city, cache)
    nodes = np.flatnonzero(graph.main)
    ends = _block_ends(city)
    if ends:
        lon, lat = zip(*ends, strict=True)
        walk_m = metres_to_nearest(graph, lon, lat, within_m=ON_STREET_M, limit_m=NEAR_BLOCK_M)
        near = nodes[np.isfinite(walk_m[nodes])]
        nodes = near if len(near) else nodes
    chosen = rng.choice(nodes, teams, replace=teams > len(nodes))
    return [(round(float(graph.lon[node]), 6), round(float(graph.lat[node]), 6)) for node in chosen]


def _block_ends(city: City) -> list[tuple[float, float]]:
    """Where the city's active blocks begin and end, [lon, lat]."""
    found = []
    for block in Block.select().where((Block.city == city) & Block.active):
        points = block.geometry["coordinates"]
        found += [points] if block.kind == "point" else [points[0], points[-1]]
    return [(float(lon), float(lat)) for lon, lat, *_ in found]


def _availability(policy: Policy, rng: np.random.Generator, *, around_the_clock: bool) -> Iterator[dict[str, Any]]:
    for weekday in range(7):
        if around_the_clock:
            yield {"weekday": weekday, "begins": "00:00", "ends": "00:00"}
        else:
            begins = later(policy.evening, int(rng.choice(LATE_MIN)), leaving_min=policy.walk.hard_cap_min)
            yield {"weekday": weekday, "begins": begins, "ends": policy.evening.ends}


def later(evening: Evening, late_min: int, *, leaving_min: int) -> str:
    """HH:MM of the evening's beginning or so many minutes later, as far as that leaves time for the longest walk."""
    first, last = (60 * int(clock[:2]) + int(clock[3:]) for clock in (evening.begins, evening.ends))
    length = (last - first) % DAY_MIN or DAY_MIN
    minute = (first + min(late_min, max(0, length - leaving_min))) % DAY_MIN
    return f"{minute // 60:02d}:{minute % 60:02d}"


def registration_no(formats: Formats, seed: int, number: int) -> str:
    """As long as the policy's example and unlike any real one: it ends in the squad's seed and the team's number."""
    example = formats.registration_example
    tail = f"{seed % 1000:03d}{number:04d}"[-len(example) :]
    return example[: len(example) - len(tail)] + tail


@click.command("enroll-sample")
@city_option
@click.option("--teams", type=click.IntRange(1, 5000), required=True, help="How many teams.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed, the same squad.")
@click.option("--json", "as_json", is_flag=True, help="Print the teams' codes as JSON.")
@click.pass_obj
def enroll_sample(context: Context, *, city: str | None, teams: int, seed: int, as_json: bool) -> None:
    """Enrol a squad of sample teams, plainly marked as such, active and available every evening.

    Doors lie on streets near the city's target blocks, walks last 28 ± 16 minutes. Repeated with the same seed it
    adds only what is missing. Sample accounts have no password: nobody signs in as them, but for the demo's one-time
    links.
    """
    with ready(context):
        place = city_named(city)
        if not Block.select().where((Block.city == place) & Block.active).exists():
            say("There are no target blocks yet, so doors lie anywhere; `build-blocks` first puts them nearby.")
        codes = [team.code for team in _enrolled(context, place, teams=teams, seed=seed)]
    text = f"{len(codes)} sample teams are active in {place.name}. Next: plan --city {place.slug} --date YYYY-MM-DD"
    tell({"city": place.slug, "teams": codes}, text, as_json=as_json)


def _enrolled(context: Context, city: City, *, teams: int, seed: int) -> Iterator[Team]:
    policy, cache = policy_of(city), context.settings.var / "cache"
    today = context.now().astimezone(zone_of(city)).date()
    wanted = squad(city, policy, teams=teams, seed=seed, cache=cache, today=today, around_the_clock=False)
    for done, sample in enumerate(wanted, start=1):
        yield enrol(city, sample, now=context.now())
        if done % SAY_EVERY == 0:
            say(f"{done} of {teams} …")


def enrol(city: City, sample: SampleTeam, *, now: datetime) -> Team:
    """One sample team through every step, all or nothing; enrolled already, it is given back."""
    account, body = sample.account, sample.team
    with transaction():
        person = Person.get_or_none((Person.city == city) & (Person.email == account["email"]))
        if person is None:
            names = {name: account[name] for name in ("name", "email", "consents")}
            person = register_sample(city, **names, now=now)
        found: Team | None = Team.get_or_none(Team.handler == person)
        if found is not None:
            return found
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
        return _screened(team, now=now)


def _screened(team: Team, *, now: datetime) -> Team:
    rubric, by = policy_of(team.city_id).screening.rubric, None  # nobody judged a sample
    team = screening.decide_documents(team, ok=True, note="", by=by, now=now)
    team = screening.book_test(team, booked_for=now + timedelta(days=1), by=by, now=now)
    team = screening.score_test(team, 1, scores=rubric, failed_at_once=None, by=by, now=now)
    today = now.astimezone(zone_of(team.city_id)).date()
    team = screening.train(team, trained_on=today, by=by, now=now)
    return screening.activate(team, by=by, now=now)


def _typed(dog: dict[str, Any]) -> dict[str, Any]:
    dates = ("born_on", "vaccinated_until")
    return {name: date.fromisoformat(value) if name in dates else value for name, value in dog.items()}
