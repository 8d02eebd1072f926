"""The main job, told through the real HTTP API: a city is loaded, a squad screened, an evening planned and walked.

Each chapter looks first at what is there already, so that a demo that was interrupted goes on where it stopped.
"""

import json
import queue
import secrets
import time
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from commands.cast import Cast
from commands.client import Client, until
from commands.sample import SampleTeam
from commands.shared import Refused, say
from config.clock import Clock

DATA = Path(__file__).resolve().parent.parent / "data" / "busan"
STREETS = DATA / "streets" / "seomyeon_station_1km.osm.pbf"
DISTRICTS = DATA / "districts" / "districts.geojson"
BOXES = DATA / "police_boxes" / "police_boxes.csv"
LAYERS = {
    "accident": DATA / "accident_hot_spots" / "accident_hot_spots.csv",
    "cctv": DATA / "cctv" / "cctv.csv",
    "child_zone": DATA / "child_zones" / "child_zones.csv",
    "poi": DATA / "osm_poi" / "osm_poi.csv",
}
SCORES = {"heel": 22, "wait_and_recall": 17, "people": 18, "other_dogs": 17, "objects_and_noise": 13}
SEED = 2026
SAY_PLAN_EVERY_S = 2.0
PLAN_WITHIN_S = 120.0
HEARD_WITHIN_S = 20.0
STEP = timedelta(milliseconds=200)
SEEN = "견본 신고: 문 닫은 가게 앞을 서성이는 사람 (sample report)"


def load_city(admin: Client) -> None:
    """An admin loads streets, districts, police boxes and safety data, and has blocks built."""
    if admin.get("/city")["bbox"] is None:
        network = admin.send("PUT", "/city/streets", STREETS.read_bytes(), "application/octet-stream")
        say(f"Streets of Seomyeon: {network['length_m'] / 1000:.0f} km, {network['edges']} edges.")
    if not admin.get("/districts", limit=1)["items"]:
        admin.send("POST", "/city/districts/import", DISTRICTS.read_bytes(), "application/geo+json")
    if not admin.get("/boxes", limit=1)["items"]:
        admin.send("POST", "/city/boxes/import", BOXES.read_bytes(), "text/csv")
    if not admin.get("/blocks", limit=1)["items"]:
        for layer, file in LAYERS.items():
            admin.send("POST", f"/city/safety/{layer}/import", file.read_bytes(), "text/csv")
        built = admin.post("/blocks/build")
        say(f"Target blocks: {built['blocks']} of {built['stretches']} stretches, {built['length_m'] / 1000:.1f} km.")


def enrol(squad: Iterable[SampleTeam], *, anyone: Client, coordinator: Client, cast: Cast, clock: Clock) -> None:
    """Walkers register with their dogs; the coordinator screens them until every team is active."""
    squad = list(squad)
    register([sample.account for sample in squad], anyone=anyone, cast=cast, clock=clock)
    teams = {team["name"]: team for team in coordinator.every("/teams")}
    for number, sample in enumerate(squad, start=1):
        team = teams.get(sample.team["name"])
        if team is None:
            team = cast.client(cast.walker(sample.account["email"])).post("/teams", sample.team)
            if number % 8 == 0:
                say(f"  {number} walkers have registered.")
        screen(coordinator, team, now=clock())


def register(accounts: Iterable[dict[str, Any]], *, anyone: Client, cast: Cast, clock: Clock) -> None:
    """Each account not made yet asks for a code, and then, as the codes come, is made."""
    waiting = []
    for account in accounts:
        if cast.walker(account["email"]) is None:
            asked_at = clock()
            asked = anyone.post("/accounts", {**account, "password": secrets.token_urlsafe(24)})
            waiting.append((account["email"], asked["registration"], asked_at))
    for email, registration, asked_at in waiting:
        code = cast.code_to(email, since=asked_at)
        anyone.post("/accounts/confirm", {"registration": registration, "code": code})
    if waiting:
        say(f"{len(waiting)} walkers have confirmed their addresses by the codes in {cast.codes}")


def screen(coordinator: Client, team: dict[str, Any], *, now: datetime) -> None:
    """Documents, practical test, activation: from whatever step the team has reached."""
    path = f"/teams/{team['id']}"
    if team["state"] == "applied":
        team = coordinator.post(f"{path}/documents", {"ok": True, "note": ""})
    if team["state"] == "documents_ok":
        team = coordinator.post(f"{path}/tests", {"booked_for": (now + timedelta(days=1)).isoformat()})
    if team["state"] == "test_booked":
        team = coordinator.put(f"{path}/tests/1", {"scores": SCORES, "failed_at_once": None})
    if team["state"] == "passed":
        coordinator.post(f"{path}/training", {"trained_on": now.date().isoformat()})
        coordinator.post(f"{path}/activate")


def plan_evening(coordinator: Client, *, evening: str, begins: datetime, ends: datetime, seconds: float) -> Any:
    """The coordinator asks for a plan, follows it, and publishes it. Returns the run."""
    hours = {"begins_at": begins.isoformat(), "ends_at": ends.isoformat()}
    run = coordinator.post("/plan-runs", {"evening": evening, "seconds": seconds, "seed": SEED, **hours})
    shown = time.monotonic()

    def finished() -> Any:
        nonlocal shown
        now = coordinator.get(f"/plan-runs/{run['id']}")
        if now["state"] not in ("queued", "running"):
            return now
        if time.monotonic() - shown > SAY_PLAN_EVERY_S and now["weight"]:
            shown = time.monotonic()
            say(f"  planning: {now['progress']:.0%}, weight so far {now['weight']:.0f}")
        return None

    found = until("The plan", finished, within_s=seconds + PLAN_WITHIN_S)
    if found["state"] != "done":
        raise Refused(f"The plan is {found['state']}: {found['problem']}")
    done = coordinator.post(f"/plan-runs/{run['id']}/publish")
    say(f"Published {len(done['shifts'])} shifts.")
    return coordinator.get(f"/plan-runs/{run['id']}")


