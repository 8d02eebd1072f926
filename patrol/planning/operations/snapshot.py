"""What the planner needs, read from the tables in one go: plain numbers that cross into another process."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np

from config.database import transaction
from config.policy import Policy
from patrol.places.models import Block, City
from patrol.places.operations.cities import policy_of, zone_of
from patrol.planning.models import Pairing, PlanRoute, PlanRun
from patrol.planning.operations.pairing import Unmet, pairings, unmet_pins
from patrol.planning.rules import bands_s
from patrol.shifts.models import Shift, ShiftBlock
from patrol.shifts.rules import LIVE, states_with
from patrol.teams.models import Team
from patrol.teams.operations.planable import PlanableTeam, planable_teams
from patrol.teams.rules import Weather
from routing.evening import Evening
from routing.problem import Bools, Integers, Previous


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An evening as the planner gets it, and the pins that it cannot heed."""

    evening: Evening
    unmet: list[Unmet]


def free_teams(
    city: City,
    begins: datetime,
    ends: datetime,
    now: datetime,
    *,
    weather: Weather | None = None,
    replacing: UUID | None = None,
) -> tuple[list[PlanableTeam], int]:
    """Teams that can walk in the window and have no shift in it; and how many teams are active at all.

    `replacing`: a published run whose shifts count as taken back, unless begun. A team that declined its part of it
    stays at home.
    """
    live = (Shift.starts_at < ends) & (Shift.closes_at > begins) & Shift.state.in_(LIVE)
    if replacing is not None:
        live = (live & ~_replaced(replacing)) | ((Shift.plan_run == replacing) & (Shift.state == "declined"))
    busy = {shift.team_id for shift in Shift.select(Shift.team).where((Shift.city == city) & live)}
    able = planable_teams(city, begins, ends, now, weather=weather)
    found = [planable for planable in able if planable.team.id not in busy]
    active = Team.select().where((Team.city == city) & (Team.state == "active")).count()
    return found, active


def _replaced(run: UUID) -> Any:
    """The shifts that a run in that one's place takes back: those that nobody has begun."""
    return (Shift.plan_run == run) & Shift.state.in_(states_with("withdraw"))


