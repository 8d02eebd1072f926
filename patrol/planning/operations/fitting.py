"""Where a newly available team fits into a plan: its walks on the streets, and the best loops among them.

Loads SciPy and Numba; imported where it is needed (see slots.py).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from config.policy import Policy
from patrol.places.models import Block
from patrol.places.operations.cities import policy_of, zone_of
from patrol.places.operations.streets import load_graph
from patrol.planning.models import PlanRun
from patrol.planning.operations.snapshot import bands_of, line_of
from patrol.shifts.rules import quarter
from patrol.teams.models import Team
from routing.evening import Evening
from routing.staging import stage
from routing.why.fit import Newcomer, Slot, Window, best_slots


def fit(
    run: PlanRun, team: Team, blocks: Sequence[Block], time: tuple[datetime, datetime, int]
) -> list[dict[str, Any]]:
    """The best few walks of the team over these blocks, as remedies are kept (see PlanRun.remedies), best first.

    `time`: from when until when it may come, and for how many minutes at most; within these as long as it usually
    walks, or up to one of the policy's caps.
    When it would be at its first block is rounded down to the quarter hour, as its door is its own.
    """
    policy, zone = policy_of(run.city), zone_of(run.city)
    evening = _evening(run, team, blocks, policy, zone=zone, time=time)
    problem = stage(load_graph(run.city), evening).problem
    caps = {team.walk_min, policy.walk.soft_cap_min, policy.walk.hard_cap_min}
    minutes = sorted({min(most, time[2]) for most in caps if most <= policy.walk.hard_cap_min})
    earliest, latest = float(problem.earliest_s[0]), float(problem.latest_s[0])
    newcomer = Newcomer(
        door_m=problem.door_m[0],
        speed_mps=float(problem.speed_mps[0]),
        windows=tuple(Window(earliest, latest, 60.0 * most) for most in minutes),
        may=problem.compatible[0],
        start_at_most_m=policy.planning.start_within_m,
    )
    slots = best_slots(problem, [()], newcomer)
    longest_first = sorted(slots, key=lambda slot: slot.window, reverse=True)
    shortest = {frozenset(slot.blocks): slot for slot in longest_first}  # more time for the same is no other slot
    return [_kept(run, blocks, minutes[slot.window], slot) for slot in slots if slot in shortest.values()]


def _evening(
    run: PlanRun,
    team: Team,
    blocks: Sequence[Block],
    policy: Policy,
    *,
    zone: ZoneInfo,
    time: tuple[datetime, datetime, int],
) -> Evening:
    """The evening of this team alone."""
    begins, ends, _ = time
    return Evening(
        team_ids=(str(team.id),),
        team_lon=np.array([team.door_lon]),
        team_lat=np.array([team.door_lat]),
        speed_mps=np.array([policy.walk.speed_kmh / 3.6]),
        budget_s=np.array([60.0 * policy.walk.hard_cap_min]),
        earliest_s=np.array([(begins - run.begins_at).total_seconds()]),
        latest_s=np.array([(ends - run.begins_at).total_seconds()]),
        block_ids=tuple(str(block.id) for block in blocks),
        lines=tuple(line_of(block) for block in blocks),
        weight=np.array([block.weight for block in blocks]),
        dwell_s=np.array([block.dwell_s for block in blocks], dtype=np.float64),
        bands=tuple(bands_of(block, run.begins_at, run.ends_at, zone) for block in blocks),
        reach_m=policy.planning.reach_m,
        start_within_m=policy.planning.start_within_m,
    )


def _kept(run: PlanRun, blocks: Sequence[Block], minutes: int, slot: Slot) -> dict[str, Any]:
    walked = [str(blocks[block].id) for block in slot.blocks]
    begins = quarter(run.begins_at + timedelta(seconds=slot.start_s), up=False)
    return {
        "minutes": minutes,
        "begins_at": max(begins, run.begins_at).isoformat(),
        "near": walked[0],
        "blocks": walked,
        "weight": slot.weight,
    }
