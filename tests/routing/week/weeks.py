"""Weeks to plan, made by a seed: points and lines, bands, days off, rest, burden, likings, partners."""

from dataclasses import replace
from typing import Any

import numpy as np

from routing.week.problem import WeekProblem
from tests.routing.planner.problems import by_seed

DAYS = 4


def week_by_seed(seed: int, *, teams: int, blocks: int, days: int = DAYS, banded: float = 0.0) -> WeekProblem:
    random = np.random.default_rng(seed)
    evening = by_seed(seed, teams=teams, blocks=blocks, banded=banded)
    most = int(random.integers(1, 4))
    wanted = random.integers(0, most + 1, blocks)
    weight = np.sort(random.uniform(1, 9, (blocks, most)), axis=1)[:, ::-1]
    out = random.random((teams, days)) < 0.7
    couples = random.permutation(teams)[:2] if teams > 1 else np.zeros(0)
    place = np.arange(2 * blocks)
    place[1::2] -= evening.length_m == 0
    return WeekProblem(
        place=place,
        team_ids=evening.team_ids,
        block_ids=evening.block_ids,
        visit_weight=np.where(np.arange(most) < wanted[:, None], weight, 0.0),
        length_m=evening.length_m,
        dwell_s=evening.dwell_s,
        spacing_days=random.integers(0, 3, blocks),
        bands=evening.bands,
        speed_mps=evening.speed_mps,
        budget_s=evening.budget_s[:, None] * out * random.uniform(0.7, 1.0, (teams, days)),
        earliest_s=np.repeat(evening.earliest_s[:, None], days, axis=1),
        latest_s=np.repeat(evening.latest_s[:, None], days, axis=1),
        walks_at_most=random.integers(0, 4, teams),
        rest_days=random.integers(0, 2, teams),
        door_m=evening.door_m,
        between_m=evening.between_m,
        compatible=evening.compatible,
        walked_before_s=random.uniform(0, 3000, teams),
        burden_at_most_s=np.where(random.random(teams) < 0.3, 3600.0, np.inf),
        start_at_most_m=evening.start_at_most_m,
        liked=np.where(random.random((teams, blocks)) < 0.1, 2.0, 0.0),
        partners=couples.reshape(-1, 2).astype(int),
        together=np.full(len(couples) // 2, 1.5),
    )


def one_team(*, at: list[float], **changes: Any) -> WeekProblem:
    """A team at 0 on a line with points, 1 m/s, out for 1000 s on every day; each block wants two visits."""
    blocks, days = len(at), changes.pop("days", 7)
    spot = np.repeat(np.array(at, dtype=float), 2)
    problem = WeekProblem(
        team_ids=("T0",),
        block_ids=tuple(f"B{b}" for b in range(blocks)),
        visit_weight=np.tile([2.0, 1.0], (blocks, 1)),
        length_m=np.zeros(blocks),
        dwell_s=np.zeros(blocks),
        spacing_days=np.ones(blocks),
        bands=((),) * blocks,
        speed_mps=np.ones(1),
        budget_s=np.full((1, days), 1000.0),
        earliest_s=np.zeros((1, days)),
        latest_s=np.full((1, days), 5000.0),
        walks_at_most=np.full(1, 3),
        rest_days=np.zeros(1),
        door_m=np.abs(spot)[None],
        between_m=np.abs(spot[:, None] - spot),
        compatible=np.ones((1, blocks), dtype=bool),
        place=np.arange(2 * blocks) // 2 * 2,
    )
    return replace(problem, **changes)
