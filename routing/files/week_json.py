"""A week's problem from JSON and back."""

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
from routing.files.refusal import FileError, decoded, known
from routing.files.week_records import FORMAT, Free, Liked, Partners, WeekBlock, WeekFile, WeekTeam
from routing.problem import Floats, ProblemError
from routing.week.problem import WeekProblem


def read_week(content: bytes) -> WeekProblem:
    """The problem in a `patrol-week/1` file. Raises FileError with a JSON pointer for whatever is wrong with it."""
    given = decoded(content, WeekFile)
    team = numbers("teams", [one.id for one in given.teams])
    block = numbers("blocks", [one.id for one in given.blocks])
    metres = read_metres(given.metres, given.teams, given.blocks)
    budget, earliest, latest = _times(given)
    pairs = [
        [known(team, name, f"/partners/{at}/teams") for name in one.teams] for at, one in enumerate(given.partners)
    ]
    try:
        return WeekProblem(
            team_ids=tuple(team),
            block_ids=tuple(block),
            visit_weight=_visits(given.blocks),
            length_m=metres.inside,
            dwell_s=np.array([one.dwell_s for one in given.blocks]),
            spacing_days=np.array([one.spacing_days for one in given.blocks], dtype=np.int64),
            bands=tuple(tuple(one.bands) for one in given.blocks),
            speed_mps=np.array([one.speed_mps for one in given.teams]),
            budget_s=budget,
            earliest_s=earliest,
            latest_s=latest,
            walks_at_most=np.array([one.walks_at_most for one in given.teams], dtype=np.int64),
            rest_days=np.array([one.rest_days for one in given.teams], dtype=np.int64),
            door_m=metres.door,
            home_m=metres.home,
            between_m=metres.between,
            place=metres.place,
            compatible=read_compatible(given.blocks, team),
            walked_before_s=np.array([one.walked_before_s for one in given.teams]),
            burden_at_most_s=or_inf(one.burden_at_most_s for one in given.teams),
            start_at_most_m=or_inf(one.start_at_most_m for one in given.teams),
            walk_at_most_m=or_inf(one.walk_at_most_m for one in given.teams),
            liked=_liked(given.teams, block),
            partners=np.array(pairs, dtype=np.int64).reshape(-1, 2),
            together=np.array([one.together for one in given.partners]),
        )
    except ProblemError as error:
        fields = (*WeekTeam.__struct_fields__, *WeekBlock.__struct_fields__)
        raise pointed(error, team, block, fields) from error


def write_week(problem: WeekProblem, *, title: str = "") -> bytes:
    """The problem as a `patrol-week/1` file, with a table of metres."""
    given = WeekFile(
        format=FORMAT,
        title=title,
        days=problem.days,
        metres=Table(between=[row(one) for one in problem.between_m]),
        teams=[_team(problem, t) for t in range(problem.teams)],
        blocks=[_block(problem, b) for b in range(problem.blocks)],
        partners=[
            Partners((problem.team_ids[one], problem.team_ids[other]), float(worth))
            for (one, other), worth in zip(problem.pairs.tolist(), problem.pair_weight, strict=True)
        ],
    )
    return json.encode(given)


def _times(given: WeekFile) -> tuple[Floats, Floats, Floats]:
    """Budget (0: not free), earliest and latest; shapes [T, D]."""
    shape = (len(given.teams), given.days)
    budget, earliest, latest = np.zeros(shape), np.zeros(shape), np.full(shape, np.inf)
    for t, team in enumerate(given.teams):
        days: set[int] = set()
        for at, free in enumerate(team.free):
            if free.day >= given.days or free.day in days:
                where = f"/teams/{t}/free/{at}/day"
                raise FileError(where, f"must be below {given.days}, the number of days, and not named before")
            if free.latest_s is not None and free.latest_s < free.earliest_s:
                raise FileError(f"/teams/{t}/free/{at}/latest_s", "must not lie before earliest_s")
            days.add(free.day)
            budget[t, free.day], earliest[t, free.day] = free.budget_s, free.earliest_s
            latest[t, free.day] = np.inf if free.latest_s is None else free.latest_s
    return budget, earliest, latest


def _visits(blocks: Sequence[WeekBlock]) -> Floats:
    """The prizes of all visits, shorter lists filled up with 0. Shape [B, V]."""
    visits = np.zeros((len(blocks), max((len(block.visit_weight) for block in blocks), default=0)))
    for at, block in enumerate(blocks):
        visits[at, : len(block.visit_weight)] = block.visit_weight
    return visits


def _liked(teams: Sequence[WeekTeam], block: dict[str, int]) -> Floats:
    """Worth beyond the weight. Shape [T, B]."""
    liked = np.zeros((len(teams), len(block)))
    for t, team in enumerate(teams):
        for at, one in enumerate(team.liked):
            liked[t, known(block, one.block, f"/teams/{t}/liked/{at}/block")] = one.worth
    return liked


def _team(problem: WeekProblem, t: int) -> WeekTeam:
    free = [
        Free(
            day=int(day),
            budget_s=float(problem.budget_s[t, day]),
            earliest_s=float(problem.earliest_s[t, day]),
            latest_s=finite(problem.latest_s[t, day]),
        )
        for day in np.flatnonzero(problem.budget_s[t] > 0)
    ]
    return WeekTeam(
        **door_fields(problem, t),
        free=free,
        walks_at_most=int(problem.walks_at_most[t]),
        rest_days=int(problem.rest_days[t]),
        walked_before_s=float(problem.before_s[t]),
        burden_at_most_s=finite(problem.burden_limit_s[t]),
        liked=[
            Liked(problem.block_ids[b], float(problem.liking[t, b])) for b in np.flatnonzero(problem.liking[t]).tolist()
        ],
    )


def _block(problem: WeekProblem, b: int) -> WeekBlock:
    return WeekBlock(
        **spot_fields(problem, b),
        visit_weight=problem.visit_weight[b].tolist(),
        spacing_days=int(problem.spacing_days[b]),
    )
