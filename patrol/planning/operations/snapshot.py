"""What the planner needs, read from the tables in one go: plain numbers that cross into another process."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np

from config.database import transaction
from config.policy import Policy
from patrol.places.models import Block, City
from patrol.places.operations.blocks import within as block_within
from patrol.places.operations.cities import policy_of, zone_of
from patrol.planning.models import Pairing, PlanRoute, PlanRun
from patrol.planning.operations.pairing import Unmet, pairings, unmet_pins
from patrol.planning.operations.reach import districts_of
from patrol.planning.rules import bands_s
from patrol.shifts.models import Shift, ShiftBlock
from patrol.shifts.rules import LIVE, states_with
from patrol.teams.models import Team
from patrol.teams.operations.planable import PlanableTeam, planable_teams
from patrol.teams.operations.reading import within as team_within
from patrol.teams.operations.welfare import WeatherAt, unknown
from patrol.walks.operations.outings import outings
from routing.evening import Evening
from routing.problem import Bands, Bools, Integers, Previous


@dataclass(frozen=True, slots=True)
class Gated:
    """What a team's dogs allow on an evening of the plan."""

    evening: date
    planable: PlanableTeam


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An evening as the planner gets it, the pins that it cannot heed, and teams whose dogs' gates say something."""

    evening: Evening
    unmet: list[Unmet]
    gated: list[Gated]


@dataclass(frozen=True, slots=True)
class FreeTeams:
    """Who can walk in a window, whose dogs are kept in then, and how many teams are active at all."""

    teams: list[PlanableTeam]
    kept_in: list[PlanableTeam]
    active: int

    def gated(self, evening: date) -> list[Gated]:
        """Those whose dogs' gates say more than that the weather is unknown, which would be everybody."""
        found = (*self.teams, *self.kept_in)
        return [Gated(evening, team) for team in found if set(team.gate.reasons) - {"weather_unknown"}]


def free_teams(
    city: City,
    begins: datetime,
    ends: datetime,
    now: datetime,
    *,
    weather: WeatherAt = unknown,
    replacing: UUID | None = None,
    districts: frozenset[UUID] = frozenset(),
) -> FreeTeams:
    """Teams that have no shift in the window and can walk in it, as far as their dogs may.

    Those of `districts`; of the whole city where none is named.

    `replacing`: a published run whose shifts count as taken back, unless begun. A team that declined its part of it
    stays at home.
    """
    live = (Shift.starts_at < ends) & (Shift.closes_at > begins) & Shift.state.in_(LIVE)
    if replacing is not None:
        live = (live & ~_replaced(replacing)) | ((Shift.plan_run == replacing) & (Shift.state == "declined"))
    busy = {shift.team_id for shift in Shift.select(Shift.team).where((Shift.city == city) & live)}
    day = begins.astimezone(zone_of(city)).date()
    besides = outings(city, day, besides=None if replacing is None else _replaced(replacing))
    able = planable_teams(city, begins, ends, now, weather=weather, besides=besides)
    free = [planable for planable in able if planable.team.id not in busy]
    found = [planable for planable in free if not districts or planable.team.district_id in districts]
    return FreeTeams(
        teams=[planable for planable in found if planable.walk_min],
        kept_in=[planable for planable in found if not planable.walk_min],
        active=Team.select().where((Team.city == city) & (Team.state == "active") & team_within(districts)).count(),
    )


def _replaced(run: UUID) -> Any:
    """The shifts that a run in that one's place takes back: those that nobody has begun."""
    return (Shift.plan_run == run) & Shift.state.in_(states_with("withdraw"))


def open_blocks(
    city: City, evening: date, *, replacing: UUID | None = None, districts: frozenset[UUID] = frozenset()
) -> list[Block]:
    """Active blocks valid on that day and not on a shift of the same evening already, by code.

    `replacing` and `districts` as in `free_teams`.
    """
    on_shift = (Shift.city == city) & (Shift.evening == evening) & Shift.state.in_((*LIVE, "walked"))
    if replacing is not None:
        on_shift &= ~_replaced(replacing)
    given = ShiftBlock.select(ShiftBlock.block).join(Shift).where(on_shift)
    return list(
        Block.select()
        .where(
            (Block.city == city)
            & Block.active
            & (Block.valid_from.is_null() | (Block.valid_from <= evening))
            & (Block.valid_until.is_null() | (Block.valid_until >= evening))
            & Block.id.not_in(given)
            & block_within(districts)
        )
        .order_by(Block.code)
    )


def replaced_by(run: PlanRun) -> UUID | None:
    """The published run that `run` is to be put in place of, if any."""
    return run.near_id if run.near_id is not None and run.near.state == "published" else None


