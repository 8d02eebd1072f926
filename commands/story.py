"""The main job, told through the real HTTP API: a city is loaded, a squad screened, an evening planned and walked.

Each chapter looks first at what is there already, so that a demo that was interrupted goes on where it stopped.
"""

import json
import queue
import secrets
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from commands.client import Client, until
from commands.sample import SampleTeam
from commands.shared import Refused, say

DATA = Path(__file__).resolve().parent.parent / "data" / "busan"
LAYERS = {
    "accident": "accident_hot_spots/accident_hot_spots.csv",
    "cctv": "cctv/cctv.csv",
    "child_zone": "child_zones/child_zones.csv",
    "poi": "osm_poi/osm_poi.csv",
}
SAY_PLAN_EVERY_S = 2.0


def load_city(admin: Client) -> None:
    """An admin loads streets, police boxes and safety data, and has blocks built."""
    if admin.get("/city")["bbox"] is None:
        streets = DATA / "streets" / "seomyeon_station_1km.osm.pbf"
        network = admin.send("PUT", "/city/streets", streets.read_bytes(), "application/octet-stream")
        say(f"Streets of Seomyeon: {network['length_m'] / 1000:.0f} km, {network['edges']} edges.")
    if not admin.get("/boxes", limit=1)["items"]:
        admin.send("POST", "/city/boxes/import", (DATA / "police_boxes" / "police_boxes.csv").read_bytes(), "text/csv")
    if not admin.get("/blocks", limit=1)["items"]:
        for layer, file in LAYERS.items():
            admin.send("POST", f"/city/safety/{layer}/import", (DATA / file).read_bytes(), "text/csv")
        built = admin.post("/blocks/build")
        say(f"Target blocks: {built['blocks']} of {built['stretches']} stretches, {built['length_m'] / 1000:.1f} km.")


def enrol(
    squad: Iterable[SampleTeam],
    *,
    known: dict[str, Client],
    anyone: Client,
    coordinator: Client,
    registered: Callable[[str], Client],
) -> None:
    """Walkers register with their dogs; the coordinator screens them until every team is active."""
    states = {team["name"]: team for team in coordinator.every("/teams")}
    for sample in squad:
        team = states.get(sample.team["name"])
        if team is None:
            walker = known.get(sample.account["email"])
            if walker is None:
                anyone.call("POST", "/accounts", json={**sample.account, "password": secrets.token_urlsafe(24)})
                walker = registered(sample.account["email"])
            team = walker.post("/teams", sample.team)
        screen(coordinator, team)


def screen(coordinator: Client, team: dict[str, Any]) -> None:
    """Documents, practical test, activation: from whatever step the team has reached."""
    path = f"/teams/{team['id']}"
    if team["state"] == "applied":
        team = coordinator.post(f"{path}/documents", {"ok": True, "note": ""})
    if team["state"] == "documents_ok":
        booked_for = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        team = coordinator.post(f"{path}/tests", {"booked_for": booked_for})
    if team["state"] == "test_booked":
        scores = {"heel": 22, "wait_and_recall": 17, "people": 18, "other_dogs": 17, "objects_and_noise": 13}
        team = coordinator.put(f"{path}/tests/1", {"scores": scores, "failed_at_once": None})
    if team["state"] == "passed":
        coordinator.post(f"{path}/activate")


def plan_evening(coordinator: Client, *, evening: str, begins: datetime, ends: datetime, seconds: float) -> Any:
    """The coordinator asks for a plan, follows it, and publishes it. Returns the run."""
    hours = {"begins_at": begins.isoformat(), "ends_at": ends.isoformat()}
    run = coordinator.post("/plan-runs", {"evening": evening, "seconds": seconds, "seed": 2026, **hours})
    shown = time.monotonic()

    def finished() -> Any:
        nonlocal shown
        now = coordinator.get(f"/plan-runs/{run['id']}")
        if now["state"] in ("queued", "running"):
            if time.monotonic() - shown > SAY_PLAN_EVERY_S and now["weight"]:
                shown = time.monotonic()
                say(f"  planning: {now['progress']:.0%}, weight so far {now['weight']:.0f}")
            return None
        return now

    found = until("The plan", finished, within_s=seconds + 120)
    if found["state"] != "done":
        raise Refused(f"The plan is {found['state']}: {found['problem']}")
    done = coordinator.post(f"/plan-runs/{run['id']}/publish")
    say(f"Published {len(done['shifts'])} shifts.")
    return coordinator.get(f"/plan-runs/{run['id']}")


def walk(walker: Client, officers: dict[str, Client], shift: dict[str, Any]) -> None:
    """One team walks its first blocks and sees something; the officer answers; the walker gets the receipts."""
    if shift["state"] == "offered":
        walker.post(f"/shifts/{shift['id']}/accept")
    route = walker.get(f"/shifts/{shift['id']}/route")
    say(f"Route of {shift['team']['name']}: {len(route['stops'])} blocks, {route['distance_m'] / 1000:.1f} km.")
    walk_id = str(uuid4())
    started = datetime.now(UTC)
    walker.put(f"/walks/{walk_id}", {"shift": shift["id"], "started_at": started.isoformat(), "leash_attested": True})
    line = route["line"]["coordinates"]
    track = [
        {"at": (started + timedelta(milliseconds=200 * step)).isoformat(), "lon": lon, "lat": lat, "accuracy_m": 5.0}
        for step, (lon, lat) in enumerate(line[: max(2, len(line) // 3)])
    ]
    walker.put(f"/walks/{walk_id}/positions/{uuid4()}", {"positions": track})
    say(f"The walk has begun; {len(track)} positions arrived.")
    heard: queue.Queue[tuple[str, str]] = queue.Queue()
    with ExitStack() as streams:
        for officer in officers.values():
            streams.enter_context(officer.listening(lambda kind, content: heard.put((kind, content))))
        sighting = report(walker, walk_id, track[-1])
        answer(officers, sighting["id"], heard)
    receipts = walker.get(f"/sightings/{sighting['id']}")
    say(f"The walker reads: {receipts['receipts'][-1]['text']['en']}")
    walker.post(f"/walks/{walk_id}/end", {"ended_at": datetime.now(UTC).isoformat()})


def report(walker: Client, walk_id: str, position: dict[str, Any]) -> Any:
    """A sighting of a kind that goes to the police box."""
    return walker.put(
        f"/sightings/{uuid4()}",
        {
            "kind": "P1",
            "text": "견본 신고: 문 닫은 가게 앞을 서성이는 사람 (sample report)",
            "lon": position["lon"],
            "lat": position["lat"],
            "seen_at": datetime.now(UTC).isoformat(),
            "walk": walk_id,
        },
    )


def answer(officers: dict[str, Client], sighting: str, heard: "queue.Queue[tuple[str, str]]") -> None:
    """The officer of the responsible box hears of it live and acknowledges."""
    began = time.monotonic()
    while True:
        try:
            kind, content = heard.get(timeout=20)
        except queue.Empty:
            raise Refused("No officer's live stream brought the sighting.") from None
        if kind == "sighting" and json.loads(content)["id"] == sighting:
            break
    say(f"The officer's page had it after {1000 * (time.monotonic() - began):.0f} ms.")
    for officer in officers.values():
        done = officer.call("POST", f"/sightings/{sighting}/acknowledge", ok=(403, 404))
        if done.ok:
            seen = done.json()
            say(f"Acknowledged at {seen['box']['name'] if seen['box'] else 'the coordinators'}.")
            return
    raise Refused("No sample officer may answer the sighting.")
