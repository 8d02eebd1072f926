"""Problems with everything that an evening may ask for, and plans for them made by simple insertion."""

from dataclasses import replace

import numpy as np

from routing.plan import Plan, Route, Stop, credited, never
from routing.problem import Group, Problem
from routing.sequence import best_loop, view
from routing.why.reasons import reasons
from tests.routing.planner.problems import by_seed


def with_wishes(seed: int, *, teams: int, blocks: int, banded: float = 0.0, joint: bool = True) -> Problem:
    """As by_seed, with second visits, some pins, other ends of the walk, walk limits and a joint patrol or two."""
    random = np.random.default_rng(seed)
    problem = by_seed(seed, teams=teams, blocks=blocks, banded=banded)
    order = random.permutation(teams).tolist()
    groups = []
    while joint and len(order) >= 2 and random.random() < 0.7:
        size = int(random.integers(2, min(3, len(order)) + 1))
        approach = (0.0, *random.uniform(0, 120, size - 1).tolist())
        groups.append(Group(tuple(order.pop() for _ in range(size)), approach))
    detour = 1.0 + 0.3 * random.random((teams, 1))
    return replace(
        problem,
        repeat_weight=np.floor(problem.weight * random.uniform(0, 1))[:, None],
        pinned_to=np.where(random.random(blocks) < 0.2, random.integers(-1, teams, blocks), -1),
        home_m=problem.door_m * detour,
        walk_at_most_m=np.where(random.random(teams) < 0.5, random.uniform(100, 1200, teams), np.inf),
        groups=tuple(groups),
    )


def by_insertion(problem: Problem, seed: int) -> list[tuple[int, ...]]:
    """Blocks at the end of loops in a chance order, as long as they may be and fit. No groups."""
    random = np.random.default_rng(seed)
    sequences: list[tuple[int, ...]] = [()] * problem.teams
    visits = np.zeros(problem.blocks, dtype=int)
    for _ in range(4 * problem.blocks):
        team, block = int(random.integers(problem.teams)), int(random.integers(problem.blocks))
        longer = (*sequences[team], block)
        free = visits[block] <= 1 and block not in sequences[team]
        mine = problem.pinned[block] in (-1, team) and problem.compatible[team, block]
        if free and mine and route(problem, team, longer) is not None:
            sequences[team] = longer
            visits[block] += 1
    return sequences


def route(problem: Problem, team: int, sequence: tuple[int, ...]) -> Route | None:
    """The route through the sequence, weight aside; None where it breaks a limit."""
    loop = best_loop(view(problem, team), sequence)
    if loop is None:
        return None
    stops = tuple(Stop(block, end) for block, end in zip(sequence, loop.entered_at, strict=True))
    enter = np.array([2 * stop.block + stop.entered_at for stop in stops])
    legs = problem.legs_m(enter[:-1] ^ 1, enter[1:]).sum()
    metres = problem.out_m(team)[enter[0]] + legs + problem.back_m(team)[enter[-1] ^ 1]
    metres = float(metres + problem.length_m[list(sequence)].sum())
    if metres > problem.walk_limit_m[team]:
        return None
    return Route(team, stops, metres, loop.duration_s, loop.start_s, weight=0.0)


def plan_of(problem: Problem, sequences: list[tuple[int, ...]]) -> Plan:
    """The plan with these loops and the reasons for the rest. No groups."""
    routes = []
    for team, (sequence, weight) in enumerate(zip(sequences, credited(problem, sequences), strict=True)):
        made = route(problem, team, sequence) if sequence else None
        if made is not None:
            routes.append(replace(made, weight=weight))
    left_out = reasons(problem, sequences, over=never)
    weight = sum(one.weight for one in routes)
    return Plan(tuple(routes), left_out, weight, "by insertion", seed=0, solve_s=0.0, bound=None)