def open_blocks(city: City, evening: date, *, replacing: UUID | None = None) -> list[Block]:
    """Active blocks valid on that day and not on a shift of the same evening already, by code.

    `replacing` as in `free_teams`.
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
        )
        .order_by(Block.code)
    )


def replaced_by(run: PlanRun) -> UUID | None:
    """The published run that `run` is to be put in place of, if any."""
    return run.near_id if run.near_id is not None and run.near.state == "published" else None


def snapshot(run: PlanRun, *, weather: Weather | None, now: datetime) -> Snapshot:
    """The run's evening as arrays. Times are seconds after the run's begins_at."""
    with transaction():
        city, replacing = run.city, replaced_by(run)
        teams, _ = free_teams(city, run.begins_at, run.ends_at, now, weather=weather, replacing=replacing)
        blocks = open_blocks(city, run.evening, replacing=replacing)
        found = list(pairings(city.id))
        previous = _previous(run, teams, blocks)
    policy = policy_of(city)
    out, there = {planable.team.id for planable in teams}, {block.id for block in blocks}
    evening = Evening(
        team_ids=tuple(str(planable.team.id) for planable in teams),
        team_lon=np.array([planable.team.door_lon for planable in teams], dtype=np.float64),
        team_lat=np.array([planable.team.door_lat for planable in teams], dtype=np.float64),
        speed_mps=np.full(len(teams), policy.walk.speed_kmh / 3.6),
        budget_s=np.array([_budget_s(planable, policy) for planable in teams], dtype=np.float64),
        earliest_s=np.array([_after(planable.earliest, run) for planable in teams], dtype=np.float64),
        latest_s=np.array([_after(planable.latest, run) for planable in teams], dtype=np.float64),
        block_ids=tuple(str(block.id) for block in blocks),
        lines=tuple(_line(block) for block in blocks),
        weight=np.array([block.weight for block in blocks], dtype=np.float64),
        dwell_s=np.array([block.dwell_s for block in blocks], dtype=np.float64),
        bands=tuple(_bands(block, run, city) for block in blocks),
        reach_m=policy.planning.reach_m,
        start_within_m=policy.planning.start_within_m,
        compatible=_compatible(found, teams, blocks),
        pinned_to=_pinned(found, teams, blocks),
        previous=previous,
    )
    return Snapshot(evening, unmet_pins(found, on=run.evening, out=out, open_blocks=there))


def _places(teams: Sequence[PlanableTeam], blocks: Sequence[Block]) -> tuple[dict[UUID, int], dict[UUID, int]]:
    """Where each team and each block stands in the arrays."""
    return {one.team.id: t for t, one in enumerate(teams)}, {block.id: b for b, block in enumerate(blocks)}


def _compatible(found: Sequence[Pairing], teams: Sequence[PlanableTeam], blocks: Sequence[Block]) -> Bools:
    """Who may walk what, by bars and by pins, which keep all others out; shape [T, B]."""
    team_at, block_at = _places(teams, blocks)
    pinned = _pinned(found, teams, blocks)
    may: Bools = (pinned < 0) | (pinned == np.arange(len(teams))[:, None])
    for pairing in found:
        if pairing.kind == "bar" and pairing.team_id in team_at and pairing.block_id in block_at:
            may[team_at[pairing.team_id], block_at[pairing.block_id]] = False
    return may


def _pinned(found: Sequence[Pairing], teams: Sequence[PlanableTeam], blocks: Sequence[Block]) -> Integers:
    """The team that each block is pinned to, -1 for none; shape [B]. A pin to a team that is not out binds nobody."""
    team_at, block_at = _places(teams, blocks)
    pinned = np.full(len(blocks), -1, dtype=np.int64)
    for pairing in found:
        if pairing.kind == "pin" and pairing.team_id in team_at and pairing.block_id in block_at:
            pinned[block_at[pairing.block_id]] = team_at[pairing.team_id]
    return pinned


def _previous(run: PlanRun, teams: Sequence[PlanableTeam], blocks: Sequence[Block]) -> Previous | None:
    """The routes of the run to stay near, as far as their teams are out and their blocks open."""
    if run.near_id is None or run.keep_weight is None:
        return None
    team_at, block_at = _places(teams, blocks)
    routes = []
    for route in PlanRoute.select().where(PlanRoute.run == run.near_id).order_by(PlanRoute.team):
        walked = [block_at.get(UUID(stop["block"])) for stop in route.route["stops"]]
        kept = tuple(block for block in walked if block is not None)
        if route.team_id in team_at and kept:
            routes.append((team_at[route.team_id], kept))
    return Previous(routes=tuple(routes), keep_weight=run.keep_weight)


def _budget_s(planable: PlanableTeam, policy: Policy) -> float:
    return 60.0 * min(planable.walk_min, policy.walk.hard_cap_min)


def _after(moment: datetime, run: PlanRun) -> float:
    return float((moment - run.begins_at) / timedelta(seconds=1))


def _line(block: Block) -> tuple[np.ndarray, np.ndarray]:
    points = [block.geometry["coordinates"]] if block.kind == "point" else block.geometry["coordinates"]
    return np.array([point[0] for point in points]), np.array([point[1] for point in points])


def _bands(block: Block, run: PlanRun, city: City) -> tuple[tuple[float, float], ...]:
    """The block's hours within the run. Hours that never touch it leave one past its end: no team can be there."""
    if not block.bands:
        return ()
    length = (run.ends_at - run.begins_at).total_seconds()
    return bands_s(block.bands, run.begins_at, run.ends_at, zone_of(city)) or ((length + 86_400, length + 172_800),)
