"""An evening's problem from JSON and back."""

from collections.abc import Sequence

import numpy as np
from msgspec import json

from routing.files.places import (
    door_fields,
    finite,
    numbers,
    or_inf,
    pointed,
    read_compatible,
    read_metres,
    row,
    spot_fields,
)
from routing.files.places_records import Table
from routing.files.problem_records import (
    FORMAT,
    Block,
    EarlierPlan,
    EarlierRoute,
    JointPatrol,
    ProblemFile,
    Team,
)
from routing.files.refusal import FileError, decoded, known
from routing.problem import Floats, Group, Integers, Previous, Problem, ProblemError


def read_problem(content: bytes) -> Problem:
    """The problem in a `patrol-problem/1` file. Raises FileError with a JSON pointer for whatever is wrong with it."""
    given = decoded(content, ProblemFile)
    team = numbers("teams", [one.id for one in given.teams])
    block = numbers("blocks", [one.id for one in given.blocks])
    metres = read_metres(given.metres, given.teams, given.blocks)
    try:
        return Problem(
            team_ids=tuple(team),
            block_ids=tuple(block),
            weight=np.array([one.weight for one in given.blocks]),
            length_m=metres.inside,
            dwell_s=np.array([one.dwell_s for one in given.blocks]),
            bands=tuple(tuple(one.bands) for one in given.blocks),
            speed_mps=np.array([one.speed_mps for one in given.teams]),
            budget_s=np.array([one.budget_s for one in given.teams]),
            earliest_s=np.array([one.earliest_s for one in given.teams]),
            latest_s=or_inf(one.latest_s for one in given.teams),
            door_m=metres.door,
            home_m=metres.home,
            between_m=metres.between,
            place=metres.place,
            compatible=read_compatible(given.blocks, team),
            start_at_most_m=or_inf(one.start_at_most_m for one in given.teams),
            walk_at_most_m=or_inf(one.walk_at_most_m for one in given.teams),
            repeat_weight=_repeats(given.blocks),
            pinned_to=_pins(given.blocks, team),
            groups=tuple(_group(team, one, f"/groups/{at}") for at, one in enumerate(given.groups)),
            previous=_previous(team, block, given.previous) if given.previous else None,
        )
    except ProblemError as error:
        raise pointed(error, team, block, (*Team.__struct_fields__, *Block.__struct_fields__)) from error


def write_problem(problem: Problem, *, title: str = "") -> bytes:
    """The problem as a `patrol-problem/1` file, with a table of metres."""
    given = ProblemFile(
        format=FORMAT,
        title=title,
        metres=Table(between=[row(one) for one in problem.between_m]),
        teams=[_team(problem, t) for t in range(problem.teams)],
        blocks=[_block(problem, b) for b in range(problem.blocks)],
        groups=[
            JointPatrol(teams=[problem.team_ids[t] for t in group.teams], approach_s=list(group.approach_s))
            for group in problem.groups
        ],
        previous=_earlier(problem),
    )
    return json.encode(given)


def _repeats(blocks: Sequence[Block]) -> Floats:
    """The prizes of repeat visits, shorter lists filled up with 0. Shape [B, R]."""
    repeats = np.zeros((len(blocks), max((len(block.repeat_weight) for block in blocks), default=0)))
    for at, block in enumerate(blocks):
        repeats[at, : len(block.repeat_weight)] = block.repeat_weight
    return repeats


def _pins(blocks: Sequence[Block], team: dict[str, int]) -> Integers:
    pins = [
        -1 if block.pinned_to is None else known(team, block.pinned_to, f"/blocks/{at}/pinned_to")
        for at, block in enumerate(blocks)
    ]
    return np.array(pins, dtype=np.int64)


def _group(team: dict[str, int], group: JointPatrol, where: str) -> Group:
    if len(group.teams) != len(group.approach_s):
        raise FileError(f"{where}/approach_s", f"must be a list of {len(group.teams)}, one for each team")
    teams = tuple(known(team, name, f"{where}/teams/{at}") for at, name in enumerate(group.teams))
    return Group(teams, tuple(group.approach_s))


def _previous(team: dict[str, int], block: dict[str, int], earlier: EarlierPlan) -> Previous:
    routes = []
    for at, route in enumerate(earlier.routes):
        where = f"/previous/routes/{at}"
        blocks = tuple(known(block, name, f"{where}/blocks/{k}") for k, name in enumerate(route.blocks))
        routes.append((known(team, route.team, f"{where}/team"), blocks))
    return Previous(tuple(routes), earlier.keep_weight)


def _team(problem: Problem, t: int) -> Team:
    return Team(
        **door_fields(problem, t),
        budget_s=float(problem.budget_s[t]),
        earliest_s=float(problem.earliest_s[t]),
        latest_s=finite(problem.latest_s[t]),
    )


def _block(problem: Problem, b: int) -> Block:
    pinned = int(problem.pinned[b])
    return Block(
        **spot_fields(problem, b),
        weight=float(problem.weight[b]),
        repeat_weight=problem.visit_weight[b, 1:].tolist(),
        pinned_to=None if pinned < 0 else problem.team_ids[pinned],
    )


def _earlier(problem: Problem) -> EarlierPlan | None:
    if problem.previous is None:
        return None
    routes = [
        EarlierRoute(team=problem.team_ids[team], blocks=[problem.block_ids[b] for b in blocks])
        for team, blocks in problem.previous.routes
    ]
    return EarlierPlan(routes=routes, keep_weight=problem.previous.keep_weight)
