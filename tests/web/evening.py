"""A patrol evening to look at: Seomyeon's streets, a team with a planned route, and those who answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from patrol.people.models import Person
from patrol.places.models import Block, City, PoliceBox
from patrol.places.operations.cities import city_of, zone_of
from patrol.places.operations.streets import put_streets
from patrol.planning.models import LeftOut, PlanRoute, PlanRun
from patrol.sightings.models import Sighting
from patrol.sightings.operations.filing import file
from patrol.teams.models import Availability, Team
from tests.support.factories import LAT, LON, make_block, make_box, make_city, make_person, make_team
from tests.support.places import seomyeon_streets
from tests.support.timezones import zone_before_evening

PASSWORD = "sample password"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
STEP = 0.0008
"""Degrees: about 89 m northward, 73 m eastward."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evening:
    """What was made; `blocks` in walking order, the last one left out of the route."""

    city: City
    box: PoliceBox
    coordinator: Person
    officer: Person
    colleague: Person
    walker: Person
    team: Team
    blocks: list[Block]
    run: PlanRun


def make_evening(now: datetime) -> Evening:
    """An evening whose plan is done and not yet published: one route over two blocks, a third left out."""
    city = make_city(timezone=zone_before_evening(now))
    put_streets(city, seomyeon_streets(), now=now)
    box = make_box(city)
    team = make_team(city, name="Sample team one", created_at=now)
    for weekday in range(7):
        Availability.create(team=team, weekday=weekday, begins_min=0, ends_min=1440)
    blocks = [
        make_block(city, [(LON, LAT), (LON, LAT + STEP)], street="서전로", weight=8.0, reasons=BARS),
        make_block(city, [(LON, LAT + STEP), (LON + STEP, LAT + STEP)], street="새싹로", weight=4.0),
        make_block(city, [(LON + STEP, LAT), (LON + STEP, LAT + STEP)], street="동천로", weight=2.0),
    ]
    return Evening(
        city=city,
        box=box,
        coordinator=make_person(city, "coordinator"),
        officer=make_person(city, "officer", box=box, name="Sample officer Kim"),
        colleague=make_person(city, "officer", box=box, name="Sample officer Lee"),
        walker=team.handler,
        team=team,
        blocks=blocks,
        run=_plan(city, team, blocks, now),
    )


BARS = [{"code": "bar_street", "points": 6.0}, {"code": "cctv_gap", "points": 2.0}]


def _plan(city: City, team: Team, blocks: list[Block], now: datetime) -> PlanRun:
    begins = now + timedelta(minutes=5)
    run = PlanRun.create(
        city=city,
        evening=begins.astimezone(zone_of(city)).date(),
        begins_at=begins,
        ends_at=begins + timedelta(hours=3),
        seconds=1.0,
        seed=1,
        state="done",
        phase="done",
        progress=1.0,
        weight=12.0,
        bound=14.0,
        summary=SUMMARY,
        remedies=[
            {
                "minutes": 30,
                "begins_at": begins.isoformat(),
                "near": str(blocks[2].id),
                "blocks": [str(blocks[2].id)],
                "weight": 2.0,
            }
        ],
        created_at=now,
        finished_at=now,
    )
    PlanRoute.create(
        run=run,
        team=team,
        evening=run.evening,
        starts_at=begins,
        ends_at=begins + timedelta(minutes=20),
        latest_start_at=begins + timedelta(minutes=60),
        distance_m=900.0,
        duration_s=1200.0,
        weight=12.0,
        adds=9.0,
        route=_route(team, blocks[:2]),
    )
    LeftOut.create(run=run, block=blocks[2], reason="no_time", amount=200.0)
    return run


SUMMARY = {
    "teams": 1,
    "routes": 1,
    "blocks": 3,
    "blocks_covered": 2,
    "weight_covered": 12.0,
    "weight_reachable": 14.0,
    "weight_total": 14.0,
    "minutes_walked": 20.0,
    "walked_m": 900.0,
    "share_on_blocks": 0.5,
    "solve_s": 1.0,
    "solver": "sample",
    "seed": 1,
    "bound": 14.0,
    "free": {"weight": 5.0, "blocks": 1.0, "share_on_blocks": 0.2, "minutes": 20.0},
}


def _route(team: Team, blocks: list[Block]) -> dict[str, object]:
    door = [team.door_lon, team.door_lat]
    line = [door, [LON, LAT], [LON, LAT + STEP], [LON + STEP, LAT + STEP], door]
    stops = [
        {
            "block": str(block.id),
            "code": block.code,
            "kind": "line",
            "street": block.street,
            "geometry": block.geometry,
            "weight": block.weight,
            "reasons": block.reasons,
            "entered_at": 0,
            "arrives_s": 360.0 + 110.0 * place,
            "leaves_s": 470.0 + 110.0 * place,
            "along_m": 350.0 + 89.0 * place,
            "length_m": block.length_m,
            "dwell_s": 0.0,
        }
        for place, block in enumerate(blocks)
    ]
    turns = [
        {"kind": "start", "street": "서전로", "at_m": 0.0, "length_m": 439.0, "lon": door[0], "lat": door[1]},
        {"kind": "right", "street": "새싹로", "at_m": 439.0, "length_m": 461.0, "lon": LON, "lat": LAT + STEP},
        {"kind": "arrive", "street": "새싹로", "at_m": 900.0, "length_m": 0.0, "lon": door[0], "lat": door[1]},
    ]
    return {"line": line, "shown": [1, 3], "stops": stops, "turns": turns}


def report(reporter: Person, kind: str, *, now: datetime, text: str = "") -> Sighting:
    """A sighting at the crossing in Seomyeon."""
    sighting, _ = file(
        city_of(reporter.city_id),
        uuid4(),
        reporter=reporter.id,
        kind=kind,
        text=text,
        lon=LON,
        lat=LAT,
        seen_at=now,
        walk=None,
        called_at=None,
        now=now,
    )
    return sighting
