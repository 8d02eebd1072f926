"""What the planner needs, read from the tables in one go: plain numbers that cross into another process."""

from datetime import date, datetime, timedelta

import numpy as np

from config.database import transaction
from config.policy import Policy
from patrol.places.models import Block, City
from patrol.places.operations.cities import policy_of, zone_of
from patrol.planning.models import PlanRun
from patrol.planning.rules import bands_s
from patrol.shifts.models import Shift, ShiftBlock
from patrol.shifts.rules import LIVE
from patrol.teams.models import Team
from patrol.teams.operations.planable import PlanableTeam, planable_teams
from patrol.teams.rules import Weather
from routing.evening import Evening


def free_teams(
    city: City, begins: datetime, ends: datetime, now: datetime, *, weather: Weather | None = None
) -> tuple[list[PlanableTeam], int]:
    """Teams that can walk in the window and have no shift in it; and how many teams are active at all."""
    busy = {
        shift.team_id
        for shift in Shift.select(Shift.team).where(
            (Shift.city == city) & Shift.state.in_(LIVE) & (Shift.starts_at < ends) & (Shift.closes_at > begins)
        )
    }
    able = planable_teams(city, begins, ends, now, weather=weather)
    found = [planable for planable in able if planable.team.id not in busy]
    active = Team.select().where((Team.city == city) & (Team.state == "active")).count()
    return found, active


def open_blocks(city: City, evening: date) -> list[Block]:
    """Active blocks valid on that day and not on a shift of the same evening already, by code."""
    given = (
        ShiftBlock.select(ShiftBlock.block)
        .join(Shift)
        .where((Shift.city == city) & (Shift.evening == evening) & Shift.state.in_((*LIVE, "walked")))
    )
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


def snapshot(run: PlanRun, *, weather: Weather | None, now: datetime) -> Evening:
    """The run's evening as arrays. Times are seconds after the run's begins_at."""
    with transaction():
        city = run.city
        teams, _ = free_teams(city, run.begins_at, run.ends_at, now, weather=weather)
        blocks = open_blocks(city, run.evening)
    policy = policy_of(city)
    return Evening(
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
    )


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
