"""Evenings of a made-up city on which teams compete for blocks, to measure planners by.

Three quarters of the blocks lie in clusters, the others and all doors anywhere. People walk straight lines with a
detour factor. A problem in which simple insertion already covers nearly everything tells planners apart by nothing:
`contested_evening` refuses to make one, unless told so.
"""

import numpy as np

from routing.greedy import greedy
from routing.problem import Floats, Problem
from routing.sequence import view

AREA_M = (6_000.0, 8_000.0)
CLUSTERS = 25
IN_CLUSTERS = 0.75
CLUSTER_SIGMA_M = 350.0
DETOUR = 1.3
SPEED_MPS = 4.0 / 3.6
BUDGETS_S = (1_800.0, 2_700.0, 3_600.0, 5_400.0)
HEAVIEST = 10
MOST_COVERED_BY_GREEDY = 0.75
LARGE = 2_000
"""With more blocks than these, metres are kept in half the memory."""


class EverythingCoveredError(ValueError):
    """Insertion covers too much of the problem for it to show anything."""


def contested_evening(*, teams: int, blocks: int, service_s: float, seed: int, covered_too: bool = False) -> Problem:
    """Point blocks of weight 1 to 10 with `service_s` seconds of dwell; each budget for as many teams as the others.

    The same for the same seed. Raises EverythingCoveredError, a ValueError with the figures, where insertion covers
    more than three quarters of the weight, unless `covered_too`.
    """
    rng = np.random.default_rng(seed)
    doors = rng.uniform((0.0, 0.0), AREA_M, (teams, 2))
    points = _points(rng, blocks)
    door_m = _metres(doors, points)
    between_m = _metres(points, points)
    problem = Problem(
        team_ids=tuple(f"Team {t:03d}" for t in range(teams)),
        block_ids=tuple(f"Block {b:04d}" for b in range(blocks)),
        weight=rng.integers(1, HEAVIEST + 1, blocks).astype(np.float64),
        length_m=np.zeros(blocks),
        dwell_s=np.full(blocks, float(service_s)),
        bands=((),) * blocks,
        speed_mps=np.full(teams, SPEED_MPS),
        budget_s=rng.permutation(np.resize(BUDGETS_S, teams)),
        earliest_s=np.zeros(teams),
        latest_s=np.full(teams, max(BUDGETS_S)),
        door_m=door_m,
        between_m=between_m.astype(np.float32) if blocks > LARGE else between_m,
        compatible=np.ones((teams, blocks), dtype=np.bool_),
        place=np.repeat(np.arange(blocks), 2),
    )
    if not covered_too:
        _refuse_covered(problem)
    return problem


def _points(rng: np.random.Generator, blocks: int) -> Floats:
    """[B, 2] metres, none outside the area."""
    clustered = round(IN_CLUSTERS * blocks)
    middles = rng.uniform((0.0, 0.0), AREA_M, (CLUSTERS, 2))
    near = middles[rng.integers(0, CLUSTERS, clustered)] + rng.normal(0.0, CLUSTER_SIGMA_M, (clustered, 2))
    anywhere = rng.uniform((0.0, 0.0), AREA_M, (blocks - clustered, 2))
    return np.clip(np.concatenate((near, anywhere)), 0.0, AREA_M)


def _metres(ones: Floats, others: Floats) -> Floats:
    """[ones, others] metres to walk; row by row, as large problems would not fit into memory thrice."""
    out = np.empty((len(ones), len(others)))
    for row, one in zip(out, ones, strict=True):
        row[:] = DETOUR * np.hypot(*(others - one).T)
    return out


def _refuse_covered(problem: Problem) -> None:
    """Raise when insertion covers too much; it stops as soon as it does."""
    total = float(problem.weight.sum())
    sequences = greedy([view(problem, t) for t in range(problem.teams)], [()] * problem.teams, over=lambda: False)
    covered = float(sum(problem.weight[list(sequence)].sum() for sequence in sequences))
    if covered > MOST_COVERED_BY_GREEDY * total:
        raise EverythingCoveredError(
            f"{problem.teams} teams cover {covered:.0f} of the weight {total:.0f} of {problem.blocks} blocks by "
            f"insertion alone ({covered / total:.0%}, at most {MOST_COVERED_BY_GREEDY:.0%}): "
            "this tells no planners apart"
        )
