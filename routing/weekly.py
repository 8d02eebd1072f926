"""A week before it is set onto the streets, and set onto them. Numbers only."""

from dataclasses import dataclass

import numpy as np

from routing.problem import Bands, Bools, Floats, Integers
from routing.staging import Ground, compatible, lay
from routing.streets import WalkGraph
from routing.week.problem import WeekProblem


@dataclass(frozen=True, eq=False)
class Week:
    """What is known before the streets are: T teams at their doors, B blocks as lines or points, D days.

    team_lon, team_lat [T]: degrees. lines [B]: (lon, lat) arrays, one point for a point block. reach_m: places farther
    apart on foot are never joined. start_within_m: door to first block, at most. begins_s [D]: when each day's evening
    begins, in seconds after the first one's; a day's own times count from there. All else as in WeekProblem.
    """

    team_ids: tuple[str, ...]
    team_lon: Floats
    team_lat: Floats
    speed_mps: Floats
    budget_s: Floats
    earliest_s: Floats
    latest_s: Floats
    walks_at_most: Integers
    rest_days: Integers
    walked_before_s: Floats
    burden_at_most_s: Floats
    block_ids: tuple[str, ...]
    lines: tuple[tuple[Floats, Floats], ...]
    visit_weight: Floats
    dwell_s: Floats
    spacing_days: Integers
    bands: tuple[Bands, ...]
    compatible: Bools
    begins_s: Floats
    reach_m: float
    start_within_m: float


@dataclass(frozen=True, eq=False)
class StagedWeek:
    """A week's problem, and the ground that it stands on."""

    problem: WeekProblem
    ground: Ground


def stage_week(graph: WalkGraph, week: Week) -> StagedWeek:
    """Set doors and blocks onto the streets and measure the walks between them. Raises ProblemError."""
    teams = len(week.team_ids)
    farthest_m = float((week.budget_s.max(axis=1, initial=0.0) * week.speed_mps).max(initial=0.0))
    ground = lay(
        graph,
        team_lon=week.team_lon,
        team_lat=week.team_lat,
        block_ids=week.block_ids,
        lines=week.lines,
        limit_m=min(week.reach_m, farthest_m),
    )
    problem = WeekProblem(
        team_ids=week.team_ids,
        block_ids=week.block_ids,
        visit_weight=week.visit_weight,
        length_m=ground.length_m,
        dwell_s=week.dwell_s,
        spacing_days=week.spacing_days,
        bands=week.bands,
        speed_mps=week.speed_mps,
        budget_s=week.budget_s,
        earliest_s=week.earliest_s,
        latest_s=week.latest_s,
        walks_at_most=week.walks_at_most,
        rest_days=week.rest_days,
        walked_before_s=week.walked_before_s,
        burden_at_most_s=week.burden_at_most_s,
        place=ground.place,
        door_m=ground.door_m,
        between_m=ground.between_m,
        compatible=compatible(ground, week.compatible, teams),
        start_at_most_m=np.full(teams, week.start_within_m),
    )
    return StagedWeek(problem=problem, ground=ground)
