"""Problems to plan, made by hand or by a seed."""

from dataclasses import replace
from typing import Any

import numpy as np

from routing.problem import Problem

METRES_PER_S = 1.0


def on_a_plane(
    *,
    doors: list[tuple[float, float]],
    ends: list[tuple[tuple[float, float], tuple[float, float]]],
    length_m: list[float] | None = None,
    **changes: Any,
) -> Problem:
    """Straight-line walks at 1 m/s, so that metres are seconds. A block is its two ends; its length is between them."""
    teams, blocks = len(doors), len(ends)
    door = np.array(doors, dtype=float).reshape(teams, 2)
    end = np.array(ends, dtype=float).reshape(2 * blocks, 2)
    straight = np.hypot(*(end[0::2] - end[1::2]).T)
    problem = Problem(
        team_ids=tuple(f"T{t}" for t in range(teams)),
        block_ids=tuple(f"B{b}" for b in range(blocks)),
        weight=np.ones(blocks),
        length_m=straight if length_m is None else np.array(length_m, dtype=float),
        dwell_s=np.zeros(blocks),
        bands=((),) * blocks,
        speed_mps=np.full(teams, METRES_PER_S),
        budget_s=np.full(teams, 1000.0),
        earliest_s=np.zeros(teams),
        latest_s=np.full(teams, 10_000.0),
        door_m=_metres(door, end),
        between_m=_metres(end, end),
        compatible=np.ones((teams, blocks), dtype=bool),
    )
    return replace(problem, **changes)


def point(x: float, y: float = 0.0) -> tuple[tuple[float, float], tuple[float, float]]:
    return ((x, y), (x, y))


def by_seed(
    seed: int, *, teams: int, blocks: int, banded: float = 0.0, side_m: float = 600.0, budget_s: float = 900.0
) -> Problem:
    """Teams and blocks (half of them points) anywhere on a square, some with bands, some pairs not compatible."""
    random = np.random.default_rng(seed)
    middle = random.uniform(0, side_m, (blocks, 1, 2))
    arm = random.uniform(-40, 40, (blocks, 1, 2)) * (random.random((blocks, 1, 1)) < 0.5)
    ends = np.concatenate((middle - arm, middle + arm), axis=1)
    opens = random.uniform(0, 1500, blocks)
    bands = tuple(
        ((start, start + 400.0), (start + 700.0, start + 1000.0)) if random.random() < banded else () for start in opens
    )
    return on_a_plane(
        doors=[tuple(door) for door in random.uniform(0, side_m, (teams, 2))],
        ends=[(tuple(one), tuple(other)) for one, other in ends],
        weight=random.integers(0, 10, blocks).astype(float),
        dwell_s=random.uniform(0, 120, blocks),
        bands=bands,
        speed_mps=random.uniform(0.6, 1.4, teams),
        budget_s=random.uniform(0.3, 1.0, teams) * budget_s,
        earliest_s=random.uniform(0, 300, teams),
        latest_s=random.uniform(900, 2500, teams),
        compatible=random.random((teams, blocks)) < 0.85,
        start_at_most_m=np.where(random.random(teams) < 0.3, side_m / 2, np.inf),
    )


def _metres(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.hypot(*(one[:, None, :] - other[None, :, :]).transpose(2, 0, 1))
