"""An evening in Seomyeon to plan: real streets, a few blocks and teams, one coordinator."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from patrol.people.models import Person
from patrol.places.models import Block, City, StreetNetwork
from patrol.planning.models import LeftOut, PlanRoute, PlanRun
from patrol.planning.operations import asking, solving
from patrol.teams.models import Team
from patrol.teams.operations.applying import put_availability
from patrol.teams.rules import window
from routing.saved import from_bytes
from routing.stretches import stretches
from tests.support.factories import LAT, LON, NOW, Time, make_block, make_person, make_team
from tests.support.places import seomyeon

EVENING = date(2026, 11, 6)


@dataclass
class Scene:
    city: City
    coordinator: Person
    blocks: list[Block]
    teams: list[Team]


def a_scene(name: str = "Busan", *, teams: int = 3, blocks: int = 24, walk_min: int = 20) -> Scene:
    """Seomyeon at 19:30 on a Friday: teams at junctions, available every evening, blocks on real stretches."""
    city = seomyeon(name)
    near = _near(bytes(StreetNetwork.get(StreetNetwork.city == city).content))
    made = [
        make_block(city, line, code=f"{name[:2]}-{number:03}", length_m=length_m, weight=1.0 + number % 10)
        for number, (line, length_m) in enumerate(near[:blocks])
    ]
    squad = []
    for number in range(teams):
        (lon, lat), *_ = near[7 * number % len(near)][0]
        team = make_team(city, door_lon=lon, door_lat=lat, walk_min=walk_min)
        squad.append(put_availability(team, [window(day, "19:00", "23:00") for day in range(7)], now=NOW))
    return Scene(city, make_person(city, "coordinator"), made, squad)


def a_run(scene: Scene, *, seconds: float = 1.0, seed: int = 7, **more: Any) -> PlanRun:
    return asking.ask(scene.city, evening=EVENING, seconds=seconds, seed=seed, by=scene.coordinator.id, now=NOW, **more)


def solved(scene: Scene, *, seconds: float = 1.0, **more: Any) -> PlanRun:
    """A run that went all the way through the planner's process."""
    mine = solving.claim("test", now=NOW, run=a_run(scene, seconds=seconds, **more))
    assert mine is not None
    solving.solve(mine, weather="none", clock=Time())
    return PlanRun.get_by_id(mine.id)


@functools.cache
def _near(streets: bytes) -> list[tuple[list[tuple[float, float]], float]]:
    """The stretches of these streets around the crossing: each one's line and metres."""
    found = stretches(from_bytes(streets), min_m=60, max_m=120)
    lines = [found.line(stretch) for stretch in range(len(found))]
    return [
        (list(zip(lon.tolist(), lat.tolist(), strict=True)), float(length_m))
        for (lon, lat), length_m in zip(lines, found.length_m, strict=True)
        if _is_near(lon, lat)
    ]


def _is_near(lon: Sequence[float], lat: Sequence[float]) -> bool:
    return abs(lon[0] - LON) < 0.004 and abs(lat[0] - LAT) < 0.004


def a_finished_run(scene: Scene, **more: Any) -> PlanRun:
    """A run with a route for each team, as the planner would have left it; made by hand, so quick."""
    run = a_run(scene, **more)
    share = max(1, len(scene.blocks) // (len(scene.teams) + 1))
    for number, team in enumerate(scene.teams):
        blocks = scene.blocks[number * share : (number + 1) * share]
        points = [point for block in blocks for point in block.geometry["coordinates"]]
        door = [team.door_lon - 0.0005, team.door_lat]
        PlanRoute.create(
            run=run,
            team=team,
            evening=run.evening,
            starts_at=run.begins_at,
            ends_at=run.begins_at + timedelta(minutes=team.walk_min),
            latest_start_at=run.ends_at - timedelta(minutes=team.walk_min),
            distance_m=1000.0,
            duration_s=60.0 * team.walk_min,
            weight=sum(block.weight for block in blocks),
            route={
                "line": [door, *points, door],
                "shown": [1, len(points)],
                "stops": [_stop(block) for block in blocks],
                "turns": [],
            },
        )
    for block in scene.blocks[share * len(scene.teams) :]:
        LeftOut.create(run=run, block=block, reason="no_time", amount=60.0)
    PlanRun.update(state="done", summary={"routes": len(scene.teams)}).where(PlanRun.id == run.id).execute()
    return PlanRun.get_by_id(run.id)


def _stop(block: Block) -> dict[str, object]:
    return {
        "block": str(block.id),
        "code": block.code,
        "kind": block.kind,
        "street": block.street,
        "geometry": block.geometry,
        "weight": block.weight,
        "reasons": [],
        "dwell_s": 0,
        "entered_at": 0,
        "along_m": 0.0,
        "length_m": block.length_m,
        "arrives_s": 60.0,
        "leaves_s": 120.0,
    }