def snapshot(run: PlanRun, *, weather: WeatherAt, now: datetime) -> Snapshot:
    """The run's evening as arrays. Times are seconds after the run's begins_at."""
    with transaction():
        city, replacing, districts = run.city, replaced_by(run), districts_of(run)
        free = free_teams(
            city, run.begins_at, run.ends_at, now, weather=weather, replacing=replacing, districts=districts
        )
        teams = free.teams
        blocks = open_blocks(city, run.evening, replacing=replacing, districts=districts)
        found = list(pairings(city.id, districts=districts))
        previous = _previous(run, teams, blocks)
    policy = policy_of(city)
    out, there = [planable.team.id for planable in teams], [block.id for block in blocks]
    evening = Evening(
        team_ids=tuple(str(planable.team.id) for planable in teams),
        team_lon=np.array([planable.team.door_lon for planable in teams], dtype=np.float64),
        team_lat=np.array([planable.team.door_lat for planable in teams], dtype=np.float64),
        speed_mps=np.full(len(teams), policy.walk.speed_kmh / 3.6),
        budget_s=np.array([budget_s(planable, policy) for planable in teams], dtype=np.float64),
        earliest_s=np.array([_after(planable.earliest, run) for planable in teams], dtype=np.float64),
        latest_s=np.array([_after(planable.latest, run) for planable in teams], dtype=np.float64),
        block_ids=tuple(str(block.id) for block in blocks),
        lines=tuple(line_of(block) for block in blocks),
        weight=np.array([block.weight for block in blocks], dtype=np.float64),
        dwell_s=np.array([block.dwell_s for block in blocks], dtype=np.float64),
        bands=tuple(bands_of(block, run.begins_at, run.ends_at, zone_of(city)) for block in blocks),
        reach_m=policy.planning.reach_m,
        start_within_m=policy.planning.start_within_m,
        compatible=may_serve(found, out, there),
        pinned_to=pinned_to(found, out, there),
        previous=previous,
    )
    unmet = unmet_pins(found, on=run.evening, out=set(out), open_blocks=set(there))
    return Snapshot(evening, unmet, free.gated(run.evening))


def may_serve(found: Sequence[Pairing], teams: Sequence[UUID], blocks: Sequence[UUID]) -> Bools:
    """Which of the teams may walk which of the blocks, by bars and by pins, which keep others out; shape [T, B]."""
    pinned = pinned_to(found, teams, blocks)
    may: Bools = (pinned < 0) | (pinned == np.arange(len(teams))[:, None])
    for team, block in _those(found, "bar", teams, blocks):
        may[team, block] = False
    return may


def pinned_to(found: Sequence[Pairing], teams: Sequence[UUID], blocks: Sequence[UUID]) -> Integers:
    """The team that each block is pinned to, -1 for none; shape [B]. A pin to a team that is not out binds nobody."""
    pinned = np.full(len(blocks), -1, dtype=np.int64)
    for team, block in _those(found, "pin", teams, blocks):
        pinned[block] = team
    return pinned


def _those(
    found: Sequence[Pairing], kind: str, teams: Sequence[UUID], blocks: Sequence[UUID]
) -> Iterator[tuple[int, int]]:
    """Where the team and the block of each pin or bar stand, if both are there."""
    team_at, block_at = _places(teams), _places(blocks)
    for pairing in found:
        if pairing.kind == kind and pairing.team_id in team_at and pairing.block_id in block_at:
            yield team_at[pairing.team_id], block_at[pairing.block_id]


def _places(ids: Sequence[UUID]) -> dict[UUID, int]:
    return {name: place for place, name in enumerate(ids)}


def _previous(run: PlanRun, teams: Sequence[PlanableTeam], blocks: Sequence[Block]) -> Previous | None:
    """The routes of the run to stay near, as far as their teams are out and their blocks open."""
    if run.near_id is None or run.keep_weight is None:
        return None
    team_at = _places([planable.team.id for planable in teams])
    block_at = _places([block.id for block in blocks])
    routes = []
    for route in PlanRoute.select().where(PlanRoute.run == run.near_id).order_by(PlanRoute.team):
        walked = [block_at.get(UUID(stop["block"])) for stop in route.route["stops"]]
        kept = tuple(block for block in walked if block is not None)
        if route.team_id in team_at and kept:
            routes.append((team_at[route.team_id], kept))
    return Previous(routes=tuple(routes), keep_weight=run.keep_weight)


def budget_s(planable: PlanableTeam, policy: Policy) -> float:
    """Seconds that a team may be out, from door to door."""
    return 60.0 * min(planable.walk_min, policy.walk.hard_cap_min)


def line_of(block: Block) -> tuple[np.ndarray, np.ndarray]:
    """Longitudes and latitudes of a block; one of each for a point block."""
    points = [block.geometry["coordinates"]] if block.kind == "point" else block.geometry["coordinates"]
    return np.array([point[0] for point in points]), np.array([point[1] for point in points])


def bands_of(block: Block, begins: datetime, ends: datetime, zone: ZoneInfo) -> Bands:
    """A block's hours within an evening. Hours that never touch it leave one past its end: no team can be there."""
    if not block.bands:
        return ()
    length = (ends - begins).total_seconds()
    return bands_s(block.bands, begins, ends, zone) or ((length + 86_400, length + 172_800),)


def _after(moment: datetime, run: PlanRun) -> float:
    return float((moment - run.begins_at) / timedelta(seconds=1))