def accept(walkers: Iterable[tuple[Client, dict[str, Any]]]) -> None:
    """Walkers take the shifts that they are offered."""
    for walker, shift in walkers:
        if shift["state"] == "offered":
            walker.call("POST", f"/shifts/{shift['id']}/accept", ok=(410,))  # 410: the time to answer has passed


def walk(walker: Client, officers: Mapping[str, Client], shift: dict[str, Any], *, clock: Clock) -> None:
    """One team walks its first blocks and sees something; the officer answers; the walker gets the receipts.

    The walk's id follows from the shift, the sighting's from the walk: told again, the story finds what it told.
    """
    route = walker.get(f"/shifts/{shift['id']}/route")
    line = route["line"]["coordinates"][: max(2, len(route["line"]["coordinates"]) // 3)]
    begun = begin(walker, shift, route, now=clock())
    sighting = uuid5(UUID(begun["id"]), "sighting")
    if begun["ended_at"] is None:
        send_positions(walker, begun, line)
    if walker.call("GET", f"/sightings/{sighting}", ok=(404,)).status_code == 404:
        with ExitStack() as streams:
            heard = listen(streams, officers)
            report(walker, begun["id"], sighting, line[-1], now=clock())
            hear(heard, sighting)
    if walker.get(f"/sightings/{sighting}")["state"] == "alerted":
        acknowledge(officers, sighting)
    receipts = walker.get(f"/sightings/{sighting}")["receipts"]
    say(f"The walker reads: {receipts[-1]['text']['en']}")
    if begun["ended_at"] is None:
        walker.post(f"/walks/{begun['id']}/end", {"ended_at": clock().isoformat()})


def under_way(coordinator: Client, shift: dict[str, Any]) -> bool:
    """Whether the story began the walk of this shift and has not ended it."""
    found = coordinator.call("GET", walk_path(shift), ok=(404,))
    return found.ok and found.json()["ended_at"] is None


def walk_path(shift: dict[str, Any]) -> str:
    """Where the story's walk of a shift is found."""
    return f"/walks/{uuid5(NAMESPACE_OID, 'sample walk of ' + shift['id'])}"


def begin(walker: Client, shift: dict[str, Any], route: dict[str, Any], *, now: datetime) -> Any:
    """The walk of a shift, begun unless it was."""
    found = walker.call("GET", walk_path(shift), ok=(404,))
    if found.ok:
        return found.json()
    say(f"Route of {shift['team']['name']}: {len(route['stops'])} blocks, {route['distance_m'] / 1000:.1f} km.")
    return walker.put(walk_path(shift), {"shift": shift["id"], "started_at": now.isoformat(), "leash_attested": True})


def send_positions(walker: Client, begun: dict[str, Any], line: list[list[float]]) -> None:
    """The phone's positions along `line`; the same batch again does no harm."""
    started = datetime.fromisoformat(begun["started_at"])
    track = [
        {"at": (started + number * STEP).isoformat(), "lon": lon, "lat": lat, "accuracy_m": 5.0}
        for number, (lon, lat) in enumerate(line)
    ]
    batch = uuid5(UUID(begun["id"]), "positions")
    done = walker.put(f"/walks/{begun['id']}/positions/{batch}", {"positions": track})
    say(f"The walk has begun; {done['received']} positions arrived.")


def report(walker: Client, walk_id: str, sighting: UUID, position: list[float], *, now: datetime) -> None:
    """A sighting of a kind that goes to the police box."""
    lon, lat = position
    seen = {"kind": "P1", "text": SEEN, "lon": lon, "lat": lat, "seen_at": now.isoformat(), "walk": walk_id}
    walker.put(f"/sightings/{sighting}", seen)


Heard = queue.Queue[tuple[str, str]]


def listen(streams: ExitStack, officers: Mapping[str, Client]) -> Heard:
    """Open each officer's live stream, until `streams` close; what they bring."""
    heard: Heard = queue.Queue()
    for officer in officers.values():
        streams.enter_context(officer.listening(lambda kind, content: heard.put((kind, content))))
    return heard


def hear(heard: Heard, sighting: UUID) -> None:
    """Wait until one of the streams brings the sighting. Raises Refused."""
    began = time.monotonic()
    while True:
        try:
            kind, content = heard.get(timeout=HEARD_WITHIN_S)
        except queue.Empty:
            raise Refused("No officer's live stream brought the sighting.") from None
        if kind == "sighting" and json.loads(content)["id"] == str(sighting):
            break
    say(f"The officer's page had it after {1000 * (time.monotonic() - began):.0f} ms.")


def acknowledge(officers: Mapping[str, Client], sighting: UUID) -> None:
    """The officer of the responsible box takes it; the others may not. Raises Refused when none may."""
    for officer in officers.values():
        done = officer.call("POST", f"/sightings/{sighting}/acknowledge", ok=(403, 404))
        if done.ok:
            seen = done.json()
            say(f"Acknowledged at {seen['box']['name'] if seen['box'] else 'the coordinators'}.")
            return
    raise Refused("No sample officer may answer the sighting.")
