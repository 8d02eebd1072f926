"""An evening or a week before it is set onto the streets: teams at their doors, blocks as lines or points."""

from dataclasses import dataclass

from routing.problem import Bands, Bools, Floats, Integers, Previous


@dataclass(frozen=True, eq=False)
class Evening:
    """What is known before the streets are: T teams at their doors, B blocks as lines or points.

    team_lon, team_lat [T]: degrees. speed_mps, budget_s, earliest_s, latest_s [T] as in Problem.
    lines [B]: (lon, lat) arrays, one point for a point block. weight, dwell_s [B], bands [B] as in Problem.
    reach_m: places farther apart on foot are never joined. start_within_m: door to first block, at most.
    compatible [T, B], pinned_to [B], previous as in Problem; None: every team may, none is pinned, no plan to keep to.
    """

    team_ids: tuple[str, ...]
    team_lon: Floats
    team_lat: Floats
    speed_mps: Floats
    budget_s: Floats
    earliest_s: Floats
    latest_s: Floats
    block_ids: tuple[str, ...]
    lines: tuple[tuple[Floats, Floats], ...]
    weight: Floats
    dwell_s: Floats
    bands: tuple[Bands, ...]
    reach_m: float
    start_within_m: float
    compatible: Bools | None = None
    pinned_to: Integers | None = None
    previous: Previous | None = None


@dataclass(frozen=True, eq=False)
class Week:
    """What is known before the streets are: T teams at their doors, B blocks as lines or points, D days.

    team_lon, team_lat [T]: degrees. lines [B]: (lon, lat) arrays, one point for a point block. reach_m: places farther
    apart on foot are never joined. start_within_m: door to first block, at most. explore: see WeekParams. All else as
    in WeekProblem.
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
    reach_m: float
    start_within_m: float
    explore: float = 0.0
